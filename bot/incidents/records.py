"""Incidents as the database knows them, in time or not at all: help does not wait for it."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from weakref import WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError

from bot.incidents.acts import Telling
from bot.incidents.alarms import Alarm
from bot.incidents.on_record import disclosure_of, is_danger, number_for_edit, record_of
from bot.incidents.state import Incident, Phase, WrittenDown
from storage.care_records import Disclosure, IncidentRecord
from storage.database import Database
from storage.encryption import WrongServiceKey
from storage.key_store import KeyDestroyed
from storage.sealed_rows import NoSuchPerson

log = logging.getLogger(__name__)

T = TypeVar("T")

RECORD_S = 0.7
THREADS = 8
STILL_FRESH = timedelta(hours=1)
"""How long what a person types is taken for an answer to their alarm."""


class _Writes:
    """What is written of one incident: one at a time, and nothing after something newer."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.newest = 0


class IncidentRecords:
    """What is on record of incidents, and what is still to be written."""

    def __init__(self, bot_id: int, database: Database, clock: Callable[[], datetime]) -> None:
        self._bot_id = bot_id
        self._database = database
        self._clock = clock
        self._unwritten: dict[str, IncidentRecord] = {}  # while the database is away
        self._writes: WeakValueDictionary[str, _Writes] = WeakValueDictionary()
        # A locked database holds them for long.
        self._threads = ThreadPoolExecutor(THREADS, "incidents")

    async def of_recording(self, alarm: Alarm, number: str) -> list[str]:
        """The open incidents other than this one that have the same recording.

        Where they cannot be read there are none: an alarm waits for no record.
        """
        digest = alarm.recording_digest
        if digest is None:
            return []
        try:
            found = await self._in_time(lambda: self._open_incidents(alarm.chat_id))
        except WrongServiceKey as error:
            log.error("open incidents cannot be read: %s", type(error).__name__)
            return []
        return [
            each.id
            for each in found or ()
            if each.content.get("recording_digest") == digest and each.id != number
        ]

    async def in_danger(self, chat_id: int) -> bool:
        """Whether an incident that began within an hour is going on, as the screen shows it.

        A drill is none, nor a question about what was passed on: nobody waits for its answer.
        """
        return bool(await self._fresh_dangers(chat_id))

    async def in_quiet(self, chat_id: int) -> bool:
        """Whether nothing of such an incident is to show on the screen."""
        return any(each.content.get("quiet") for each in await self._fresh_dangers(chat_id))

    async def of_edit(self, alarm: Alarm) -> Alarm:
        """The alarm of an edited message, under the number of the incident it speaks of."""
        known = await self._known(alarm.chat_id)
        return replace(alarm, message_id=number_for_edit(alarm, known))

    def forget(self, chat_id: int) -> None:
        """Keep nothing of a person whose everything is deleted."""
        for number, record in list(self._unwritten.items()):
            if record.chat_id == chat_id:
                del self._unwritten[number]

    async def _fresh_dangers(self, chat_id: int) -> list[IncidentRecord]:
        since = self._clock() - STILL_FRESH
        return [
            each
            for each in await self._known(chat_id)
            if each.state in set(Phase) and each.opened_at > since and is_danger(each)
        ]

    async def _known(self, chat_id: int) -> list[IncidentRecord]:
        """The open incidents of a chat, as far as anybody knows in time."""
        found = await self._in_time(lambda: self._open_incidents(chat_id)) or []
        return [*found, *(each for each in self._unwritten.values() if each.chat_id == chat_id)]

    def _open_incidents(self, chat_id: int) -> list[IncidentRecord]:
        with self._database.transaction() as memory:
            return memory.care.open_incidents(chat_id)

    async def write_down(self, alarm: Alarm, incident: Incident) -> WrittenDown:
        """Have the database hold an incident as it stands, or remember that it does not yet."""
        record = record_of(self._bot_id, alarm, incident, self._clock())
        writes = self._writes.setdefault(record.id, _Writes())
        writes.newest = mine = writes.newest + 1

        def in_turn() -> bool:
            # One that waited for the database for longer than anybody waited for it would put an
            # incident that has ended since back to where it stood, for good.
            with writes.turn:
                return writes.newest == mine and self._write(record, alarm, incident)

        if await self._in_time(in_turn):
            self._unwritten.pop(record.id, None)
            return WrittenDown(incident.unwritten, incident.standing)
        if writes.newest == mine:
            self._unwritten[record.id] = record
        return WrittenDown((), incident.written)

    def _write(self, record: IncidentRecord, alarm: Alarm, incident: Incident) -> bool:
        """Have the database hold it as it stands; nothing is kept of who is not registered."""
        try:
            with self._database.transaction() as memory:
                if not memory.care.open_incident(record):
                    memory.care.update_incident(record)
                for telling in incident.unwritten:
                    disclosure = disclosure_of(self._bot_id, alarm, telling)
                    if not memory.care.add_disclosure(disclosure):
                        memory.care.update_disclosure(disclosure)
                for number in incident.acknowledged_by:
                    memory.care.acknowledge(record.id, number, self._clock())
        except (NoSuchPerson, KeyDestroyed):
            log.info("nothing is kept of the alert of somebody who is not registered")
        return True

    async def plan(self, alarm: Alarm, incident: Incident, planned: Telling) -> Disclosure | None:
        """What is on record of a guardian in this round; noted as uncertain if nothing is."""
        return await self._in_time(lambda: self._plan(alarm, incident, planned))

    async def put(self, alarm: Alarm, telling: Telling) -> None:
        """What came of it."""
        await self._in_time(lambda: self._put(alarm, telling))

    def _plan(self, alarm: Alarm, incident: Incident, planned: Telling) -> Disclosure | None:
        record = record_of(self._bot_id, alarm, incident, self._clock())
        with self._database.transaction() as memory:
            memory.care.open_incident(record)
            if memory.care.add_disclosure(disclosure_of(self._bot_id, alarm, planned)):
                return None
            return next(
                each
                for each in memory.care.disclosures(record.id)
                if (each.guardian_id, each.round) == (planned.guardian_id, planned.round)
            )

    def _put(self, alarm: Alarm, telling: Telling) -> None:
        with self._database.transaction() as memory:
            memory.care.update_disclosure(disclosure_of(self._bot_id, alarm, telling))

    async def _in_time(self, ask: Callable[[], T]) -> T | None:
        """What the database answers in `RECORD_S`, or None: help does not wait for it."""
        asking = asyncio.get_running_loop().run_in_executor(self._threads, ask)
        try:
            return await asyncio.wait_for(asking, RECORD_S)
        except (NoSuchPerson, KeyDestroyed):
            return None
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("an alert is not written down yet: %s", type(error).__name__)
            return None
