"""What a person does at `/sleep`, and what they then see and hear."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil

from storage.database import Database
from storage.sleep_choices import SleepMemory
from tests.bot.seats import Seat

Register = Callable[..., None]
Message = dict[str, Any]

MAKING_S = 150.0
"""A sound of seconds takes three on a machine with nothing else to do."""


def remembered(database: Database, seat: Seat) -> SleepMemory:
    with database.transaction() as memory:
        return memory.sleep.remembered(seat.chat_id)


def sounds(messages: list[Message]) -> list[Message]:
    return [message for message in messages if "audio" in message]


async def heard(seat: Seat, n_sounds: int) -> list[Message]:
    def enough(messages: list[Message]) -> list[Message]:
        found = sounds(messages)
        return found if len(found) >= n_sounds else []

    found: list[Message] = await seat.until(enough, MAKING_S)
    return found


def makers() -> list[psutil.Process]:
    """The processes that make a sound; one that just ended has no command line any more."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if "bot.sound_process" in child.cmdline():
                found.append(child)
    return found


async def menu(seat: Seat) -> Message:
    await seat.write("/sleep")
    return await seat.answer("어떤 소리와 함께")


async def shown(seat: Seat, message: Message, part: str) -> Message:
    """The same message once it says something else."""

    def changed(messages: list[Message]) -> Message | None:
        [found] = [m for m in messages if m["message_id"] == message["message_id"]]
        return found if part in found.get("text", "") else None

    found: Message = await seat.until(changed)
    return found


async def ordered(seat: Seat, length: str = "15분") -> Message:
    """The progress message of a sound that was just asked for."""
    opened = await menu(seat)
    await seat.tap(opened, length)
    chosen = await shown(seat, opened, length)
    await seat.tap(chosen, "▶️ 만들기")
    return await shown(seat, opened, "만들고 있어요")
