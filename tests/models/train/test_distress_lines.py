"""The lines of the distress screen: well formed, apart, and enough of them."""

from pathlib import Path

import numpy as np
import pytest

from inference.analysis import DistressKind, DistressLevel
from inference.character_ngrams import normalize, squeeze
from inference.text_emotion import Language
from models.train.distress_lines import (
    SENTENCES,
    Line,
    development_lines,
    read_danger,
    training_lines,
    varied,
)

NO_DATA = Path("nothing here")
TESTS = Path(__file__).parents[3] / "tests/sentences"
LANGUAGES = {Language.KOREAN: "ko", Language.ENGLISH: "en"}


def separate_test(language: Language) -> list[Line]:
    return read_danger(TESTS / f"distress_{LANGUAGES[language]}_test.tsv")


@pytest.mark.parametrize("path", sorted(SENTENCES.glob("distress_*.tsv")), ids=lambda p: p.name)
def test_every_line_has_a_kind_and_a_level_that_belong_together(path: Path) -> None:
    for line in read_danger(path):
        if line.kind is DistressKind.NONE:
            assert line.level is DistressLevel.NONE and line.look_alike
        elif line.kind is DistressKind.SELFHARM:
            assert line.level in (DistressLevel.THOUGHTS, DistressLevel.IN_PROGRESS)
        else:
            assert line.level is DistressLevel.CRY
        assert line.text.strip() and "\t" not in line.text


@pytest.mark.parametrize(("language", "fewest"), [(Language.KOREAN, 300), (Language.ENGLISH, 120)])
def test_the_separate_test_is_a_third_and_has_as_many_look_alikes(
    language: Language, fewest: int
) -> None:
    lines = separate_test(language)
    selfharm = sum(line.kind is DistressKind.SELFHARM for line in lines)
    assert selfharm >= fewest / 3
    assert sum(line.look_alike for line in lines) >= selfharm


@pytest.mark.parametrize("language", list(Language))
def test_training_development_and_test_are_apart(language: Language) -> None:
    def known(lines: list[Line]) -> set[str]:
        mine = [line.text for line in lines if line.language is language]
        return {squeeze(normalize(text)) for text in mine}

    test = known(separate_test(language))
    train, development = known(training_lines(NO_DATA)), known(development_lines(NO_DATA))
    # Everybody writes "죽고 싶어": what two authors wrote alike by chance is a small part.
    assert len(test & train) <= 0.12 * len(test)
    assert len(test & development) <= 0.12 * len(test)
    assert len(development & train) <= 0.12 * len(development)


def test_no_file_holds_a_line_twice() -> None:
    for path in sorted(SENTENCES.glob("d*.tsv")):
        texts = [(line.text, line.level) for line in read_danger(path)]
        assert len(texts) == len(set(texts)), path.name


@pytest.mark.parametrize(("language", "a_kind"), [("ko", 30), ("en", 15)])
def test_the_separate_cries_are_of_every_kind_and_have_as_many_look_alikes(
    language: str, a_kind: int
) -> None:
    lines = read_danger(TESTS / f"emergency_{language}_test.tsv")
    emergencies = [kind for kind in DistressKind if kind not in ("none", "selfharm")]
    counts = {kind: sum(line.kind is kind for line in lines) for kind in emergencies}
    assert min(counts.values()) >= a_kind
    assert sum(line.look_alike for line in lines) >= sum(counts.values())


def test_a_line_loses_and_gains_what_says_nothing_of_danger() -> None:
    written = "ㅋㅋㅋ 배고파, 죽겠다!!"
    read = {varied(written, np.random.default_rng(seed)) for seed in range(60)}
    assert read == {written, "배고파, 죽겠다!!", "ㅋㅋㅋ 배고파 죽겠다", "배고파 죽겠다"}
    plain = {varied("help me haha", np.random.default_rng(seed)) for seed in range(90)}
    assert {"help me", "help me haha", "help me.", "help me haha!"} <= plain
    assert {varied("ㅋㅋ", np.random.default_rng(seed))[:2] for seed in range(30)} == {"ㅋㅋ"}
