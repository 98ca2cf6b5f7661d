"""The local chat's own SQLite file: one writer, committed before anything is answered."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    StaticPool,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Row
from sqlalchemy.exc import OperationalError

from bot.local_chat import tables

Json = dict[str, Any]

FIRST_SEATS = ("나", "보호자 1", "보호자 2")
MOST_SEATS = 40
FIRST_USER_ID = 1001
EVENTS_KEPT = 20_000
"""Events kept for a page that comes back, over all seats, cut when the store opens."""

SENDINGS_KEPT = 20_000
"""Messages whose sending is known again when a page sends it once more, cut like the events."""

NUMBERING_EPOCH_S = 1_735_689_600
"""2025-01-01: a new store numbers from the seconds since then, so that a store made anew never
repeats the update and message numbers that the bot has already seen from an older one."""

# Built once: SQLAlchemy takes longer to build a statement than SQLite to answer it.
_SETTING = select(tables.settings.c.value).where(tables.settings.c.key == bindparam("key"))
_SEAT = select(tables.seats).where(tables.seats.c.seat == bindparam("seat"))
_CHAT = select(tables.seats).where(tables.seats.c.user_id == bindparam("chat_id"))
_ADD_UPDATE = insert(tables.updates)
_WAITING = select(tables.updates).order_by(tables.updates.c.update_id).limit(bindparam("limit"))
_CONFIRM = delete(tables.updates).where(tables.updates.c.update_id < bindparam("before"))
_ADD_EVENT = insert(tables.events)
_EVENTS = (
    select(tables.events)
    .where(
        tables.events.c.chat_id == bindparam("chat_id"),
        tables.events.c.number > bindparam("after"),
    )
    .order_by(tables.events.c.number)
    .limit(200)
)


class StoreInUse(RuntimeError):
    """Another process has this folder's chat open."""


