"""What a seat's page hears while it is open: Server-Sent Events."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy.engine import Row

from bot.local_chat.conversation import Conversation
from bot.local_chat.store import Json

HEARTBEAT_S = 15.0
_MESSAGES = frozenset({"message", "edited"})


class EventFeed:
    """Streams the stored events of a chat, those missed first, then as they come."""

    def __init__(self, conversation: Conversation) -> None:
        """Serve the events of `conversation`'s store."""
        self._conversation = conversation
        self._changed: dict[int, asyncio.Event] = {}
        self._closing = False
        conversation.store.event_added = self.wake

    def wake(self, chat_id: int) -> None:
        """Let the chat's streams look again."""
        changed = self._changed.pop(chat_id, None)
        if changed is not None:
            changed.set()

    def close(self) -> None:
        """End every stream."""
        self._closing = True
        for chat_id in tuple(self._changed):
            self.wake(chat_id)

    async def stream(self, chat_id: int, after: int | None) -> AsyncIterator[str]:
        """Events numbered above `after` (None: from now on), as text/event-stream."""
        store = self._conversation.store
        with store.transaction():
            number = store.newest_event() if after is None else after
        actions_seen = store.actions.get(chat_id, (0, ""))[0]
        yield "retry: 1000\n\n"
        while not self._closing:
            changed = self._changed.setdefault(chat_id, asyncio.Event())
            count, action = store.actions.get(chat_id, (0, ""))
            if count != actions_seen:
                actions_seen = count
                yield _line({"type": "action", "action": action})
            with store.transaction():
                if store.find_chat(chat_id) is None:
                    return  # forgotten: the page comes back and hears it under the fresh id
                rows = store.events_after(chat_id, number)
                shown = [(row.number, self._show(row)) for row in rows]
            for number, event in shown:
                if event is not None:
                    yield f"id: {number}\n{_line(event)}"
            if shown:
                continue
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield ": still here\n\n"

    def _show(self, row: Row[Any]) -> Json | None:
        """An event's data; None for a message that is gone again."""
        if row.type not in _MESSAGES:
            return {"type": row.type, **(row.body or {})}
        message = self._conversation.find(row.chat_id, row.message_id)
        if message is None or message.hidden:
            return None
        seat = self._conversation.store.seat_of_chat(row.chat_id)
        shown = self._conversation.page_view(message, seat)
        return {"type": row.type, "message": shown}


def _line(event: Json) -> str:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
