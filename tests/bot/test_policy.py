from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents.alarms import Source
from bot.policy import (
    DAY_S,
    LOOK_BACK_S,
    AnswerCrisis,
    AskFeeling,
    NameFeeling,
    OfferChoice,
    PointOutDisagreement,
    choose,
    sound_source,
    waits_after,
)
from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Distress,
    DistressKind,
    DistressLevel,
    EmergencyLevel,
    Emotion,
    EmotionEstimate,
    Modality,
)
from tests.bot.scripted import estimate

DANGER_LEVELS = (DistressLevel.THOUGHTS, DistressLevel.IN_PROGRESS, DistressLevel.CRY)


def analysis(
    words: EmotionEstimate | None = None,
    voice: EmotionEstimate | None = None,
    *,
    disagree: bool = False,
    distress: Distress = NO_DISTRESS,
) -> Analysis:
    heard = ((Modality.TEXT, words), (Modality.VOICE, voice))
    modalities = tuple(modality for modality, found in heard if found is not None)
    return Analysis(words or voice, words, voice, disagree, distress, modalities)


@pytest.mark.parametrize("level", DANGER_LEVELS)
def test_danger_comes_before_everything(level: DistressLevel) -> None:
    distress = Distress(DistressKind.SELFHARM, level, 0.9)
    joy, sadness = estimate(Emotion.JOY), estimate(Emotion.SADNESS)
    assert choose(analysis(distress=distress)) == AnswerCrisis(distress)
    assert choose(analysis(joy, distress=distress)) == AnswerCrisis(distress)
    assert choose(analysis(joy, sadness, disagree=True, distress=distress)) == AnswerCrisis(
        distress
    )


def test_disagreement_is_said_before_a_feeling_is_named() -> None:
    found = analysis(estimate(Emotion.NEUTRAL), estimate(Emotion.SADNESS), disagree=True)
    assert choose(found) == PointOutDisagreement(Emotion.NEUTRAL, Emotion.SADNESS)


posteriors = st.lists(st.floats(0.01, 1), min_size=7, max_size=7).map(
    lambda weights: EmotionEstimate(
        {emotion: weight / sum(weights) for emotion, weight in zip(Emotion, weights, strict=True)},
        (),
        False,
    )
)


@given(words=posteriors, voice=posteriors)
def test_words_and_voice_that_contradict_are_never_named_the_same(
    words: EmotionEstimate, voice: EmotionEstimate
) -> None:
    act = choose(analysis(words, voice, disagree=True))
    assert isinstance(act, PointOutDisagreement) and act.words is not act.voice


def test_nothing_judged_is_left_to_the_person() -> None:
    assert choose(analysis()) == OfferChoice("choose-yourself")


@pytest.mark.parametrize("probability, clear", [(0.95, True), (0.94, False)])
def test_certainty_is_worded_by_the_posterior(probability: float, clear: bool) -> None:
    act = choose(analysis(estimate(Emotion.ANGER, probability)))
    assert act == NameFeeling(Emotion.ANGER, clear, (), from_voice_only=False)


def test_at_most_two_other_feelings_are_named_and_neutral_never() -> None:
    posterior = estimate(Emotion.HURT).posterior
    present = (Emotion.HURT, Emotion.NEUTRAL, Emotion.ANGER, Emotion.SADNESS, Emotion.ANXIETY)
    act = choose(analysis(EmotionEstimate(posterior, present, True)))
    assert isinstance(act, NameFeeling) and act.also == (Emotion.ANGER, Emotion.SADNESS)


def test_a_voice_alone_says_so() -> None:
    act = choose(analysis(voice=estimate(Emotion.SADNESS)))
    assert isinstance(act, NameFeeling) and act.from_voice_only
    act = choose(analysis(voice=estimate(Emotion.SADNESS, 0.4, sure=False)))
    assert isinstance(act, AskFeeling) and act.from_voice_only
    act = choose(analysis(estimate(Emotion.SADNESS), estimate(Emotion.SADNESS)))
    assert isinstance(act, NameFeeling) and not act.from_voice_only


def test_unsure_offers_two_feelings_but_never_neutral() -> None:
    posterior = dict.fromkeys(Emotion, 0.05) | {Emotion.HURT: 0.4, Emotion.ANGER: 0.35}
    assert choose(analysis(EmotionEstimate(posterior, (), False))) == AskFeeling(
        (Emotion.HURT, Emotion.ANGER), False
    )
    posterior = dict.fromkeys(Emotion, 0.05) | {Emotion.HURT: 0.4, Emotion.NEUTRAL: 0.35}
    only_one = AskFeeling((Emotion.HURT,), False)
    assert choose(analysis(EmotionEstimate(posterior, (), False))) == only_one
    for rest in ({Emotion.NEUTRAL: 0.4}, {Emotion.NEUTRAL: 0.55, Emotion.ANGER: 0.2}):
        posterior = dict.fromkeys(Emotion, 0.05) | rest
        assert choose(analysis(EmotionEstimate(posterior, (), False))) == AskFeeling((), False)


@pytest.mark.parametrize("level", DANGER_LEVELS)
def test_waits_after_every_answer(level: DistressLevel) -> None:
    left = LOOK_BACK_S[level][1:]
    later = (DAY_S,) if level is DistressLevel.THOUGHTS else ()
    assert {
        answer: waits_after(level, answer, left)
        for answer in (
            ("safe", "called", "fine", "stop", "misread", "call-hard", "not-safe", "need-help")
        )
    } == {
        "safe": later,
        "called": later,
        "fine": (),
        "stop": (),
        "misread": left,
        "call-hard": LOOK_BACK_S[level],
        "not-safe": LOOK_BACK_S[level],
        "need-help": LOOK_BACK_S[level],
    }


def test_numbers_come_again_after_one_and_five_minutes() -> None:
    for level in (DistressLevel.IN_PROGRESS, DistressLevel.CRY):
        assert LOOK_BACK_S[level] == (60, 240)
    assert LOOK_BACK_S[DistressLevel.THOUGHTS][-1] == DAY_S


@given(
    level=st.sampled_from(EmergencyLevel),
    recorded_here=st.booleans(),
    age_s=st.floats(-60, 3600),
)
def test_only_what_is_recorded_here_and_now_may_be_sent(
    level: EmergencyLevel, recorded_here: bool, age_s: float
) -> None:
    source = sound_source(level, recorded_here=recorded_here, age=timedelta(seconds=age_s))
    if level is EmergencyLevel.NONE:
        assert source is None
    elif not recorded_here or age_s > 300:
        assert source is Source.OLD_SOUND
    else:
        assert source is Source(f"sound_{level}")
