"""What is on record of incidents, and what a person has set, for tests."""

import asyncio
from collections.abc import Callable
from typing import Any

from storage.care_records import Disclosure, Home
from storage.database import Database


def set_home(database: Database, chat_id: int, **home: Any) -> None:
    with database.transaction() as memory:
        memory.care.set_home(chat_id, Home(**home))


def disclosures(database: Database, chat_id: int) -> list[Disclosure]:
    with database.transaction() as memory:
        return memory.care.disclosures_of(chat_id)


def states(database: Database, chat_id: int) -> list[str]:
    with database.transaction() as memory:
        return [record.state for record in memory.care.incidents(chat_id)]


async def settles(found: Callable[[], object]) -> None:
    """Wait until something is so, as the database has it."""
    async with asyncio.timeout(15):
        while not await asyncio.to_thread(found):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
