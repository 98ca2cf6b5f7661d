"""What an incident has done: plain values, each carried out by `bot/incidents/effects.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.care_records import Choice


class Line(StrEnum):
    """What is said to the person."""

    COUNTDOWN = "countdown"
    COUNTING = "counting"
    SENDING = "sending"
    QUIET = "quiet"
    QUESTION = "question"
    OLD_QUESTION = "old-question"
    SELFHARM_QUESTION = "selfharm-question"
    AGAIN = "again"
    ONCE_MORE = "once-more"
    ASK_CODE = "ask-code"
    WRONG_CODE = "wrong-code"
    CODE_LOCKED = "code-locked"
    CANCELLED = "cancelled"
    NOBODY = "nobody"
    SENT = "sent"
    CHECK_SENT = "check-sent"
    PLACE_SENT = "place-sent"
    NOBODY_REACHED = "nobody-reached"
    NOBODY_ANSWERED = "nobody-answered"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    CALLED_FALSE = "called-false"
    REOPENED = "reopened"
    REOPENED_BY = "reopened-by"
    ENDED_SAFE = "ended-safe"
    ENDED_CONFIRMED = "ended-confirmed"
    ENDED_LAPSED = "ended-lapsed"
    DRILL_BEGUN = "drill-begun"
    DRILL_NOBODY = "drill-nobody"
    DRILL_REPORT = "drill-report"
    DETAILS = "details"


@dataclass(frozen=True, slots=True)
class Say:
    """Say a line to the person.

    Attributes:
        line: which.
        numbers: whether help numbers follow as contacts.
        seconds: that the line names.
        guardian_ids: whom it names.
        round: the round of telling it speaks of.
        shown: whether what was shown to guardians is taken back.
    """

    line: Line
    numbers: bool = False
    seconds: float | None = None
    guardian_ids: tuple[int, ...] = ()
    round: int = 0
    shown: bool = False


class Message(StrEnum):
    """What kind of message guardians get."""

    ALARM = "alarm"
    CHECK = "check"
    DRILL = "drill"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell guardians, in order; `enclosures` is what may go along to each, by their consents."""

    guardian_ids: tuple[int, ...]
    round: int
    message: Message
    enclosures: Mapping[int, frozenset[Choice]]


class News(StrEnum):
    """What guardians who were told hear later; discloses nothing further."""

    ANOTHER_LOOKS = "another-looks"
    ANOTHER_CONFIRMED = "another-confirmed"
    REMIND = "remind"
    DURESS = "duress"
    ENDED_SAFE = "ended-safe"
    ENDED = "ended"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Inform:
    """Say a piece of news to guardians who were told."""

    guardian_ids: tuple[int, ...]
    news: News


class Sent(StrEnum):
    """What became of a message to a guardian.

    LATER was put off by Telegram and FAILED never left: neither arrived. UNCERTAIN may have.
    """

    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    LATER = "later"
    FAILED = "failed"


ARRIVED = (Sent.ACCEPTED, Sent.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Telling:
    """One attempt to tell one guardian in one round, as it went.

    `place_at` is when the place was shared that it showed.
    """

    guardian_id: int
    guardian_chat_id: int
    guardian_name: str
    round: int
    sent: Sent
    at: datetime
    what: tuple[str, ...] = ()
    message_ids: tuple[int, ...] = ()
    enclosure_ids: tuple[int, ...] = ()
    live_location_id: int | None = None
    place_at: datetime | None = None
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PassOn:
    """Show guardians who were told where the person is now.

    Attributes:
        guardian_ids: whom.
        round: under which number it is on record; rounds of telling count up from 1, these down.
        shared_at: when the place was shared.
        again: whether it is the place that was known already.
        n_tries: how often it was tried again.
    """

    guardian_ids: tuple[int, ...]
    round: int
    shared_at: datetime
    again: bool = False
    n_tries: int = 0


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Delete what was shown of words, recording and location from guardians' chats."""

    shown: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class WriteDown:
    """Have the database hold the incident as it stands, and who was told."""


Act = Say | Tell | Inform | PassOn | TakeBack | WriteDown
