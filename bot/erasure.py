"""What is left to do once a person is deleted: workflows, the local chat, the files' remains.

The person and their key are gone with the tap itself. The rest waits until the workflow that
carries the tap has ended, and survives a crash, since the wish is a row until nothing is left.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from telegram import Bot
from telegram.error import TelegramError

from bot.chat_workflows import ChatWorkflows
from storage.compaction import compact
from storage.database import Database
from storage.encryption import WrongServiceKey
from storage.key_store import KeyDestroyed
from storage.records import Erasure

log = logging.getLogger(__name__)

LOCAL_TOKEN = "1:local-"  # noqa: S105  how the local chat's tokens begin
PATIENCE_S = 5.0
LOOK_AGAIN_S = 0.1
REWRITE_EVERY_S = 60.0
TAKEN_BACK_WITHIN = timedelta(hours=48)
MOST_TAKEN_BACK_AT_ONCE = 100

StopAsking = Callable[[int, str], Awaitable[None]]


class Eraser:
    """Finishes deletions; safe to run again and beside another process."""

    def __init__(
        self, bot: Bot, database: Database, workflows: ChatWorkflows, stop_asking: StopAsking
    ) -> None:
        self._bot = bot
        self._database = database
        self._workflows = workflows
        self._stop_asking = stop_asking
        self._on_local_chat = bot.token.startswith(LOCAL_TOKEN)
        self._running = asyncio.Lock()
        self._rewrite_again_s = 0.0
        self._deleted: set[Erasure] = set()

    async def run(self) -> bool:
        """Go on with every deletion that was asked for; whether none is left.

        Files are rewritten for all of them together, and not more often than once a minute:
        whoever taps again and again holds up nobody.
        """
        async with self._running:
            wanted = await self._wanted()
            ready = [each for each in wanted if each in self._deleted or await self._try(each)]
            # Not done again while the files wait: whoever writes since then is asked as anyone is.
            self._deleted = set(ready)
            if ready and time.monotonic() < self._rewrite_again_s:
                return False
            if ready:
                self._rewrite_again_s = time.monotonic() + REWRITE_EVERY_S
                try:
                    await asyncio.to_thread(self._remove_remains, ready)
                except Exception as error:
                    log.warning("deleted rows are still in files: %s", type(error).__name__)
                    return False
            return len(ready) == len(wanted)

    async def _wanted(self) -> list[Erasure]:
        def read() -> list[Erasure]:
            with self._database.transaction() as memory:
                return memory.erasures()

        return await asyncio.to_thread(read)

    async def _try(self, erasure: Erasure) -> bool:
        try:
            return await self._delete_rows(erasure)
        except Exception as error:
            log.warning("a deletion is not finished, it goes on: %s", type(error).__name__)
            return False

    async def _delete_rows(self, erasure: Erasure) -> bool:
        await self._stop_asking(erasure.chat_id, "stop")
        if not await self._ended(erasure.chat_id, erasure.requested_at):
            return False
        # A danger that was being answered at the tap may have begun its questions only now.
        await self._stop_asking(erasure.chat_id, "stop")
        if not await self._ended(erasure.chat_id, datetime.now(UTC)):
            return False
        if self._on_local_chat:
            # Nothing more comes from the chat then: its seat goes on under another id.
            await self._bot.do_api_request("forgetChat", {"chat_id": erasure.chat_id})
            if not await self._ended(erasure.chat_id, None):
                return False
        await asyncio.to_thread(self._forget_rows, erasure)
        return True

    async def _ended(self, chat_id: int, begun_by: datetime | None) -> bool:
        """Wait a little for the chat's workflows; those that run last long in an outage."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while await asyncio.to_thread(self._workflows.n_open, chat_id, begun_by):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_AGAIN_S)
                return True
        return False

    def _forget_rows(self, erasure: Erasure) -> None:
        self._database.keys.destroy(erasure.key_id)
        self._workflows.forget_ended(erasure.chat_id)

    def _remove_remains(self, ready: list[Erasure]) -> None:
        compact_all(self._database, self._workflows)
        with self._database.transaction() as memory:
            for erasure in ready:
                memory.end_erasure(erasure)
        compact(self._database.engine)  # the wishes themselves named the chats


def compact_all(database: Database, workflows: ChatWorkflows) -> None:
    """Remove the remains of deleted rows from all of our databases."""
    compact(database.engine)
    compact(database.keys.engine)
    compact(workflows.engine, workflows.schema)


def known_messages(
    database: Database, workflows: ChatWorkflows, chat_id: int, now: datetime
) -> list[int]:
    """Ids of the chat's messages of the last 48 hours, the person's and the bot's, if known.

    What it was told as a guardian is among them. What of them cannot be opened any more is left
    out: it holds up no deletion.
    """
    since = now - TAKEN_BACK_WITHIN
    with database.transaction() as memory:
        found = set(memory.observed_messages(chat_id, since))
        for told in memory.care.disclosures_to(chat_id, since):
            found.update(told.message_ids)
            found.update(told.enclosure_ids)
    for held in workflows.held(chat_id):
        query = held.update.get("callback_query") or {}
        for carrier in (held.update, query):
            message = carrier.get("message") or carrier.get("edited_message") or {}
            if held.received_at >= since and "message_id" in message:
                found.add(int(message["message_id"]))
    return sorted(found)


def shown_to_guardians(
    database: Database, chat_id: int, now: datetime, guardian_id: int | None = None
) -> dict[int, list[int]]:
    """In whose chats words, recordings or places of a person lie that can still be taken back.

    Of one guardian, or of all, also of those who were removed. Of what cannot be opened any more
    nothing is known: it holds up no deletion.
    """
    found: dict[int, list[int]] = {}
    with contextlib.suppress(WrongServiceKey, KeyDestroyed), database.transaction() as memory:
        for told in memory.care.disclosures_of(chat_id):
            if guardian_id not in (None, told.guardian_id):
                continue
            if told.guardian_chat_id is not None and told.at >= now - TAKEN_BACK_WITHIN:
                found.setdefault(told.guardian_chat_id, []).extend(told.enclosure_ids)
    return found


async def take_back(bot: Bot, chat_id: int, message_ids: list[int]) -> None:
    """Delete messages for both sides where Telegram still lets a bot do so, and can."""
    for begin in range(0, len(message_ids), MOST_TAKEN_BACK_AT_ONCE):
        with contextlib.suppress(TelegramError):
            await bot.delete_messages(
                chat_id, message_ids[begin : begin + MOST_TAKEN_BACK_AT_ONCE]
            )
