"""What an incident is at a moment and what may happen to it: plain values.

`bot/incidents/rules.py` leads from one to the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.incidents.acts import PassOn, Say, Telling
from bot.incidents.alarms import Source
from storage.care_records import Code, Guarded
from storage.records import AgeBand


class Phase(StrEnum):
    """Where an incident stands."""

    ASKING = "asking"
    COUNTING = "counting"
    TELLING = "telling"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class End(StrEnum):
    """Why an incident ended."""

    CANCELLED = "cancelled"
    PERSON_SAFE = "person_safe"
    CONFIRMED = "confirmed"
    UNANSWERED = "unanswered"
    LAPSED = "lapsed"
    DRILL = "drill"
    ERASED = "erased"


class Timer(StrEnum):
    """What time brings; of those due together the first in this order comes first."""

    COUNT = "count"
    ASK = "ask"
    RETRY = "retry"
    NEXT = "next"
    AGAIN = "again"
    OBJECTION = "objection"
    REMIND = "remind"
    PLACE = "place"
    DRILL = "drill"
    EDIT = "edit"
    SAY = "say"
    WRITE = "write"
    LAPSE = "lapse"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Times:
    """Every time of the safety rules, in seconds.

    Attributes:
        countdown_s: until an alarm is sent.
        ask_again_s: the waits before a question comes again.
        next_guardian_s: between guardians who are told one after another.
        again_s: the waits before all are told again; after the last nothing repeats.
        objection_s: how long the person may object to one guardian's word.
        lapse_s: how long an incident that nobody resolves stays open; Telegram lets a bot take
            back what is at most 48 hours old.
    """

    countdown_s: float = 20
    ask_again_s: tuple[float, ...] = (60, 240)
    next_guardian_s: float = 60
    again_s: tuple[float, ...] = (180, 180, 900)
    objection_s: float = 600
    lapse_s: float = 24 * 3600


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident at a moment.

    Attributes:
        phase: where it stands; `end` is set once it ended.
        timers: seconds until each thing that time brings.
        n_asked: how often the question came again.
        round: the last round of telling; 0 before the first.
        n_repeats: how many of the waits before a repeat have passed since it was (re)opened.
        attempted: guardians for whom this round's message was tried.
        reached: of these, whom it reached, perhaps.
        unreached: of these, who are tried again.
        n_tries: how often this round's message was tried again.
        told: guardians whom any round reached, perhaps.
        unsaid: what could not be said to the person yet, tried `n_unsaid` times.
        quiet: neutral words, nothing on the screen, results only on request.
        duress: cancelled under duress; whoever holds the phone sees a cancelled incident.
        bare: guardians are asked to look without being told anything.
        called: the person said that they need help.
        doubting: "you misunderstood" was tapped once.
        extended: the countdown was prolonged once, for an answer that takes typing.
        screen_id: the message that shows the countdown.
        last_told: what the last message of a round came to.
        unwritten: tellings that the database has not taken yet.
        shown: tellings with words, recording or location in guardians' chats.
        written: its standing as the database has it.
        heard: the keys of the answers that it heard.
        n_places: how many places were shared since guardians were told.
        unplaced: the last of them, where it is to be passed on again.
    """

    source: Source
    kind: str
    age_band: AgeBand | None
    phase: Phase
    end: End | None = None
    timers: Mapping[Timer, float] = field(default_factory=dict)
    n_asked: int = 0
    round: int = 0
    n_repeats: int = 0
    attempted: frozenset[int] = frozenset()
    reached: frozenset[int] = frozenset()
    unreached: frozenset[int] = frozenset()
    n_tries: int = 0
    told: frozenset[int] = frozenset()
    acknowledged_by: frozenset[int] = frozenset()
    confirmed_by: frozenset[int] = frozenset()
    unsaid: tuple[Say, ...] = ()
    n_unsaid: int = 0
    quiet: bool = False
    duress: bool = False
    bare: bool = False
    called: bool = False
    doubting: bool = False
    wants_code: bool = False
    n_wrong_codes: int = 0
    extended: bool = False
    screen_id: int | None = None
    last_told: tuple[Telling, ...] = ()
    unwritten: tuple[Telling, ...] = ()
    shown: tuple[Telling, ...] = ()
    written: str = ""
    heard: frozenset[str] = frozenset()
    n_places: int = 0
    unplaced: PassOn | None = None

    @property
    def state(self) -> str:
        """How it stands in a word; whoever holds the phone may read it, so duress hides."""
        if self.duress:
            return str(End.CANCELLED)
        return str(self.phase if self.end is None else self.end)

    @property
    def standing(self) -> str:
        """What the database is to hold: its state, whether it ended, how many acknowledged."""
        ended = "ended" if self.phase is Phase.ENDED else "open"
        return f"{self.state}, {ended}, {len(self.acknowledged_by)}"

    @property
    def wait_s(self) -> float | None:
        """Seconds until time brings something; None once nothing more can happen."""
        return max(0.0, min(self.timers.values())) if self.timers else None


class Answer(StrEnum):
    """What the person taps."""

    SAFE = "safe"
    FINE = "fine"
    MISREAD = "misread"
    SEND = "send"
    NOT_SAFE = "not-safe"
    DETAILS = "details"


class Word(StrEnum):
    """What a guardian taps; SEEN answers a drill."""

    ACK = "ack"
    CONFIRMED = "confirmed"
    FALSE = "false"
    REOPEN = "reopen"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing but time."""


@dataclass(frozen=True, slots=True)
class PersonTapped:
    """The person answered by a button; told again under the same key it is the same answer."""

    answer: Answer
    key: str = ""


@dataclass(frozen=True, slots=True)
class CodeTyped:
    """The person typed a code; None is a wrong one. `key` as of an answer."""

    code: Code | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class GuardianTapped:
    """A guardian answered by a button; `key` as of an answer of the person."""

    guardian_id: int
    word: Word
    key: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """More was noticed in the same message."""

    source: Source
    kind: str


@dataclass(frozen=True, slots=True)
class PlaceShared:
    """The person shared where they are; `again` is the place that was known. `key` as above."""

    shared_at: datetime
    again: bool
    key: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The person took back what one guardian, or all of them, may know."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The person had everything deleted."""


@dataclass(frozen=True, slots=True)
class SayTried:
    """Something was said to the person, or could not be; `message_id` of what stands there."""

    say: Say
    done: bool
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class ToldTried:
    """A round's messages were tried."""

    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A place was passed on, or could not be; nothing was tried where it is not known yet."""

    act: PassOn
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """The database holds these tellings, and the incident as `written` says."""

    tellings: tuple[Telling, ...]
    written: str


Event = (
    TimePassed
    | PersonTapped
    | CodeTyped
    | GuardianTapped
    | Raised
    | PlaceShared
    | Withdrawn
    | Erased
    | SayTried
    | ToldTried
    | PassedOn
    | WrittenDown
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known when something happens.

    Attributes:
        passed_s: time since the last event, never more than what was waited for; the machine
            has no other clock, so one that jumps changes nothing.
        guarded: the person, their guardians and choices now; None where nobody is registered.
        times: the times of the rules.
    """

    passed_s: float
    guarded: Guarded | None
    times: Times = Times()
