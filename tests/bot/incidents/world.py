"""Alarms, guardians and persons for tests of incidents."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.incidents.acts import Act, Line, PassOn, Say, Sent, Tell, Telling
from bot.incidents.alarms import Alarm, Source
from bot.incidents.rules import advance
from bot.incidents.state import (
    Event,
    Incident,
    Moment,
    PassedOn,
    SayTried,
    TimePassed,
    Times,
    ToldTried,
    WrittenDown,
)
from storage.care_records import TOPICS, Choice, Guarded, Guardian, Home
from storage.records import AgeBand, Language, Person

NOW = datetime(2026, 11, 28, 21, 3, tzinfo=UTC)
PERSON, FIRST_GUARDIAN_CHAT = 1001, 2000
ALL_TOPICS = frozenset(TOPICS)


def alarm(source: Source = Source.SOUND_ALARM, kind: str = "violence", **details: Any) -> Alarm:
    known: dict[str, Any] = {
        "chat_id": PERSON,
        "message_id": 7,
        "source": source,
        "kind": kind,
        "sent_at": NOW,
        "language": Language.KOREAN,
        "age_band": AgeBand.ADULT,
    }
    return Alarm(**{**known, **details})


def guardian(
    number: int, choices: Iterable[Choice] = ALL_TOPICS, *, paused: bool = False
) -> Guardian:
    return Guardian(
        id=number,
        chat_id=PERSON,
        guardian_chat_id=FIRST_GUARDIAN_CHAT + number,
        name=f"보호자 {number}",
        language=Language.KOREAN,
        position=number,
        paused=paused,
        choices=frozenset(choices),
        accepted_at=NOW,
        confirmed_at=NOW,
    )


def guarded(*guardians: Guardian, **home: Any) -> Guarded:
    person = Person(PERSON, Language.KOREAN, AgeBand.ADULT, NOW)
    return Guarded(person, guardians, Home(**home), None)


def telling(number: int, round_: int, sent: Sent, **details: Any) -> Telling:
    chat_id = FIRST_GUARDIAN_CHAT + number
    return Telling(number, chat_id, f"보호자 {number}", round_, sent, NOW, **details)


class Play:
    """Plays an incident: acts are carried out at once, by a Telegram that answers as told.

    `outcomes` are what becomes of a guardian's next messages, accepted where nothing is said.
    """

    def __init__(
        self, outcome: tuple[Incident, tuple[Act, ...]], world: Guarded | None, times: Times
    ) -> None:
        self.world = world
        self.times = times
        self.outcomes: dict[int, list[Sent]] = {}
        self.acts: list[Act] = []
        self.incident, acts = outcome
        self._perform(acts)

    def happens(self, event: Event, passed_s: float = 0.0) -> list[Act]:
        """What is done about an event, answers to it included."""
        n_before = len(self.acts)
        self.incident, acts = advance(self.incident, event, self._moment(passed_s))
        self._perform(acts)
        return self.acts[n_before:]

    def wait(self, seconds: float) -> list[Act]:
        """What is done while nothing but time passes."""
        n_before = len(self.acts)
        while self.incident.wait_s is not None and self.incident.wait_s <= seconds:
            seconds -= self.incident.wait_s
            self.happens(TimePassed(), self.incident.wait_s)
        moment = self._moment(seconds)
        self.incident, acts = advance(self.incident, TimePassed(), moment)
        self._perform(acts)
        return self.acts[n_before:]

    def lines(self) -> list[Line]:
        """All that was said to the person."""
        return said(self.acts)

    def _moment(self, passed_s: float) -> Moment:
        return Moment(passed_s, self.world, self.times)

    def _perform(self, acts: Iterable[Act]) -> None:
        left = list(acts)
        while left:
            act = left.pop(0)
            self.acts.append(act)
            event = self._answer(act)
            if event is not None:
                self.incident, more = advance(self.incident, event, self._moment(0.0))
                left.extend(more)

    def _answer(self, act: Act) -> Event | None:
        if isinstance(act, Say):
            return SayTried(act, True, 99)
        if isinstance(act, Tell):
            return ToldTried(tuple(self._told(number, act) for number in act.guardian_ids))
        if isinstance(act, PassOn):
            return PassedOn(act, tuple(self._shown(number, act) for number in act.guardian_ids))
        if type(act).__name__ == "WriteDown":
            return WrittenDown(self.incident.unwritten, self.incident.standing)
        return None

    def _sent(self, number: int) -> Sent:
        waiting = self.outcomes.get(number, [])
        return waiting.pop(0) if waiting else Sent.ACCEPTED

    def _shown(self, number: int, act: PassOn) -> Telling:
        sent = self._sent(number)
        if sent is not Sent.ACCEPTED:
            return telling(number, act.round, sent)
        what, ids = ("location",), (900 + number,)
        return telling(
            number, act.round, sent, what=what, enclosure_ids=ids, place_at=act.shared_at
        )

    def _told(self, number: int, act: Tell) -> Telling:
        sent = self._sent(number)
        what = tuple(sorted(act.enclosures[number]))
        shown = (800 + number,) if "recording" in what and sent is Sent.ACCEPTED else ()
        made = telling(number, act.round, sent, what=what, message_ids=(700 + number,))
        return replace(made, enclosure_ids=shown)


def said(acts: Iterable[Act]) -> list[Line]:
    return [act.line for act in acts if isinstance(act, Say) and act.line is not Line.COUNTING]


def told(acts: Iterable[Act]) -> list[tuple[int, ...]]:
    return [act.guardian_ids for act in acts if isinstance(act, Tell)]
