"""Recordings fetched from Telegram."""

from telegram import File
from telegram.error import BadRequest, InvalidToken


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
