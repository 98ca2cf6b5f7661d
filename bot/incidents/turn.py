"""One turn of an incident: what changes and what is done, gathered while the rules decide."""

from dataclasses import replace
from typing import Any

from bot.incidents.acts import Act, Line, Say, WriteDown
from bot.incidents.state import Incident, Moment, Phase, Timer, Times

EDIT_EVERY_S = 5.0
REPLIES = frozenset(
    {
        Line.ASK_CODE,
        Line.WRONG_CODE,
        Line.CODE_LOCKED,
        Line.ONCE_MORE,
        Line.CANCELLED,
        Line.ENDED_SAFE,
        Line.REOPENED,
        Line.DETAILS,
        Line.QUIET,
        Line.AGAIN,
    }
)
"""Lines that answer the person or have neutral words: all that is said in quiet mode."""


class Turn:
    """The incident as it becomes, and what is done, in order."""

    def __init__(self, incident: Incident, moment: Moment) -> None:
        self.incident = incident
        self.guarded = moment.guarded
        self.times: Times = moment.times
        self.acts: list[Act] = []

    def change(self, **changes: Any) -> None:
        """Give the incident other values."""
        self.incident = replace(self.incident, **changes)

    def start(self, timer: Timer, seconds: float) -> None:
        """Have time bring something in so many seconds, whatever was set before."""
        self.change(timers={**self.incident.timers, timer: seconds})

    def stop(self, *timers: Timer) -> None:
        """Have time not bring these."""
        left = {timer: s for timer, s in self.incident.timers.items() if timer not in timers}
        self.change(timers=left)

    def keep(self, *timers: Timer) -> None:
        """Have time bring nothing but these."""
        self.stop(*(timer for timer in Timer if timer not in timers))

    def pass_time(self, seconds: float) -> None:
        """Bring every timer nearer."""
        passed = max(0.0, seconds)
        self.change(timers={timer: s - passed for timer, s in self.incident.timers.items()})

    def say(self, line: Line, **details: Any) -> None:
        """Say something to the person; in quiet mode only what has neutral words.

        Under duress nothing is said: the phone shows a cancelled incident.
        """
        if self.incident.duress or (self.incident.quiet and line not in REPLIES):
            return
        quiet = self.incident.quiet
        said = Say(line, **details)
        # No card with a number, and nothing about guardians, on a screen that others see.
        self.acts.append(replace(said, numbers=False, shown=False) if quiet else said)

    def result(self) -> tuple[Incident, tuple[Act, ...]]:
        """The incident and what is done; whatever changed for the record is written down."""
        stale = self.incident.standing != self.incident.written or bool(self.incident.unwritten)
        if stale and Timer.WRITE not in self.incident.timers:
            self.acts.append(WriteDown())
        return self.incident, tuple(self.acts)

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.incident.phase is not Phase.ENDED
