"""What of a sleep sound a person gets to see and hear, through Telegram."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot import sleep_replies
from bot.audio_sending import AudioSending, Track, Unreachable
from bot.replies import Replies
from bot.reply import Reply
from bot.sending import cannot_be_reached, keyboard
from bot.sleep_buttons import n_parts, recipe_in, text_of
from bot.sound_making import SoundFile
from bot.wording import Wording
from inference.sound_parts import parts_of
from inference.sound_recipe import Recipe
from storage.database import Database
from storage.records import Language


class Outcome(StrEnum):
    """What came of a step: `OVER` where nothing is wanted or can be sent any more."""

    SENT = "sent"
    UNKNOWN = "unknown"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Order:
    """One sound for one chat; `progress_id` is the message that shows how far it is.

    `origin_id` is the message whose button was tapped.
    """

    chat_id: int
    origin_id: int
    progress_id: int
    recipe: Recipe
    language: Language

    @property
    def n_parts(self) -> int:
        """How many files the whole comes in."""
        return n_parts(self.recipe)

    def plain(self) -> dict[str, Any]:
        """As the workflow library stores it."""
        return {
            "chat_id": self.chat_id,
            "origin_id": self.origin_id,
            "progress_id": self.progress_id,
            "recipe": text_of(self.recipe),
            "language": self.language.value,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Order":
        """What `plain` wrote."""
        recipe = recipe_in(plain["recipe"])
        assert recipe is not None, "only what the menu offers is ordered"
        language = Language(plain["language"])
        return cls(plain["chat_id"], plain["origin_id"], plain["progress_id"], recipe, language)


class SoundSending:
    """Sends files and shows progress; blocked, it says that all is over."""

    def __init__(
        self,
        bot: Bot,
        audio: AudioSending,
        database: Database,
        replies: Mapping[Language, Replies],
    ) -> None:
        self._bot = bot
        self._audio = audio
        self._database = database
        self._replies = replies

    def say(self, order: Order) -> Wording:
        """The sentences in the language of who ordered."""
        return self._replies[order.language].say

    async def send_opening(self, order: Order, made: SoundFile, duration_s: float) -> Outcome:
        """The first minutes, while the whole is being made."""
        track = self._track(order, None)
        caption = sleep_replies.under_opening(self.say(order), order.recipe)
        try:
            await self._audio.upload_opening(order.chat_id, track, made, duration_s, caption)
        except Unreachable:
            return Outcome.OVER
        return Outcome.SENT

    async def send_part(
        self, order: Order, number: int, made: SoundFile, duration_s: float
    ) -> Outcome:
        """A part, or the whole where there is but one, with what may be done next below the last.

        Telegram keeps it for who asks for the same.
        """
        track, buttons = self._track(order, number), await self._below(order, number)
        caption = sleep_replies.under_part(self.say(order), order.recipe, number)
        try:
            await self._audio.upload(order.chat_id, track, made, duration_s, caption, buttons)
        except Unreachable:
            return Outcome.OVER
        return Outcome.SENT

    async def send_again(self, order: Order, number: int) -> Outcome:
        """A part, where Telegram has it already; `UNKNOWN` where it has not."""
        track, buttons = self._track(order, number), await self._below(order, number)
        caption = sleep_replies.under_part(self.say(order), order.recipe, number)
        try:
            sent = await self._audio.send_again(order.chat_id, track, caption, buttons)
        except Unreachable:
            return Outcome.OVER
        return Outcome.UNKNOWN if sent is None else Outcome.SENT

    async def show(self, order: Order, reply: Reply) -> bool:
        """Change the progress message; False where nothing can be said to this person any more.

        Where the message is gone or Telegram is away the work goes on without it.
        """
        try:
            await self._bot.edit_message_text(
                reply.html,
                order.chat_id,
                order.progress_id,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard(reply),
            )
        except TelegramError as error:
            return not cannot_be_reached(error)
        return True

    async def clear_away(self, order: Order) -> None:
        """Take the progress message away."""
        with contextlib.suppress(TelegramError):
            await self._bot.delete_message(order.chat_id, order.progress_id)

    def _track(self, order: Order, number: int | None) -> Track:
        """A part as it is shown and known again, or with None the opening.

        A part is known by a recipe of its own, with a seed that no other has.
        """
        say, recipe = self.say(order), order.recipe
        title = sleep_replies.titled(say, recipe, number)
        if number is not None:
            recipe = parts_of(recipe, order.n_parts)[number].recipe
        return Track(recipe, order.language, title, say("bot-name"))

    async def _below(self, order: Order, number: int) -> Reply:
        if number < order.n_parts - 1:
            return Reply("")
        starred = await asyncio.to_thread(self._is_favourite, order)
        return Reply("", sleep_replies.below(self.say(order), order.recipe, starred=starred))

    def _is_favourite(self, order: Order) -> bool:
        with self._database.transaction() as memory:
            return order.recipe in memory.sleep.remembered(order.chat_id).favourites
