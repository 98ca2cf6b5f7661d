"""The search for sounds that tingle: pairs of ten seconds, ten taps at most."""

import asyncio

import numpy as np
from telegram import CallbackQuery, Message, Update
from telegram.ext import ContextTypes

from bot import finder_replies
from bot.finder_buttons import MOST_TAPS, Heard, heard_in
from bot.handlers.sleep import Sleep, may_keep
from bot.handlers.taps import parts, tapped
from bot.pair_work import PairOrder, PairWork
from bot.replies import Replies
from bot.sending import acknowledge, replace
from bot.sleep_buttons import KINDS
from bot.todak import Todak, known
from inference.sound_pairs import best_two, next_pair
from inference.weights import sleep_weights_are_there


class Finder:
    """Its whole state lies in its buttons, so that a restart in the middle loses nothing."""

    def __init__(self, todak: Todak, work: PairWork, sleep: Sleep) -> None:
        self._todak = todak
        self._work = work
        self._sleep = sleep

    async def begin(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The search was tapped in the menu: the first pair."""
        query, _ = tapped(update)
        _, replies, _ = await known(self._todak, update)
        await self._go_on(query, replies, Heard(), int(parts(query)[2]))

    async def answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Which of two tingled: the next pair, or what was found."""
        query, chat_id = tapped(update)
        _, replies, _ = await known(self._todak, update)
        heard = heard_in(":".join(parts(query)[2:]))
        if heard is None or not heard.comparisons:
            await acknowledge(query, replies.say("stale-button"))
        elif len(heard.comparisons) < MOST_TAPS:
            await self._go_on(query, replies, heard, len(heard.comparisons))
        else:
            await self._show_found(query, chat_id, replies, heard)

    async def finish(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """It was stopped: what was found so far."""
        query, chat_id = tapped(update)
        _, replies, _ = await known(self._todak, update)
        heard = heard_in(":".join(parts(query)[2:]))
        if heard is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        if query.message is not None:
            await self._work.stop(chat_id, query.message.message_id)
        await self._show_found(query, chat_id, replies, heard)

    async def _go_on(
        self, query: CallbackQuery, replies: Replies, heard: Heard, turn: int
    ) -> None:
        """Have the pair sent that tells most; a second tap on the same message sends none."""
        message = query.message
        if not isinstance(message, Message):  # too old to be told from others
            await acknowledge(query, replies.say("stale-button"))
            return
        if not sleep_weights_are_there():
            await acknowledge(query, replies.say("sleep-unavailable"))
            return
        first, second = next_pair(KINDS, heard.comparisons, np.random.default_rng())
        ids = message.chat.id, message.message_id, turn
        order = PairOrder(*ids, first, second, heard, replies.say.language)
        await acknowledge(query)
        if await self._work.is_known(order):
            return
        await replace(query, finder_replies.preparing(replies.say, heard))
        await self._work.begin(order)

    async def _show_found(
        self, query: CallbackQuery, chat_id: int, replies: Replies, heard: Heard
    ) -> None:
        await acknowledge(query)
        if heard.comparisons:
            kinds = best_two(KINDS, heard.comparisons)
            kept = bool(kinds) and await asyncio.to_thread(self._keep, chat_id, kinds)
            said = finder_replies.found(replies.say, kinds, kept=kept)
            page = await self._sleep.found(chat_id, replies, kinds, said)
        else:
            page = await self._sleep.menu(chat_id, replies)
        await replace(query, page)
        await self._work.clear(chat_id, heard)

    def _keep(self, chat_id: int, kinds: tuple[str, ...]) -> bool:
        """Keep what was found; False, and nothing is kept, without the consent to a record."""
        with self._todak.database.transaction() as memory:
            if not may_keep(memory, chat_id):
                return False
            memory.sleep.find(chat_id, kinds, self._todak.clock())
            return True
