"""/guardians: whom a person lets Todak tell, of what, and in which order."""

import asyncio
from dataclasses import replace as changed

from telegram import CallbackQuery, Update
from telegram.ext import ContextTypes

from bot import guardian_replies as say_to
from bot import live_locations
from bot.handlers.taps import parts, tapped
from bot.incidents.state import Withdrawn
from bot.open_incidents import tell_open_incidents
from bot.replies import Replies
from bot.reply import Reply
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from bot.withdrawal import withdraw
from storage.care_records import ENCLOSURES, Choice
from storage.records import Person
from storage.repository import Repository

PAGES = ("show", "topics", "enclosures", "done", "later", "remove", "look", "keep-later")
WITHDRAWING = ("pause", "remove-yes")
CHANGES = ("pause", "resume", "keep", "remove-yes")
ACTS = "|".join((*PAGES, *CHANGES, "[0-9]"))
"""What a button about one guardian may do; a digit is a place in the order, 0 the first."""


class Guardians:
    """The person's side; nothing that is tapped here is ever told to a guardian."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak

    async def page(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/guardians: all of them, and who would be told now; strangers are greeted instead."""
        person, replies, chat_id = await known(self._todak, update)
        if person is None:
            await send(context.bot, chat_id, replies.greeting(wrote_first=False))
        else:
            await send(context.bot, chat_id, await asyncio.to_thread(self._list, person))

    async def back(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """All guardians again, in the place of another page."""
        query, person = await self._tapped(update)
        if person is not None:
            await acknowledge(query)
            await replace(query, await asyncio.to_thread(self._list, person))

    async def take_back(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A link that was handed out and not accepted is over from now on."""
        query, person = await self._tapped(update)
        if person is not None:
            page = await asyncio.to_thread(self._take_back, person, parts(query)[2])
            await acknowledge(query)
            await replace(query, page)

    async def act(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A page about one guardian is opened, or something changes about them."""
        query, person = await self._tapped(update)
        if person is not None:
            _, guardian_id, act = parts(query)
            page = await asyncio.to_thread(self._act, person, int(guardian_id), act)
            if act in WITHDRAWING:
                await withdraw(self._todak, person.chat_id, query.id, int(guardian_id))
            await acknowledge(query)
            await replace(query, page)

    async def choose(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One choice is switched; it counts for whatever is told from now on.

        A live location that the guardian is being shown ends with its consent.
        """
        query, person = await self._tapped(update)
        if person is not None:
            _, guardian_id, choice, turn = parts(query)
            switched, on = Choice(choice), turn == "on"
            page, shown = await asyncio.to_thread(
                self._choose, person, int(guardian_id), switched, on
            )
            if switched is Choice.LOCATION and not on:
                await live_locations.pass_on(self._todak.urgent_bot, shown, None)
                await tell_open_incidents(self._todak, person.chat_id, Withdrawn(), query.id)
            await acknowledge(query)
            await replace(query, page)

    async def harmed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A guardian hurts the person: all are out of everything at once, and hear nothing."""
        query, person = await self._tapped(update)
        if person is not None:
            await asyncio.to_thread(self._remove_all, person.chat_id)
            await withdraw(self._todak, person.chat_id, query.id)
            await acknowledge(query)
            say = self._replies(person).say
            await replace(query, Reply(say_to.told(say, ())))
            await send(context.bot, person.chat_id, say_to.harm_done(say, person.age_band))

    async def _tapped(self, update: Update) -> tuple[CallbackQuery, Person | None]:
        query, _ = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
        return query, person

    def _take_back(self, person: Person, digest_begins: str) -> Reply:
        with self._todak.database.transaction() as memory:
            name = memory.care.take_back(person.chat_id, digest_begins, self._todak.clock())
            if name is None:  # accepted or over meanwhile, or tapped twice: the list tells
                return self._list_in(memory, person)
            return self._list_in(memory, person, first="invitation-taken-back", name=name)

    def _act(self, person: Person, guardian_id: int, act: str) -> Reply:
        with self._todak.database.transaction() as memory:
            care, chat_id = memory.care, person.chat_id
            guardian = care.guardian(chat_id, guardian_id)
            if guardian is None:
                return self._list_in(memory, person, first="guardian-gone")
            if act in ("pause", "resume"):
                care.pause(chat_id, guardian_id, act == "pause")
            elif act == "keep":
                care.confirm(chat_id, guardian_id, self._todak.clock())
            elif act == "remove-yes":
                care.remove(chat_id, guardian_id)
                return self._list_in(memory, person, first="guardian-removed", name=guardian.name)
            elif act.isdigit():
                care.move(chat_id, guardian_id, int(act))
            return self._page_in(memory, person, guardian_id, act)

    def _choose(
        self, person: Person, guardian_id: int, choice: Choice, granted: bool
    ) -> tuple[Reply, list[live_locations.Shown]]:
        """The page, and where this guardian was being shown a live location."""
        with self._todak.database.transaction() as memory:
            guardian = memory.care.guardian(person.chat_id, guardian_id)
            if guardian is None:
                return self._list_in(memory, person, first="guardian-gone"), []
            shown = [
                each
                for each in live_locations.shown_to_guardians(memory, person.chat_id)
                if each[0] == guardian.guardian_chat_id
            ]
            if granted != (choice in guardian.choices):
                now = self._todak.clock()
                memory.care.set_choice(person.chat_id, guardian_id, choice, granted, now)
            page = "enclosures" if choice in ENCLOSURES else "topics"
            return self._page_in(memory, person, guardian_id, page), shown

    def _remove_all(self, chat_id: int) -> None:
        with self._todak.database.transaction() as memory:
            memory.care.remove_all(chat_id)
            memory.care.drop_question(chat_id)
            home = memory.care.home(chat_id)
            memory.care.set_home(chat_id, changed(home, harmed_by_guardian=True))

    def _list(self, person: Person) -> Reply:
        with self._todak.database.transaction() as memory:
            return self._list_in(memory, person)

    def _list_in(
        self, memory: Repository, person: Person, *, first: str | None = None, **named: str
    ) -> Reply:
        """The list of all guardians; `first` is a sentence that comes before it."""
        say = self._replies(person).say
        invitations = memory.care.invitations(person.chat_id, self._todak.clock())
        page = say_to.guardians_page(say, memory.care.guardians(person.chat_id), invitations)
        return (
            page if first is None else Reply(f"{say(first, **named)}\n\n{page.html}", page.buttons)
        )

    def _page_in(self, memory: Repository, person: Person, guardian_id: int, page: str) -> Reply:
        """One page about a guardian that the person has."""
        replies = self._replies(person)
        say = replies.say
        guardians = memory.care.guardians(person.chat_id)
        place = [guardian.id for guardian in guardians].index(guardian_id)
        guardian = guardians[place]
        match page:
            case "topics":
                return say_to.topics_page(say, guardian, replies.whisper)
            case "enclosures":
                return say_to.enclosures_page(say, guardian, person.age_band)
            case "done" | "later":
                has_code = memory.care.home(person.chat_id).cancel_code_digest is not None
                if page == "later":
                    return say_to.choices_later(say, has_code=has_code)
                return say_to.choices_done(say, guardian, has_code=has_code)
            case "remove":
                return say_to.removal_question(say, guardian)
            case "look":
                return say_to.confirm_question(say, guardian)
            case "keep":
                return Reply(say("confirm-kept"))
            case "keep-later":
                return Reply(say("confirm-later"))
        return say_to.guardian_page(say, guardian, place, len(guardians))

    def _replies(self, person: Person) -> Replies:
        return self._todak.replies[person.language]
