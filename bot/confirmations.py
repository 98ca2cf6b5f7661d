"""Every 90 days the person, and nobody else, is asked whether each guardian should stay."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime

from telegram import Bot
from telegram.error import TelegramError

from bot.guardian_replies import confirm_notice
from bot.replies import Replies
from bot.sending import send
from storage.care_records import Guardian
from storage.database import Database
from storage.records import Language

log = logging.getLogger(__name__)


class Confirmations:
    """Asks about the guardians that are due; what is due lives in the database."""

    def __init__(self, bot: Bot, database: Database, replies: Mapping[Language, Replies]) -> None:
        self._bot = bot
        self._database = database
        self._replies = replies

    async def ask(self, now: datetime) -> int:
        """Send every question that is due; how many were sent.

        Each is claimed by one process before it is sent. One that cannot be sent comes again as
        one that was not answered does.
        """
        n_asked = 0
        for guardian, language in await asyncio.to_thread(self._claim, now):
            notice = confirm_notice(self._replies[language].say, guardian.id)
            try:
                await send(self._bot, guardian.chat_id, notice)
                n_asked += 1
            except TelegramError as error:
                log.warning("a question about a guardian: %s", type(error).__name__)
        return n_asked

    def _claim(self, now: datetime) -> list[tuple[Guardian, Language]]:
        with self._database.transaction() as memory:
            due = memory.care.due_confirmations(now)
            people = [memory.person(guardian.chat_id) for guardian in due]
            return [
                (guardian, person.language)
                for guardian, person in zip(due, people, strict=True)
                if person is not None
            ]
