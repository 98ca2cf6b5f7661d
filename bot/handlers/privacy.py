"""/privacy, /export and /delete: what is kept, a copy of it, and an end to it."""

import asyncio
import contextlib
from datetime import UTC, datetime

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.chat_workflows import ChatWorkflows
from bot.erasure import known_messages, shown_to_guardians, take_back
from bot.export import Holdings, archive
from bot.export_care import read_care
from bot.handlers.guardian_acceptance import tell
from bot.handlers.guardian_leave import farewells
from bot.handlers.taps import tapped
from bot.reply import Reply
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from storage.records import Person

EVER = datetime.min.replace(tzinfo=UTC)


class Privacy:
    """What a person may ask about what is kept of them."""

    def __init__(self, todak: Todak, workflows: ChatWorkflows) -> None:
        self._todak = todak
        self._workflows = workflows

    async def privacy(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/privacy: what is kept and under which consent, how long, who sees it; for everyone."""
        _, replies, chat_id = await known(self._todak, update)
        await send(context.bot, chat_id, replies.privacy())

    async def export(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/export: everything held about the person as one file in the chat, made in memory."""
        person, replies, chat_id = await known(self._todak, update)
        holdings = await asyncio.to_thread(self._holdings, person, chat_id)
        content = await asyncio.to_thread(archive, holdings, replies.say)
        caption = "export-done" if person is not None else "export-stranger"
        await context.bot.send_document(
            chat_id, content, filename=replies.say("export-file"), caption=replies.say(caption)
        )

    async def ask_to_delete(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/delete: asked once before everything is deleted; strangers have their last day."""
        person, replies, chat_id = await known(self._todak, update)
        await send(context.bot, chat_id, replies.erasure_question(known=person is not None))

    async def delete(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Everything is deleted; what has to wait is finished by `bot/erasure.py`.

        Telegram is asked for nothing before that is done. Repeated as a whole where it is
        interrupted.
        """
        query, chat_id = tapped(update)
        _, replies, _ = await known(self._todak, update)
        now = self._todak.clock()
        message_ids = await asyncio.to_thread(
            known_messages, self._todak.database, self._workflows, chat_id, now
        )
        if query.message is not None:
            message_ids.append(query.message.message_id)
        shown = await asyncio.to_thread(shown_to_guardians, self._todak.database, chat_id, now)
        news = await asyncio.to_thread(self._news, chat_id)
        await asyncio.to_thread(self._todak.database.erase, chat_id, now)
        self._todak.halves.forget(chat_id)
        self._todak.erase_soon()
        with contextlib.suppress(TelegramError):  # only the button's spinner
            await acknowledge(query)
        for guardian_chat_id, ids in shown.items():
            await take_back(context.bot, guardian_chat_id, ids)
        await take_back(context.bot, chat_id, message_ids)
        await send(context.bot, chat_id, Reply(replies.say("erased")))
        for person_chat_id, reply in news:
            await tell(context.bot, person_chat_id, reply)

    async def keep(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The deletion was called off."""
        query, _ = tapped(update)
        _, replies, _ = await known(self._todak, update)
        await acknowledge(query)
        await replace(query, Reply(replies.say("record-kept")))

    def _news(self, chat_id: int) -> list[tuple[int, Reply]]:
        """What those hear whose guardian this chat was."""
        with self._todak.database.transaction() as memory:
            duties = memory.care.duties(chat_id)
        return farewells(self._todak, duties)

    def _holdings(self, person: Person | None, chat_id: int) -> Holdings:
        with self._todak.database.transaction() as memory:
            now = self._todak.clock()
            return Holdings(
                made_at=now,
                person=person,
                consents=memory.consent_decisions(chat_id),
                observations=memory.observations(chat_id, EVER),
                updates=self._workflows.held(chat_id),
                look_afters=self._workflows.held_look_afters(chat_id),
                care=read_care(memory.care, chat_id, now),
                sleep=memory.sleep.remembered(chat_id),
            )
