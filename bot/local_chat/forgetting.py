"""forgetChat: the one method that Telegram's Bot API does not have.

Telegram keeps a chat until the person deletes it there. The local chat stands in for Telegram on
the person's own machine, so a bot that deletes a person also asks it to forget their chat.
"""

import secrets
from functools import partial
from typing import Any

from sqlalchemy import String, cast, delete, or_, select

from bot.local_chat import tables
from bot.local_chat.bot_methods import Method
from bot.local_chat.conversation import Conversation
from bot.local_chat.parameters import Parameters
from bot.local_chat.store import Store

SMALLEST_FRESH_ID = 10**9
FRESH_IDS = 9 * 10**9


def _forget_chat(conversation: Conversation, parameters: Parameters) -> bool:
    """forgetChat: nothing of the chat `chat_id` is left, not even its id; True also if unknown.

    Gone are its messages, their files, the updates that wait for the bot, and copies that were
    forwarded to other seats. The seat stays, empty, under a fresh user id.
    """
    store = conversation.store
    chat_id = parameters.integer("chat_id")
    seat = store.find_chat(chat_id)
    if seat is None:
        return True
    _forget_updates(store, chat_id)
    _forget_copies(conversation, chat_id)
    _forget_messages(conversation, chat_id)
    for table in (tables.callbacks, tables.events, tables.sendings):
        store.connection.execute(delete(table).where(table.c.chat_id == chat_id))
    key = tables.settings.c.key
    own = or_(key == f"menu:{chat_id}", key.startswith(f"commands:chat={chat_id}:"))
    store.connection.execute(delete(tables.settings).where(own))
    store.actions.pop(chat_id, None)
    fresh_id = _fresh_id(store)
    store.change_seat(chat_id, user_id=fresh_id, started=False, blocked=False, reply_keyboard=None)
    store.add_event(fresh_id, "forgotten")
    store.after_commit(partial(store.event_added, chat_id))  # ends the streams of the old id
    store.after_commit(store.erase_remains)
    return True


def _forget_messages(conversation: Conversation, chat_id: int) -> None:
    """Delete a chat's messages and every file that no other chat shows, the bot's too."""
    found, store = tables.messages.c, conversation.store
    own = found.chat_id == chat_id
    shown = select(found.file_unique_id).where(own, found.file_unique_id.is_not(None)).distinct()
    file_ids = list(store.connection.scalars(shown))
    store.connection.execute(delete(tables.messages).where(own))
    for file_unique_id in file_ids:
        elsewhere = select(found.message_id).where(found.file_unique_id == file_unique_id)
        if store.connection.scalar(elsewhere.limit(1)) is not None:
            continue
        store.connection.execute(
            delete(tables.files).where(tables.files.c.file_unique_id == file_unique_id)
        )
        path = conversation.files.path(file_unique_id)
        store.after_commit(partial(path.unlink, missing_ok=True))


def _forget_copies(conversation: Conversation, chat_id: int) -> None:
    """Delete what names the chat elsewhere: its messages that were forwarded to other seats."""
    found = tables.messages
    suspects = conversation.store.connection.execute(
        select(found).where(
            found.c.chat_id != chat_id, cast(found.c.body, String).contains(str(chat_id))
        )
    ).all()
    for row in suspects:
        if _names(row.body, chat_id):
            conversation.remove(row)


def _forget_updates(store: Store, chat_id: int) -> None:
    updates = tables.updates
    for row in store.connection.execute(select(updates)).all():
        if _names(row.body, chat_id):
            this = updates.c.update_id == row.update_id
            store.connection.execute(delete(updates).where(this))


def _names(body: Any, chat_id: int) -> bool:
    """Whether an object somewhere in `body` is this chat or its person."""
    if isinstance(body, dict):
        return chat_id in (body.get("id"), body.get("user_id")) or any(
            _names(value, chat_id) for value in body.values()
        )
    return isinstance(body, list) and any(_names(value, chat_id) for value in body)


def _fresh_id(store: Store) -> int:
    """A random id: one counted on could be given a second time once the newest is forgotten."""
    taken = {seat.user_id for seat in store.seats()}
    while (fresh := SMALLEST_FRESH_ID + secrets.randbelow(FRESH_IDS)) in taken:
        pass
    return fresh


OWN_METHODS: dict[str, Method] = {"forgetChat": _forget_chat}
