"""An update is durable before it is acknowledged.

python-telegram-bot confirms updates to Telegram as soon as they sit in its update queue, and
answers a webhook likewise. The queue here therefore stores each update as a durable workflow and
keeps nothing in memory; what a crash interrupts is taken up again at the next start.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Update

log = logging.getLogger(__name__)

StoreUpdate = Callable[[Update, float], Awaitable[None]]
OnTrouble = Callable[[Update], Coroutine[Any, Any, None]]

PATIENCE_S = 0.5
FIRST_RETRY_S = 0.2
LONGEST_RETRY_S = 5.0


class DurableUpdateQueue(asyncio.Queue[object]):
    """Hands updates to durable storage instead of keeping them.

    `put` returns once the update is stored, and waits while the database is away, so that
    Telegram keeps what was not taken. When that takes longer than `PATIENCE_S`,
    `on_trouble` runs beside it until the update is stored. The library's own stop signal passes
    through.
    """

    def __init__(self, store: StoreUpdate, on_trouble: OnTrouble) -> None:
        super().__init__()
        self._store = store
        self._on_trouble = on_trouble

    async def put(self, item: object) -> None:
        """Store an update under its id; the same update twice is one."""
        if not isinstance(item, Update):
            await super().put(item)
            return
        storing = asyncio.create_task(self._persist(item, time.time()))
        trouble: asyncio.Task[None] | None = None
        try:
            stored, _ = await asyncio.wait({storing}, timeout=PATIENCE_S)
            if not stored:
                trouble = asyncio.create_task(self._on_trouble(item))
            await storing
        finally:
            storing.cancel()
            if trouble is not None:
                trouble.cancel()
                # It may hold the one connection that updates come by.
                await asyncio.wait({trouble})

    async def _persist(self, update: Update, received_at_s: float) -> None:
        wait_s = FIRST_RETRY_S
        while True:
            try:
                await self._store(update, received_at_s)
                return
            except Exception as error:
                log.error("an update waits for storage: %s", type(error).__name__)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_RETRY_S)


class Failures:
    """Which updates a handler raised for; `process_update` swallows what handlers raise."""

    def __init__(self) -> None:
        self._by_update: dict[int, Exception] = {}

    def note(self, update_id: int, error: Exception) -> None:
        """Remember that handling this update failed."""
        self._by_update[update_id] = error

    def raise_for(self, update_id: int) -> None:
        """Raise what the handler of this update raised, if it did; then forget it."""
        error = self._by_update.pop(update_id, None)
        if error is not None:
            raise error


class Confidential:
    """Which updates hold what is not kept for a day as others are: a typed code, a place."""

    def __init__(self) -> None:
        self._updates: set[int] = set()

    def note(self, update_id: int) -> None:
        """What this update says is forgotten as soon as it is handled."""
        self._updates.add(update_id)

    def take(self, update_id: int) -> bool:
        """Whether it is to be forgotten; asked once."""
        noted = update_id in self._updates
        self._updates.discard(update_id)
        return noted
