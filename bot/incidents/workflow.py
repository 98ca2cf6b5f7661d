"""Incidents as durable workflows: an alarm that was raised ends in somebody being told.

An incident is begun over a queue of its own that is looked at every 50 ms, not started directly:
a coroutine taken from a queue waits on the library's event loop, one that is started directly
keeps a thread for as long as it is open, which may be a day. A queued start takes 41 ms
(`POLLING_S` in `bot/workflow_engine.py`); what words raise was answered with the numbers before.

What the rules decide is recorded before it is carried out, each act is a step, and what came of it
is recorded with the next decision. A later version with other rules therefore goes on from what
was decided, and takes no recorded decision again. What a step had sent when the process was killed
is sent again, unless the database had it as accepted (`bot/incidents/effects.py`).
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from dbos import DBOS, EnqueueOptions

from bot.event_loop import EventLoopCalls, NotDone
from bot.incidents.acts import Tell
from bot.incidents.alarms import Alarm, Source, incident_id
from bot.incidents.effects import IncidentEffects
from bot.incidents.in_memory import Handed, IncidentsInMemory
from bot.incidents.plain import Plain, alarm_from, event_from, plain, tagged
from bot.incidents.state import Erased, Event, Raised, TimePassed, Times, ToldTried
from bot.incidents.steps import Decided, IncidentSteps, handed_over, may_be_put_off, put_off
from bot.workflow_engine import INCIDENTS, VERSION
from bot.workflows import Workflows

log = logging.getLogger(__name__)

SIGNAL = "signal"
TRIES = 3
STORE_S = 0.7
"""How long an alarm waits for storage before it is carried on in memory."""

STORE_EVERY_S = 1.0

HEARING_S = 4.0
"""How long after a start nobody is told because time passed: a cancel that was tapped meanwhile
waits at Telegram, and is fetched and heard within a second or two."""

LOUD = (Source.SOUND_ALARM, Source.CRY, Source.SELFHARM)

Apologise = Callable[[Alarm], Coroutine[Any, Any, None]]
CarryOut = Callable[[Decided], Awaitable[Decided]]
Decide = Callable[[Decided, Plain, float], Awaitable[Decided]]
Hear = Callable[[float], Awaitable[Any]]


async def go_on(decided: Decided, act: CarryOut, decide: Decide, hear: Hear) -> None:
    """Carry out what was decided and hear what happens, until nothing more can."""
    while decided["acts"] or decided.get("heard") or decided["wait_s"] is not None:
        if decided["acts"]:
            decided = await _act_safely(act, decide, decided)
        elif decided.get("heard"):
            first, *rest = decided["heard"]
            decided = await _decide_safely(decide, {**decided, "heard": rest}, first, 0.0)
        else:
            wait_s = decided["wait_s"]
            signal = await hear(wait_s)
            if signal is None:
                decided = await _decide_safely(decide, decided, tagged(TimePassed()), wait_s)
            else:
                passed_s = min(max(signal["at_s"] - decided["at_s"], 0.0), wait_s)
                decided = await _decide_safely(decide, decided, signal["event"], passed_s)


async def _act_safely(act: CarryOut, decide: Decide, before: Decided) -> Decided:
    try:
        return await act(before)
    except NotDone:
        first, *rest = before["acts"]
        log.error("an act of an incident failed: %s", first["is"])
        event = ToldTried(()) if first["is"] == Tell.__name__ else TimePassed()
        return await _decide_safely(decide, {**before, "acts": rest}, tagged(event), 0.0)


async def _decide_safely(
    decide: Decide, before: Decided, event: Plain, passed_s: float
) -> Decided:
    try:
        return await decide(before, event, passed_s)
    except NotDone:
        log.error("an event of an incident was not understood")
        return before


class Incidents:
    """Begins incidents, tells them what happens, and carries them through."""

    def __init__(
        self,
        bot_id: int,
        flows: Workflows,
        effects: IncidentEffects,
        times: Times,
        apologise: Apologise,
    ) -> None:
        """`apologise` sends the fixed reply with the numbers where all else failed."""
        self._bot_id = bot_id
        self._flows = flows
        self._effects = effects
        self._steps = IncidentSteps(effects, times)
        self._memory = IncidentsInMemory(self._steps)
        self._apologise = apologise
        self._began_s = -math.inf
        self._stopping = False
        self._storing: dict[Alarm, asyncio.Task[None]] = {}

    def register(self, calls: EventLoopCalls) -> None:
        """Say what the workflow does; its steps run on the loop of `calls`."""

        @DBOS.step(name="open")
        def open_it(alarm: Plain) -> Decided:
            return calls.run(lambda: self._open(alarm_from(alarm)), TRIES)

        @DBOS.step(name="decide")
        def decide(alarm: Plain, before: Decided, event: Plain, passed_s: float) -> Decided:
            return calls.run(
                lambda: self._decide(alarm_from(alarm), before, event_from(event), passed_s), TRIES
            )

        @DBOS.step(name="act")
        def act(alarm: Plain, before: Decided) -> Decided:
            return calls.run(lambda: self._act(alarm_from(alarm), before), TRIES)

        @DBOS.step(name="give_up")
        def give_up(alarm: Plain) -> None:
            calls.run(lambda: self._apologise(alarm_from(alarm)), TRIES)

        @DBOS.workflow(name="incident", max_recovery_attempts=None)
        async def incident(alarm: Plain) -> None:
            try:
                decided = await asyncio.to_thread(open_it, alarm)
            except NotDone:
                log.error("an alarm could not be understood")
                await asyncio.to_thread(give_up, alarm)
                return

            async def act_now(before: Decided) -> Decided:
                return await asyncio.to_thread(act, alarm, before)

            async def decide_now(before: Decided, event: Plain, passed_s: float) -> Decided:
                return await asyncio.to_thread(decide, alarm, before, event, passed_s)

            async def hear(wait_s: float) -> Plain:
                return await DBOS.recv_async(SIGNAL, timeout_seconds=wait_s)

            await go_on(decided, act_now, decide_now, hear)

    async def raise_alarm(self, alarm: Alarm) -> "asyncio.Future[None]":
        """Begin an incident, or raise the one that the same message began.

        Where storage takes long it begins in memory, which a kill would end. What is returned is
        done once it is stored: the durable handling of its message may not be over before.
        """
        number = self._id(alarm.chat_id, alarm.message_id)
        raised = Raised(alarm.source, alarm.kind)
        carried = self._memory.tell(number, raised)
        try:
            async with asyncio.timeout(STORE_S):
                await self._store(number, alarm)
        except Exception as error:
            log.warning("an alarm is not stored yet: %s", type(error).__name__)
            if not carried:
                if alarm.source in LOUD:
                    self._memory.note(number, raised)
                self._memory.begin(number, alarm)
            return self._storing_of(number, alarm)
        stored = asyncio.get_running_loop().create_future()
        stored.set_result(None)
        return stored

    def carry(self, alarm: Alarm) -> None:
        """Begin an incident in memory; the workflow takes over as soon as there is one.

        The message itself is not stored yet, so that its handling raises it once more.
        """
        number = self._id(alarm.chat_id, alarm.message_id)
        self._memory.begin(number, alarm)
        self._storing_of(number, alarm)

    async def signal(self, chat_id: int, message_id: int, event: Event, key: str) -> bool:
        """Tell an incident what happened, once for each `key`; False where it is over.

        One that is carried in memory, which ends with the process, hears it at once; this returns
        once it is stored, behind its alarm if need be.
        """
        number = self._id(chat_id, message_id)
        alarm = self._memory.alarm_of(number)
        if alarm is None or not self._memory.tell(number, event):
            self._memory.note(number, event)
            return await self._tell_workflow(number, event, key)
        while True:
            try:
                if not await self._tell_workflow(number, event, key):
                    await self._store(number, alarm)
                    await self._tell_workflow(number, event, key)
                return True
            except Exception as error:
                log.warning("what an incident heard waits for storage: %s", type(error).__name__)
                await asyncio.sleep(STORE_EVERY_S)

    async def _tell_workflow(self, number: str, event: Event, key: str) -> bool:
        if not await self._flows.is_open(number):
            return False
        await self._send(number, event, key)
        return True

    def signal_in_memory(self, chat_id: int, message_id: int | None, event: Event) -> bool:
        """Tell an incident of this process what its workflow cannot be told now, or all of a chat.

        False where none is there. Of a chat whatever waits for a code is told, and whatever is
        carried in memory.
        """
        if message_id is not None:
            return self._memory.tell_at_once(self._id(chat_id, message_id), event)
        prefix = self._id(chat_id, 0).removesuffix("0")
        numbers = {*self._memory.carried(prefix), *self._memory.asked_for_code(prefix)}
        return any([self._memory.tell_at_once(number, event) for number in numbers])

    async def let_go(self, chat_id: int) -> None:
        """End every incident of a chat whose person has everything deleted."""
        prefix = self._id(chat_id, 0).removesuffix("0")
        for number in self._memory.carried(prefix):
            self._memory.tell(number, Erased())
        for number in await self._flows.open_workflows(prefix):
            await self._send(number, Erased(), f"{number}:erased")
        self._effects.records.forget(chat_id)

    def begin(self) -> None:
        """Go on with what was open when the last process ended; updates are taken soon."""
        self._began_s = time.monotonic()

    def stop(self) -> None:
        """Carry nothing on in memory any more, and tell nobody because time passed."""
        self._stopping = True
        self._memory.stop()
        for storing in self._storing.values():
            storing.cancel()

    async def _store(self, number: str, alarm: Alarm) -> None:
        if await self._flows.is_open(number):
            if alarm.source in LOUD:
                key = f"{number}:{alarm.source}:{alarm.kind}"
                await self._send(number, Raised(alarm.source, alarm.kind), key)
            return
        for other in await self._effects.records.of_recording(alarm, number):
            if await self._flows.is_open(other):
                return  # the same recording, sent twice
        options: EnqueueOptions = {
            "workflow_name": "incident",
            "workflow_id": number,
            "queue_name": INCIDENTS,
            "app_version": VERSION,
        }
        await self._flows.enqueue(options, plain(alarm))

    def _storing_of(self, number: str, alarm: Alarm) -> "asyncio.Task[None]":
        """What stores an alarm in the end, one for each."""
        storing = self._storing.get(alarm)
        if storing is None:
            storing = asyncio.create_task(self._store_in_the_end(number, alarm))
            self._storing[alarm] = storing
            storing.add_done_callback(lambda _: self._storing.pop(alarm, None))
        return storing

    async def _store_in_the_end(self, number: str, alarm: Alarm) -> None:
        while True:
            try:
                await self._store(number, alarm)
                return
            except Exception as error:
                log.warning("an alarm waits for storage: %s", type(error).__name__)
                await asyncio.sleep(STORE_EVERY_S)

    async def _send(self, number: str, event: Event, key: str) -> None:
        message = {"event": tagged(event), "at_s": time.time()}
        await self._flows.tell(number, message, SIGNAL, key)

    async def _open(self, alarm: Alarm) -> Decided:
        number = self._id(alarm.chat_id, alarm.message_id)
        handed = await self._memory.take(number)
        if handed is None:
            decided = await self._steps.open(alarm)
        else:
            decided = handed_over(handed.decided, handed.passed_s, handed.heard)
        self._memory.expect(number, alarm, decided)
        return decided

    async def _decide(
        self, alarm: Alarm, before: Decided, event: Event, passed_s: float
    ) -> Decided:
        """What an event leads to; where more was heard in memory, all of it in turn."""
        number = self._id(alarm.chat_id, alarm.message_id)
        self._memory.moves(number)
        handed = await self._memory.take(number)
        if handed is None:
            handed = Handed(before, passed_s, self._memory.heard(number))
            if all(each == event for each in handed.heard):
                decided = await self._happened(alarm, before, event, passed_s)
                self._memory.expect(number, alarm, decided, [event])
                return decided
        is_new = event not in (TimePassed(), *handed.heard)
        first = [event] if is_new else []
        decided = handed_over(handed.decided, handed.passed_s, handed.heard, first)
        self._memory.expect(number, alarm, decided, handed.heard)
        return decided

    async def _happened(
        self, alarm: Alarm, before: Decided, event: Event, passed_s: float
    ) -> Decided:
        """What an event leads to; time tells nobody while what is tapped cannot be heard.

        That is just after a start, and while the bot stops: then this goes on at the next start.
        """
        decided = await self._steps.happened(alarm, before, event, passed_s)
        if isinstance(event, TimePassed) and may_be_put_off(before, decided):
            if self._stopping:
                await asyncio.get_running_loop().create_future()
            left_s = self._began_s + HEARING_S - time.monotonic()
            return put_off(before, passed_s, left_s) if left_s > 0 else decided
        return decided

    async def _act(self, alarm: Alarm, before: Decided) -> Decided:
        """The next act; where the incident went on in memory it may be done already."""
        number = self._id(alarm.chat_id, alarm.message_id)
        self._memory.moves(number)
        handed = await self._memory.take(number)
        if handed is None:
            decided = await self._steps.carry_out(alarm, before)
        else:
            decided = handed_over(handed.decided, handed.passed_s, handed.heard)
        self._memory.expect(number, alarm, decided)
        return decided

    def _id(self, chat_id: int, message_id: int) -> str:
        return incident_id(self._bot_id, chat_id, message_id)
