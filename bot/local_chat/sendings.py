"""What a page sends twice becomes one message: each sending has a key that the page made.

A page that was closed before its sending was answered does not know whether the message arrived.
It asks, or it sends again with the same key and is answered with what is there already.
"""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Row

from bot.local_chat import tables
from bot.local_chat.conversation import Conversation

MOST_KEY = 64


def is_key(value: Any) -> bool:
    """Whether a page may call a sending so; a page that sends no key is not asked for one."""
    return value is None or (isinstance(value, str) and 0 < len(value) <= MOST_KEY)


def sent_before(
    conversation: Conversation, seat: Row[Any], client_key: str | None
) -> list[Row[Any]] | None:
    """The messages that this sending made and the seat still sees; None where it is new."""
    if client_key is None:
        return None
    connection, found = conversation.store.connection, tables.messages.c
    numbers = select(tables.sendings.c.message_id).where(
        tables.sendings.c.chat_id == seat.user_id, tables.sendings.c.client_key == client_key
    )
    if connection.execute(numbers.limit(1)).one_or_none() is None:
        return None
    messages = select(tables.messages).where(found.message_id.in_(numbers), ~found.hidden)
    return list(connection.execute(messages.order_by(found.message_id)))


def note_sent(
    conversation: Conversation, seat: Row[Any], client_key: str | None, rows: list[Row[Any]]
) -> None:
    """Keep which messages a sending made, and tell the seat's pages that it arrived."""
    if client_key is None:
        return
    conversation.store.connection.execute(
        insert(tables.sendings),
        [
            {"message_id": row.message_id, "chat_id": seat.user_id, "client_key": client_key}
            for row in rows
        ],
    )
    conversation.store.add_event(seat.user_id, "sent", body={"client_key": client_key})
