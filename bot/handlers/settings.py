"""/help, /language and /settings."""

import asyncio
from dataclasses import replace as changed

from telegram import Update
from telegram.ext import ContextTypes

from bot import live_locations
from bot.guardian_replies import told
from bot.handlers.taps import parts, tapped
from bot.reply import Reply
from bot.responder import current
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from storage.care_records import Guardian
from storage.records import CONSENT_VERSIONS, AgeBand, Consent, Language, Person, Purpose


class SettingsPages:
    """What a person may look up and switch."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak

    async def help(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/help: what Todak can do, and the numbers; open to everyone."""
        _, replies, chat_id = await known(self._todak, update)
        guardians = await asyncio.to_thread(self._guardians, chat_id)
        await send(context.bot, chat_id, replies.help(told(replies.say, guardians)))

    async def language(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/language: both languages as buttons."""
        person, replies, chat_id = await known(self._todak, update)
        action = "begin" if person is None else "language"
        question = Reply(replies.say("language-question"), (replies.language_buttons(action),))
        await send(context.bot, chat_id, question)

    async def settings(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/settings: consents with their switches; strangers are greeted instead."""
        person, replies, chat_id = await known(self._todak, update)
        if person is None:
            await send(context.bot, chat_id, replies.greeting(wrote_first=False))
        else:
            await send(context.bot, chat_id, await asyncio.to_thread(self._page, person))

    async def change_language(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A language was tapped."""
        query, chat_id = tapped(update)
        language = Language(parts(query)[1])
        replies = self._todak.replies[language]
        if await asyncio.to_thread(self._set_language, chat_id, language):
            await acknowledge(query)
            await send(context.bot, chat_id, Reply(replies.say("language-changed")))
        else:
            await acknowledge(query, replies.say("stale-button"))

    async def change_age(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The age was mistapped, or somebody has grown up; it takes effect at once."""
        query, chat_id = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        age_band = AgeBand(parts(query)[1])
        shown = await asyncio.to_thread(self._set_age_band, chat_id, age_band)
        await live_locations.pass_on(self._todak.urgent_bot, shown, None)
        await acknowledge(query, replies.say("settings-changed"))
        await replace(
            query, await asyncio.to_thread(self._page, changed(person, age_band=age_band))
        )

    async def switch(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A consent was switched on or off; it takes effect with the next message."""
        query, chat_id = tapped(update)
        _, purpose_key, turn = parts(query)
        purpose = Purpose(purpose_key)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        self._todak.halves.forget(chat_id)
        await asyncio.to_thread(self._decide, chat_id, purpose, turn == "on")
        kept = purpose is Purpose.HISTORY and turn == "off"
        await acknowledge(
            query, replies.say("settings-history-kept" if kept else "settings-changed")
        )
        await replace(query, await asyncio.to_thread(self._page, person))

    async def ask_to_delete(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The record's deletion was tapped; it is asked once more, in the place of the page."""
        query, _ = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        await acknowledge(query)
        await replace(query, replies.deletion_question())

    async def delete_record(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """All that was recorded is deleted; a second tap finds nothing and says so."""
        query, chat_id = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        self._todak.halves.forget(chat_id)
        n_deleted = await asyncio.to_thread(self._delete_record, chat_id)
        await acknowledge(query)
        await replace(query, await asyncio.to_thread(self._page, person))
        await send(context.bot, chat_id, replies.record_deleted(n_deleted))

    async def keep_record(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The deletion was called off; the page is shown again."""
        query, _ = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        await acknowledge(query, replies.say("record-kept"))
        await replace(query, await asyncio.to_thread(self._page, person))

    async def stale(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A button of which nothing is known any more."""
        if update.effective_chat is None:
            return  # below a message that the bot did not send to a chat
        query, _ = tapped(update)
        _, replies, _ = await known(self._todak, update)
        await acknowledge(query, replies.say("stale-button"))

    def _page(self, person: Person) -> Reply:
        with self._todak.database.transaction() as memory:
            consents = current(memory.consents(person.chat_id))
            guardians = memory.care.guardians(person.chat_id)
        replies = self._todak.replies[person.language]
        return replies.settings(person, consents, told(replies.say, guardians))

    def _guardians(self, chat_id: int) -> list[Guardian]:
        with self._todak.database.transaction() as memory:
            return memory.care.guardians(chat_id)

    def _set_language(self, chat_id: int, language: Language) -> bool:
        with self._todak.database.transaction() as memory:
            if memory.person(chat_id) is None:
                return False
            memory.set_language(chat_id, language)
            return True

    def _set_age_band(self, chat_id: int, age_band: AgeBand) -> list[live_locations.Shown]:
        """Store it; the guardians' chats in which a live location ends, which no youth shares."""
        with self._todak.database.transaction() as memory:
            memory.set_age_band(chat_id, age_band)
            position = memory.care.position(chat_id)
            if age_band is not AgeBand.YOUTH or position is None or position.live_until is None:
                return []
            shown = live_locations.shown_to_guardians(memory, chat_id)
            memory.care.forget_position(chat_id)
            return shown

    def _delete_record(self, chat_id: int) -> int:
        with self._todak.database.transaction() as memory:
            return memory.forget_observations(chat_id) + memory.sleep.forget(chat_id)

    def _decide(self, chat_id: int, purpose: Purpose, granted: bool) -> None:
        with self._todak.database.transaction() as memory:
            now = self._todak.clock()
            memory.add_consent(chat_id, Consent(purpose, CONSENT_VERSIONS[purpose], granted, now))
