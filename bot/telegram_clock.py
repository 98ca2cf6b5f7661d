"""The time by which Telegram dates messages, where this machine's clock is wrong.

A machine that is minutes ahead would take every voice note for an old one, of which nobody is
told; one that is behind would take an old one for new.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

log = logging.getLogger(__name__)

TOLERATED = timedelta(seconds=30)
"""Less than this is the way there and back, and a date in whole seconds (RFC 9110, 6.6.1)."""


class TelegramClock:
    """This machine's clock, put right by the dates of the Bot API's answers.

    Each answer counts anew, and what fetches a message is one: a clock that jumps is noticed
    before the next message is worked on. Used on the event loop and read from any thread.
    """

    def __init__(self, machine: Callable[[], datetime]) -> None:
        """`machine` tells this machine's time, with its zone."""
        self._machine = machine
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time now, in UTC."""
        return (self._machine() - self._ahead).astimezone(UTC)

    def note(self, date: str) -> None:
        """What an answer that came just now says in its Date header; nonsense says nothing."""
        try:
            told = parsedate_to_datetime(date)
        except (ValueError, OverflowError):
            return
        if told.tzinfo is None:
            return
        ahead = self._machine() - told
        if abs(ahead) <= TOLERATED:
            ahead = timedelta()
        if abs(ahead - self._ahead) > TOLERATED:
            log.warning(
                "this machine's clock is %.0f s ahead of Telegram's", ahead.total_seconds()
            )
        self._ahead = ahead
