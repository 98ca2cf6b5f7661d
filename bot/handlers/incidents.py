"""Buttons and codes of an emergency: what the person and their guardians answer."""

import asyncio
import contextlib
import logging
import re

from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.codes import Unusable, digits
from bot.handlers.talk import Handler
from bot.handlers.taps import parts, tapped
from bot.incidents.on_record import is_danger
from bot.incidents.replies import IncidentReplies
from bot.incidents.state import Answer, CodeTyped, GuardianTapped, PersonTapped, Word
from bot.incidents.told_replies import ToldReplies
from bot.sending import acknowledge, send
from bot.todak import Todak, language_of_stranger
from storage.care_codes import typed_code
from storage.care_records import Code, Duty, Guarded, Home
from storage.records import Language

log = logging.getLogger(__name__)

PERSON_TAP = rf"^inc:[0-9]{{1,18}}:({'|'.join(Answer)})\Z"
GUARDIAN_TAP = rf"^care:-?[0-9]{{1,18}}:[0-9]{{1,18}}:({'|'.join(Word)})\Z"
CODE = r"^[\s\d]{4,30}\Z"


class IncidentAnswers:
    """Takes answers to the incidents they are about; whoever taps is who Telegram says."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak
        self._replies = {each: IncidentReplies(each) for each in Language}
        self._told = {each: ToldReplies(each) for each in Language}

    async def person(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The person answers; what is said to that comes from the incident itself."""
        query, chat_id = tapped(update)
        _, message_id, answer = parts(query)
        event = PersonTapped(Answer(answer), query.id)
        with contextlib.suppress(TelegramError):
            await acknowledge(query)
        if not await self._todak.signal_incident(chat_id, int(message_id), event, query.id):
            person = await self._todak.look_up.person(chat_id)
            language = person.language(language_of_stranger(update))
            guarded = await self._guarded(chat_id)
            quiet = guarded is not None and guarded.home.quiet
            over = self._replies[language].over(quiet=quiet)
            await send(self._todak.urgent_bot, chat_id, over)

    async def guardian(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A guardian answers; one who was removed meanwhile is thanked all the same."""
        query, guardian_chat_id = tapped(update)
        _, chat_id, message_id, given = parts(query)
        word = Word(given)
        duty = await asyncio.to_thread(self._duty, guardian_chat_id, int(chat_id))
        language = language_of_stranger(update) if duty is None else duty.language
        with contextlib.suppress(TelegramError):
            await acknowledge(query)
        there = False
        if duty is not None:
            event = GuardianTapped(duty.guardian_id, word, query.id)
            there = await self._todak.signal_incident(
                int(chat_id), int(message_id), event, query.id
            )
        if there:
            reply = self._told[language].thanks(word, int(chat_id), int(message_id))
        else:
            reply = self._replies[language].over()
        await send(self._todak.urgent_bot, guardian_chat_id, reply)

    async def at_once(self, update: Update) -> None:
        """An answer that waits for storage reaches an incident that is carried in memory.

        Handled later, it is known by its key.
        """
        chat, query, message = update.effective_chat, update.callback_query, update.message
        data = (query and query.data) or ""
        if chat is None:
            return
        if query is not None and re.match(PERSON_TAP, data):
            _, message_id, answer = data.split(":")
            event = PersonTapped(Answer(answer), query.id)
            self._todak.signal_in_memory(chat.id, int(message_id), event)
        elif query is not None and re.match(GUARDIAN_TAP, data):
            _, chat_id, message_id, word = data.split(":")
            guarded = await self._guarded(int(chat_id))
            for each in () if guarded is None else guarded.guardians:
                if each.guardian_chat_id == chat.id:
                    said = GuardianTapped(each.id, Word(word), query.id)
                    self._todak.signal_in_memory(int(chat_id), int(message_id), said)
        elif message is not None and message.text and re.match(CODE, message.text):
            guarded, typed = await self._guarded(chat.id), digits(message.text)
            if guarded is not None and not isinstance(typed, Unusable):
                code = await asyncio.to_thread(typed_code, typed, guarded.home)
                typed_now = CodeTyped(code, str(update.update_id))
                if self._todak.signal_in_memory(chat.id, None, typed_now):
                    await self._delete(message)

    async def _guarded(self, chat_id: int) -> Guarded | None:
        return await self._todak.look_up.guarded(chat_id, self._todak.clock())

    def code_or(self, otherwise: Handler) -> Handler:
        """A handler of typed numbers: a code where an incident waits for one, else `otherwise`."""

        async def take(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            assert update.message is not None and update.message.text is not None
            typed = digits(update.message.text)
            chat_id = update.message.chat_id
            waiting = [] if isinstance(typed, Unusable) else await self._waiting(chat_id)
            if not waiting or isinstance(typed, Unusable):
                await otherwise(update, context)
                return
            self._todak.confidential.note(update.update_id)
            await self._delete(update.message)
            home = (await asyncio.to_thread(self._home, chat_id)) or Home()
            code: Code | None = await asyncio.to_thread(typed_code, typed, home)
            for message_id in waiting:
                key = f"{update.update_id}:{message_id}"
                event = CodeTyped(code, str(update.update_id))
                await self._todak.signal_incident(chat_id, message_id, event, key)

        return take

    async def _waiting(self, chat_id: int) -> list[int]:
        """The messages of incidents that a code may end, where one is set."""

        def read() -> list[int]:
            with self._todak.database.transaction() as memory:
                if memory.person(chat_id) is None:
                    return []
                if memory.care.home(chat_id).cancel_code_digest is None:
                    return []
                found = memory.care.open_incidents(chat_id)
                return [int(record.id.rpartition(":")[2]) for record in found if is_danger(record)]

        return await asyncio.to_thread(read)

    async def _delete(self, message: Message) -> None:
        try:
            await self._todak.urgent_bot.delete_message(message.chat_id, message.message_id)
        except TelegramError as error:
            log.warning("a typed code could not be deleted: %s", type(error).__name__)

    def _home(self, chat_id: int) -> Home:
        with self._todak.database.transaction() as memory:
            return memory.care.home(chat_id)

    def _duty(self, guardian_chat_id: int, chat_id: int) -> Duty | None:
        with self._todak.database.transaction() as memory:
            duties = memory.care.duties(guardian_chat_id)
        return next((duty for duty in duties if duty.chat_id == chat_id), None)
