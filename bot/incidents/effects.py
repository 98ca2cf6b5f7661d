"""What an incident has done is done here: said, told, taken back and written down."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import TimeoutError as NoAnswer
from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.incidents.acts import (
    Act,
    Inform,
    Line,
    Message,
    PassOn,
    Say,
    Sent,
    TakeBack,
    Tell,
    Telling,
    WriteDown,
)
from bot.incidents.alarms import Alarm
from bot.incidents.consent import is_told, may_be_told, may_go_along
from bot.incidents.on_record import told_before
from bot.incidents.records import IncidentRecords
from bot.incidents.replies import IncidentReplies
from bot.incidents.state import Event, Incident, PassedOn, SayTried, ToldTried
from bot.incidents.telling import GuardianMessages
from bot.incidents.told_replies import ToldReplies
from bot.look_up import NOBODY_S, LookUp
from bot.operations import Metrics
from bot.reply import Reply
from bot.sending import keyboard, send
from storage.care_records import Choice, Guarded, Guardian, Outcome
from storage.database import Database
from storage.records import Language

log = logging.getLogger(__name__)

SAY_S, EDIT_S = 8.0, 3.0
UNKNOWN_S = 10.0

IN_ITS_PLACE = (Line.CANCELLED, Line.QUIET)
"""Lines that stand where the countdown stood, if it did."""

UNHEARD = (Line.NOBODY, Line.NOBODY_REACHED, Line.NOBODY_ANSWERED)
"""Lines that an operator counts: help did not come by Todak."""

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
        metrics: Metrics,
    ) -> None:
        """`replies` are the words of each language, to the person and to guardians."""
        self._metrics = metrics
        self._bot = bot
        self._bot_id = int(bot.token.partition(":")[0])
        self._look_up = look_up
        self._replies = replies
        self._clock = clock
        self._guardians = GuardianMessages(bot, clock)
        self.records = IncidentRecords(self._bot_id, database, clock)

    def note_opened(self, alarm: Alarm) -> None:
        """Count an alert as begun."""
        self._metrics.alarms.labels(alarm.source).inc()

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

    async def perform(self, act: Act, alarm: Alarm, incident: Incident) -> Event | None:
        """Carry out an act; what came of it where the incident wants to know."""
        match act:
            case Say(line=Line.ASK_CODE):
                await self.records.write_down(alarm, incident)  # what is typed next is known by it
                return await self._say(act, alarm, incident)
            case Say():
                return await self._say(act, alarm, incident)
            case Tell():
                return await self._tell(act, alarm, incident)
            case PassOn():
                return await self._pass_on(act, alarm, incident)
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
                return await self.records.write_down(alarm, incident)
        return None

    async def _say(self, act: Say, alarm: Alarm, incident: Incident) -> Event | None:
        reply = await self._worded(act, alarm, incident)
        if act.line in ON_SCREEN:
            if incident.screen_id is not None:
                await self._change(alarm.chat_id, incident.screen_id, reply)
            return None
        screen_id = incident.screen_id if act.line in IN_ITS_PLACE else None
        if screen_id is not None and await self._change(alarm.chat_id, screen_id, reply):
            return SayTried(act, True, screen_id)
        try:
            async with asyncio.timeout(SAY_S):
                silent = incident.quiet
                message_id = await send(self._bot, alarm.chat_id, reply, silent=silent)
                if act.line in UNHEARD:
                    self._metrics.unheard_alerts.labels(act.line).inc()
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

    async def _pass_on(self, act: PassOn, alarm: Alarm, incident: Incident) -> PassedOn:
        """Tell guardians of a place; a snapshot may not know it yet, and it may be forgotten."""
        guarded = await self.guarded(alarm)
        place = None if guarded is None else guarded.position
        if place is None or place.shared_at < act.shared_at:
            return PassedOn(act, ())
        enclosures = {number: frozenset({Choice.LOCATION}) for number in act.guardian_ids}
        tell = Tell(act.guardian_ids, act.round, Message.PLACE, enclosures)
        return PassedOn(act, (await self._tell(tell, alarm, incident)).tellings)

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
            told = await self._tell_planned(planned, guardian, act, alarm, incident, guarded)
        except Exception:
            log.exception("a guardian could not be told for a reason of ours")
            told = replace(planned, sent=Sent.FAILED, what=())
        self._metrics.guardian_messages.labels(told.sent).inc()
        return told

    async def _tell_planned(
        self,
        planned: Telling,
        guardian: Guardian,
        act: Tell,
        alarm: Alarm,
        incident: Incident,
        guarded: Guarded,
    ) -> Telling:
        known = await self.records.plan(alarm, incident, planned)
        if known is not None and known.outcome is Outcome.ACCEPTED:
            return told_before(known, guardian)
        allowed = act.enclosures[guardian.id] & may_go_along(incident, guardian)
        told = self._told(guardian)
        reply = told.message(act.message, alarm, incident, guarded)
        details = told.enclosed(alarm, guarded, allowed, self._clock())
        telling = await self._guardians.tell(
            guardian, act.round, reply, details, alarm, guarded, allowed
        )
        await self.records.put(alarm, telling)
        return telling

    def _told(self, guardian: Guardian) -> ToldReplies:
        return self._replies[guardian.language][1]
