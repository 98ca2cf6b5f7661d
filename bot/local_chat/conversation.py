"""The private chats between the bot and the seats: what either side adds, changes, removes."""

from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.engine import Row

from bot.local_chat import tables
from bot.local_chat.files import FOLDERS, Files
from bot.local_chat.markup import inline_only
from bot.local_chat.store import Json, Store

BOT_ID = 1
# Built once, as in `bot/local_chat/store.py`.
_ADD = insert(tables.messages).returning(tables.messages)
_MESSAGE = select(tables.messages).where(tables.messages.c.message_id == bindparam("message_id"))
_OF_CHAT = _MESSAGE.where(tables.messages.c.chat_id == bindparam("chat_id"))
_ENVELOPE = frozenset(
    {"date", "edit_date", "reply_markup", "has_protected_content", "forward_origin"}
)


class Conversation:
    """Messages of every chat, written as Telegram writes them. Needs an open transaction."""

    def __init__(self, store: Store, files: Files, username: str) -> None:
        """The chats in `store`; `username` is the bot's, without @."""
        self.store = store
        self.files = files
        self.username = username

    def bot_name(self, language: str = "") -> str:
        """The bot's name in a language, or in all others."""
        store = self.store
        return str(store.setting(f"name:{language}") or store.setting("name:") or "토닥 Todak")

    def bot_user(self) -> Json:
        """The bot as a User."""
        return {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": self.bot_name(),
            "username": self.username,
        }

    def find(self, chat_id: int, message_id: int) -> Row[Any] | None:
        """A message of the chat, None where there is none."""
        key = {"chat_id": chat_id, "message_id": message_id}
        return self.store.connection.execute(_OF_CHAT, key).one_or_none()

    def page(self, chat_id: int, before: int | None, limit: int) -> list[Row[Any]]:
        """The `limit` newest messages the seat sees below number `before`, oldest first."""
        found = tables.messages
        query = select(found).where(found.c.chat_id == chat_id, ~found.c.hidden)
        if before is not None:
            query = query.where(found.c.message_id < before)
        rows = self.store.connection.execute(
            query.order_by(found.c.message_id.desc()).limit(limit)
        )
        return list(rows)[::-1]

    def add(
        self,
        seat: Row[Any],
        content: Json,
        *,
        outgoing: bool,
        reply_to: int | None = None,
        markup: Json | None = None,
        protected: bool = False,
        file: Row[Any] | None = None,
    ) -> Row[Any]:
        """Add a message: from the seat when `outgoing`, else from the bot; tell the page."""
        body = {"date": self.store.now(), **content}
        if inline_only(markup):
            body["reply_markup"] = markup
        if protected:
            body["has_protected_content"] = True
        message = {
            "chat_id": seat.user_id,
            "outgoing": outgoing,
            "body": body,
            "reply_to": reply_to,
            "file_unique_id": file.file_unique_id if file else None,
        }
        row = self.store.connection.execute(_ADD, message).one()
        self.store.add_event(seat.user_id, "message", message_id=row.message_id)
        self._show_keyboard(seat, markup)
        return row

    def _show_keyboard(self, seat: Row[Any], markup: Json | None) -> None:
        if markup is None or not {"keyboard", "remove_keyboard"} & markup.keys():
            return
        self.set_reply_keyboard(seat, markup if "keyboard" in markup else None)

    def set_reply_keyboard(self, seat: Row[Any], keyboard: Json | None) -> None:
        """Put a reply keyboard under the seat's input, or take it away."""
        if keyboard == seat.reply_keyboard:
            return
        self.store.change_seat(seat.user_id, reply_keyboard=keyboard)
        self.store.add_event(seat.user_id, "keyboard", body={"reply_keyboard": keyboard})

    def change(
        self,
        row: Row[Any],
        body: Json,
        *,
        edited: bool,
        file: Row[Any] | None = None,
    ) -> Row[Any]:
        """Replace a message's content; `edited` is whether people see that it was edited."""
        values: Json = {"body": body | {"edit_date": self.store.now()}}
        values["edited"] = row.edited or edited
        if file is not None:
            values["file_unique_id"] = file.file_unique_id
        self.store.connection.execute(
            update(tables.messages)
            .where(tables.messages.c.message_id == row.message_id)
            .values(**values)
        )
        self.store.add_event(row.chat_id, "edited", message_id=row.message_id)
        return self._row(row.message_id)

    def remove(self, row: Row[Any]) -> None:
        """Delete a message for both sides, and with it what the seat uploaded for it."""
        self.store.connection.execute(
            delete(tables.messages).where(tables.messages.c.message_id == row.message_id)
        )
        if row.file_unique_id:
            self.files.remove_unused(row.file_unique_id)
        self.store.add_event(row.chat_id, "deleted", body={"message_id": row.message_id})

    def hide(self, row: Row[Any]) -> None:
        """Take a message out of the seat's own view; the bot still has it."""
        self.store.connection.execute(
            update(tables.messages)
            .where(tables.messages.c.message_id == row.message_id)
            .values(hidden=True)
        )
        self.store.add_event(row.chat_id, "deleted", body={"message_id": row.message_id})

    def react(self, row: Row[Any], reactions: list[Json], *, outgoing: bool) -> None:
        """Replace one side's reactions to a message."""
        column = "seat_reactions" if outgoing else "bot_reactions"
        self.store.connection.execute(
            update(tables.messages)
            .where(tables.messages.c.message_id == row.message_id)
            .values({column: reactions})
        )
        body = {"message_id": row.message_id, "reactions": _reactions(self._row(row.message_id))}
        self.store.add_event(row.chat_id, "reaction", body=body)

    def view(self, row: Row[Any], seat: Row[Any], *, nested: bool = True) -> Json:
        """The message as Telegram's Message object, with what it answers one level deep."""
        message = {
            "message_id": row.message_id,
            "from": seat_user(seat) if row.outgoing else self.bot_user(),
            "chat": private_chat(seat),
            **row.body,
        }
        if nested and row.reply_to is not None:
            answered = self.find(row.chat_id, row.reply_to)
            if answered is not None:
                message["reply_to_message"] = self.view(answered, seat, nested=False)
        return message

    def page_view(self, row: Row[Any], seat: Row[Any]) -> Json:
        """As `view`, with what the chat page shows beside it."""
        shown = self.view(row, seat)
        for message in (shown, shown.get("reply_to_message")):
            if message is not None:
                _add_file_url(message, seat.seat)
        return shown | {
            "outgoing": row.outgoing,
            "edited": row.edited,
            "protected": bool(row.body.get("has_protected_content")),
            "reactions": _reactions(row),
        }

    def origin(self, row: Row[Any], seat: Row[Any]) -> Json:
        """The forward_origin of a message when it is forwarded."""
        known: Json | None = row.body.get("forward_origin")
        sender = seat_user(seat) if row.outgoing else self.bot_user()
        return known or {"type": "user", "sender_user": sender, "date": row.body["date"]}

    def file_of(self, row: Row[Any]) -> Row[Any] | None:
        """The file a message shows."""
        return self.files.by_unique_id(row.file_unique_id) if row.file_unique_id else None

    def shows(self, chat_id: int, file_unique_id: str) -> bool:
        """Whether a message the seat sees shows this file, or a sound whose cover it is."""
        found, file = tables.messages.c, tables.files.c
        cover_id = file.media["thumbnail"]["file_unique_id"].as_string()
        return (
            self.store.connection.scalar(
                select(found.message_id)
                .join(tables.files, file.file_unique_id == found.file_unique_id)
                .where(or_(file.file_unique_id == file_unique_id, cover_id == file_unique_id))
                .where(found.chat_id == chat_id, ~found.hidden)
                .limit(1)
            )
            is not None
        )

    def _row(self, message_id: int) -> Row[Any]:
        return self.store.connection.execute(_MESSAGE, {"message_id": message_id}).one()


def content_of(row: Row[Any]) -> Json:
    """What a message says, without when, to whom and with which buttons."""
    return {key: value for key, value in row.body.items() if key not in _ENVELOPE}


def seat_user(seat: Row[Any]) -> Json:
    """The person on a seat as a User."""
    return {
        "id": seat.user_id,
        "is_bot": False,
        "first_name": seat.name,
        "language_code": seat.language,
    }


def private_chat(seat: Row[Any]) -> Json:
    """The seat's chat with the bot as a Chat."""
    return {"id": seat.user_id, "type": "private", "first_name": seat.name}


def _add_file_url(message: Json, seat: int) -> None:
    for kind in FOLDERS:
        for described in (
            message[kind] if kind == "photo" and kind in message else [message.get(kind)]
        ):
            for shown in (described, (described or {}).get("thumbnail")):
                if shown is not None:
                    shown["file_url"] = f"/seats/{seat}/files/{shown['file_unique_id']}"


def _reactions(row: Row[Any]) -> list[Json]:
    return [
        {**reaction, "from": side}
        for side, reactions in (("bot", row.bot_reactions), ("seat", row.seat_reactions))
        for reaction in reactions
    ]
