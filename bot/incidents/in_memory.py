"""Incidents carried on in memory while the database cannot: the same rules, the same acts.

Whatever a workflow has decided is expected to go on in time. Where it does not, since its library
waits for a database that is away, this goes on from there with the snapshot of guardians, and the
workflow takes over again as soon as it moves. All of it ends with the process; what Telegram has
not been told it may forget comes again then.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from bot.incidents.alarms import Alarm
from bot.incidents.state import Event, TimePassed
from bot.incidents.steps import Decided, IncidentSteps

log = logging.getLogger(__name__)

GRACE_S = 4.0
"""How much later than it should a workflow may go on; a queue and a busy disk take less."""

STORE_EVERY_S = TRY_AGAIN_S = 1.0

Store = Callable[[], Awaitable[None]]


class _Carried:
    """An incident that is carried on here."""

    def __init__(self, alarm: Alarm, decided: Decided | None) -> None:
        self.alarm = alarm
        self.decided = decided
        self.since_s = time.monotonic()
        self.inbox: asyncio.Queue[Event] = asyncio.Queue()
        self.turn = asyncio.Lock()
        self.tasks: list[asyncio.Task[None]] = []


class IncidentsInMemory:
    """Stands in for workflows; used on the event loop alone."""

    def __init__(self, steps: IncidentSteps) -> None:
        self._steps = steps
        self._carried: dict[str, _Carried] = {}
        self._expected: dict[str, asyncio.TimerHandle] = {}

    def begin(self, number: str, alarm: Alarm, store: Store) -> None:
        """Carry an alarm on from its beginning, and store it as soon as that is possible."""
        if number not in self._carried:
            log.warning("an alarm is carried on in memory")
            carried = self._start(number, alarm, None)
            carried.tasks.append(asyncio.create_task(_persist(store)))

    def expect(self, number: str, alarm: Alarm, decided: Decided) -> None:
        """Go on in the place of a workflow that does not do so in time."""
        self.unexpect(number)
        wait_s = 0.0 if decided["acts"] else decided["wait_s"]
        if wait_s is not None:
            self._expected[number] = asyncio.get_running_loop().call_later(
                wait_s + GRACE_S, self._step_in, number, alarm, decided
            )

    def unexpect(self, number: str) -> None:
        """The workflow moves."""
        expected = self._expected.pop(number, None)
        if expected is not None:
            expected.cancel()

    async def take(self, number: str) -> tuple[Decided, float] | None:
        """Hand an incident back: how it stands, and for how many seconds it has.

        None where it is not carried here. An act that is being carried out is finished first.
        """
        carried = self._carried.get(number)
        if carried is None:
            return None
        async with carried.turn:
            self._carried.pop(number, None)
            for task in carried.tasks:
                task.cancel()
        if carried.decided is None:
            return None
        return carried.decided, time.monotonic() - carried.since_s

    def tell(self, number: str, event: Event) -> bool:
        """Tell an incident what happened; False where it is not carried here."""
        carried = self._carried.get(number)
        if carried is None:
            return False
        carried.inbox.put_nowait(event)
        return True

    def carried(self, prefix: str) -> list[str]:
        """The incidents carried here whose numbers begin so."""
        return [number for number in self._carried if number.startswith(prefix)]

    def stop(self) -> None:
        """Carry nothing on any more."""
        for number in list(self._expected):
            self.unexpect(number)
        for carried in self._carried.values():
            for task in carried.tasks:
                task.cancel()
        self._carried.clear()

    def _step_in(self, number: str, alarm: Alarm, decided: Decided) -> None:
        self._expected.pop(number, None)
        if number not in self._carried:
            log.warning("an incident is carried on in memory: its workflow does not move")
            wait_s = 0.0 if decided["acts"] else decided["wait_s"] or 0.0
            self._start(number, alarm, decided).since_s -= wait_s + GRACE_S

    def _start(self, number: str, alarm: Alarm, decided: Decided | None) -> _Carried:
        carried = self._carried[number] = _Carried(alarm, decided)
        carried.tasks.append(asyncio.create_task(self._carry(number, carried)))
        return carried

    async def _carry(self, number: str, carried: _Carried) -> None:
        """Go on until nothing more can happen; what fails is tried again, help is not let go."""
        while True:
            try:
                if not await self._turn(carried):
                    break
                await self._wait(carried)
            except Exception as error:
                log.error("an incident carried in memory tries again: %s", type(error).__name__)
                await asyncio.sleep(TRY_AGAIN_S)
        if self._carried.get(number) is carried:
            del self._carried[number]

    async def _wait(self, carried: _Carried) -> None:
        event = await self._next_event(carried)
        async with carried.turn:
            assert carried.decided is not None
            passed_s = time.monotonic() - carried.since_s
            try:
                decided = await self._steps.happened(
                    carried.alarm, carried.decided, event, passed_s
                )
            except Exception:
                carried.inbox.put_nowait(event)
                raise
            self._keep(carried, decided)

    async def _turn(self, carried: _Carried) -> bool:
        """Carry out what was decided; whether anything can still happen."""
        async with carried.turn:
            if carried.decided is None:
                self._keep(carried, await self._steps.open(carried.alarm))
        while carried.decided is not None and carried.decided["acts"]:
            async with carried.turn:
                decided = await self._steps.carry_out(carried.alarm, carried.decided)
                self._keep(carried, decided)
        return carried.decided is not None and carried.decided["wait_s"] is not None

    async def _next_event(self, carried: _Carried) -> Event:
        assert carried.decided is not None
        left_s = carried.decided["wait_s"] - (time.monotonic() - carried.since_s)
        try:
            return await asyncio.wait_for(carried.inbox.get(), max(left_s, 0.0))
        except TimeoutError:
            return TimePassed()

    def _keep(self, carried: _Carried, decided: Decided) -> None:
        carried.decided, carried.since_s = decided, time.monotonic()


async def _persist(store: Store) -> None:
    while True:
        try:
            await store()
            return
        except Exception as error:
            log.warning("an alarm waits for storage: %s", type(error).__name__)
            await asyncio.sleep(STORE_EVERY_S)
