"""The two steps of an incident: deciding, and carrying out the next act that was decided.

What they take and give is plain, since it is stored and read by later versions too.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.incidents.acts import Act, Inform, Tell, WriteDown
from bot.incidents.alarms import Alarm
from bot.incidents.effects import IncidentEffects
from bot.incidents.plain import Plain, acts_from, incident_from, plain, tagged
from bot.incidents.rules import advance, is_over, opened
from bot.incidents.state import Event, Incident, Moment, TimePassed, Times

Decided = dict[str, Any]
"""`incident`, the `acts` that are still to be carried out in order, what was `heard` and is worked
on after them, `wait_s` until time brings something (None once it is over), and `at_s`, when that
was decided. Earlier versions stored nothing that was heard."""


TO_GUARDIANS = (Tell.__name__, Inform.__name__)
PUT_OFF = "put_off"


class IncidentSteps:
    """Applies the rules to the world as it is now."""

    def __init__(self, effects: IncidentEffects, times: Times) -> None:
        self._effects = effects
        self._times = times

    async def open(self, alarm: Alarm) -> Decided:
        """A new incident."""
        decided = _decided(*opened(alarm, await self._moment(alarm, 0.0)))
        self._effects.note_opened(alarm)
        return decided

    async def happened(
        self, alarm: Alarm, before: Decided, event: Event, passed_s: float
    ) -> Decided:
        """What an event leads to, `passed_s` after the last one."""
        moment = await self._moment(alarm, passed_s)
        incident, acts = advance(incident_from(before["incident"]), event, moment)
        return _decided(incident, acts, before["acts"], before.get("heard", ()))

    async def carry_out(self, alarm: Alarm, before: Decided) -> Decided:
        """The first act carried out, and what follows from what came of it."""
        first, *rest = before["acts"]
        [act] = acts_from([first])
        incident = incident_from(before["incident"])
        # Asked before: what was carried out is not carried out again because nobody answers.
        moment = await self._moment(alarm, 0.0)
        began_s = time.monotonic()
        event = await self._effects.perform(act, alarm, incident)
        moment = replace(moment, passed_s=time.monotonic() - began_s)
        incident, acts = advance(incident, event or TimePassed(), moment)
        return _decided(incident, acts, rest, before.get("heard", ()))

    async def _moment(self, alarm: Alarm, passed_s: float) -> Moment:
        return Moment(passed_s, await self._effects.guarded(alarm), self._times)


def handed_over(
    before: Decided, passed_s: float, heard: Iterable[Event] = (), first: Iterable[Event] = ()
) -> Decided:
    """An incident for another to go on with: time has passed and has brought nothing yet.

    `first` was heard before whatever still waits, `heard` after it. Nothing is looked up, so
    that it cannot fail.
    """
    incident = incident_from(before["incident"])
    left = {timer: left_s - max(0.0, passed_s) for timer, left_s in incident.timers.items()}
    incident = replace(incident, timers=left)
    still_heard = [*map(tagged, first), *before.get("heard", ()), *map(tagged, heard)]
    return {**before, **_decided(incident, (), before["acts"], still_heard)}


def put_off(before: Decided, passed_s: float, wait_s: float) -> Decided:
    """The same incident, in which time brings what is due only after `wait_s`."""
    return {**handed_over(before, passed_s), "wait_s": wait_s, PUT_OFF: True}


def may_be_put_off(before: Decided, after: Decided) -> bool:
    """Whether what time brought tells guardians something, and was not put off before."""
    new = after["acts"][len(before["acts"]) :]
    return PUT_OFF not in before and any(act["is"] in TO_GUARDIANS for act in new)


def _decided(
    incident: Incident,
    acts: Sequence[Act],
    before: Sequence[Plain] = (),
    heard: Sequence[Plain] = (),
) -> Decided:
    waiting = list(before)
    for act in map(tagged, acts):
        # What is written down is all that has changed by then: once is enough.
        if act["is"] != WriteDown.__name__ or act not in waiting:
            waiting.append(act)
    wait_s = None if is_over(incident) and not waiting else incident.wait_s
    return {
        "incident": plain(incident),
        "acts": waiting,
        "heard": list(heard),
        "wait_s": wait_s,
        "at_s": time.time(),
    }
