"""A workflow that can be held up, the memory that stands in for it, and a slow Telegram."""

import asyncio
import time
from typing import Any, cast

from bot.incidents.acts import Act, Say, Sent, Tell
from bot.incidents.alarms import Alarm, incident_id
from bot.incidents.effects import IncidentEffects
from bot.incidents.plain import event_from
from bot.incidents.state import Event, Incident, Phase, SayTried, Times, ToldTried, WrittenDown
from bot.incidents.steps import Decided
from bot.incidents.workflow import Incidents, go_on
from bot.workflows import Workflows
from storage.care_records import Guarded
from tests.bot.incidents.world import PERSON, alarm, guarded, guardian, telling

BOT_ID = 77
MESSAGE_ID = alarm().message_id
NUMBER = incident_id(BOT_ID, PERSON, MESSAGE_ID)


class EmptyRecords:
    """Nothing is on record."""

    async def of_recording(self, alarm: Alarm, number: str) -> list[str]:
        return []


class SlowEffects:
    """Carries out nothing but remembers it, and takes a while; notes where two act at once."""

    def __init__(self, act_s: float) -> None:
        self.act_s = act_s
        self.records = EmptyRecords()
        self.done: list[Act] = []
        self.n_acting = self.most_acting = 0

    def note_opened(self, alarm: Alarm) -> None:
        """Nobody counts."""

    async def guarded(self, alarm: Alarm) -> Guarded | None:
        await asyncio.sleep(0)
        return guarded(guardian(1), guardian(2))

    async def perform(self, act: Act, alarm: Alarm, incident: Incident) -> Event | None:
        self.n_acting += 1
        self.most_acting = max(self.most_acting, self.n_acting)
        await asyncio.sleep(self.act_s)
        self.n_acting -= 1
        self.done.append(act)
        match act:
            case Say():
                return SayTried(act, True, 99)
            case Tell(guardian_ids, number):
                return ToldTried(
                    tuple(telling(each, number, Sent.ACCEPTED) for each in guardian_ids)
                )
            case _:
                return WrittenDown(incident.unwritten, incident.standing)


class Stored:
    """What the database holds of one workflow; while it is away every call fails."""

    def __init__(self) -> None:
        self.away = False
        self.begun: asyncio.Event = asyncio.Event()
        self.signals: asyncio.Queue[Any] = asyncio.Queue()
        self.keys: set[str] = set()

    async def is_open(self, number: str) -> bool:
        await self.answer()
        return self.begun.is_set()

    async def enqueue(self, options: Any, *arguments: Any) -> None:
        await self.answer()
        self.begun.set()

    async def tell(self, number: str, message: Any, topic: str, key: str) -> None:
        await self.answer()
        if key not in self.keys:
            self.keys.add(key)
            self.signals.put_nowait(message)

    async def answer(self) -> None:
        """Wait as for a database, which may be away."""
        await asyncio.sleep(0)
        if self.away:
            raise ConnectionError


class Stand:
    """One incident with its workflow; `database` may be away, the loop is the real one."""

    def __init__(self, times: Times, act_s: float) -> None:
        self.alarm = alarm()
        self.database = Stored()
        self.effects = SlowEffects(act_s)
        self.incidents = Incidents(
            BOT_ID,
            cast(Workflows, self.database),
            cast(IncidentEffects, self.effects),
            times,
            cast(Any, None),
        )
        self.memory = self.incidents._memory  # what is tested
        self.decided: Decided | None = None

    async def workflow(self) -> None:
        """The workflow as the library runs it: a step ends when its outcome is stored."""
        await self.database.begun.wait()
        decided = await self._stored(await self.incidents._open(self.alarm))
        await go_on(decided, self._act, self._decide, self._hear)

    def heard(self) -> frozenset[str]:
        """The keys of the answers that the incident heard, wherever it is now."""
        carried = self.memory._carried.get(NUMBER)
        known = self.decided if carried is None else carried.decided
        return frozenset() if known is None else frozenset(known["incident"]["heard"])

    def unfinished(self) -> bool:
        """Whether something is still to be done or told, or counted down to."""
        carried = self.memory._carried.get(NUMBER)
        known = self.decided if carried is None else carried.decided
        if known is None or known["acts"] or known.get("heard"):
            return True
        unheard = carried is not None and bool(carried.inbox)
        counting = known["incident"]["phase"] == Phase.COUNTING
        return unheard or counting or not self.database.signals.empty()

    async def _act(self, before: Decided) -> Decided:
        return await self._stored(await self.incidents._act(self.alarm, before))

    async def _decide(self, before: Decided, event: Any, passed_s: float) -> Decided:
        decided = await self.incidents._decide(self.alarm, before, event_from(event), passed_s)
        return await self._stored(decided)

    async def _hear(self, wait_s: float) -> Any:
        ends_s = time.monotonic() + wait_s
        while time.monotonic() < ends_s or self.database.away:
            if not self.database.away and not self.database.signals.empty():
                break
            await asyncio.sleep(0.001)
        return None if self.database.signals.empty() else self.database.signals.get_nowait()

    async def _stored(self, decided: Decided) -> Decided:
        """The library waits for ever for a database that is away."""
        while self.database.away:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        self.decided = decided
        return decided
