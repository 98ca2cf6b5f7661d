"""/incidents: a person looks up what was told to whom."""

import asyncio

from telegram import Update
from telegram.ext import ContextTypes

from bot.handlers.taps import parts, tapped
from bot.incidents import listing as say_to
from bot.reply import Reply
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from storage.records import Person


class IncidentList:
    """Every incident on record with every disclosure, five a page."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak

    async def first(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/incidents: the newest; strangers, of whom none is kept, are told so."""
        person, replies, chat_id = await known(self._todak, update)
        if person is None:
            await send(context.bot, chat_id, Reply(replies.say("incidents-none")))
        else:
            await send(context.bot, chat_id, await asyncio.to_thread(self._page, person, 0))

    async def turn(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Another page in the place of this one."""
        query, _ = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        page = await asyncio.to_thread(self._page, person, int(parts(query)[1]))
        await acknowledge(query)
        await replace(query, page)

    def _page(self, person: Person, page: int) -> Reply:
        with self._todak.database.transaction() as memory:
            incidents = memory.care.incidents(person.chat_id)
            told = {each.id: memory.care.disclosures(each.id) for each in incidents}
        return say_to.incident_list(
            self._todak.replies[person.language].say, incidents, told, page
        )
