"""What happens to a person is told to every incident of theirs that is open."""

import asyncio

from bot.incidents.state import Event
from bot.todak import Todak


async def tell_open_incidents(todak: Todak, chat_id: int, event: Event, key: str) -> None:
    """Tell all of them once for each `key`, those that are carried in memory too."""

    def open_ones() -> list[int]:
        with todak.database.transaction() as memory:
            found = memory.care.open_incidents(chat_id)
            return [int(record.id.rpartition(":")[2]) for record in found]

    todak.signal_in_memory(chat_id, None, event)
    for message_id in await asyncio.to_thread(open_ones):
        await todak.signal_incident(chat_id, message_id, event, f"{key}:{message_id}")
