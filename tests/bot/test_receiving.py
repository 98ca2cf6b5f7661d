from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from telegram import Bot, File
from telegram.error import BadRequest, NetworkError
from telegram.ext import ExtBot

from bot.local_chat.faults import DOWNLOAD, Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.receiving import download
from tests.bot.seats import Seat
from tests.bot.sounds import wav


@pytest_asyncio.fixture
async def telegram(chat: LocalChat) -> AsyncIterator[Bot]:
    async with ExtBot(chat.token, chat.base_url, chat.base_file_url) as bot:
        yield bot


async def named(telegram: Bot, seat: Seat) -> File:
    await seat.upload("voice", wav())
    [update] = await telegram.get_updates(timeout=5)
    assert update.message is not None and update.message.voice is not None
    return await update.message.voice.get_file()


async def test_a_file_that_vanishes_after_get_file_is_a_bad_request(
    telegram: Bot, chat: LocalChat, seat: Seat
) -> None:
    file = await named(telegram, seat)
    assert await download(file) == wav()
    chat.faults.inject(Fault(FaultKind.VANISHED, DOWNLOAD))
    with pytest.raises(BadRequest, match="the file is gone"):
        await download(file)


async def test_what_else_goes_wrong_stays_what_it_is(
    telegram: Bot, chat: LocalChat, seat: Seat
) -> None:
    file = await named(telegram, seat)
    chat.faults.inject(Fault(FaultKind.SERVER_ERROR, DOWNLOAD))
    with pytest.raises(NetworkError) as raised:
        await download(file)
    assert not isinstance(raised.value, BadRequest)
