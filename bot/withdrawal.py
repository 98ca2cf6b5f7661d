"""What lies in guardians' chats is taken back at once where they may not know it any more."""

import asyncio

from bot.erasure import shown_to_guardians, take_back
from bot.incidents.state import Withdrawn
from bot.open_incidents import tell_open_incidents
from bot.todak import Todak


async def withdraw(todak: Todak, chat_id: int, key: str, guardian_id: int | None = None) -> None:
    """Take back what one guardian was shown, or all of them; they are told nothing.

    Called after it was decided. What is on record goes directly, also where an incident is busy;
    what an incident is just sending goes as soon as it is sent.
    """
    await take_back_recorded(todak, chat_id, guardian_id)
    await tell_open_incidents(todak, chat_id, Withdrawn(), key)


async def take_back_recorded(todak: Todak, chat_id: int, guardian_id: int | None = None) -> None:
    """Take back what is on record of what guardians of a person were shown."""
    shown = await asyncio.to_thread(
        shown_to_guardians, todak.database, chat_id, todak.clock(), guardian_id
    )
    for guardian_chat_id, message_ids in shown.items():
        await take_back(todak.urgent_bot, guardian_chat_id, message_ids)
