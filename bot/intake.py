"""An update is durable before it is acknowledged.

python-telegram-bot confirms updates to Telegram as soon as they sit in its update queue, and
answers a webhook likewise. The queue here therefore stores each update as a durable workflow and
keeps nothing in memory; what a crash interrupts is taken up again at the next start.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from telegram import Update

StoreUpdate = Callable[[Update, float], Awaitable[None]]
OnTrouble = Callable[[Update, Exception], Awaitable[None]]

FIRST_RETRY_S = 0.2
LONGEST_RETRY_S = 5.0


class DurableUpdateQueue(asyncio.Queue[object]):
    """Hands updates to durable storage instead of keeping them.

    `put` returns once the update is stored, and waits while the database is away, so that
    Telegram keeps what was not taken; `on_trouble` is told once, when the waiting begins. The
    library's own stop signal passes through.
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
        received_at_s = time.time()
        wait_s = FIRST_RETRY_S
        while True:
            try:
                await self._store(item, received_at_s)
                return
            except Exception as error:
                if wait_s == FIRST_RETRY_S:
                    await self._on_trouble(item, error)
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
