"""The plain values that storage takes and gives."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inference.analysis import Emotion, EmotionEstimate, Modality


class Language(StrEnum):
    """The languages Todak speaks."""

    KOREAN = "ko"
    ENGLISH = "en"


class AgeBand(StrEnum):
    """The ages that the safety rules tell apart; years in Korean law's full count."""

    CHILD = "under_14"
    YOUTH = "14_to_18"
    ADULT = "19_and_over"


class Purpose(StrEnum):
    """What a person may consent to, each on its own."""

    WORDS = "words"
    VOICE = "voice"
    HISTORY = "history"
    LOCATION = "location"


ASKED_FIRST = (Purpose.WORDS, Purpose.VOICE, Purpose.HISTORY)
"""What a person is asked about at the first meeting; the rest where it comes up."""

CONSENT_VERSIONS = {
    Purpose.WORDS: 2,
    Purpose.VOICE: 2,
    Purpose.HISTORY: 3,
    Purpose.LOCATION: 2,
}
"""Raised when a consent's wording changes in meaning; older decisions are then asked again, and
those about other purposes stay."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person; nobody is stored before they have said how old they are."""

    chat_id: int
    language: Language
    age_band: AgeBand
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """The newest decision about a purpose."""

    purpose: Purpose
    version: int
    granted: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Observation:
    """What was heard in one message. `corrected` is what the person chose instead, if they did.

    `also_message_id` is a second message, of words beside a voice or the other way round, that
    was heard together with it.
    `words` were written; `transcript` was said in a recording, as a model wrote it down or the
    person put it right.
    """

    chat_id: int
    message_id: int
    observed_at: datetime
    modalities: tuple[Modality, ...]
    estimate: EmotionEstimate | None
    words: str | None
    model_version: str
    corrected: str | None = None
    also_message_id: int | None = None
    transcript: str | None = None

    @property
    def feeling(self) -> str | None:
        """The person's own word before the guess: an emotion key, "other", or None if unknown."""
        if self.corrected is not None:
            return self.corrected
        return None if self.estimate is None else self.estimate.label.value


@dataclass(frozen=True, slots=True)
class Erasure:
    """A deletion that was asked for and is not finished; no key is "" where nobody was stored."""

    chat_id: int
    key_id: str
    requested_at: datetime


OTHER_FEELING = "other"
FEELINGS = (*(emotion.value for emotion in Emotion), OTHER_FEELING)
"""What a person may choose as their feeling."""
