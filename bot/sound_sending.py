"""What of a sleep sound a person gets to see and hear, through Telegram."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, InputFile
from telegram.constants import ParseMode
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot import sleep_replies
from bot.outages import may_have_arrived, wait_as_told
from bot.replies import Replies, Reply
from bot.sending import cannot_be_reached, keyboard
from bot.sleep_buttons import recipe_in, text_of
from bot.sound_making import SoundFile
from bot.wording import Wording
from inference.sound_recipe import Recipe
from storage.database import Database
from storage.records import Language

log = logging.getLogger(__name__)

UPLOAD_S = 120.0
"""An hour is 43 MB, and Telegram answers when it has all of it."""


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


class NotSent(Exception):
    """An upload that Telegram took perhaps, or never will: not to be tried for half an hour."""


class SoundSending:
    """Sends files and shows progress; blocked, it says that all is over."""

    def __init__(
        self,
        bot: Bot,
        database: Database,
        replies: Mapping[Language, Replies],
        clock: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._bot_id = int(bot.token.partition(":")[0])
        self._database = database
        self._replies = replies
        self._clock = clock

    def say(self, order: Order) -> Wording:
        """The sentences in the language of who ordered."""
        return self._replies[order.language].say

    async def send_opening(self, order: Order, made: SoundFile, duration_s: float) -> Outcome:
        """The first minutes, while the whole is being made."""
        caption = self.say(order)("sleep-opening", minutes=round(order.recipe.minutes))
        file_id = await self._upload(order, made, duration_s, caption)
        return Outcome.OVER if file_id is None else Outcome.SENT

    async def send_whole(self, order: Order, made: SoundFile, duration_s: float) -> Outcome:
        """The whole, with what may be done next; Telegram keeps it for who asks for the same."""
        buttons = await self._below(order)
        file_id = await self._upload(order, made, duration_s, self._caption(order), buttons)
        if file_id is None:
            return Outcome.OVER
        await asyncio.to_thread(self._note_sent, order, file_id)
        return Outcome.SENT

    async def send_again(self, order: Order) -> Outcome:
        """The whole, where Telegram has it already; `UNKNOWN` where it has not."""
        file_id = await asyncio.to_thread(self._file_id, order)
        if file_id is None:
            return Outcome.UNKNOWN
        buttons = await self._below(order)
        try:
            await self._bot.send_audio(
                order.chat_id,
                file_id,
                caption=self._caption(order),
                reply_markup=keyboard(buttons),
            )
        except TelegramError as error:
            if cannot_be_reached(error):
                return Outcome.OVER
            if not isinstance(error, BadRequest):
                raise
            await asyncio.to_thread(self._forget_sent, order)
            return Outcome.UNKNOWN
        return Outcome.SENT

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

    async def _upload(
        self,
        order: Order,
        made: SoundFile,
        duration_s: float,
        caption: str,
        buttons: Reply | None = None,
    ) -> str | None:
        """By which name Telegram has it now; None where the person cannot be reached."""
        say = self.say(order)
        title = sleep_replies.described(say, order.recipe)
        with made.sound.open("rb") as sound:
            try:
                sent = await self._bot.send_audio(
                    order.chat_id,
                    # Read as it is sent: an hour of sound is not held in memory.
                    InputFile(sound, f"{title}.mp3", read_file_handle=False),
                    duration=round(duration_s),
                    performer=say("bot-name"),
                    title=title,
                    caption=caption,
                    thumbnail=made.cover.read_bytes(),
                    reply_markup=None if buttons is None else keyboard(buttons),
                    read_timeout=UPLOAD_S,
                    write_timeout=UPLOAD_S,
                )
            except RetryAfter as error:
                await wait_as_told(error)
                raise
            except TelegramError as error:
                if cannot_be_reached(error):
                    return None
                if may_have_arrived(error) or "too large" in error.message.lower():
                    raise NotSent from error
                raise
        assert sent.audio is not None
        return sent.audio.file_id

    def _caption(self, order: Order) -> str:
        return self.say(order)("sleep-whole", minutes=round(order.recipe.minutes))

    async def _below(self, order: Order) -> Reply:
        starred = await asyncio.to_thread(self._is_favourite, order)
        return Reply("", sleep_replies.below(self.say(order), order.recipe, starred=starred))

    def _is_favourite(self, order: Order) -> bool:
        with self._database.transaction() as memory:
            return order.recipe in memory.sleep.remembered(order.chat_id).favourites

    def _file_id(self, order: Order) -> str | None:
        with self._database.transaction() as memory:
            return memory.sleep.file_id(self._bot_id, order.recipe, order.language)

    def _note_sent(self, order: Order, file_id: str) -> None:
        """So that it need not be made again; without it the sound was sent all the same."""
        try:
            with self._database.transaction() as memory:
                now = self._clock()
                memory.sleep.note_sent(self._bot_id, order.recipe, order.language, file_id, now)
        except SQLAlchemyError as error:
            log.warning("a sound that was sent is not noted: %s", type(error).__name__)

    def _forget_sent(self, order: Order) -> None:
        with self._database.transaction() as memory:
            memory.sleep.forget_sent(self._bot_id, order.recipe, order.language)
