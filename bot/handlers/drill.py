"""/drill: a person tries out whether their guardians can be reached."""

import asyncio

from telegram import Update
from telegram.ext import ContextTypes

from bot.handlers.taps import parts, tapped
from bot.incidents.alarms import Alarm, Source
from bot.reply import Button, Reply
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from bot.wording import Wording
from inference.analysis import DistressKind
from storage.care_records import Guardian


class Drill:
    """The explanation and the start; what follows is an incident like any other."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak

    async def explain(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/drill: what is sent to whom, and a button to start; strangers are greeted instead."""
        person, replies, chat_id = await known(self._todak, update)
        if person is None:
            await send(context.bot, chat_id, replies.greeting(wrote_first=False))
        else:
            guardians = await asyncio.to_thread(self._guardians, chat_id)
            await send(context.bot, chat_id, explanation(replies.say, guardians))

    async def decide(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Start, once for each explanation however often it is tapped; or leave it."""
        query, chat_id = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None or query.message is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        if parts(query)[1] == "no":
            await acknowledge(query)
            await replace(query, Reply(replies.say("drill-left")))
            return
        stored = await self._todak.raise_alarm(
            Alarm(
                chat_id=chat_id,
                message_id=query.message.message_id,
                source=Source.DRILL,
                kind=DistressKind.HELP,
                sent_at=self._todak.clock(),
                language=person.language,
                age_band=person.age_band,
            )
        )
        await acknowledge(query)
        await replace(query, Reply(replies.say("drill-started")))
        await stored

    def _guardians(self, chat_id: int) -> list[Guardian]:
        with self._todak.database.transaction() as memory:
            return memory.care.guardians(chat_id)


def explanation(say: Wording, guardians: list[Guardian]) -> Reply:
    """Whom it reaches, or that it would reach nobody."""
    names = ", ".join(guardian.name for guardian in guardians if not guardian.paused)
    if not names:
        return Reply(say("drill-nobody", paused="yes" if guardians else "no"))
    start = Button(say("button-drill-start"), "drill:start")
    not_now = Button(say("button-home-not-now"), "drill:no")
    return Reply(say("drill", names=names), ((start,), (not_now,)))
