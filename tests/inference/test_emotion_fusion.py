"""Fusion: who decides when words and voice say the same, different things, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.analysis import Emotion, EmotionEstimate
from inference.emotion_fusion import disagree, fuse

JOY, SADNESS, ANGER = Emotion.JOY, Emotion.SADNESS, Emotion.ANGER
ANXIETY, EMBARRASSMENT = Emotion.ANXIETY, Emotion.EMBARRASSMENT
HURT, NEUTRAL = Emotion.HURT, Emotion.NEUTRAL
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
    assert fuse(None, None).emotion is None
    assert fuse(words(JOY), None).emotion == words(JOY)
    assert fuse(None, voice(SADNESS)).emotion == voice(SADNESS)
    assert not fuse(words(JOY), None).disagree
    assert not fuse(None, voice(SADNESS)).disagree


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
    fused = fuse(said, heard)

    assert fused.emotion is not None
    assert fused.emotion.label == label
    assert fused.disagree is contradiction
    assert fused.disagree is disagree(said, heard)


def test_agreement_is_surer_than_the_words_alone() -> None:
    said = words(SADNESS, 0.55, sure=False)

    fused = fuse(said, voice(SADNESS)).emotion

    assert fused is not None
    assert fused.posterior[SADNESS] > said.posterior[SADNESS]
    assert fused.sure


def test_a_contradiction_is_never_sure() -> None:
    fused = fuse(words(JOY, 0.95), voice(SADNESS, 0.95))

    assert fused.disagree
    assert fused.emotion is not None
    assert not fused.emotion.sure


def test_two_doubts_make_no_certainty() -> None:
    fused = fuse(words(SADNESS, 0.5, sure=False), voice(SADNESS, 0.5, sure=False)).emotion

    assert fused is not None
    assert not fused.sure


def test_an_unsure_voice_never_contradicts() -> None:
    assert not disagree(words(NEUTRAL), voice(SADNESS, 0.5, sure=False))


def test_feelings_present_are_named_once() -> None:
    said = EmotionEstimate(words(SADNESS).posterior, (SADNESS, HURT), True)
    heard = EmotionEstimate(voice(SADNESS).posterior, (SADNESS, ANXIETY), True)

    fused = fuse(said, heard).emotion

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
    fused = fuse(said, heard).emotion

    assert fused is not None
    assert set(fused.posterior) == set(Emotion)
    assert sum(fused.posterior.values()) == pytest.approx(1.0)
    assert min(fused.posterior.values()) >= 0.0


@given(estimates(tuple(Emotion)), estimates(HEARD))
def test_what_the_voice_cannot_hear_keeps_the_words_mass(
    said: EmotionEstimate, heard: EmotionEstimate
) -> None:
    fused = fuse(said, heard).emotion

    assert fused is not None
    for emotion in (HURT, EMBARRASSMENT):
        assert fused.posterior[emotion] == pytest.approx(said.posterior[emotion])


@given(estimates((NEUTRAL,)), estimates(HEARD))
def test_words_without_a_feeling_leave_feelings_in_the_voices_order(
    said: EmotionEstimate, heard: EmotionEstimate
) -> None:
    fused = fuse(said, heard).emotion

    assert fused is not None
    feelings = [e for e in HEARD if e != NEUTRAL]
    for a in feelings:
        for b in feelings:
            if heard.posterior[a] > heard.posterior[b]:
                assert fused.posterior[a] >= fused.posterior[b]


@given(estimates(tuple(Emotion)))
def test_a_voice_that_says_nothing_changes_no_feeling(said: EmotionEstimate) -> None:
    flat = EmotionEstimate({e: 1 / 5 if e in HEARD else 0.0 for e in Emotion}, (), False)

    fused = fuse(said, flat).emotion

    assert fused is not None
    feelings = [e for e in HEARD if e != NEUTRAL]
    strongest = max(feelings, key=said.posterior.__getitem__)
    assert fused.posterior[strongest] == pytest.approx(max(fused.posterior[e] for e in feelings))
