"""What the workflow library holds of one chat, read and deleted in its own tables.

The library deletes workflows only by their ids, and has no call for sealing anew.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dbos._schemas import SCHEMA_PLACEHOLDER
from dbos._schemas.system_database import SystemSchema
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    delete,
    inspect,
    or_,
    select,
    update,
)

from bot.workflow_engine import FINISHED, OPEN, SealingSerializer
from storage.encryption import WrongServiceKey
from storage.key_store import BATCH, KeyStore

log = logging.getLogger(__name__)

POSTGRESQL_SCHEMA = "dbos"
STATUS = SystemSchema.workflow_status
SEALED_COLUMNS: dict[Table, tuple[str, ...]] = {
    SystemSchema.workflow_input: ("inputs",),
    SystemSchema.workflow_output: ("output", "error"),
    SystemSchema.operation_outputs: ("output", "error"),
    SystemSchema.notifications: ("message",),
    SystemSchema.workflow_events: ("value",),
    SystemSchema.workflow_events_history: ("value",),
    SystemSchema.streams: ("value",),
    STATUS: ("inputs", "output", "error"),
}
"""Every column that holds what a serializer wrote; parents last, so that deleting is in order."""

FERNET_PREFIX = "gAAAA"
SQLITE_MOST_NAMES = 500


@dataclass(frozen=True, slots=True)
class HeldUpdate:
    """An update of a chat as Telegram delivered it, kept until it is old enough to be deleted."""

    received_at: datetime
    update: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HeldLookAfter:
    """The questions after a danger: when they began, whether more may come, and of what."""

    begun_at: datetime
    open: bool
    content: dict[str, Any]


class ChatWorkflows:
    """The rows of all workflows, by chat."""

    def __init__(self, engine: Engine, keys: KeyStore) -> None:
        schema = POSTGRESQL_SCHEMA if engine.dialect.name == "postgresql" else None
        self.schema = schema
        self.engine = engine
        self._engine = engine.execution_options(schema_translate_map={SCHEMA_PLACEHOLDER: schema})
        self._keys = keys
        self._serializer = SealingSerializer(keys)

    def held(self, chat_id: int) -> list[HeldUpdate]:
        """The updates of a chat that are still stored, oldest first."""
        stored = SystemSchema.workflow_input
        query = (
            select(STATUS.c.created_at, stored.c.inputs)
            .join(stored, stored.c.workflow_uuid == STATUS.c.workflow_uuid)
            .where(STATUS.c.queue_partition_key == str(chat_id), STATUS.c.name == "receive")
            .order_by(STATUS.c.created_at)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            HeldUpdate(_moment(created_ms), update)
            for created_ms, inputs in rows
            if (update := self._first_argument(inputs)) is not None
        ]

    def held_look_afters(self, chat_id: int) -> list[HeldLookAfter]:
        """The questions after a danger that are open or not deleted yet, oldest first."""
        stored = SystemSchema.workflow_input
        query = (
            select(STATUS.c.created_at, STATUS.c.status, stored.c.inputs)
            .join(stored, stored.c.workflow_uuid == STATUS.c.workflow_uuid)
            .where(_look_afters_of(chat_id))
            .order_by(STATUS.c.created_at)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            HeldLookAfter(_moment(created_ms), status in OPEN, content)
            for created_ms, status, inputs in rows
            if (content := self._first_argument(inputs)) is not None
        ]

    def _first_argument(self, inputs: str | None) -> dict[str, Any] | None:
        """What a workflow was begun with; None where that is gone or cannot be opened."""
        if inputs is None:
            return None
        try:
            found: dict[str, Any] = self._serializer.deserialize(inputs)["args"][0]
        except WrongServiceKey:
            log.warning("the input of a workflow cannot be opened")
            return None
        return found

    def forget_content(self, workflow_id: str) -> None:
        """Keep of a stored update only which message of which chat it was, and when."""
        stored = SystemSchema.workflow_input
        with self._engine.begin() as connection:
            sealed = connection.scalar(
                select(stored.c.inputs).where(stored.c.workflow_uuid == workflow_id)
            )
            if sealed is None:
                return
            content = self._serializer.deserialize(sealed)
            said, *rest = content["args"]
            content["args"] = (_bare(said), *rest)
            change = update(stored).where(stored.c.workflow_uuid == workflow_id)
            connection.execute(change.values(inputs=self._serializer.serialize(content)))

    def n_open(self, chat_id: int, begun_by: datetime | None = None) -> int:
        """How many workflows of a chat have not ended; only those begun until then, if given."""
        query = select(STATUS.c.workflow_uuid).where(self._of(chat_id), STATUS.c.status.in_(OPEN))
        if begun_by is not None:
            query = query.where(STATUS.c.created_at <= begun_by.timestamp() * 1000)
        with self._engine.connect() as connection:
            return len(connection.execute(query).all())

    def forget_ended(self, chat_id: int) -> int:
        """Delete every row of the chat's workflows that have ended; how many workflows."""
        query = select(STATUS.c.workflow_uuid).where(
            self._of(chat_id), STATUS.c.status.in_(FINISHED)
        )
        with self._engine.begin() as connection:
            ids = list(connection.scalars(query))
            for begin in range(0, len(ids), SQLITE_MOST_NAMES):
                _delete(connection, ids[begin : begin + SQLITE_MOST_NAMES])
        return len(ids)

    def reseal(self) -> int:
        """Seal under today's workflow key what is still sealed under another; how many values.

        Works in small transactions beside a running bot. What cannot be opened is left as it is.
        """
        if not inspect(self.engine).has_table(STATUS.name, self.schema):
            return 0  # no bot ever ran on this database
        return sum(
            self._reseal(table, column)
            for table, columns in SEALED_COLUMNS.items()
            for column in columns
        )

    def _of(self, chat_id: int) -> ColumnElement[bool]:
        return or_(
            STATUS.c.queue_partition_key == str(chat_id),
            _look_afters_of(chat_id),
            STATUS.c.workflow_uuid.like(f"incident:%:{chat_id}:%"),
            STATUS.c.workflow_uuid.like(f"sleep/_sound:%:{chat_id}:%", escape="/"),
        )

    def _reseal(self, table: Table, name: str) -> int:
        column, key = table.c[name], list(table.primary_key.columns)
        n_changed = n_closed = 0
        for rows in self._pages(table, name):
            with self._engine.begin() as connection:
                for *values, sealed in rows:
                    try:
                        fresh = self._keys.reseal(sealed.encode())
                    except WrongServiceKey:
                        n_closed += 1
                        continue
                    if fresh is not None:
                        same = [part == value for part, value in zip(key, values, strict=True)]
                        change = update(table).where(*same, column == sealed)
                        connection.execute(change.values({name: fresh.decode()}))
                        n_changed += 1
        if n_closed:
            log.warning("values of %s that cannot be opened: %d", table.name, n_closed)
        return n_changed

    def _pages(self, table: Table, name: str) -> Iterator[Sequence[Any]]:
        """Rows of key and sealed value, in pages; read before any of them is changed."""
        key = list(table.primary_key.columns)
        query = select(*key, table.c[name]).where(table.c[name].startswith(FERNET_PREFIX))
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        for begin in range(0, len(rows), BATCH):
            yield rows[begin : begin + BATCH]


def _bare(said: dict[str, Any]) -> dict[str, Any]:
    """An update without what it says; of a tap the button stays, not what lies above it."""
    kind = next(key for key in said if key != "update_id")
    if kind == "callback_query":
        tap = said[kind]
        return {**said, kind: {**tap, "message": _bare_message(tap.get("message") or {})}}
    return {**said, kind: _bare_message(said[kind])}


def _bare_message(message: dict[str, Any]) -> dict[str, Any]:
    return {key: message[key] for key in ("message_id", "date", "chat") if key in message}


def _look_afters_of(chat_id: int) -> ColumnElement[bool]:
    return STATUS.c.workflow_uuid.like(f"look/_after:%:{chat_id}:%", escape="/")


def _delete(connection: Connection, ids: Sequence[str]) -> None:
    for table in SEALED_COLUMNS:
        owner = table.c.get("workflow_uuid", table.c.get("destination_uuid"))
        assert owner is not None
        connection.execute(delete(table).where(owner.in_(ids)))


def _moment(since_1970_ms: int) -> datetime:
    return datetime.fromtimestamp(since_1970_ms / 1000, UTC)
