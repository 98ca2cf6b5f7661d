"""The fusion's recipe: what is drawn, what is fitted, and networks that learn and go on."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.analysis import Emotion, EmotionEstimate
from inference.emotion_fusion import EMOTIONS
from inference.joint_emotion import CrossAttentionReader, JointReader, MultimodalReader
from inference.joint_features import WordVectors
from inference.speech_emotion import hearing
from inference.text_emotion import SPECIAL, Language, Pieces
from models.cross_attention import CrossAttentionConfig, CrossAttentionTransformer
from models.multimodal_transformer import MultimodalConfig, MultimodalTransformer
from models.train import fusion_nets
from models.train.fusion_card import card
from models.train.fusion_evaluation import Situations, judged_jointly, measure, rivals
from models.train.fusion_nets import Plan, train
from models.train.fusion_pairs import by_class, draw
from models.train.fusion_situations import (
    DEVELOPMENT_CONTRADICTIONS,
    TEST_CONTRADICTIONS,
    read_contradictions,
    same_class,
    told_calmly,
)
from models.train.fusion_voices import Voices, classes_of, statements_of
from models.train.late_fusion import HAND_SET, Posteriors, fit, fit_contradiction
from models.train.recordings import Clip
from models.train.speech_emotion import OutOfTime
from models.train.texts import Example
from models.train.voice_corpus import N_FOLDS, NOT_PLAYED_IN, PLAYED, Corpus

WORDS = dict(zip(Emotion, "가나다라마바사", strict=True))


@pytest.fixture(scope="module")
def voices() -> Voices:
    """Clips whose bands tell what was played; two folds, two actors and eight Germans."""
    clips, variants = [], []
    generator = torch.Generator().manual_seed(0)
    speakers = [("ravdess", f"actor{i:02d}{'MF'[i % 2]}", i // 2 + 1) for i in range(10)]
    speakers += [("emodb2s", f"german{i}", 0) for i in range(N_FOLDS)]
    for corpus, speaker, fold in speakers:
        for number, emotion in enumerate(PLAYED):
            if emotion not in NOT_PLAYED_IN[corpus]:
                name = Path(f"03-01-01-01-0{1 + number % 2}-01-01.ogg" if fold else "x.ogg")
                clips.append(Clip(name, corpus, emotion, speaker, fold))
                sound = torch.randn(128, 40, generator=generator)
                sound[14 * number : 14 * number + 14] += 4.0
                variants.append([sound.half()])
    corpus_ = Corpus(clips, variants)
    statements = statements_of([clip.path.stem for clip in clips])
    return Voices(corpus_, hearing(PLAYED)[corpus_.played], classes_of(corpus_), statements)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [Example(word, language, e) for e, word in WORDS.items() for language in Language]


def estimate(emotion: Emotion, share: float = 0.9, sure: bool = True) -> EmotionEstimate:
    rest = (1.0 - share) / 6
    return EmotionEstimate({e: share if e is emotion else rest for e in Emotion}, (), sure)


def multimodal() -> MultimodalReader:
    torch.manual_seed(0)
    pieces = [*SPECIAL, *WORDS.values()]
    config = MultimodalConfig(len(pieces), n_hidden=16, n_heads=2, n_feedforward=16, dropout=0.0)
    return MultimodalReader(MultimodalTransformer(config), Pieces(pieces))


def cross_attention() -> CrossAttentionReader:
    torch.manual_seed(0)
    config = CrossAttentionConfig(
        n_hidden=16,
        n_heads=2,
        n_words_feedforward=16,
        n_voice_feedforward=16,
        dropout=0.0,
    )
    rows = {word: row for row, word in enumerate(WORDS.values())}
    table = WordVectors(rows, torch.randn(len(rows), 256))
    return CrossAttentionReader(
        CrossAttentionTransformer(config), table, lambda t: [[*x] for x in t]
    )


def test_nobody_of_the_test_is_learned_from(voices: Voices) -> None:
    speaker = voices.corpus.speaker
    sides = [set(speaker[part.all]) for part in (voices.learnt, voices.choosing, voices.test)]

    assert not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]
    assert set().union(*sides) == set(speaker)
    assert set(speaker[voices.not_test.all]) == sides[0] | sides[1]


def test_sentences_that_contradict_are_enough_light_and_apart() -> None:
    chosen, test = map(read_contradictions, (DEVELOPMENT_CONTRADICTIONS, TEST_CONTRADICTIONS))

    assert len(chosen) + len(test) >= 60 and min(len(chosen), len(test)) >= 30
    assert {e.emotion for e in [*chosen, *test]} == {Emotion.NEUTRAL, Emotion.JOY}
    assert {e.language for e in test} == set(Language)
    assert not {e.text for e in chosen} & {e.text for e in test}


def test_a_batch_is_all_words_all_voice_or_both(voices: Voices, examples: list[Example]) -> None:
    rng = np.random.default_rng(0)
    texts, seen = by_class(examples), set()
    for _ in range(30):
        drawn = draw(texts, voices.learnt, 8, rng)
        seen.add((drawn.texts is None, drawn.clips is None))
        assert torch.allclose(drawn.targets.sum(1), torch.ones(len(drawn.targets)))
        if drawn.clips is not None:
            assert set(drawn.clips) <= set(voices.learnt.all)
    assert seen == {(False, True), (True, False), (False, False)}


def test_pairs_are_of_the_class_they_say(voices: Voices, examples: list[Example]) -> None:
    rng = np.random.default_rng(0)
    heard = [classes_of(voices.corpus), voices.corpus]
    alike = same_class(examples, voices.test, rng)
    calm = told_calmly(examples, voices.test, rng)

    assert {EMOTIONS[t] for t in alike.truth} == {e for e in voices.of_class if e is not None}
    for clip, truth in zip(alike.clips, alike.truth, strict=True):
        assert clip in heard[0][EMOTIONS[truth]]  # type: ignore[index]
    assert Emotion.NEUTRAL not in {EMOTIONS[t] for t in calm.truth}
    assert set(calm.clips) <= {*voices.test.of_class[None], *voices.test.of_class[Emotion.NEUTRAL]}


def test_words_that_were_really_said_are_known_by_the_files_name() -> None:
    said = statements_of(["03-01-06-01-02-01-12", "03-01-06-01-01-02-12", "03a01Fa"])
    assert said == ["Dogs are sitting by the door.", "Kids are talking by the door.", ""]


def test_who_is_right_more_often_gets_more_weight() -> None:
    rng = np.random.default_rng(0)
    n = 400
    truth = rng.integers(0, 4, n)
    apt, random = np.full((n, 7), 0.05), np.full((n, 7), 0.05)
    seen = np.where(rng.random(n) < 0.8, truth, rng.integers(0, 4, n))
    apt[np.arange(n), seen] = 0.7
    random[np.arange(n), rng.integers(0, 4, n)] = 0.7
    sure = np.ones(n, bool)
    trusting = fit([Posteriors(random, apt, truth, sure, sure)])
    doubting = fit([Posteriors(apt, random, truth, sure, sure)])

    right = [
        np.mean(fusion.pool(random, apt).argmax(1) == truth) for fusion in (trusting, doubting)
    ]
    assert right[0] > 0.75 > 0.5 > right[1]
    assert trusting.neutral_weight == 1.0


def test_few_agreeing_pairs_are_called_a_contradiction() -> None:
    rng = np.random.default_rng(0)
    words, voice = rng.dirichlet(np.ones(7), (2, 400))
    some = np.ones(400, bool)
    threshold = fit_contradiction([Posteriors(words, voice, np.zeros(400, int), some, some)])
    fusion = replace(HAND_SET, contradiction=threshold)

    said = [
        fusion.fuse(
            EmotionEstimate(dict(zip(EMOTIONS, w, strict=True)), (), True),
            EmotionEstimate(dict(zip(EMOTIONS, v, strict=True)), (), True),
        ).disagree
        for w, v in zip(words.tolist(), voice.tolist(), strict=True)
    ]
    assert 0.02 < np.mean(said) < 0.08


@pytest.mark.parametrize("start", [multimodal, cross_attention])
def test_a_network_learns_and_goes_on_where_it_stopped(
    start: object,
    voices: Voices,
    examples: list[Example],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fusion_nets, "EVERY", 10)
    monkeypatch.setattr(fusion_nets, "EMA_DECAY", 0.9)
    monkeypatch.setattr(fusion_nets, "LEARNING_RATE", 4e-3)
    texts, never = by_class(examples), float("inf")
    stopped: JointReader = start()  # type: ignore[operator]
    with pytest.raises(OutOfTime):
        train(stopped, texts, voices.learnt, Plan(60, 1, time.monotonic()), tmp_path / "kept.pt")
    reader = start()  # type: ignore[operator]
    train(reader, texts, voices.learnt, Plan(60, 1, never), tmp_path / "kept.pt")

    pairs = same_class(examples, voices.test, np.random.default_rng(0))
    right = judged_jointly(reader, pairs, voices).argmax(1) == pairs.truth
    deaf = judged_jointly(reader, pairs, voices, deaf=True).argmax(1) == pairs.truth
    assert right.mean() > 0.8 and deaf.mean() > 0.8
    whole = start()  # type: ignore[operator]
    train(whole, texts, voices.learnt, Plan(60, 1, never), tmp_path / "other.pt")
    for a, b in zip(whole.net.parameters(), reader.net.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-3), "stopping changed what was learned"


def test_figures_and_card(voices: Voices, examples: list[Example]) -> None:
    situations = Situations.of(examples, voices.test, voices.statements)
    words = {e.text: estimate(e.emotion) for e in examples if e.emotion}
    words |= {text: estimate(Emotion.NEUTRAL) for text in situations.texts if text not in words}
    heard = [
        estimate(EMOTIONS[int(row.argmax())]) if row.max() == 1.0 else estimate(Emotion.NEUTRAL)
        for row in voices.heard_as
    ]
    late = {"late, hand-set": HAND_SET, "late": HAND_SET}
    table = measure(situations, rivals(words, heard, late, {}, voices), words)

    assert table["same class, five classes"]["late"]["value"] == 1.0
    assert table["RAVDESS as spoken"]["voice alone"]["value"] == 1.0
    assert table["RAVDESS as spoken"]["words alone"]["value"] < 0.5
    assert table["feelings told calmly"]["late"]["value"] == 1.0
    said = {"contradicting": table["feelings told calmly"]["late"]}
    written = card({"accuracy": table, "says a contradiction": said}, HAND_SET, 1)
    assert "synthetic" in written and "alone in 1.0" in written and "{" not in written
