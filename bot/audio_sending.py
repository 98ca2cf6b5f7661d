"""A made sound as Telegram takes it: uploaded once, and after that sent by its file number."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, InputFile
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.outages import may_have_arrived, wait_as_told
from bot.reply import Reply
from bot.sending import cannot_be_reached, keyboard
from bot.sound_making import SoundFile
from inference.sound_recipe import Recipe
from storage.database import Database
from storage.records import Language

log = logging.getLogger(__name__)

ANSWER_S = 120.0
"""An hour is 43 MB, as is a part of a night, and Telegram answers when it has all of it."""


@dataclass(frozen=True, slots=True)
class Track:
    """A file as it is shown in a chat, and the recipe by which it is known again."""

    recipe: Recipe
    language: Language
    title: str
    performer: str


class NotSent(Exception):
    """An upload that Telegram took perhaps, or never will: not to be tried for half an hour."""


class Unreachable(Exception):
    """Nothing can be sent to this person any more."""


class AudioSending:
    """Sends tracks to chats; what Telegram has by which name stands in the database."""

    def __init__(self, bot: Bot, database: Database, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._bot_id = int(bot.token.partition(":")[0])
        self._database = database
        self._clock = clock

    async def send_again(
        self, chat_id: int, track: Track, caption: str, buttons: Reply
    ) -> int | None:
        """Send what Telegram has already; the message's id, None where it has not.

        Raises:
            Unreachable: nothing can be sent to this chat.
        """
        file_id = await asyncio.to_thread(self._file_id, track)
        if file_id is None:
            return None
        try:
            sent = await self._bot.send_audio(
                chat_id, file_id, caption=caption, reply_markup=keyboard(buttons)
            )
        except TelegramError as error:
            if cannot_be_reached(error):
                raise Unreachable from error
            if not isinstance(error, BadRequest):
                raise
            await asyncio.to_thread(self._forget, track)
            return None
        return sent.message_id

    async def upload(
        self,
        chat_id: int,
        track: Track,
        made: SoundFile,
        duration_s: float,
        caption: str,
        buttons: Reply,
    ) -> int:
        """Send the whole of a track; Telegram keeps it for who asks for the same.

        Returns the message's id.

        Raises:
            Unreachable: nothing can be sent to this chat.
            NotSent: it may have arrived, or never will.
        """
        message_id, file_id = await self._upload(
            chat_id, track, made, duration_s, caption, buttons
        )
        await asyncio.to_thread(self._note, track, file_id)
        return message_id

    async def upload_opening(
        self, chat_id: int, track: Track, made: SoundFile, duration_s: float, caption: str
    ) -> None:
        """Send the beginning of a track alone, without buttons: nobody is sent it again.

        Raises as `upload`.
        """
        await self._upload(chat_id, track, made, duration_s, caption, Reply(""))

    async def _upload(
        self,
        chat_id: int,
        track: Track,
        made: SoundFile,
        duration_s: float,
        caption: str,
        buttons: Reply,
    ) -> tuple[int, str]:
        """The message's id, and by which name Telegram has the file now."""
        with made.sound.open("rb") as sound:
            try:
                sent = await self._bot.send_audio(
                    chat_id,
                    # Read as it is sent: an hour of sound is not held in memory.
                    InputFile(
                        sound, f"{track.title.replace('/', '-')}.mp3", read_file_handle=False
                    ),
                    duration=round(duration_s),
                    performer=track.performer,
                    title=track.title,
                    caption=caption,
                    thumbnail=made.cover.read_bytes(),
                    reply_markup=keyboard(buttons),
                    read_timeout=ANSWER_S,
                )
            except RetryAfter as error:
                await wait_as_told(error)
                raise
            except TelegramError as error:
                if cannot_be_reached(error):
                    raise Unreachable from error
                if may_have_arrived(error) or "too large" in error.message.lower():
                    raise NotSent from error
                raise
        assert sent.audio is not None
        return sent.message_id, sent.audio.file_id

    def _file_id(self, track: Track) -> str | None:
        with self._database.transaction() as memory:
            return memory.sleep.file_id(self._bot_id, track.recipe, track.language)

    def _note(self, track: Track, file_id: str) -> None:
        """So that it need not be made again; without it the sound was sent all the same."""
        try:
            with self._database.transaction() as memory:
                now = self._clock()
                memory.sleep.note_sent(self._bot_id, track.recipe, track.language, file_id, now)
        except SQLAlchemyError as error:
            log.warning("a sound that was sent is not noted: %s", type(error).__name__)

    def _forget(self, track: Track) -> None:
        with self._database.transaction() as memory:
            memory.sleep.forget_sent(self._bot_id, track.recipe, track.language)
