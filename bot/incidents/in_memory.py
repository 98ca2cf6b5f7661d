"""Incidents carried on in memory while the database cannot: the same rules, the same acts.

Whatever a workflow has decided is expected to go on in time. Where it does not, since its library
waits for a database that is away, this goes on from there with the snapshot of guardians, and the
workflow takes over again as soon as it moves: with the state, and with whatever was heard and not
worked on yet. Only one of the two acts at a time. All of it ends with the process; what Telegram
has not been told it may forget comes again then.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.incidents.alarms import Alarm
from bot.incidents.plain import event_from
from bot.incidents.state import Event, TimePassed
from bot.incidents.steps import Decided, IncidentSteps
from bot.outages import is_outage

log = logging.getLogger(__name__)

GRACE_S = 4.0
"""How much later than it should a workflow may go on; a queue and a busy disk take less."""

TRY_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Handed:
    """An incident as it is handed back, so many seconds after it came to stand so."""

    decided: Decided
    passed_s: float
    heard: Sequence[Event]


class _Carried:
    """An incident that is carried on here, or may have to be."""

    def __init__(self, alarm: Alarm, decided: Decided | None, inbox: Iterable[Event] = ()) -> None:
        self.alarm = alarm
        self.decided = decided
        self.since_s = time.monotonic()
        self.inbox = deque(inbox)
        self.told = asyncio.Event()
        self.turn = asyncio.Lock()
        self.tasks: list[asyncio.Task[None]] = []
        self.stepping_in: asyncio.TimerHandle | None = None

    def hear(self, event: Event) -> None:
        """Work on an event when its turn comes; told again it is the same one."""
        if event not in self.inbox:
            self.inbox.append(event)
            self.told.set()

    def passed_s(self) -> float:
        """Seconds since it came to stand so."""
        return time.monotonic() - self.since_s

    def left_s(self) -> float | None:
        """Seconds until time brings something; None where nothing can happen any more."""
        if self.decided is None:
            return 0.0
        wait_s: float | None = self.decided["wait_s"]
        return None if wait_s is None else max(0.0, wait_s - self.passed_s())

    def is_over(self) -> bool:
        """Whether nothing can happen to it any more."""
        if self.decided is None or self.inbox:
            return False
        return self.decided["wait_s"] is None and not self.decided["acts"]


class IncidentsInMemory:
    """Stands in for workflows; used on the event loop alone."""

    def __init__(self, steps: IncidentSteps) -> None:
        self._steps = steps
        self._carried: dict[str, _Carried] = {}
        self._expected: dict[str, _Carried] = {}
        self._stopped = False

    def begin(self, number: str, alarm: Alarm) -> None:
        """Carry an alarm on from its beginning.

        One that a workflow is known to carry on is left to it.
        """
        known = number in self._carried or number in self._expected
        if not known and not self._stopped:
            log.warning("an alarm is carried on in memory")
            self._start(number, _Carried(alarm, None))

    def expect(
        self, number: str, alarm: Alarm, decided: Decided, done: Sequence[Event] = ()
    ) -> None:
        """Go on in the place of a workflow that does not do so in time.

        `done` is what it has heard by now.
        """
        before = self._expected.pop(number, None)
        unheard = () if before is None else before.inbox
        standing_by = _Carried(alarm, decided, (each for each in unheard if each not in done))
        _call_off(before)
        is_over = decided["wait_s"] is None and not decided["acts"] and not decided["heard"]
        if is_over or self._stopped:
            return
        self._expected[number] = standing_by
        at_once = decided["acts"] or decided["heard"] or standing_by.inbox
        self._plan(number, standing_by, 0.0 if at_once else decided["wait_s"])

    def moves(self, number: str) -> None:
        """The workflow moves: nobody needs to stand in for it until it is expected again."""
        _call_off(self._expected.get(number))

    def heard(self, number: str) -> list[Event]:
        """What a workflow may not have heard, which was told while it was expected to go on."""
        standing_by = self._expected.get(number)
        return [] if standing_by is None else list(standing_by.inbox)

    async def take(self, number: str) -> Handed | None:
        """Hand an incident back; from then on it is not carried here.

        None where it is not carried here. An act that is being carried out is finished first.
        """
        carried = self._carried.get(number)
        if carried is None:
            return None
        async with carried.turn:
            if carried.decided is None:
                self._keep(carried, await self._steps.open(carried.alarm))
            self._carried.pop(number, None)
            for task in carried.tasks:
                task.cancel()
        assert carried.decided is not None
        return Handed(carried.decided, carried.passed_s(), tuple(carried.inbox))

    def alarm_of(self, number: str) -> Alarm | None:
        """What began an incident that is carried here; else None."""
        carried = self._carried.get(number)
        return None if carried is None else carried.alarm

    def tell(self, number: str, event: Event) -> bool:
        """Tell an incident what happened; False where it is not carried here."""
        carried = self._carried.get(number)
        if carried is None or carried.is_over():
            return False
        carried.hear(event)
        return True

    def note(self, number: str, event: Event) -> None:
        """The workflow is told this, and soon hears it; where it does not, it is heard here."""
        standing_by = self._expected.get(number)
        if standing_by is not None:
            standing_by.hear(event)
            if standing_by.stepping_in is not None:
                self._plan(number, standing_by, 0.0)

    def tell_at_once(self, number: str, event: Event) -> bool:
        """Tell an incident what its workflow cannot be told now; False where it is not here."""
        standing_by = self._expected.get(number)
        if standing_by is None:
            return self.tell(number, event)
        standing_by.hear(event)
        if standing_by.stepping_in is not None:
            self._step_in(number)
        return True

    def carried(self, prefix: str) -> list[str]:
        """The incidents carried here whose numbers begin so."""
        found = (number for number in self._carried if number.startswith(prefix))
        return [number for number in found if not self._carried[number].is_over()]

    def asked_for_code(self, prefix: str) -> list[str]:
        """The incidents whose numbers begin so that wait for a code, in a workflow as yet."""
        return [
            number
            for number, each in self._expected.items()
            if number.startswith(prefix)
            and each.decided is not None
            and each.decided["incident"]["wants_code"]
        ]

    def stop(self) -> None:
        """Carry nothing on any more."""
        self._stopped = True
        for standing_by in self._expected.values():
            _call_off(standing_by)
        for carried in self._carried.values():
            for task in carried.tasks:
                task.cancel()
        self._expected.clear()
        self._carried.clear()

    def _plan(self, number: str, standing_by: _Carried, wait_s: float) -> None:
        """Step in so long from now and a little, or earlier where that was planned."""
        loop = asyncio.get_running_loop()
        at_s = loop.time() + wait_s + GRACE_S
        if standing_by.stepping_in is not None:
            at_s = min(at_s, standing_by.stepping_in.when())
        _call_off(standing_by)
        standing_by.stepping_in = loop.call_at(at_s, self._step_in, number)

    def _step_in(self, number: str) -> None:
        standing_by = self._expected.pop(number)
        _call_off(standing_by)
        if number not in self._carried:
            log.warning("an incident is carried on in memory: its workflow does not move")
            assert standing_by.decided is not None
            heard = map(event_from, reversed(standing_by.decided["heard"]))
            standing_by.inbox.extendleft(each for each in heard if each not in standing_by.inbox)
            standing_by.decided = {**standing_by.decided, "heard": []}
            self._start(number, standing_by)

    def _start(self, number: str, carried: _Carried) -> _Carried:
        self._carried[number] = carried
        carried.tasks.append(asyncio.create_task(self._carry(number, carried)))
        return carried

    async def _carry(self, number: str, carried: _Carried) -> None:
        """Go on until nothing more can happen; what fails is tried again, help is not let go.

        It stays here when it is over: its workflow, once it moves, is not to begin anew.
        """
        while not carried.is_over():
            try:
                async with carried.turn:
                    # A cancelled wait may end as if it were not; nobody else acts meanwhile.
                    if self._carried.get(number) is not carried:
                        return
                    moved = await self._move(carried)
                if not moved:
                    await self._wait(carried)
            except Exception as error:
                log.error("an incident carried in memory tries again: %s", type(error).__name__)
                await asyncio.sleep(TRY_AGAIN_S)

    async def _move(self, carried: _Carried) -> bool:
        """Do one thing that is due, whatever was heard before what time brings.

        False where nothing is.
        """
        alarm, decided = carried.alarm, carried.decided
        if decided is None:
            self._keep(carried, await self._steps.open(alarm))
        elif decided["acts"]:
            self._keep(carried, await self._steps.carry_out(alarm, decided))
        elif carried.inbox:
            await self._hear_next(carried, decided)
        elif carried.left_s() == 0.0:
            passed_s = carried.passed_s()
            self._keep(carried, await self._steps.happened(alarm, decided, TimePassed(), passed_s))
        else:
            return False
        return True

    async def _hear_next(self, carried: _Carried, decided: Decided) -> None:
        event, passed_s = carried.inbox[0], carried.passed_s()
        try:
            after = await self._steps.happened(carried.alarm, decided, event, passed_s)
            self._keep(carried, after)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("an event of an incident carried in memory was not understood")
        carried.inbox.popleft()

    async def _wait(self, carried: _Carried) -> None:
        carried.told.clear()
        try:
            await asyncio.wait_for(carried.told.wait(), carried.left_s())
        except TimeoutError:
            return

    def _keep(self, carried: _Carried, decided: Decided) -> None:
        carried.decided, carried.since_s = decided, time.monotonic()


def _call_off(standing_by: _Carried | None) -> None:
    if standing_by is not None and standing_by.stepping_in is not None:
        standing_by.stepping_in.cancel()
        standing_by.stepping_in = None
