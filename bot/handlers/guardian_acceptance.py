"""Somebody opens an invitation: told all of it, asked their age, they accept or decline."""

import asyncio
from collections import deque
from dataclasses import dataclass

from telegram import Bot, CallbackQuery, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import guardian_replies as say_to
from bot.handlers.guardian_invitation import token_of
from bot.handlers.taps import parts, tapped
from bot.reply import Reply
from bot.sending import acknowledge, cannot_be_reached, replace, send
from bot.todak import Todak, client_language, known
from storage.care_records import Guardian, Refusal
from storage.records import AgeBand, Language, Person

MOST_REMEMBERED = 1000
"""Acceptances that were told: a second tap tells nobody again."""

REFUSALS = {
    Refusal.GONE: "link-unknown",
    Refusal.ONESELF: "link-own",
    Refusal.ALREADY: "link-already",
    Refusal.FULL: "link-full",
}


@dataclass(frozen=True, slots=True)
class _Link:
    """An invitation that may be accepted: who made it and for whom, and what to call them."""

    token: str
    person: Person
    name: str
    shown_name: str | None


class GuardianAcceptance:
    """The side of whoever was invited; they need not be registered."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak
        self._told: deque[int] = deque(maxlen=MOST_REMEMBERED)

    async def opened(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/start with an invitation, perhaps by somebody who never heard of Todak."""
        assert context.args
        person, _, chat_id = await known(self._todak, update)
        language = client_language(update.effective_user) if person is None else person.language
        token = token_of(context.args[0])
        await send(context.bot, chat_id, await self._page(language, token, chat_id))

    async def show(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The same invitation in the other language."""
        query, chat_id = tapped(update)
        _, language, token = _fields(query)
        await acknowledge(query)
        await replace(query, await self._page(language, token, chat_id))

    async def accept(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Willing: whoever never told their age is asked for it, others are guardians now."""
        query, chat_id = tapped(update)
        _, language, token = _fields(query)
        person, _, _ = await known(self._todak, update)
        if person is None:
            link = await asyncio.to_thread(self._link, token, chat_id)
            await acknowledge(query)
            say = self._todak.replies[language].say
            question = say_to.adult_question(say, token)
            await replace(query, Reply(say(link)) if isinstance(link, str) else question)
        elif person.age_band is AgeBand.ADULT:
            await self._take_on(query, chat_id, context.bot)
        else:
            await self._turn_down(query, chat_id, context.bot, "minor")

    async def adult(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An adult, by their own word."""
        query, chat_id = tapped(update)
        await self._take_on(query, chat_id, context.bot)

    async def decline(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Not willing, or too young: the person hears only that it cannot be."""
        query, chat_id = tapped(update)
        act, _, _ = _fields(query)
        await self._turn_down(
            query, chat_id, context.bot, "minor" if act == "minor" else "declined"
        )

    async def _take_on(self, query: CallbackQuery, chat_id: int, bot: Bot) -> None:
        """Stored first; the person is told once, and again only where that is not sure."""
        _, language, token = _fields(query)
        say = self._todak.replies[language].say
        accepted = await asyncio.to_thread(self._accept, token, chat_id, language)
        await acknowledge(query)
        if isinstance(accepted, str):
            await replace(query, Reply(say(accepted)))
            return
        guardian, person, shown_name = accepted
        await replace(query, say_to.taken_on(say, shown_name))
        if guardian.id not in self._told:
            theirs = self._todak.replies[person.language]
            await tell(bot, person.chat_id, say_to.accepted_by(theirs.say, guardian))
            self._told.append(guardian.id)

    async def _turn_down(self, query: CallbackQuery, chat_id: int, bot: Bot, key: str) -> None:
        """Told first: once the invitation is gone nobody knows any more whom to tell."""
        _, language, token = _fields(query)
        say = self._todak.replies[language].say
        link = await asyncio.to_thread(self._link, token, chat_id)
        await acknowledge(query)
        if isinstance(link, _Link):
            theirs = self._todak.replies[link.person.language].say
            declined = Reply(theirs("guardian-declined", name=link.name))
            await tell(bot, link.person.chat_id, declined)
            await asyncio.to_thread(self._withdraw, token)
        elif link != "link-unknown":  # declined before, by a second tap
            key = link
        await replace(query, Reply(say(key)))

    async def _page(self, language: Language, token: str | None, chat_id: int) -> Reply:
        replies = self._todak.replies[language]
        link = await asyncio.to_thread(self._link, token, chat_id)
        if isinstance(link, str):
            return Reply(replies.say(link))
        return say_to.invitation(replies.say, link.shown_name, link.token, replies.whisper)

    def _link(self, token: str | None, chat_id: int) -> _Link | str:
        """The invitation, or the sentence why this chat cannot accept it."""
        if token is None:
            return "link-broken"
        now = self._todak.clock()
        with self._todak.database.transaction() as memory:
            invitation = memory.care.invitation(token)
            person = None if invitation is None else memory.person(invitation.chat_id)
            if invitation is None or person is None:
                return "link-unknown"
            if person.chat_id == chat_id:
                return "link-own"
            if invitation.used:
                took_on = {duty.chat_id for duty in memory.care.duties(chat_id)}
                return "link-already" if person.chat_id in took_on else "link-used"
            if invitation.expires_at <= now:
                return "link-expired"
            shown_name = memory.care.home(person.chat_id).shown_name
            return _Link(token, person, invitation.name, shown_name)

    def _accept(
        self, token: str, chat_id: int, language: Language
    ) -> tuple[Guardian, Person, str | None] | str:
        """The new guardian, their person and that one's shown name, or why it cannot be."""
        link = self._link(token, chat_id)
        with self._todak.database.transaction() as memory:
            accepted = memory.care.accept(token, chat_id, language, self._todak.clock())
            if isinstance(accepted, Refusal):
                return link if isinstance(link, str) else REFUSALS[accepted]
            person = memory.person(accepted.chat_id)
            assert person is not None, "a guardian's row goes with its person's"
            return accepted, person, memory.care.home(person.chat_id).shown_name

    def _withdraw(self, token: str) -> None:
        with self._todak.database.transaction() as memory:
            memory.care.withdraw(token)


async def tell(bot: Bot, chat_id: int, reply: Reply) -> None:
    """Say something in another chat than the one that is being answered, if it can be reached."""
    try:
        await send(bot, chat_id, reply)
    except TelegramError as error:
        if not cannot_be_reached(error):
            raise


def _fields(query: CallbackQuery) -> tuple[str, Language, str]:
    """The act, the language and the token of a button under an invitation."""
    _, act, language, token = parts(query)
    return act, Language(language), token
