"""Somebody may be in danger: numbers first, a question, and asking again later."""

import asyncio
import contextlib

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.handlers.taps import parts, tapped
from bot.responder import Incoming
from bot.sending import acknowledge, send
from bot.todak import LookAfter, Todak, language_of_stranger
from inference.analysis import Distress, DistressLevel
from inference.text_emotion import language_of
from storage.records import Language, Person

STILL_IN_DANGER = ("not-safe", "need-help", "call-hard")


class Crisis:
    """The rows of the safety table that concern words."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak

    async def answer(self, incoming: Incoming, person: Person | None, distress: Distress) -> None:
        """Give the numbers and ask, at once; then see to it that somebody asks again.

        For people who are not registered nothing is kept beyond the few minutes in which the
        numbers come again.
        """
        language = _language_of(incoming) if person is None else person.language
        age_band = None if person is None else person.age_band
        reply = self._todak.replies[language].crisis(distress, incoming.message_id, age_band)
        await send(self._todak.urgent_bot, incoming.chat_id, reply)
        if person is not None or distress.level is not DistressLevel.THOUGHTS:
            look_after = LookAfter(
                incoming.chat_id, incoming.message_id, distress.level, language, age_band
            )
            await self._todak.look_after(look_after)

    async def tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An answer by button: one more open question, whatever it was."""
        query, chat_id = tapped(update)
        _, level_key, message_id, answer = parts(query)
        level = DistressLevel(level_key)
        person = await asyncio.to_thread(self._todak.person, chat_id)
        language = language_of_stranger(update) if person is None else person.language
        age_band = None if person is None else person.age_band
        replies = self._todak.replies[language]
        reply = replies.crisis_answered(level, int(message_id), answer, age_band)
        await send(self._todak.urgent_bot, chat_id, reply)
        with contextlib.suppress(TelegramError):  # only the button's spinner, on the other lane
            await acknowledge(query)
        if answer in STILL_IN_DANGER:
            asked_in = int(message_id) if query.message is None else query.message.message_id
            await self._todak.look_after(LookAfter(chat_id, asked_in, level, language, age_band))
        else:
            await self._todak.answered(chat_id, answer)


def _language_of(incoming: Incoming) -> Language:
    """The language of somebody's own words: what their client says may not be theirs."""
    text = incoming.utterance.text
    return incoming.language if text is None else Language(language_of(text).value)
