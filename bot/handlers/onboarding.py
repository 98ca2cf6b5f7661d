"""First meeting: an AI, a language, an age, and consents one by one."""

import asyncio
from collections import deque

from telegram import Bot, Update
from telegram.ext import ContextTypes

from bot.handlers.taps import parts, tapped
from bot.reply import Reply
from bot.responder import current
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, client_language, language_of_stranger
from storage.records import (
    ASKED_FIRST,
    CONSENT_VERSIONS,
    AgeBand,
    Consent,
    Language,
    Person,
    Purpose,
)
from storage.repository import BeingErased

MOST_REMEMBERED = 1000
"""Answers after which the next question was sent: a second tap on one of them does nothing.

Beyond these, and after a restart, it asks once more, since the first may never have been heard.
"""


class Onboarding:
    """From /start to the first story."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak
        self._gone_on: deque[tuple[int, Purpose]] = deque(maxlen=MOST_REMEMBERED)

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/start: the greeting, or the question where somebody known left off."""
        assert update.effective_chat is not None
        chat_id = update.effective_chat.id
        person = await asyncio.to_thread(self._todak.person, chat_id)
        if person is None:
            language = client_language(update.effective_user)
            greeting = self._todak.replies[language].greeting(wrote_first=False)
            await send(context.bot, chat_id, greeting)
        else:
            await self.ask_next(context.bot, person, again=True)

    async def begin(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A language was chosen under the greeting: ask the age in it."""
        query, chat_id = tapped(update)
        language = Language(parts(query)[1])
        await acknowledge(query)
        person = await asyncio.to_thread(self._change_language, chat_id, language)
        if person is None:
            await replace(query, self._todak.replies[language].greeting(wrote_first=False))
            await send(context.bot, chat_id, self._todak.replies[language].age_question())
        else:
            await self.ask_next(context.bot, person)

    async def age(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An age was chosen: register, or show a child where help is."""
        query, chat_id = tapped(update)
        _, language_key, band_key = parts(query)
        language, age_band = Language(language_key), AgeBand(band_key)
        replies = self._todak.replies[language]
        person = await asyncio.to_thread(self._todak.person, chat_id)
        if person is None and age_band is AgeBand.CHILD:
            await acknowledge(query)
            await send(context.bot, chat_id, replies.child_welcome())
            return
        # Stored first: while the database is away nothing is asked again and again. Where only
        # the sending failed, the person is known on the next try, and has decided nothing yet.
        if person is None:
            try:
                person = await asyncio.to_thread(self._register, chat_id, language, age_band)
            except BeingErased:
                await acknowledge(query)
                await send(context.bot, chat_id, Reply(replies.say("erasing")))
                return
        elif person.age_band is not age_band or await asyncio.to_thread(self._decided, chat_id):
            await acknowledge(query, replies.say("stale-button"))
            return
        await acknowledge(query)
        await self.ask_next(context.bot, person)

    async def consent(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A consent was given or refused; a second tap on the same question does nothing."""
        query, chat_id = tapped(update)
        _, purpose_key, answer = parts(query)
        purpose, granted = Purpose(purpose_key), answer == "yes"
        person = await asyncio.to_thread(self._todak.person, chat_id)
        if person is None:
            language = language_of_stranger(update)
            await acknowledge(query, self._todak.replies[language].say("stale-button"))
            return
        # Stored first, as above.
        fresh, decided = await asyncio.to_thread(self._decide, chat_id, purpose, granted)
        await acknowledge(query)
        if not fresh and (chat_id, purpose) in self._gone_on:
            return
        replies = self._todak.replies[person.language]
        await replace(query, replies.consent_decided(purpose, decided))
        await self.ask_next(context.bot, person)
        self._gone_on.append((chat_id, purpose))

    async def ask_next(self, bot: Bot, person: Person, *, again: bool = False) -> None:
        """The next consent that was never decided, or the question how the day was."""
        undecided = await asyncio.to_thread(self._undecided, person.chat_id)
        replies = self._todak.replies[person.language]
        if undecided:
            await send(bot, person.chat_id, replies.consent_question(undecided[0]))
        else:
            await send(bot, person.chat_id, replies.ready(again=again))

    def _change_language(self, chat_id: int, language: Language) -> Person | None:
        with self._todak.database.transaction() as memory:
            if memory.person(chat_id) is None:
                return None
            memory.set_language(chat_id, language)
            return memory.person(chat_id)

    def _register(self, chat_id: int, language: Language, age_band: AgeBand) -> Person:
        self._todak.database.register(chat_id, language, age_band, self._todak.clock())
        person = self._todak.person(chat_id)
        if person is None:
            raise BeingErased  # between the two
        return person

    def _decide(self, chat_id: int, purpose: Purpose, granted: bool) -> tuple[bool, bool]:
        """Store the decision unless there is one; whether it is this one, and what it is."""
        with self._todak.database.transaction() as memory:
            decided = current(memory.consents(chat_id))
            if purpose in decided:
                return False, decided[purpose].granted
            now = self._todak.clock()
            memory.add_consent(chat_id, Consent(purpose, CONSENT_VERSIONS[purpose], granted, now))
            return True, granted

    def _decided(self, chat_id: int) -> bool:
        return len(self._undecided(chat_id)) < len(ASKED_FIRST)

    def _undecided(self, chat_id: int) -> list[Purpose]:
        with self._todak.database.transaction() as memory:
            decided = current(memory.consents(chat_id))
        return [purpose for purpose in ASKED_FIRST if purpose not in decided]