class Store:
    """The chat's state. Used from one thread; every call needs an open `transaction`."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Open or create `folder`/chat.sqlite3.

        Raises:
            StoreInUse: another process has it open.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.clock = clock
        self.update_added: Callable[[], None] = lambda: None
        self.event_added: Callable[[int], None] = lambda _: None
        self._engine = _open_engine(folder / "chat.sqlite3")
        self._connection: Connection | None = None
        self._signals: set[Callable[[], object]] = set()
        self._chats_changed: set[int] = set()
        self.actions: dict[int, tuple[int, str]] = {}
        try:
            tables.metadata.create_all(self._engine)
            self._always_open = self._engine.connect()
            with self.transaction():
                self._prepare()
        except OperationalError as error:
            self._engine.dispose()
            if "locked" in str(error):
                raise StoreInUse(f"the chat in {folder} is open in another process") from error
            raise

    def _prepare(self) -> None:
        if self.setting("created_at") is None:
            started_at = int(self.clock())
            self.set_setting("created_at", started_at)
            self.set_setting("token", f"1:local-{secrets.token_urlsafe(24)}")
            self.set_setting("session_secret", secrets.token_hex(32))
            for name in ("updates", "messages", "events"):
                self.connection.exec_driver_sql(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
                    (name, started_at - NUMBERING_EPOCH_S),
                )
            for name in FIRST_SEATS:
                self.add_seat(name)
        newest = self.connection.scalar(select(func.max(tables.events.c.number))) or 0
        self.connection.execute(
            delete(tables.events).where(tables.events.c.number <= newest - EVENTS_KEPT)
        )
        sent = tables.sendings.c.message_id
        newest = self.connection.scalar(select(func.max(sent))) or 0
        self.connection.execute(delete(tables.sendings).where(sent <= newest - SENDINGS_KEPT))

    @property
    def connection(self) -> Connection:
        """The connection of the open transaction."""
        if self._connection is None:
            raise RuntimeError("the store is used outside a transaction")
        return self._connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit on a clean exit, then wake whoever waits; roll back on an exception."""
        if self._connection is not None:
            yield
            return
        self._signals.clear()
        self._chats_changed.clear()
        try:
            with self._always_open.begin():
                self._connection = self._always_open
                yield
        finally:
            self._connection = None
        for signal in tuple(self._signals):
            signal()
        for chat_id in tuple(self._chats_changed):
            self.event_added(chat_id)

    def after_commit(self, call: Callable[[], object]) -> None:
        """Call something once the open transaction is committed, and not if it fails."""
        self._signals.add(call)

    def erase_remains(self) -> None:
        """Rewrite the file without what was deleted, and empty the write-ahead log."""
        connection = self._always_open.connection.driver_connection
        assert connection is not None
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        with self._always_open as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self._engine.dispose()

    def now(self) -> int:
        """The time in whole seconds since 1970, as Telegram dates are."""
        return int(self.clock())

    # settings

    def setting(self, key: str) -> Any:
        """What is kept under `key`, None where nothing is."""
        return self.connection.scalar(_SETTING, {"key": key})

    def set_setting(self, key: str, value: Any) -> None:
        """Keep a JSON `value` under `key`; None forgets it."""
        if value is None:
            self.connection.execute(delete(tables.settings).where(tables.settings.c.key == key))
            return
        statement = sqlite_insert(tables.settings).values(key=key, value=value)
        self.connection.execute(
            statement.on_conflict_do_update(["key"], set_={"value": statement.excluded.value})
        )

    # seats

    def add_seat(self, name: str) -> Row[Any]:
        """Set one more place at the table, in Korean until changed."""
        seat = (self.connection.scalar(select(func.max(tables.seats.c.seat))) or 0) + 1
        user_id = FIRST_USER_ID + seat - 1
        self.connection.execute(
            insert(tables.seats).values(seat=seat, user_id=user_id, name=name, language="ko")
        )
        return self.seat_of_chat(user_id)

    def seats(self) -> list[Row[Any]]:
        """Every seat, in order."""
        return list(self.connection.execute(select(tables.seats).order_by(tables.seats.c.seat)))

    def seat(self, seat: int) -> Row[Any] | None:
        """The seat of that number, None where there is none."""
        return self.connection.execute(_SEAT, {"seat": seat}).one_or_none()

    def find_chat(self, chat_id: int) -> Row[Any] | None:
        """The seat whose private chat with the bot is `chat_id`."""
        return self.connection.execute(_CHAT, {"chat_id": chat_id}).one_or_none()

    def seat_of_chat(self, chat_id: int) -> Row[Any]:
        """As `find_chat`, of a chat that is known to exist."""
        return self.connection.execute(_CHAT, {"chat_id": chat_id}).one()

    def change_seat(self, chat_id: int, **values: Any) -> None:
        """Change columns of a seat."""
        self.connection.execute(
            update(tables.seats).where(tables.seats.c.user_id == chat_id).values(**values)
        )

    # updates waiting for the bot

    def add_update(self, kind: str, body: Json) -> None:
        """Queue an update for the bot, unless it did not ask for that kind."""
        allowed = self.setting("allowed_updates")
        if kind not in allowed if allowed else kind == "message_reaction":
            return
        self.connection.execute(_ADD_UPDATE, {"kind": kind, "body": body})
        self.after_commit(self.update_added)

    def waiting_updates(self, limit: int) -> list[Json]:
        """The oldest unconfirmed updates as Telegram writes them."""
        rows = self.connection.execute(_WAITING, {"limit": limit})
        return [{"update_id": row.update_id, row.kind: row.body} for row in rows]

    def confirm_updates(self, before: int) -> None:
        """Forget updates numbered below `before`; a negative one keeps the last -`before`."""
        if before < 0:
            newest = self.connection.scalar(select(func.max(tables.updates.c.update_id))) or 0
            before = newest + 1 + before
        self.connection.execute(_CONFIRM, {"before": before})

    def drop_updates(self) -> None:
        """Forget every waiting update."""
        self.connection.execute(delete(tables.updates))

    def pending_update_count(self) -> int:
        """How many updates wait."""
        return self.connection.scalar(select(func.count()).select_from(tables.updates)) or 0

    # callback queries

    def add_callback(self, chat_id: int) -> str:
        """A new callback query's id."""
        callback_query_id = str(secrets.randbits(62))
        self.connection.execute(
            insert(tables.callbacks).values(
                callback_query_id=callback_query_id, chat_id=chat_id, date=self.now()
            )
        )
        return callback_query_id

    def take_callback(self, callback_query_id: str, lifetime_s: int) -> int | None:
        """The chat of an unanswered callback query, which is answered by this; else None."""
        self.connection.execute(
            delete(tables.callbacks).where(tables.callbacks.c.date < self.now() - lifetime_s)
        )
        return self.connection.scalar(
            delete(tables.callbacks)
            .where(tables.callbacks.c.callback_query_id == callback_query_id)
            .returning(tables.callbacks.c.chat_id)
        )

    # events for the page

    def add_event(
        self, chat_id: int, kind: str, *, message_id: int | None = None, body: Json | None = None
    ) -> None:
        """Tell the chat's page. A message is named, not copied: deleting it leaves no copy."""
        event = {"chat_id": chat_id, "type": kind, "message_id": message_id, "body": body}
        self.connection.execute(_ADD_EVENT, event)
        self._chats_changed.add(chat_id)

    def show_action(self, chat_id: int, action: str) -> None:
        """Tell the pages open now that the bot is "typing"; nobody else, and nothing is kept."""
        count = self.actions.get(chat_id, (0, ""))[0] + 1
        self.actions[chat_id] = (count, action)
        self._chats_changed.add(chat_id)

    def events_after(self, chat_id: int, number: int) -> list[Row[Any]]:
        """Up to 200 of the chat's events after `number`, oldest first."""
        return list(self.connection.execute(_EVENTS, {"chat_id": chat_id, "after": number}))

    def newest_event(self) -> int:
        """The number of the newest event of any chat; numbers are never given twice."""
        row = self.connection.exec_driver_sql(
            "SELECT seq FROM sqlite_sequence WHERE name = 'events'"
        ).one()
        return int(row[0])


def _open_engine(path: Path) -> Engine:
    """An engine with one connection that keeps the file to itself."""
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 0.5},
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "locking_mode=EXCLUSIVE",
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
