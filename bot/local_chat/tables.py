"""What the local chat keeps: seats, messages, files, waiting updates and the page's events."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    text,
)

metadata = MetaData()

settings = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

seats = Table(
    "seats",
    metadata,
    Column("seat", Integer, primary_key=True),
    Column("user_id", Integer, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("blocked", Boolean, nullable=False, default=False),
    Column("started", Boolean, nullable=False, default=False),
    Column("reply_keyboard", JSON(none_as_null=True)),
)

messages = Table(
    "messages",
    metadata,
    Column("message_id", Integer, primary_key=True),
    Column("chat_id", ForeignKey("seats.user_id"), nullable=False),
    Column("outgoing", Boolean, nullable=False),
    Column("body", JSON, nullable=False),
    Column("reply_to", Integer),
    Column("edited", Boolean, nullable=False, default=False),
    Column("hidden", Boolean, nullable=False, default=False),
    Column("bot_reactions", JSON, nullable=False, default=list),
    Column("seat_reactions", JSON, nullable=False, default=list),
    Column("file_unique_id", ForeignKey("files.file_unique_id")),
    Index("messages_by_chat", "chat_id", "message_id"),
    Index("messages_by_file", "file_unique_id", sqlite_where=text("file_unique_id IS NOT NULL")),
    sqlite_autoincrement=True,
)

# A message that is deleted leaves its row here: sending it again would bring it back.
sendings = Table(
    "sendings",
    metadata,
    Column("message_id", Integer, primary_key=True),
    Column("chat_id", Integer, nullable=False),
    Column("client_key", String, nullable=False),
    Index("sendings_by_key", "chat_id", "client_key"),
)

files = Table(
    "files",
    metadata,
    Column("file_unique_id", String, primary_key=True),
    Column("file_id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("mime_type", String, nullable=False),
    Column("file_name", String, nullable=False),
    Column("file_size", Integer, nullable=False),
    Column("from_seat", Boolean, nullable=False),
    Column("media", JSON, nullable=False),
)

updates = Table(
    "updates",
    metadata,
    Column("update_id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("body", JSON, nullable=False),
    sqlite_autoincrement=True,
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("callback_query_id", String, primary_key=True),
    Column("chat_id", Integer, nullable=False),
    Column("date", Integer, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("chat_id", Integer, nullable=False),
    Column("type", String, nullable=False),
    Column("message_id", Integer),
    Column("body", JSON(none_as_null=True)),
    sqlite_autoincrement=True,
)
