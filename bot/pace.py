"""How fast somebody writes: faster than anyone reads, not every message gets an answer."""

from collections import OrderedDict
from datetime import datetime, timedelta

MOST_A_MINUTE = 60
MINUTE = timedelta(minutes=1)
MOST_CHATS = 10_000
"""Chats remembered; whoever wrote longest ago is forgotten first."""


class Pace:
    """Counts the messages of each chat within a minute, in memory and without their words."""

    def __init__(self) -> None:
        self._chats: OrderedDict[int, dict[int, datetime]] = OrderedDict()

    def too_many(self, chat_id: int, message_id: int, sent_at: datetime) -> int:
        """By how many the messages of the last minute are too many with this one; 0 is no hurry.

        1 is the first that is too many. A message that is handled again counts once.
        """
        recent = self._chats.setdefault(chat_id, {})
        self._chats.move_to_end(chat_id)
        if len(self._chats) > MOST_CHATS:
            self._chats.popitem(last=False)
        for old in [known for known, at in recent.items() if sent_at - at >= MINUTE]:
            del recent[old]
        recent[message_id] = sent_at
        return max(0, len(recent) - MOST_A_MINUTE)
