"""Waiting for the durable work of a bot, instead of for a time."""

import asyncio

from bot import workflows

PATIENCE_S = 15.0


async def done(prefix: str = "update:") -> None:
    """Return once no workflow of this kind is open any more."""
    async with asyncio.timeout(PATIENCE_S):
        while await workflows._open_workflows(prefix):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
