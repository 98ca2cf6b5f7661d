"""The plain values of guardians, home and incidents; `docs/encryption.md` says what is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from storage.records import Language, Person

MOST_GUARDIANS = 5
INVITATION_VALID = timedelta(days=7)
INVITATION_EXPLAINED = timedelta(days=30)
"""How long after that a link still says that it is over."""

CONFIRMATION_EVERY = timedelta(days=90)
ASKED_AGAIN_AFTER = timedelta(days=30)
"""How long an unanswered question whether a guardian should stay is left alone."""

POSITION_KEPT = timedelta(hours=24)
QUESTION_OPEN = timedelta(minutes=30)

CANCELLED = "cancelled"
"""The state of an incident that was called off, or seems so."""

CHOICE_VERSION = 1
"""Raised when a choice's wording changes in meaning; an older one then no longer counts."""


class Choice(StrEnum):
    """What a person lets one guardian be told, each its own consent, all off at first."""

    CRIME = "crime"
    DISASTER = "disaster"
    MEDICAL = "medical"
    HELP = "help"
    SELFHARM = "selfharm"
    UNANSWERED = "unanswered"
    SILENCE = "silence"
    WORDS = "words"
    RECORDING = "recording"
    LOCATION = "location"
    ADDRESS = "address"


TOPICS = (
    Choice.CRIME,
    Choice.DISASTER,
    Choice.MEDICAL,
    Choice.HELP,
    Choice.SELFHARM,
    Choice.UNANSWERED,
    Choice.SILENCE,
)
ENCLOSURES = (Choice.WORDS, Choice.RECORDING, Choice.LOCATION, Choice.ADDRESS)


@dataclass(frozen=True, slots=True)
class Guardian:
    """Somebody who agreed to be told. `chat_id` is the person's, `name` what they call them.

    `position` orders a person's guardians; `language` is the guardian's own. `confirmed_at` is
    when the person last said that they should stay, at first when they accepted.
    """

    id: int
    chat_id: int
    guardian_chat_id: int
    name: str
    language: Language
    position: int
    paused: bool
    choices: frozenset[Choice]
    accepted_at: datetime
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """What a guardian took on, as they see it: that they were removed does not show."""

    guardian_id: int
    chat_id: int
    language: Language
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class ChoiceDecision:
    """One switch of one choice about one guardian, as it was decided."""

    guardian_id: int
    guardian_name: str
    choice: Choice
    version: int
    granted: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that one person may accept once; of its token only a digest is stored."""

    token_digest: str
    chat_id: int
    name: str
    expires_at: datetime
    used: bool


class Refusal(StrEnum):
    """Why an invitation was not accepted."""

    GONE = "gone"
    ONESELF = "oneself"
    ALREADY = "already"
    FULL = "full"


class Code(StrEnum):
    """What a typed code does: both look like a cancel, only one is."""

    CANCEL = "cancel"
    DURESS = "duress"


@dataclass(frozen=True, slots=True)
class Home:
    """What a person sets once; `shown_name` is how guardians read of them."""

    address: str | None = None
    shown_name: str | None = None
    cancel_code_digest: str | None = None
    duress_code_digest: str | None = None
    quiet: bool = False
    harmed_by_guardian: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Where a person was last, in degrees; `live_until` ends a live location they share."""

    latitude: float
    longitude: float
    shared_at: datetime
    live_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Guarded:
    """A person with all that an incident needs to know before somebody is told."""

    person: Person
    guardians: tuple[Guardian, ...]
    home: Home
    position: Position | None


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident as stored. `content` is sealed JSON (kind, source, what was heard, file id)."""

    id: str
    chat_id: int
    opened_at: datetime
    ended_at: datetime | None
    state: str
    content: Mapping[str, Any]

    @property
    def pretends(self) -> bool:
        """Cancelled under duress: it goes on, and whoever holds the phone must not read so."""
        return self.state == CANCELLED and self.ended_at is None


class Outcome(StrEnum):
    """What Telegram said of a message to a guardian."""

    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One guardian told in one round; the name stays after the guardian was removed.

    Rounds count up from 1; places passed on between them count down from -1.
    `what` names what went along. `enclosure_ids` are those of its messages that hold words,
    recording or location and are taken back when the incident ends. `guardian_chat_id` is None
    once nothing can be taken back any more. `live_location_id` is the
    one that moves with the person.
    """

    incident_id: str
    chat_id: int
    guardian_id: int
    guardian_chat_id: int | None
    guardian_name: str
    round: int
    what: tuple[str, ...]
    at: datetime
    outcome: Outcome
    message_ids: tuple[int, ...] = ()
    enclosure_ids: tuple[int, ...] = ()
    live_location_id: int | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The one question that is open in a chat; `content` is what was gathered so far."""

    chat_id: int
    question: str
    content: Mapping[str, Any] | None
    asked_at: datetime
    lapses_at: datetime
