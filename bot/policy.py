"""What to do about what was heard: a pure decision table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.incidents.alarms import Source
from inference.analysis import (
    Analysis,
    Distress,
    DistressLevel,
    EmergencyLevel,
    Emotion,
    Modality,
)
from inference.emotion_fusion import contradicting

HIGH_CERTAINTY = 0.95
"""From this posterior on the guess is worded as clear: on sentences of authors who wrote none to
learn from 98 % are right from here on, and 80 to 94 % of those that are sure below it."""

FRESH = timedelta(minutes=5)
"""Within this a recording tells of now."""

DAY_S = 24 * 3600
WORTH_NAMING = 0.15
"""A guess less probable than this is not offered, not even as one of two."""

LOOK_BACK_S: Mapping[DistressLevel, tuple[int, ...]] = {
    DistressLevel.THOUGHTS: (15 * 60, 3 * 3600, DAY_S),
    DistressLevel.IN_PROGRESS: (60, 240),
    DistressLevel.CRY: (60, 240),
}
"""Waits before each question while nobody answers, in seconds: the numbers come again 1 and 5
minutes after a danger that is happening; thoughts are looked back at after minutes, hours, a day.
"""


@dataclass(frozen=True, slots=True)
class AnswerCrisis:
    """Help numbers first, then a question."""

    distress: Distress


@dataclass(frozen=True, slots=True)
class NameFeeling:
    """Name the feeling as a guess; the person has the last word."""

    feeling: Emotion
    clear: bool
    also: tuple[Emotion, ...]
    from_voice_only: bool


@dataclass(frozen=True, slots=True)
class AskFeeling:
    """Say that it is not clear, with the nearest guesses: two, one or none."""

    guesses: tuple[Emotion, ...]
    from_voice_only: bool


@dataclass(frozen=True, slots=True)
class PointOutDisagreement:
    """Words and voice say different things: say so and ask."""

    words: Emotion
    voice: Emotion


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """Nothing could or may be judged: say why (a wording key) and let the person choose."""

    reason: str


FeelingAct = NameFeeling | AskFeeling | PointOutDisagreement | OfferChoice
Act = AnswerCrisis | FeelingAct


def choose(analysis: Analysis) -> Act:
    """The act for an analysis; danger before everything, doubt before a claim."""
    if analysis.distress.level is not DistressLevel.NONE:
        return AnswerCrisis(analysis.distress)
    if analysis.disagree and analysis.words is not None and analysis.voice is not None:
        return PointOutDisagreement(*contradicting(analysis.words, analysis.voice))
    if analysis.emotion is None:
        return OfferChoice("choose-yourself")
    voice_only = analysis.modalities == (Modality.VOICE,)
    if not analysis.emotion.sure:
        return AskFeeling(_nearest(analysis), voice_only)
    label = analysis.emotion.label
    return NameFeeling(
        feeling=label,
        clear=analysis.emotion.posterior[label] >= HIGH_CERTAINTY,
        also=tuple(
            emotion
            for emotion in analysis.emotion.present
            if emotion not in (label, Emotion.NEUTRAL)
        )[:2],
        from_voice_only=voice_only,
    )


def sound_source(level: EmergencyLevel, *, recorded_here: bool, age: timedelta) -> Source | None:
    """Which row of the safety table a recording falls under; None where it sounds ordinary.

    What was forwarded, uploaded or recorded a while ago may be over, or a song: it is asked about.
    """
    if level is EmergencyLevel.NONE:
        return None
    if not recorded_here or age > FRESH:
        return Source.OLD_SOUND
    return Source.SOUND_ALARM if level is EmergencyLevel.ALARM else Source.SOUND_ASK


def _nearest(analysis: Analysis) -> tuple[Emotion, ...]:
    """At most two feelings that are likely enough to be named; even ones are no help.

    None where it is likelier than not that there is no feeling at all.
    """
    assert analysis.emotion is not None
    posterior = analysis.emotion.posterior
    if posterior[Emotion.NEUTRAL] > 0.5:
        return ()
    likely = [
        emotion
        for emotion in sorted(posterior, key=posterior.__getitem__, reverse=True)
        if emotion is not Emotion.NEUTRAL and posterior[emotion] >= WORTH_NAMING
    ]
    return tuple(likely[:2])


def waits_after(level: DistressLevel, answer: str, waits: tuple[int, ...]) -> tuple[int, ...]:
    """The waits that are left once a button was tapped.

    "Misread" changes nothing until the second question is answered; whoever is not safe, or
    cannot call, is asked again from the beginning; whoever is safe after thoughts of suicide is
    looked back at once, the next day.
    """
    if answer in ("fine", "stop"):
        return ()
    if answer in ("safe", "called"):
        return (DAY_S,) if level is DistressLevel.THOUGHTS else ()
    if answer == "misread":
        return waits
    return LOOK_BACK_S[level]
