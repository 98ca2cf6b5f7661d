"""Reading labelled messages, and splits that keep near-duplicates on one side."""

from pathlib import Path

import pytest

from inference.analysis import Emotion
from inference.text_emotion import Language, normalise
from models.train.texts import (
    Example,
    groups,
    held_out,
    present_of,
    read_chatbot,
    read_development,
    read_kote,
    read_own,
    read_sentences,
    read_tests,
)

DATA = Path(__file__).parents[4] / "shared/data"
needs_data = pytest.mark.skipif(not (DATA / "text").is_dir(), reason=f"no data at {DATA}")


def test_a_line_holds_label_topic_sentence_and_others(tmp_path: Path) -> None:
    path = tmp_path / "lines.tsv"
    path.write_text(
        "hurt\twork\t나만 빼고 회식했대\tsadness,anger\n\nneutral\tdaily\t우산 챙겼다\n",
        encoding="utf-8",
    )
    hurt, neutral = read_sentences(path, Language.KOREAN)
    assert (hurt.emotion, hurt.topic, hurt.text) == (Emotion.HURT, "work", "나만 빼고 회식했대")
    assert hurt.present == frozenset({Emotion.HURT, Emotion.SADNESS, Emotion.ANGER})
    assert neutral.present == frozenset()


@pytest.mark.parametrize("line", ["joyful\twork\t좋다", "joy\twork", "joy\twork\t좋다\tglad"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "lines.tsv"
    path.write_text(f"joy\twork\t좋다\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"lines\.tsv, line 2"):
        read_sentences(path, Language.KOREAN)


@pytest.mark.parametrize("language", list(Language))
def test_own_sentences_are_enough_of_every_class(language: Language) -> None:
    sentences = read_own(language)
    fewest = 250 if language is Language.KOREAN else 120
    for emotion in Emotion:
        assert sum(s.emotion is emotion for s in sentences) >= fewest, emotion


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_that_figures_are_from_is_learnt(language: Language) -> None:
    learnt = {normalise(sentence.text) for sentence in read_own(language)}
    measured = [*read_development(language), *read_tests(language)]
    assert sum(normalise(sentence.text) in learnt for sentence in measured) == 0


def test_near_duplicates_share_a_group() -> None:
    of = groups(["친구랑 싸워서 속상해", "친구랑 싸워서 속상해요", "내일 비가 온다고 하네"])
    assert of[0] == of[1] != of[2]


def test_held_out_takes_whole_groups_and_about_the_share() -> None:
    base = [f"{'가나다라마바사아자차'[i % 10]}{i * 7919} 번째 문장입니다" for i in range(300)]
    examples = [Example(t, Language.KOREAN) for text in base for t in (text, text + "!")]
    marks = held_out(examples, 0.2, 0)
    assert all(a == b for a, b in zip(marks[::2], marks[1::2], strict=True))
    assert marks == held_out(examples, 0.2, 0)
    assert marks != held_out(examples, 0.2, 1)


def test_present_has_the_order_of_the_classes() -> None:
    assert present_of(frozenset({Emotion.JOY, Emotion.HURT})) == [1, 0, 0, 0, 0, 1]


@needs_data
def test_real_sets_have_the_rows_their_readme_names() -> None:
    assert (len(read_kote(DATA, "val")), len(read_kote(DATA, "test"))) == (5_000, 2_484)
    labelled, others = read_chatbot(DATA)
    assert len(labelled) + len(others) == 11_823
    assert all(example.emotion for example in labelled)
