"""The bot is killed while a sleep sound is made: its process ends, and the sound still comes."""

import asyncio
from pathlib import Path
from typing import Any

import psutil

from tests.bot.seats import Seat
from tests.reliability.conftest import StartBot
from tests.reliability.people import people
from tests.reliability.processes import RunningChat

PATIENCE_S = 120.0
ORPHAN_S = 20.0


def sounds(messages: list[dict[str, Any]]) -> list[int]:
    """How long the sounds of a chat are, in seconds."""
    return [message["audio"]["duration"] for message in messages if "audio" in message]


def makers(folder: Path) -> list[psutil.Process]:
    """The processes that make a sound of this bot."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "bot.sound_process" in (process.info["cmdline"] or ())
        and str(folder) in str(process.info)
    ]


async def order(seat: Seat) -> None:
    """A quarter of an hour of rain."""
    await seat.write("/sleep")
    menu = await seat.answer("어떤 소리와 함께")
    await seat.tap(menu, "15분")
    chosen = await seat.until(
        lambda messages: [m for m in messages if "· 15분" in m.get("text", "")], PATIENCE_S
    )
    await seat.tap(chosen[0], "▶️ 만들기")


def test_a_sound_comes_once_though_the_bot_is_killed_while_it_is_made(
    chat: RunningChat, make_bot: StartBot, tmp_path: Path
) -> None:
    bot = make_bot()

    async def live_through() -> None:
        await asyncio.to_thread(bot.start)
        async with people(chat, 1) as (seat,):
            await order(seat)
            await seat.until(lambda messages: sounds(messages) == [120], PATIENCE_S)
            async with asyncio.timeout(PATIENCE_S):
                while not makers(tmp_path):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            await asyncio.to_thread(bot.kill)
            async with asyncio.timeout(ORPHAN_S):
                while makers(tmp_path):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            assert sounds(await seat.messages()) == [120], "killed before the whole was sent"
            await asyncio.to_thread(bot.start)
            await seat.until(lambda messages: len(sounds(messages)) > 1, PATIENCE_S)
            await asyncio.sleep(3)
            assert sounds(await seat.messages()) == [120, 900]

    asyncio.run(live_through())
