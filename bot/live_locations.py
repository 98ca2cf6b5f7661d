"""A live location that guardians were shown in an incident moves with the person, or ends."""

import logging

from telegram import Bot
from telegram.error import TelegramError

from storage.care_records import Choice, Position
from storage.repository import Repository

log = logging.getLogger(__name__)

Shown = tuple[int, int]
"""The chat and the number of a message that shows a live location to a guardian."""


def shown_to_guardians(memory: Repository, chat_id: int) -> list[Shown]:
    """Where a person's live location is shown in open incidents, and may still be."""
    allowed = {
        guardian.guardian_chat_id
        for guardian in memory.care.guardians(chat_id)
        if Choice.LOCATION in guardian.choices and not guardian.paused
    }
    return [
        (guardian_chat_id, message_id)
        for incident in memory.care.open_incidents(chat_id)
        for guardian_chat_id, message_id in incident.content.get("live", ())
        if guardian_chat_id in allowed
    ]


async def pass_on(bot: Bot, shown: list[Shown], position: Position | None) -> None:
    """Show guardians where the person is now; None or a place that stands still ends it.

    What Telegram refuses (an ended or deleted message) is left: the place is kept all the same.
    """
    for guardian_chat_id, message_id in shown:
        try:
            if position is None or position.live_until is None:
                await bot.stop_message_live_location(guardian_chat_id, message_id)
            else:
                await bot.edit_message_live_location(
                    guardian_chat_id,
                    message_id,
                    latitude=position.latitude,
                    longitude=position.longitude,
                )
        except TelegramError as error:
            log.warning("a live location could not be passed on: %s", type(error).__name__)
