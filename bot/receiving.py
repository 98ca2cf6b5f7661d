"""Recordings fetched from Telegram."""

import asyncio

from telegram import File, Message
from telegram.error import BadRequest, InvalidToken, TimedOut

DOWNLOAD_S = 60
"""Longer than a voice note of twenty megabytes takes on a slow line; then it is tried again."""


async def recording_of(message: Message) -> bytes:
    """The bytes of the sound or film of a message.

    Raises:
        BadRequest: it is larger than a bot may fetch, or gone.
        TimedOut: it took too long.
        telegram.error.TelegramError: whatever else goes wrong.
    """
    sound = (
        message.voice or message.audio or message.video_note or message.video or message.document
    )
    assert sound is not None
    try:
        async with asyncio.timeout(DOWNLOAD_S):
            return await download(await sound.get_file())
    except TimeoutError as error:
        raise TimedOut("the file took too long") from error


async def download(file: File) -> bytes:
    """The bytes of a file that getFile has just named.

    Raises:
        BadRequest: it vanished in between. The library reads any 404 as a wrong token, but with
            a wrong token getFile would not have answered.
        telegram.error.TelegramError: whatever else goes wrong.
    """
    try:
        return bytes(await file.download_as_bytearray())
    except InvalidToken as error:
        raise BadRequest("the file is gone") from error
