"""What an incident has done is done here: said, told, taken back and written down."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoAnswer
from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.incidents.acts import (
    Act,
    Inform,
    Line,
    Say,
    Sent,
    TakeBack,
    Tell,
    Telling,
    WriteDown,
)
from bot.incidents.alarms import Alarm
from bot.incidents.consent import is_told, may_be_told, may_go_along
from bot.incidents.on_record import disclosure_of, only_asked_about, record_of, told_before
from bot.incidents.replies import IncidentReplies
from bot.incidents.state import Event, Incident, Phase, SayTried, ToldTried, WrittenDown
from bot.incidents.telling import GuardianMessages
from bot.incidents.told_replies import ToldReplies
from bot.look_up import NOBODY_S, LookUp
from bot.replies import Reply
from bot.sending import keyboard, send
from storage.care_records import Disclosure, Guarded, Guardian, IncidentRecord, Outcome
from storage.database import Database
from storage.key_store import KeyDestroyed
from storage.records import Language
from storage.sealed_rows import NoSuchPerson

log = logging.getLogger(__name__)

T = TypeVar("T")

SAY_S, EDIT_S, RECORD_S = 8.0, 3.0, 0.7
UNKNOWN_S = 10.0
THREADS = 8
STILL_FRESH = timedelta(hours=1)
"""How long what a person types is taken for an answer to their alarm."""

ON_SCREEN = (Line.COUNTING, Line.SENDING)
"""Lines that only change what stands there; a change that fails holds up nothing."""


class IncidentEffects:
    """The world as incidents change it. Nothing here raises for Telegram or for the database."""

    def __init__(
        self,
        bot: Bot,
        database: Database,
        look_up: LookUp,
        replies: Mapping[Language, tuple[IncidentReplies, ToldReplies]],
        clock: Callable[[], datetime],
    ) -> None:
        """`replies` are the words of each language, to the person and to guardians."""
        self._bot = bot
        self._bot_id = int(bot.token.partition(":")[0])
        self._database = database
        self._look_up = look_up
        self._replies = replies
        self._clock = clock
        self._guardians = GuardianMessages(bot, clock)
        self._unwritten: dict[str, IncidentRecord] = {}  # while the database is away
        # A locked database holds them for long.
        self._threads = ThreadPoolExecutor(THREADS, "incidents")

    async def guarded(self, alarm: Alarm) -> Guarded | None:
        """The person and their guardians now, from the snapshot where the database is away.

        Raises:
            sqlalchemy.exc.TimeoutError: nobody knows yet, just after a start.
        """
        chat_id, now = alarm.chat_id, self._clock()
        found = await self._look_up.guards(chat_id, now)
        if not found.surely:
            found = await self._look_up.guards(chat_id, now, UNKNOWN_S)
        elif not found.fresh and not is_told(alarm, found.guarded):
            found = await self._look_up.guards(chat_id, now, NOBODY_S)
        if not found.surely:
            raise NoAnswer("nobody knows yet who guards this person")
        return found.guarded

    async def is_known(self, alarm: Alarm, number: str) -> bool:
        """Whether an open incident other than this one has the same recording."""
        digest = alarm.recording_digest
        if digest is None:
            return False
        found = await self._in_time(lambda: self._open_incidents(alarm.chat_id))
        return any(
            each.content.get("recording_digest") == digest and each.id != number
            for each in found or ()
        )

    async def in_danger(self, chat_id: int) -> bool:
        """Whether an incident that began within an hour is going on, as the screen shows it.

        A question about what was passed on or is old is none: nobody waits for its answer.
        """
        found = await self._in_time(lambda: self._open_incidents(chat_id)) or []
        waiting = [each for each in self._unwritten.values() if each.chat_id == chat_id]
        since = self._clock() - STILL_FRESH
        return any(
            each.state in set(Phase) and each.opened_at > since and not only_asked_about(each)
            for each in (*found, *waiting)
        )

    def forget(self, chat_id: int) -> None:
        """Keep nothing of a person whose everything is deleted."""
        for number, record in list(self._unwritten.items()):
            if record.chat_id == chat_id:
                del self._unwritten[number]

    def _open_incidents(self, chat_id: int) -> list[IncidentRecord]:
        with self._database.transaction() as memory:
            return memory.care.open_incidents(chat_id)

    async def perform(self, act: Act, alarm: Alarm, incident: Incident) -> Event | None:
        """Carry out an act; what came of it where the incident wants to know."""
        match act:
            case Say():
                return await self._say(act, alarm, incident)
            case Tell():
                return await self._tell(act, alarm, incident)
            case Inform(guardian_ids, news):
                guarded = await self.guarded(alarm)
                guardians = () if guarded is None else guarded.guardians
                informed = [
                    self._guardians.inform(
                        each.guardian_chat_id, self._told(each).news(news, alarm)
                    )
                    for each in guardians
                    if each.id in guardian_ids
                ]
                await asyncio.gather(*informed)
            case TakeBack(shown):
                taken = [
                    self._guardians.take_back(each.guardian_chat_id, each.enclosure_ids)
                    for each in shown
                ]
                await asyncio.gather(*taken)
            case WriteDown():
                return await self._write_down(alarm, incident)
        return None

    async def _say(self, act: Say, alarm: Alarm, incident: Incident) -> Event | None:
        reply = await self._worded(act, alarm, incident)
        if act.line in ON_SCREEN:
            if incident.screen_id is not None:
                await self._change(alarm.chat_id, incident.screen_id, reply)
            return None
        screen_id = incident.screen_id if act.line is Line.CANCELLED else None
        if screen_id is not None and await self._change(alarm.chat_id, screen_id, reply):
            return SayTried(act, True, screen_id)
        try:
            async with asyncio.timeout(SAY_S):
                silent = incident.quiet
                message_id = await send(self._bot, alarm.chat_id, reply, silent=silent)
                return SayTried(act, True, message_id)
        except (Forbidden, BadRequest) as error:
            log.warning("a person could not be told of their alert: %s", type(error).__name__)
            return SayTried(act, True)
        except (TelegramError, TimeoutError):
            return SayTried(act, False)

    async def _worded(self, act: Say, alarm: Alarm, incident: Incident) -> Reply:
        names: dict[int, str] = {}
        if act.guardian_ids or act.line in (Line.DETAILS, Line.DRILL_REPORT):
            guarded = await self.guarded(alarm)
            names = {} if guarded is None else {each.id: each.name for each in guarded.guardians}
        replies, _ = self._replies[alarm.language]
        return replies.line(act, alarm, incident, names, incident.last_told, self._clock())

    async def _change(self, chat_id: int, message_id: int, reply: Reply) -> bool:
        """Put a reply in the place of a message; whether it stands there now."""
        try:
            async with asyncio.timeout(EDIT_S):
                await self._bot.edit_message_text(
                    reply.html,
                    chat_id,
                    message_id,
                    parse_mode="HTML",
                    reply_markup=keyboard(reply),
                )
            return True
        except BadRequest as error:
            return "not modified" in error.message
        except (TelegramError, TimeoutError):
            return False

    async def _tell(self, act: Tell, alarm: Alarm, incident: Incident) -> ToldTried:
        """Tell each of them at the same time, if they may still be told."""
        guarded = await self.guarded(alarm)
        now = {guardian.id: guardian for guardian in may_be_told(incident, guarded)}
        if guarded is None:
            return ToldTried(())
        told = [
            self._tell_one(now[number], act, alarm, incident, guarded)
            for number in act.guardian_ids
            if number in now
        ]
        return ToldTried(tuple(await asyncio.gather(*told)))

    async def _tell_one(
        self, guardian: Guardian, act: Tell, alarm: Alarm, incident: Incident, guarded: Guarded
    ) -> Telling:
        """Written down as uncertain before it is sent, and what came of it afterwards.

        What a process that was killed had sent for certain is not sent again.
        """
        allowed = act.enclosures[guardian.id] & may_go_along(incident, guardian)
        planned = Telling(
            guardian.id,
            guardian.guardian_chat_id,
            guardian.name,
            act.round,
            Sent.UNCERTAIN,
            self._clock(),
            tuple(sorted(str(choice) for choice in allowed)),
        )
        try:
            return await self._tell_planned(planned, guardian, act, alarm, incident, guarded)
        except Exception:
            log.exception("a guardian could not be told for a reason of ours")
            return replace(planned, sent=Sent.FAILED, what=())

    async def _tell_planned(
        self,
        planned: Telling,
        guardian: Guardian,
        act: Tell,
        alarm: Alarm,
        incident: Incident,
        guarded: Guarded,
    ) -> Telling:
        known = await self._in_time(lambda: self._plan(alarm, incident, planned))
        if known is not None and known.outcome is Outcome.ACCEPTED:
            return told_before(known, guardian)
        allowed = act.enclosures[guardian.id] & may_go_along(incident, guardian)
        reply = self._told(guardian).message(
            act.message, alarm, incident, guarded, allowed, self._clock()
        )
        telling = await self._guardians.tell(guardian, act.round, reply, alarm, guarded, allowed)
        await self._in_time(lambda: self._put(alarm, telling))
        return telling

    def _told(self, guardian: Guardian) -> ToldReplies:
        return self._replies[guardian.language][1]

    async def _write_down(self, alarm: Alarm, incident: Incident) -> WrittenDown:
        record = record_of(self._bot_id, alarm, incident, self._clock())
        if await self._in_time(lambda: self._write(record, alarm, incident)):
            self._unwritten.pop(record.id, None)
            return WrittenDown(incident.unwritten, incident.standing)
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

    def _plan(self, alarm: Alarm, incident: Incident, planned: Telling) -> Disclosure | None:
        """What is on record of a guardian in this round; noted as uncertain if nothing is."""
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
