"""`/sleep rain:2 waves soft 30`: the sound that is written there, at once."""

import asyncio
import hashlib

from telegram import Update
from telegram.ext import ContextTypes

from bot import sleep_replies
from bot.handlers.sleep import Sleep
from bot.replies import Replies
from bot.reply import Reply
from bot.sending import send
from bot.sleep_buttons import N_SEEDS
from bot.sleep_words import NotRead, TooManyKinds, recipe_of
from bot.sound_sending import Order
from bot.sound_work import SoundWork
from bot.todak import Todak, known
from inference.weights import sleep_weights_are_there

LONGEST_SHOWN = 40  # characters of a word that could not be read


class SleepWords:
    """/sleep with words behind it; alone it is the menu."""

    def __init__(self, todak: Todak, work: SoundWork, sleep: Sleep) -> None:
        self._todak = todak
        self._work = work
        self._sleep = sleep

    async def open(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Have what is written made, as the menu's button has it made; open to everyone."""
        message = update.message
        assert message is not None
        if not context.args:
            await self._sleep.open(update, context)
            return
        _, replies, chat_id = await known(self._todak, update)
        opened = await asyncio.to_thread(self._sleep.opened, chat_id, _seed(update.update_id))
        try:
            recipe = recipe_of(" ".join(context.args), opened)
        except (NotRead, TooManyKinds) as error:
            await send(context.bot, chat_id, _not_read(replies, error))
            return
        if not sleep_weights_are_there():
            await send(context.bot, chat_id, Reply(replies.say("sleep-unavailable")))
        elif await self._work.is_known(chat_id, message.message_id, recipe.seed):
            return  # the same message once more, after a failure behind the start
        elif await self._work.is_busy(chat_id):
            await send(context.bot, chat_id, Reply(replies.say("sleep-busy")))
        else:
            progress = sleep_replies.making(replies.say, recipe, message.message_id)
            progress_id = await send(context.bot, chat_id, progress, silent=True)
            language = replies.say.language
            order = Order(chat_id, message.message_id, progress_id, recipe, language)
            await self._work.begin(order)
            await asyncio.to_thread(self._sleep.remember, chat_id, recipe)


def _seed(update_id: int) -> int:
    """Another sound for every message, the same one where a message is handled again."""
    digest = hashlib.sha256(f"{update_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % N_SEEDS


def _not_read(replies: Replies, error: NotRead | TooManyKinds) -> Reply:
    if isinstance(error, TooManyKinds):
        return Reply(replies.say("sleep-limit"))
    word = error.word
    shown = word if len(word) <= LONGEST_SHOWN else f"{word[:LONGEST_SHOWN]}…"
    return Reply(replies.say("sleep-not-read", word=shown))
