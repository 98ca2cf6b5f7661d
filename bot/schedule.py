"""The clock: what happens without anybody writing. What is due is read from the database."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from telegram.ext import ContextTypes

from bot.application import BotApplication
from bot.workflows import forget_finished

log = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(minutes=10)
# The scheduler drops what it could not run within a second, unless told otherwise.
NEVER_SKIP = {"misfire_grace_time": None, "coalesce": True}


def keep_time(application: BotApplication, clock: Callable[[], datetime]) -> None:
    """Put the recurring work on the application's job queue."""
    assert application.job_queue is not None

    async def forget(context: ContextTypes.DEFAULT_TYPE) -> None:
        while forgotten := await asyncio.to_thread(forget_finished, clock()):
            log.info("forgot %d finished workflows", forgotten)

    application.job_queue.run_repeating(
        forget, SWEEP_EVERY, first=SWEEP_EVERY, job_kwargs=NEVER_SKIP
    )
