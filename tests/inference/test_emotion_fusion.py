"""Fusion: who decides when words and voice say the same, different things, or nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.analysis import Emotion, EmotionEstimate
from inference.checkpoints import CheckpointMismatch
from inference.emotion_fusion import (
    FUSION_WEIGHTS,
    LateFusion,
    Said,
    contradicting,
    contradiction,
    row,
)
from inference.weights import SHIPPED_WEIGHTS

JOY, SADNESS, ANGER = Emotion.JOY, Emotion.SADNESS, Emotion.ANGER
ANXIETY, EMBARRASSMENT = Emotion.ANXIETY, Emotion.EMBARRASSMENT
HURT, NEUTRAL = Emotion.HURT, Emotion.NEUTRAL
FUSION = LateFusion(
    words_temperature=1.0,
    voice_temperature=1.0,
    voice_weight=0.3,
    neutral_weight=1.3,
    unspoken_offset=0.0,
    unspoken_slope=1.0,
    sure_probability=0.5,
    contradiction=0.7,
)
HEARD = (JOY, SADNESS, ANGER, ANXIETY, NEUTRAL)


def words(label: Emotion, probability: float = 0.85, sure: bool = True) -> EmotionEstimate:
    rest = (1.0 - probability) / (len(Emotion) - 1)
    posterior = {e: probability if e == label else rest for e in Emotion}
    return EmotionEstimate(posterior, () if label == NEUTRAL else (label,), sure)


def voice(label: Emotion, probability: float = 0.8, sure: bool = True) -> EmotionEstimate:
    rest = (1.0 - probability) / (len(HEARD) - 1)
    posterior = {e: 0.0 for e in Emotion} | {e: rest for e in HEARD} | {label: probability}
    return EmotionEstimate(posterior, (), sure)


def test_one_modality_alone_is_itself() -> None:
    assert FUSION.fuse(None, None).emotion is None
    assert FUSION.fuse(words(JOY), None).emotion == words(JOY)
    assert FUSION.fuse(None, voice(SADNESS)).emotion == voice(SADNESS)
    assert not FUSION.fuse(words(JOY), None).disagree
    assert not FUSION.fuse(None, voice(SADNESS)).disagree


@pytest.mark.parametrize(
    ("said", "heard", "label", "contradiction"),
    [
        pytest.param(words(SADNESS), voice(SADNESS), SADNESS, False, id="both the same"),
        pytest.param(words(JOY), voice(NEUTRAL), JOY, False, id="joy told calmly"),
        pytest.param(words(HURT), voice(NEUTRAL), HURT, False, id="hurt told calmly"),
        pytest.param(words(HURT), voice(SADNESS, sure=False), HURT, False, id="hurt, low voice"),
        pytest.param(words(NEUTRAL), voice(SADNESS), SADNESS, True, id="fine, in a sad voice"),
        pytest.param(words(JOY), voice(SADNESS), JOY, True, id="great, in a sad voice"),
        pytest.param(words(JOY), voice(ANGER), JOY, True, id="great, in an angry voice"),
        pytest.param(words(SADNESS), voice(JOY), SADNESS, True, id="sad, in a happy voice"),
        pytest.param(words(NEUTRAL), voice(JOY), JOY, False, id="fine, in a happy voice"),
        pytest.param(words(NEUTRAL), voice(NEUTRAL), NEUTRAL, False, id="nothing in either"),
        pytest.param(
            words(NEUTRAL), voice(SADNESS, 0.4, sure=False), SADNESS, False, id="faintly sad"
        ),
        pytest.param(
            words(ANGER, 0.3, sure=False), voice(ANXIETY), ANXIETY, False, id="unsure words"
        ),
    ],
)
def test_who_decides(
    said: EmotionEstimate, heard: EmotionEstimate, label: Emotion, contradiction: bool
) -> None:
    fused = FUSION.fuse(said, heard)

    assert fused.emotion is not None
    assert fused.emotion.label == label
    assert fused.disagree is contradiction
    assert fused == FUSION.predict(Said("said", None, said, heard))


def test_agreement_is_surer_than_the_words_alone() -> None:
    said = words(SADNESS, 0.55, sure=False)

    fused = FUSION.fuse(said, voice(SADNESS)).emotion

    assert fused is not None
    assert fused.posterior[SADNESS] > said.posterior[SADNESS]
    assert fused.sure


def test_a_contradiction_is_never_sure() -> None:
    fused = FUSION.fuse(words(JOY, 0.95), voice(SADNESS, 0.95))

    assert fused.disagree
    assert fused.emotion is not None
    assert not fused.emotion.sure


def test_two_doubts_make_no_certainty() -> None:
    fused = FUSION.fuse(words(SADNESS, 0.5, sure=False), voice(SADNESS, 0.5, sure=False)).emotion

    assert fused is not None
    assert not fused.sure


def test_a_likely_contradiction_is_one_from_the_threshold_on() -> None:
    said, heard = words(NEUTRAL), voice(SADNESS)
    likely = float(contradiction(row(said), row(heard)))

    assert 0.7 < likely < 0.9
    assert replace(FUSION, contradiction=likely).fuse(said, heard).disagree
    assert not replace(FUSION, contradiction=likely + 0.01).fuse(said, heard).disagree


def test_two_heavy_feelings_do_not_contradict() -> None:
    assert contradiction(row(words(ANGER, 0.99)), row(voice(SADNESS, 0.99))) < 0.05


def spread(**probabilities: float) -> EmotionEstimate:
    return EmotionEstimate({e: probabilities.get(e.value, 0.0) for e in Emotion}, (), False)


HEAVY_AS_A_WHOLE = spread(neutral=0.3, sadness=0.25, anger=0.2, anxiety=0.15, embarrassment=0.1)


@pytest.mark.parametrize(
    "said, heard, named",
    [
        (words(NEUTRAL, 0.96), HEAVY_AS_A_WHOLE, (NEUTRAL, SADNESS)),
        (spread(joy=0.5, sadness=0.5), spread(neutral=0.4, anger=0.6), (JOY, ANGER)),
        (spread(sadness=0.4, joy=0.3, neutral=0.3), voice(SADNESS), (JOY, SADNESS)),
        (spread(neutral=0.4, hurt=0.35, anger=0.25), voice(JOY), (HURT, JOY)),
        (words(ANGER), spread(joy=0.45, neutral=0.55), (ANGER, JOY)),
    ],
)
def test_named_is_the_likeliest_feeling_of_the_side_that_contradicts(
    said: EmotionEstimate, heard: EmotionEstimate, named: tuple[Emotion, Emotion]
) -> None:
    assert contradicting(said, heard) == named


def test_doubtful_words_can_count_as_carrying_nothing() -> None:
    said, heard = words(NEUTRAL, 0.44, sure=False), voice(SADNESS)
    trusting = replace(FUSION, unspoken_offset=2.0)
    before, after = FUSION.fuse(said, heard).emotion, trusting.fuse(said, heard).emotion

    assert before is not None and after is not None
    assert after.posterior[SADNESS] > before.posterior[SADNESS] + 0.1
    clear = trusting.fuse(words(HURT, 0.97), heard).emotion
    assert clear is not None and clear.label == HURT


def test_certain_words_are_pooled_whatever_was_fitted() -> None:
    extreme = replace(FUSION, words_temperature=0.05, unspoken_offset=3.0, unspoken_slope=1.7)
    for said in (words(NEUTRAL, 1.0 + 1e-12), words(NEUTRAL, 1.0), words(JOY, 1.0)):
        fused = extreme.fuse(said, voice(SADNESS, 1.0)).emotion
        assert fused is not None
        assert sum(fused.posterior.values()) == pytest.approx(1.0)


def test_a_flat_temperature_leaves_the_order_and_levels_the_rest() -> None:
    said, heard = words(SADNESS), voice(SADNESS)
    sharp = FUSION.fuse(said, heard).emotion
    soft = replace(FUSION, words_temperature=3.0, voice_temperature=3.0).fuse(said, heard).emotion

    assert sharp is not None and soft is not None
    assert soft.label == sharp.label
    assert soft.posterior[SADNESS] < sharp.posterior[SADNESS]


def test_the_fitted_numbers_are_shipped_and_come_back(tmp_path: Path) -> None:
    shipped = LateFusion.load(SHIPPED_WEIGHTS / FUSION_WEIGHTS)
    shipped.save(tmp_path / "fusion.json")

    assert LateFusion.load(tmp_path / "fusion.json") == shipped
    assert 0.0 < shipped.contradiction < 1.0


@pytest.mark.parametrize("content", ["", "[]", '{"voice_weight": 1.0}', '{"voice_weight": "x"}'])
def test_numbers_of_something_else_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "fusion.json").write_text(content)

    with pytest.raises(CheckpointMismatch):
        LateFusion.load(tmp_path / "fusion.json")
    with pytest.raises(FileNotFoundError):
        LateFusion.load(tmp_path / "none.json")


def test_feelings_present_are_named_once() -> None:
    said = EmotionEstimate(words(SADNESS).posterior, (SADNESS, HURT), True)
    heard = EmotionEstimate(voice(SADNESS).posterior, (SADNESS, ANXIETY), True)

    fused = FUSION.fuse(said, heard).emotion

    assert fused is not None
    assert fused.present == (SADNESS, HURT, ANXIETY)


def posteriors(classes: tuple[Emotion, ...]) -> st.SearchStrategy[dict[Emotion, float]]:
    weights = st.lists(st.floats(0.0, 1.0), min_size=len(classes), max_size=len(classes))

    def scaled(values: list[float]) -> dict[Emotion, float]:
        total = sum(values)
        found = {e: v / total for e, v in zip(classes, values, strict=True)}
        return {e: found.get(e, 0.0) for e in Emotion}

    return weights.filter(lambda values: sum(values) > 1e-6).map(scaled)


def estimates(classes: tuple[Emotion, ...]) -> st.SearchStrategy[EmotionEstimate]:
    return st.builds(EmotionEstimate, posteriors(classes), st.just(()), st.booleans())


@given(estimates(tuple(Emotion)), estimates(HEARD))
def test_the_result_is_a_distribution(said: EmotionEstimate, heard: EmotionEstimate) -> None:
    fused = FUSION.fuse(said, heard).emotion

    assert fused is not None
    assert set(fused.posterior) == set(Emotion)
    assert sum(fused.posterior.values()) == pytest.approx(1.0)
    assert min(fused.posterior.values()) >= 0.0


@given(estimates(tuple(Emotion)), estimates(HEARD))
def test_what_the_voice_cannot_hear_keeps_the_words_mass(
    said: EmotionEstimate, heard: EmotionEstimate
) -> None:
    fused = FUSION.fuse(said, heard).emotion

    assert fused is not None
    for emotion in (HURT, EMBARRASSMENT):
        assert fused.posterior[emotion] == pytest.approx(said.posterior[emotion])


@given(estimates((NEUTRAL,)), estimates(HEARD))
def test_words_without_a_feeling_leave_feelings_in_the_voices_order(
    said: EmotionEstimate, heard: EmotionEstimate
) -> None:
    fused = FUSION.fuse(said, heard).emotion

    assert fused is not None
    feelings = [e for e in HEARD if e != NEUTRAL]
    for a in feelings:
        for b in feelings:
            if heard.posterior[a] > heard.posterior[b]:
                assert fused.posterior[a] >= fused.posterior[b]


@given(estimates(tuple(Emotion)))
def test_a_voice_that_says_nothing_changes_no_feeling(said: EmotionEstimate) -> None:
    flat = EmotionEstimate({e: 1 / 5 if e in HEARD else 0.0 for e in Emotion}, (), False)

    fused = FUSION.fuse(said, flat).emotion

    assert fused is not None
    feelings = [e for e in HEARD if e != NEUTRAL]
    strongest = max(feelings, key=said.posterior.__getitem__)
    assert fused.posterior[strongest] == pytest.approx(max(fused.posterior[e] for e in feelings))
