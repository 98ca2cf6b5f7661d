"""Trouble that passes: the network, Telegram or the database is away for a while."""

import asyncio
from datetime import timedelta

from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.requests import Unanswered

DATABASE_AWAY = (OperationalError, InterfaceError, DisconnectionError, NoConnectionLeft)


def is_outage(error: Exception) -> bool:
    """Whether the same attempt may succeed later; a refused request or a bug never does."""
    if isinstance(error, BadRequest):  # the library counts it among network errors
        return False
    return isinstance(error, (NetworkError, RetryAfter, *DATABASE_AWAY))


def may_have_arrived(error: Exception) -> bool:
    """Whether the request may have been carried out although no answer came."""
    late = isinstance(error, NetworkError) and "gateway time" in error.message.lower()
    return late or isinstance(error.__cause__, Unanswered)


async def wait_as_told(error: RetryAfter) -> None:
    """Wait as long as Telegram asks, so that the next try is not refused as well."""
    wait = error.retry_after
    await asyncio.sleep(wait.total_seconds() if isinstance(wait, timedelta) else wait)
