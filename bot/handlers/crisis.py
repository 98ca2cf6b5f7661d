"""Somebody may be in danger: numbers first, a question, and asking again later."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from datetime import timedelta

from telegram import MaybeInaccessibleMessage, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.crisis_questions import CrisisQuestions
from bot.exchange import Incoming
from bot.handlers.taps import parts, tapped
from bot.incidents.alarms import Alarm
from bot.incidents.consent import is_told
from bot.incidents.state import Answer, PersonTapped
from bot.incidents.word_alarms import asked_for, noticed
from bot.look_up import NOBODY_S
from bot.reply import Reply
from bot.sending import acknowledge, send
from bot.todak import LookAfter, Todak, language_of_stranger
from inference.analysis import Distress, DistressLevel
from inference.language import language_of
from storage.records import AgeBand, Language, Person

log = logging.getLogger(__name__)

STILL_IN_DANGER = ("not-safe", "need-help", "call-hard")
TELL = "tell"
ASKED_WITHIN = timedelta(hours=20)
"""How old a question may be whose button tells guardians: its alert lapses after a day."""

MOST_REMEMBERED = 1000
_ANSWERS = {
    "misread": Answer.MISREAD,
    "not-safe": Answer.NOT_SAFE,
    "need-help": Answer.NOT_SAFE,
    "call-hard": Answer.NOT_SAFE,
    "fine": Answer.FINE,
}
"""What a button below the numbers says to an incident; whoever is safe or called lets go."""


class Crisis:
    """The rows of the safety table that concern words. No number waits for the database."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak
        self._questions = CrisisQuestions()
        self._said: OrderedDict[tuple[int, str], None] = OrderedDict()

    async def answer(self, incoming: Incoming, distress: Distress) -> None:
        """Give the numbers and ask, at once; then see to it that somebody asks again.

        For people who are not registered nothing is kept beyond the few minutes in which the
        numbers come again. Tried again, it does not say again what it has said.
        """
        known = await self._todak.look_up.person(incoming.chat_id)
        language = known.language(_language_of(incoming))
        found = await noticed(self._todak, incoming, distress, language, known.age_band)
        alarm = found.alarm
        number = incoming.message_id if alarm is None else alarm.message_id
        if distress.level is DistressLevel.THOUGHTS:
            self._questions.note(incoming.chat_id, number, self._todak.clock())
        if not found.quiet:
            reply = self._todak.replies[language].crisis(
                distress,
                number,
                known.age_band,
                someone_told=found.told,
                may_tell=await self._may_tell(distress, incoming, language, known.person),
            )
            # An edit is answered anew where it speaks of another danger, or raises an alarm.
            said = number if found.told else incoming.message_id
            what = f"message:{said}:{distress.level}:{distress.kind}"
            await self._say_once(incoming.chat_id, what, reply)
        if alarm is not None and (
            found.told or found.quiet or (not found.fresh and await self._told_after_all(alarm))
        ):
            await (await self._todak.raise_alarm(alarm))
            return
        registered = known.person is not None or not known.surely
        if registered or distress.level is not DistressLevel.THOUGHTS:
            await self._todak.look_after(
                LookAfter(
                    incoming.chat_id,
                    number,
                    distress.level,
                    language,
                    known.age_band,
                )
            )

    async def typed(self, incoming: Incoming) -> Reply | None:
        """The reply to what comes after the question about suicide; None where none is open."""
        chat_id = incoming.chat_id
        said = incoming.own_words if incoming.own else None
        found = self._questions.answered(chat_id, incoming.message_id, said, incoming.sent_at)
        if found is None:
            return None
        number, answer = found
        known = await self._todak.look_up.person(chat_id)
        language = known.language(_language_of(incoming))
        replies = self._todak.replies[language]
        if answer == "listening":
            return replies.listening_after_thoughts(incoming.message_id, known.age_band)
        level = DistressLevel.THOUGHTS
        if answer == "not-safe":
            await self._todak.look_after(
                LookAfter(chat_id, incoming.message_id, level, language, known.age_band)
            )
        elif answer == "fine":
            await self._todak.answered(chat_id, answer)
        return replies.crisis_answered(level, number, answer, known.age_band)

    async def tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An answer by button: one more open question, whatever it was."""
        query, chat_id = tapped(update)
        _, level_key, message_id, answer = parts(query)
        level = DistressLevel(level_key)
        known = await self._todak.look_up.person(chat_id)
        language = known.language(language_of_stranger(update))
        # Guardians are told of the question, which has a number of its own.
        asked_in = int(message_id) if query.message is None else query.message.message_id
        if answer == TELL and self._is_old(query.message):
            answer = "not-safe"
        reply = self._todak.replies[language].crisis_answered(
            level, asked_in if answer == TELL else int(message_id), answer, known.age_band
        )
        if level is DistressLevel.THOUGHTS:
            self._questions.tapped(chat_id, answer)
        await self._say_once(chat_id, f"tap:{query.id}", reply)
        with contextlib.suppress(TelegramError):  # only the button's spinner, on the other lane
            await acknowledge(query)
        if answer == TELL:
            await self._tell(chat_id, asked_in, query.id, language, known.age_band)
            return
        event = PersonTapped(_ANSWERS.get(answer, Answer.SAFE), query.id)
        if await self._todak.signal_incident(chat_id, int(message_id), event, query.id):
            return
        if answer in STILL_IN_DANGER:
            await self._todak.look_after(
                LookAfter(chat_id, asked_in, level, language, known.age_band)
            )
        else:
            await self._todak.answered(chat_id, answer)

    async def _may_tell(
        self, distress: Distress, incoming: Incoming, language: Language, person: Person | None
    ) -> bool:
        """Whether somebody who thinks of suicide has a guardian who may know; asks in time."""
        if person is None or distress.level is not DistressLevel.THOUGHTS:
            return False
        alarm = asked_for(incoming.chat_id, 0, incoming.sent_at, language, person.age_band)
        guarded = await self._todak.look_up.guarded(incoming.chat_id, self._todak.clock())
        return is_told(alarm, guarded)

    def _is_old(self, message: MaybeInaccessibleMessage | None) -> bool:
        """Whether the alert that a question began may be over and forgotten by its library."""
        return message is None or self._todak.clock() - message.date > ASKED_WITHIN

    async def _tell(
        self,
        chat_id: int,
        message_id: int,
        key: str,
        language: Language,
        age_band: AgeBand | None,
    ) -> None:
        """Guardians are told, once more where that alert ended; Todak asks again later as ever."""
        again = PersonTapped(Answer.NOT_SAFE, key)
        stored: asyncio.Future[None] | None = None
        if not await self._todak.signal_incident(chat_id, message_id, again, key):
            alarm = asked_for(chat_id, message_id, self._todak.clock(), language, age_band)
            stored = await self._todak.raise_alarm(alarm)
        level = DistressLevel.THOUGHTS
        await self._todak.look_after(LookAfter(chat_id, message_id, level, language, age_band))
        if stored is not None:
            await stored

    async def _told_after_all(self, alarm: Alarm) -> bool:
        """Whether somebody may be told whom a snapshot, half a minute old, does not know.

        The numbers are given by then. Where the database still does not answer the incident
        finds out.
        """
        guards = await self._todak.look_up.guards(alarm.chat_id, self._todak.clock(), NOBODY_S)
        return is_told(alarm, guards.guarded) or not guards.fresh

    async def _say_once(self, chat_id: int, what: str, reply: Reply) -> None:
        if (chat_id, what) in self._said:
            return
        await send(self._todak.urgent_bot, chat_id, reply)
        self._said[chat_id, what] = None
        if len(self._said) > MOST_REMEMBERED:
            self._said.popitem(last=False)


def _language_of(incoming: Incoming) -> Language:
    """The language of somebody's own words: what their client says may not be theirs."""
    text = incoming.words
    return incoming.language if text is None else Language(language_of(text).value)
