"""The database: SQLite on one machine, PostgreSQL for many."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from storage.care_records import Guarded
from storage.encryption import WrongServiceKey
from storage.key_store import KeyDestroyed, KeyStore
from storage.records import AgeBand, Language, Person
from storage.repository import Repository

OnRevocation = Callable[[int, Guarded | None], None]


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What `todak check` says of the database."""

    kind: str
    reachable: bool
    revision: str | None
    newest_revision: str | None


def make_engine(url: str) -> Engine:
    """An engine for Todak's own tables; SQLite is tuned to lose nothing that was committed.

    WAL with `synchronous=FULL` survives a power cut. Python's driver opens transactions late and
    loses savepoints, so they are begun here, with the write lock taken at once: a reader who
    becomes a writer cannot fail half-way.
    """
    engine = _engine(url, isolation_level=None)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def make_workflow_engine(url: str) -> Engine:
    """An engine for the workflow library, which begins its own transactions."""
    return _engine(url, isolation_level="IMMEDIATE")


def _engine(url: str, isolation_level: Literal["IMMEDIATE"] | None) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        driver = parsed.set(drivername="postgresql+psycopg")
        return create_engine(driver, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    engine = create_engine(parsed, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = isolation_level
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "busy_timeout=30000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


class Database:
    """Opens transactions; one a message."""

    def __init__(self, engine: Engine, keys: KeyStore) -> None:
        self.engine = engine
        self.keys = keys
        self._sessions = sessionmaker(engine)
        self._on_revocation: OnRevocation | None = None

    def on_revocation(self, tell: OnRevocation) -> None:
        """Call `tell` with a person who took back something that guardians might be told.

        It hears what holds from now on, None for a person who is deleted; before the commit, since
        a commit may be done without its answer arriving, and again after it.
        """
        self._on_revocation = tell

    @contextmanager
    def transaction(self) -> Iterator[Repository]:
        """A repository whose work is committed on leaving, or undone if anything was raised."""
        revoked: dict[int, Guarded | None] = {}
        with self._sessions.begin() as session:
            memory = Repository(session, self.keys)
            yield memory
            if self._on_revocation is not None:
                revoked = {
                    chat_id: memory.care.guarded(chat_id) for chat_id in memory.care.revoked
                }
                self._tell(revoked)
        self._tell(revoked)

    def _tell(self, revoked: dict[int, Guarded | None]) -> None:
        if self._on_revocation is not None:
            for chat_id, guarded in revoked.items():
                self._on_revocation(chat_id, guarded)

    def register(self, chat_id: int, language: Language, age_band: AgeBand, now: datetime) -> None:
        """Register the person of this chat, unless they already are.

        Their key is made outside of any transaction: the operator's command may take half a
        minute to give the service key, and on SQLite everybody would wait to write.

        Raises:
            BeingErased: a deletion of this chat is not finished.
        """
        with self.transaction() as memory:
            if not memory.may_register(chat_id):
                return
        key_id = self.keys.new_key()
        used = False
        try:
            with self.transaction() as memory:
                used = memory.add_person(Person(chat_id, language, age_band, now), key_id)
        finally:
            # Once the row was written it may be committed whatever was raised: the key stays.
            if not used:
                self.keys.destroy(key_id)

    def erase(self, chat_id: int, now: datetime) -> None:
        """Delete the person of a chat and destroy their key; the rest of the erasure is noted."""
        with self.transaction() as memory:
            key_id = memory.begin_erasure(chat_id, now)
        self.keys.destroy(key_id)

    def migrate(self) -> None:
        """Bring the tables to the newest revision; does nothing where they are."""
        self.keys.prepare()
        configuration = _migrations()
        configuration.attributes["adopt_key"] = self.keys.adopt
        with self.engine.begin() as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")

    def state(self) -> DatabaseState:
        """Whether the database answers and how far it is migrated."""
        return state_of(self.engine)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
        self.keys.engine.dispose()


def state_of(engine: Engine) -> DatabaseState:
    """Whether a database answers and how far it is migrated."""
    kind = engine.dialect.name
    newest = ScriptDirectory.from_config(_migrations()).get_current_head()
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return DatabaseState(kind, False, None, newest)
    return DatabaseState(kind, True, revision, newest)


def _holds(memory: Repository, chat_id: int) -> Guarded | None:
    """What holds of a person; nothing where it cannot be opened, which holds up no deletion."""
    try:
        return memory.care.guarded(chat_id)
    except (WrongServiceKey, KeyDestroyed):
        return None


def _migrations() -> Config:
    configuration = Config()
    folder = Path(__file__).parent / "migrations"
    configuration.set_main_option("script_location", str(folder))
    configuration.set_main_option("path_separator", "os")
    return configuration
