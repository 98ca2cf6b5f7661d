"""Keys kept apart from the database, so that destroying one reaches every backup of the database.

A person's data key is wrapped by the service key and lies here under a random id; the database
holds only the id. What the workflow library stores is sealed under keys of its own, a new one a
day, which are destroyed once nothing needs them: a backup of its tables stays readable no longer.
"""

import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)

from storage.encryption import SealedBox, ServiceKeys
from storage.tables import UtcDateTime

metadata = MetaData()

data_keys = Table(
    "data_key",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

workflow_keys = Table(
    "workflow_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)

WORKFLOW_KEY_AGE = timedelta(days=1)
BATCH = 100


class KeyDestroyed(LookupError):
    """The key is gone for good, and with it what was sealed under it."""


def holds_keys(engine: Engine) -> bool:
    """Whether a key store has keys that some service key has wrapped; it may have no tables."""
    with engine.connect() as connection:
        return any(
            inspect(connection).has_table(table.name)
            and connection.execute(select(table).limit(1)).first() is not None
            for table in (data_keys, workflow_keys)
        )


class KeyStore:
    """Makes, finds, wraps anew and destroys keys; every call is a transaction of its own."""

    def __init__(self, engine: Engine, service_keys: ServiceKeys) -> None:
        self.engine = engine
        self.service_keys = service_keys
        self._lock = threading.Lock()
        self._workflow_fernets: list[Fernet] = []

    def prepare(self) -> None:
        """Make the tables where they are not there yet."""
        metadata.create_all(self.engine)

    def new_key(self) -> str:
        """Make a data key for a person; its random id, which says nothing about them."""
        key_id = secrets.token_hex(16)
        self.adopt(key_id, self.service_keys.new_wrapped_key())
        return key_id

    def adopt(self, key_id: str, wrapped: bytes) -> None:
        """Keep a wrapped key under `key_id`; one that is there already stays."""
        with self.engine.begin() as connection:
            found = select(data_keys.c.key_id).where(data_keys.c.key_id == key_id)
            if connection.scalar(found) is None:
                connection.execute(insert(data_keys).values(key_id=key_id, wrapped=wrapped))

    def box(self, key_id: str) -> SealedBox:
        """What seals and opens under a person's key.

        Raises:
            KeyDestroyed: there is no such key any more.
            WrongServiceKey: the key was wrapped by a service key that is not at hand.
        """
        query = select(data_keys.c.wrapped).where(data_keys.c.key_id == key_id)
        with self.engine.connect() as connection:
            wrapped = connection.scalar(query)
        if wrapped is None:
            raise KeyDestroyed
        return self.service_keys.unwrap(bytes(wrapped))

    def destroy(self, key_id: str) -> None:
        """Destroy a person's key; what it sealed can never be opened again."""
        with self.engine.begin() as connection:
            connection.execute(delete(data_keys).where(data_keys.c.key_id == key_id))

    def rewrap(self) -> int:
        """Wrap every key under the newest service key, in small transactions; how many changed."""
        return sum(self._rewrap(table, key) for table, key in _KEY_COLUMNS)

    def _rewrap(self, table: Table, key: Column[str] | Column[int]) -> int:
        with self.engine.connect() as connection:
            ids = list(connection.scalars(select(key)))
        n_changed = 0
        for begin in range(0, len(ids), BATCH):
            with self.engine.begin() as connection:
                rows = connection.execute(
                    select(key, table.c.wrapped).where(key.in_(ids[begin : begin + BATCH]))
                ).all()
                for key_id, wrapped in rows:
                    fresh = self.service_keys.rewrap(bytes(wrapped))
                    if fresh is not None:
                        same = (key == key_id) & (table.c.wrapped == wrapped)
                        connection.execute(update(table).where(same).values(wrapped=fresh))
                        n_changed += 1
        return n_changed

    # What belongs to no single person: inputs and outputs of workflows.

    def seal(self, content: bytes) -> bytes:
        """Ciphertext under today's workflow key."""
        if not self._workflow_fernets:
            self.renew_workflow_key(datetime.now(UTC))
        return self._workflow_fernets[0].encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """What `seal` closed, or what an older version sealed under the service key itself.

        Raises:
            WrongServiceKey: no key at hand opens it.
        """
        content = self._open_as_workflow(sealed)
        if content is None:
            self.read_workflow_keys()  # another process may have made one since
            content = self._open_as_workflow(sealed)
        return self.service_keys.open(sealed) if content is None else content

    def reseal(self, sealed: bytes) -> bytes | None:
        """The same content under today's workflow key; None where that is what sealed it.

        Raises:
            WrongServiceKey: no key at hand opens it.
        """
        if not self._workflow_fernets:
            self.renew_workflow_key(datetime.now(UTC))
        content = self.open(sealed)
        newest = self._workflow_fernets[0]
        try:
            newest.decrypt(sealed)
        except InvalidToken:
            return newest.encrypt(content)
        return None

    def renew_workflow_key(self, now: datetime) -> None:
        """Make a new workflow key where the newest is a day old; every process learns of it."""
        with self.engine.begin() as connection:
            newest = connection.scalar(select(func.max(workflow_keys.c.made_at)))
            if newest is None or newest <= now - WORKFLOW_KEY_AGE:
                wrapped = self.service_keys.new_wrapped_key()
                row = insert(workflow_keys).values(made_at=now, wrapped=wrapped)
                connection.execute(row)
        self.read_workflow_keys()

    def destroy_workflow_keys(self, made_before: datetime) -> int:
        """Destroy workflow keys made before then, except the newest; how many.

        What they sealed must have been deleted or sealed anew.
        """
        newest = select(func.max(workflow_keys.c.id)).scalar_subquery()
        old = (workflow_keys.c.made_at < made_before) & (workflow_keys.c.id != newest)
        with self.engine.begin() as connection:
            n_destroyed = connection.execute(delete(workflow_keys).where(old)).rowcount
        self.read_workflow_keys()
        return n_destroyed

    def read_workflow_keys(self) -> None:
        """Read the workflow keys anew, newest first."""
        with self._lock:
            self._workflow_fernets = list(self._stored_workflow_keys())

    def _stored_workflow_keys(self) -> Iterator[Fernet]:
        query = select(workflow_keys.c.wrapped).order_by(workflow_keys.c.id.desc())
        with self.engine.connect() as connection:
            wrapped_keys = list(connection.scalars(query))
        for wrapped in wrapped_keys:
            yield Fernet(self.service_keys.open(bytes(wrapped)))

    def _open_as_workflow(self, sealed: bytes) -> bytes | None:
        fernets = self._workflow_fernets
        if not fernets:
            return None
        try:
            return MultiFernet(fernets).decrypt(sealed)
        except InvalidToken:
            return None


_KEY_COLUMNS: tuple[tuple[Table, Column[str] | Column[int]], ...] = (
    (data_keys, data_keys.c.key_id),
    (workflow_keys, workflow_keys.c.id),
)
