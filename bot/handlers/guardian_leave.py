"""/leave: a guardian stops, at any time. It shows the same whether or not they were removed."""

import asyncio
from collections.abc import Callable, Iterable

from telegram import CallbackQuery, ChatMember, Update
from telegram.ext import ContextTypes

from bot import guardian_replies as say_to
from bot.handlers.guardian_acceptance import tell
from bot.handlers.taps import parts, tapped
from bot.reply import Reply
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from bot.withdrawal import take_back_recorded, withdraw
from bot.wording import Wording
from storage.care_records import Duty, Guardian

Duties = list[tuple[Duty, str | None]]
"""What somebody took on, with the name that each person shows them."""


class GuardianLeave:
    """What guardians may do here: end it. Nothing about a person is ever told."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak

    async def ask(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/leave: asked once, or first for whom where there are several."""
        say, chat_id, duties = await self._look(update)
        await send(context.bot, chat_id, say_to.leave_page(say, duties))

    async def ask_about(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One of several persons was chosen."""
        query, guardian_id = _tapped(update)
        say, _, duties = await self._look(update)
        chosen = [each for each in duties if each[0].guardian_id == guardian_id]
        await acknowledge(query)
        await replace(query, say_to.leave_page(say, chosen))

    async def leave(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """They stop, and what they were shown goes from their chat.

        The person is told first: afterwards nobody knows whom to tell.
        """
        query, guardian_id = _tapped(update)
        say, chat_id, duties = await self._look(update)
        await acknowledge(query)
        for duty, _ in duties:
            if duty.guardian_id == guardian_id:
                for person_chat_id, news in await asyncio.to_thread(
                    farewells, self._todak, [duty]
                ):
                    await tell(context.bot, person_chat_id, news)
                # Before it is decided too: interrupted later, nobody would know of whom it was.
                await take_back_recorded(self._todak, duty.chat_id, guardian_id)
                await asyncio.to_thread(self._leave, chat_id, duty)
                await withdraw(self._todak, duty.chat_id, query.id, guardian_id)
        await replace(query, Reply(say("left")))

    async def blocked(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Somebody blocked Todak or lets it in again; whom they guard hears of the former."""
        change = update.my_chat_member
        assert change is not None
        if change.new_chat_member.status == ChatMember.BANNED:
            news = await asyncio.to_thread(self._unreachable, change.chat.id)
            for person_chat_id, reply in news:
                await tell(context.bot, person_chat_id, reply)

    def _unreachable(self, chat_id: int) -> list[tuple[int, Reply]]:
        with self._todak.database.transaction() as memory:
            duties = memory.care.duties(chat_id)
        return _news(self._todak, duties, lambda say, name, _: say_to.blocked_by(say, name))

    async def stay(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """They go on."""
        query, _ = _tapped(update)
        say, _, _ = await self._look(update)
        await acknowledge(query)
        await replace(query, Reply(say("stayed")))

    async def _look(self, update: Update) -> tuple[Wording, int, Duties]:
        """Their language, their chat, and what they took on."""
        person, replies, chat_id = await known(self._todak, update)
        duties = await asyncio.to_thread(self._duties, chat_id)
        if person is None and duties:
            replies = self._todak.replies[duties[0][0].language]
        return replies.say, chat_id, duties

    def _duties(self, chat_id: int) -> Duties:
        with self._todak.database.transaction() as memory:
            duties = memory.care.duties(chat_id)
            return [(duty, memory.care.home(duty.chat_id).shown_name) for duty in duties]

    def _leave(self, chat_id: int, duty: Duty) -> None:
        with self._todak.database.transaction() as memory:
            memory.care.leave(chat_id, duty.chat_id)


def farewells(todak: Todak, duties: Iterable[Duty]) -> list[tuple[int, Reply]]:
    """What each person hears, by their chat, when a guardian gives up these duties.

    Whoever had removed this guardian themselves hears nothing. Reads the database.
    """
    return _news(todak, duties, say_to.left_by)


def _news(
    todak: Todak, duties: Iterable[Duty], words: Callable[[Wording, str, list[Guardian]], Reply]
) -> list[tuple[int, Reply]]:
    """For each person who has this guardian: their chat, and it in `words` with who is left."""
    found: list[tuple[int, Reply]] = []
    with todak.database.transaction() as memory:
        for duty in duties:
            guardians = memory.care.guardians(duty.chat_id)
            person = memory.person(duty.chat_id)
            leaving = [guardian for guardian in guardians if guardian.id == duty.guardian_id]
            if leaving and person is not None:
                say = todak.replies[person.language].say
                guardians.remove(leaving[0])
                found.append((duty.chat_id, words(say, leaving[0].name, guardians)))
    return found


def _tapped(update: Update) -> tuple[CallbackQuery, int]:
    query, _ = tapped(update)
    return query, int(parts(query)[1])
