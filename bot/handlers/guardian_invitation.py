"""A person invites a guardian: a name, a link for one other person, a text to forward."""

import asyncio
import re
from dataclasses import replace as changed

from telegram import Update
from telegram.ext import ContextTypes

from bot import guardian_replies as say_to
from bot.handlers.taps import tapped
from bot.reply import Reply
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from storage.care_guardians import TooManyGuardians
from storage.care_records import MOST_GUARDIANS, Question

PAYLOAD = "inv_"
TOKEN = "[A-Za-z0-9_-]{22}"  # noqa: S105  the form of one
GUARDIAN_NAME_QUESTION = "guardian-name"
LONGEST_NAME = 20


class GuardianInvitation:
    """From the wish to the text that is forwarded."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak

    async def ask_name(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The wish was tapped: ask what the person calls whom they want to invite."""
        query, chat_id = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        room = await asyncio.to_thread(self._ask, chat_id)
        await acknowledge(query)
        question = say_to.name_question(replies.say) if room else say_to.full(replies.say)
        await replace(query, question)

    async def not_now(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The person would rather not invite anyone."""
        query, chat_id = tapped(update)
        _, replies, _ = await known(self._todak, update)
        await asyncio.to_thread(self._drop, chat_id)
        await acknowledge(query)
        await replace(query, Reply(replies.say("guardian-name-left")))

    async def named(
        self, update: Update, context: ContextTypes.DEFAULT_TYPE, question: Question
    ) -> None:
        """The name was typed: make the link, and give the text to forward as its own message."""
        assert update.message is not None and update.message.text is not None
        _, replies, chat_id = await known(self._todak, update)
        name = usable_name(update.message.text)
        if name is None:
            text = replies.say("guardian-name-unusable", most=LONGEST_NAME)
            await send(context.bot, chat_id, Reply(text))
            return
        token = await asyncio.to_thread(self._invite, chat_id, name, update.message.message_id)
        if token is None:
            await send(context.bot, chat_id, say_to.full(replies.say))
            return
        link = f"https://t.me/{context.bot.username}?start={PAYLOAD}{token}"
        for reply in say_to.invitation_to_forward(replies.say, name, link):
            await send(context.bot, chat_id, reply)

    def _ask(self, chat_id: int) -> bool:
        with self._todak.database.transaction() as memory:
            if len(memory.care.guardians(chat_id)) >= MOST_GUARDIANS:
                return False
            memory.care.ask(chat_id, GUARDIAN_NAME_QUESTION, None, self._todak.clock())
            return True

    def _drop(self, chat_id: int) -> None:
        with self._todak.database.transaction() as memory:
            memory.care.drop_question(chat_id)

    def _invite(self, chat_id: int, name: str, message_id: int) -> str | None:
        """A token, or None where there is no room; whoever invites again trusts again."""
        with self._todak.database.transaction() as memory:
            memory.care.answered(chat_id, message_id)
            home = memory.care.home(chat_id)
            if home.harmed_by_guardian:
                memory.care.set_home(chat_id, changed(home, harmed_by_guardian=False))
            try:
                return memory.care.invite(chat_id, name, self._todak.clock())
            except TooManyGuardians:
                return None


def usable_name(text: str) -> str | None:
    """What a person calls somebody, on one line without invisible characters; None if unusable."""
    name = " ".join(text.split())
    if not name.isprintable() or not 1 <= len(name) <= LONGEST_NAME:
        return None
    return name


def token_of(payload: str) -> str | None:
    """The token in what followed /start, or None where it cannot be one."""
    return payload.removeprefix(PAYLOAD) if re.fullmatch(PAYLOAD + TOKEN, payload) else None
