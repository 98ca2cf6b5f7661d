"""/sleep: sounds to fall asleep by, chosen by buttons and made anew."""

import asyncio
import contextlib
import secrets

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import ContextTypes

from bot import sleep_replies
from bot.handlers.taps import parts, tapped
from bot.replies import Replies
from bot.reply import Reply
from bot.responder import current
from bot.sending import acknowledge, keyboard, replace, send
from bot.sleep_buttons import N_SEEDS, menu_recipe, recipe_in, similar
from bot.sleep_taste import opening, ranked_kinds
from bot.sound_sending import Order
from bot.sound_work import SoundWork
from bot.todak import Todak, known
from inference.sound_recipe import Recipe
from inference.weights import sleep_weights_are_there
from storage.records import Purpose
from storage.repository import Repository
from storage.sleep_choices import SleepMemory

KEPT_NOTICES = {
    "up": "sleep-rated",
    "down": "sleep-rated",
    "star": "sleep-starred",
    "unstar": "sleep-unstarred",
}


class Sleep:
    """The menu, whose whole state lies in its buttons, and what is tapped under a sound."""

    def __init__(self, todak: Todak, work: SoundWork) -> None:
        self._todak = todak
        self._work = work

    async def open(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/sleep: the menu, opened by this person's taste; open to everyone."""
        _, replies, chat_id = await known(self._todak, update)
        await send(context.bot, chat_id, await self.menu(chat_id, replies))

    async def other(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The menu once more, below the sound or the word that it was stopped."""
        query, _ = tapped(update)
        await acknowledge(query)
        await self.open(update, context)

    async def choose(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A kind, a strength or a length was tapped: the button says what is then chosen."""
        query, chat_id = tapped(update)
        _, replies, _ = await known(self._todak, update)
        recipe = _recipe(query)
        if recipe is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        remembered = await asyncio.to_thread(self._remembered, chat_id)
        kinds = ranked_kinds(remembered, self._todak.clock())
        await acknowledge(query)
        await replace(query, sleep_replies.menu(replies.say, recipe, remembered.favourites, kinds))

    async def limit(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One kind more or less than there may be."""
        query, _ = tapped(update)
        _, replies, _ = await known(self._todak, update)
        await acknowledge(query, replies.say("sleep-limit"))

    async def make(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Have a sound made, one at a time for a chat; tapped again later it is another one."""
        query, chat_id = tapped(update)
        _, replies, _ = await known(self._todak, update)
        recipe, message = _recipe(query), query.message
        if recipe is None or message is None:
            await acknowledge(query, replies.say("stale-button"))
        elif not sleep_weights_are_there():
            await acknowledge(query, replies.say("sleep-unavailable"))
        elif await self._work.is_busy(chat_id):
            await acknowledge(query, replies.say("sleep-busy"))
        else:
            while await self._work.is_known(chat_id, message.message_id, recipe.seed):
                recipe = similar(recipe)
            progress = sleep_replies.making(replies.say, recipe, message.message_id)
            progress_id = await _show_progress(query, chat_id, progress)
            language = replies.say.language
            order = Order(chat_id, message.message_id, progress_id, recipe, language)
            await self._work.begin(order)
            await acknowledge(query)
            await asyncio.to_thread(self.remember, chat_id, recipe)

    async def stop(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Stop what is being made; where nothing is any more, only the message goes."""
        query, chat_id = tapped(update)
        _, replies, _ = await known(self._todak, update)
        origin_id, seed = map(int, parts(query)[2:])
        stopped = await self._work.stop(chat_id, origin_id, seed)
        await acknowledge(query)
        if stopped:
            await replace(query, sleep_replies.stopped(replies.say))
        elif query.message is not None:
            with contextlib.suppress(TelegramError):
                await context.bot.delete_message(chat_id, query.message.message_id)

    async def keep(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """What the person thought of a sound, or that it is a favourite, if that may be kept."""
        query, chat_id = tapped(update)
        _, replies, _ = await known(self._todak, update)
        recipe, act = _recipe(query), parts(query)[1]
        if recipe is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        kept = await asyncio.to_thread(self._keep, chat_id, act, recipe)
        await acknowledge(query, replies.say(KEPT_NOTICES[act] if kept else "sleep-not-kept"))
        if kept and act in ("star", "unstar"):
            below = sleep_replies.below(replies.say, recipe, starred=act == "star")
            with contextlib.suppress(BadRequest):  # tapped twice, nothing changes
                await query.edit_message_reply_markup(keyboard(Reply("", below)))

    def opened(self, chat_id: int, seed: int) -> Recipe:
        """What the menu opens with; reads the database."""
        return opening(self._remembered(chat_id), seed, self._todak.clock()).recipe

    def remember(self, chat_id: int, recipe: Recipe) -> bool:
        """That this is made, if that may be kept."""
        return self._keep(chat_id, "make", recipe)

    async def found(
        self, chat_id: int, replies: Replies, kinds: tuple[str, ...], said: str
    ) -> Reply:
        """The menu opened with these kinds, if any, and with what is said of them."""
        seed = secrets.randbelow(N_SEEDS)
        remembered = await asyncio.to_thread(self._remembered, chat_id)
        now = self._todak.clock()
        before = opening(remembered, seed, now).recipe
        recipe = before
        if kinds:
            recipe = menu_recipe(kinds, before.strength, round(before.minutes), seed)
        ranked = ranked_kinds(remembered, now)
        return sleep_replies.menu(replies.say, recipe, remembered.favourites, ranked, said)

    async def menu(self, chat_id: int, replies: Replies) -> Reply:
        """The menu, opened by this person's taste."""
        if not sleep_weights_are_there():
            return Reply(replies.say("sleep-unavailable"))
        remembered = await asyncio.to_thread(self._remembered, chat_id)
        now = self._todak.clock()
        first = opening(remembered, secrets.randbelow(N_SEEDS), now)
        return sleep_replies.menu(
            replies.say,
            first.recipe,
            remembered.favourites,
            ranked_kinds(remembered, now),
            replies.say(f"sleep-why-{first.reason}"),
        )

    def _remembered(self, chat_id: int) -> SleepMemory:
        """What is kept; what was kept before the consent was withdrawn is not used."""
        with self._todak.database.transaction() as memory:
            kept = may_keep(memory, chat_id)
            return memory.sleep.remembered(chat_id) if kept else SleepMemory()

    def _keep(self, chat_id: int, act: str, recipe: Recipe) -> bool:
        """Keep what was tapped; False, and nothing is kept, without the consent to a record."""
        with self._todak.database.transaction() as memory:
            if not may_keep(memory, chat_id):
                return False
            now = self._todak.clock()
            match act:
                case "make":
                    memory.sleep.choose(chat_id, recipe, now)
                case "up" | "down":
                    memory.sleep.rate(chat_id, recipe, act == "up", now)
                case "star":
                    memory.sleep.star(chat_id, recipe, now)
                case "unstar":
                    memory.sleep.unstar(chat_id, recipe, now)
            return True


def may_keep(memory: Repository, chat_id: int) -> bool:
    """Whether the person agreed to a record, and has not taken that back."""
    consent = current(memory.consents(chat_id)).get(Purpose.HISTORY)
    return consent is not None and consent.granted


def _recipe(query: CallbackQuery) -> Recipe | None:
    return recipe_in(":".join(parts(query)[2:]))


async def _show_progress(query: CallbackQuery, chat_id: int, progress: Reply) -> int:
    """In the place of the menu, or below a sound; the message that shows it from now on."""
    message = query.message
    if isinstance(message, Message) and message.text is not None:
        await replace(query, progress)
        return message.message_id
    return await send(query.get_bot(), chat_id, progress, silent=True)
