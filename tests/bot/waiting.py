"""Waiting for the durable work of a bot, instead of for a time."""

import asyncio

from dbos import DBOS

from bot.workflow_engine import OPEN

PATIENCE_S = 15.0


async def open_workflows(prefix: str) -> list[str]:
    """The ids of those that have not ended."""
    found = await asyncio.to_thread(
        DBOS.list_workflows, status=OPEN, workflow_id_prefix=prefix, load_input=False
    )
    return [workflow.workflow_id for workflow in found]


async def done(prefix: str = "update:") -> None:
    """Return once no workflow of this kind is open any more."""
    async with asyncio.timeout(PATIENCE_S):
        while await open_workflows(prefix):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
