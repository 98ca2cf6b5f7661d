"""Trouble that passes: the network, Telegram or the database is away for a while."""

from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from telegram.error import BadRequest, NetworkError, RetryAfter

DATABASE_AWAY = (OperationalError, InterfaceError, DisconnectionError, NoConnectionLeft)


def is_outage(error: Exception) -> bool:
    """Whether the same attempt may succeed later; a refused request or a bug never does."""
    if isinstance(error, BadRequest):  # the library counts it among network errors
        return False
    return isinstance(error, (NetworkError, RetryAfter, *DATABASE_AWAY))
