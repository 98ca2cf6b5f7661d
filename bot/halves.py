"""What was just heard, for a minute: words and voice sent one after the other are one utterance.

It is kept in memory alone, for people without a record too. After a restart the second message
is answered by itself.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from inference.analysis import EmotionEstimate, Modality

TOGETHER_WITHIN = timedelta(seconds=60)
REMEMBERED_S = 120.0
"""The minute is told by the dates of the messages; handling them takes a while longer."""


@dataclass(frozen=True, slots=True)
class Half:
    """A message heard by one sense, and the message that answered it."""

    message_id: int
    sent_at: datetime
    modality: Modality
    estimate: EmotionEstimate
    answer_id: int


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest message of a chat. `half` is that message, or one that it was joined to."""

    message_id: int
    half: Half | None
    forgetting: asyncio.TimerHandle


class Halves:
    """The newest half of each chat; used on the event loop alone, and forgotten by its clock."""

    def __init__(self) -> None:
        self._chats: dict[int, _Newest] = {}

    def before(self, chat_id: int, message_id: int, sent_at: datetime) -> Half | None:
        """What a message may be heard together with: the same again if it is handled again."""
        newest = self._chats.get(chat_id)
        if newest is None or newest.half is None:
            return None
        half = newest.half
        is_next = newest.message_id == half.message_id < message_id
        in_time = timedelta(0) <= sent_at - half.sent_at <= TOGETHER_WITHIN
        return half if in_time and (is_next or newest.message_id == message_id) else None

    def note(self, chat_id: int, message_id: int, half: Half | None) -> None:
        """A message was answered: it is a half, was joined to `half`, or interrupts the talk.

        Of two messages that were handled side by side the later one counts.
        """
        newest = self._chats.get(chat_id)
        if newest is not None and newest.message_id > message_id:
            return
        self.forget(chat_id)
        loop = asyncio.get_running_loop()
        forgetting = loop.call_later(REMEMBERED_S, self._chats.pop, chat_id, None)
        self._chats[chat_id] = _Newest(message_id, half, forgetting)

    def settle(self, chat_id: int, message_id: int) -> None:
        """The person had the last word about a message: nothing more is heard together with it."""
        newest = self._chats.get(chat_id)
        half = None if newest is None else newest.half
        if half is not None and half.message_id == message_id:
            self.forget(chat_id)

    def forget(self, chat_id: int) -> None:
        """What was heard is not used any more, since the person changed what is allowed."""
        newest = self._chats.pop(chat_id, None)
        if newest is not None:
            newest.forgetting.cancel()
