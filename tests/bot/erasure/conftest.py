"""A bot on the local chat whose person has an id that is found, on both databases."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from bot import erasure
from bot.chat_workflows import ChatWorkflows
from bot.connection import Connection
from bot.local_chat.serve import LocalChat
from bot.local_chat.store import Store
from bot.serving import Parts, running
from storage.database import Database, make_engine, make_workflow_engine
from storage.encryption import ServiceKeys
from storage.key_store import KeyStore
from storage.records import Erasure
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat

CHAT = 987_654_320_123
"""Six bytes that occur nowhere by chance."""

Run = Callable[[], Any]

FINISHING: set[int] = set()
"""Deletions whose last remains are being removed; filled by `noted`."""


@pytest.fixture(autouse=True)
def noted(monkeypatch: pytest.MonkeyPatch) -> None:
    remove = erasure.Eraser._remove_remains

    def remove_noted(self: erasure.Eraser, ready: list[Erasure]) -> None:
        FINISHING.add(ready[0].chat_id)
        try:
            remove(self, ready)
        finally:
            FINISHING.clear()

    monkeypatch.setattr(erasure.Eraser, "_remove_remains", remove_noted)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    pgserver = pytest.importorskip("pgserver", reason="pgserver is not installed")
    # Not under pytest's folder: its next start closes that to the server's own user.
    with tempfile.TemporaryDirectory(prefix="todak-postgresql-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Any:
    """The PostgreSQL server with an empty database, None for SQLite."""
    if request.param == "sqlite":
        return None
    found = request.getfixturevalue("postgresql")
    engine = make_engine(found.get_uri())
    with engine.begin() as connection:
        for schema in ("public", "dbos"):
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return found


@pytest.fixture
def keys(tmp_path: Path, server: Any) -> Iterator[KeyStore]:
    """The key store, on PostgreSQL a second database of the same server."""
    service_keys = ServiceKeys([Fernet.generate_key().decode()])
    if server is None:
        url = f"sqlite:///{tmp_path / 'keys.sqlite'}"
    else:
        url = server.get_uri(database="todak_keys")
        engine = make_engine(server.get_uri()).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS todak_keys WITH (FORCE)"))
            connection.execute(text("CREATE DATABASE todak_keys"))
        engine.dispose()
    store = KeyStore(make_engine(url), service_keys)
    yield store
    store.engine.dispose()


@pytest.fixture
def database(tmp_path: Path, server: Any, keys: KeyStore) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'todak.sqlite'}" if server is None else server.get_uri()
    opened = Database(make_engine(url), keys)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def workflow_engine(tmp_path: Path, server: Any) -> Iterator[Engine]:
    folder = f"sqlite:///{tmp_path / 'workflows.sqlite'}"
    engine = make_workflow_engine(folder if server is None else server.get_uri())
    yield engine
    engine.dispose()


@pytest.fixture
def rows(workflow_engine: Engine, keys: KeyStore) -> ChatWorkflows:
    return ChatWorkflows(workflow_engine, keys)


@pytest_asyncio.fixture
async def chat(tmp_path: Path) -> AsyncIterator[LocalChat]:
    store = Store(tmp_path / "chat")
    with store.transaction():
        store.change_seat(1001, user_id=CHAT)
    store.close()
    local = LocalChat(tmp_path / "chat", launch_token="launch", faults=True)
    local.start()
    yield local
    await asyncio.to_thread(local.stop)


@pytest.fixture
def run(
    chat: LocalChat,
    analyzer: ScriptedAnalyzer,
    database: Database,
    workflow_engine: Engine,
    keys: KeyStore,
    tmp_path: Path,
) -> Run:
    """Starts the bot as a context."""

    @asynccontextmanager
    async def start() -> AsyncIterator[None]:
        listening = socket.create_server(("127.0.0.1", 0))
        parts = Parts(
            analyzer,
            database,
            workflow_engine,
            keys,
            listening,
            sound_folder=tmp_path / "sounds",
        )
        connection = Connection(chat.token, chat.base_url, chat.base_file_url)
        async with running(connection, parts):
            yield

    return start


@pytest.fixture
def seat(page: httpx.AsyncClient) -> Seat:
    found = Seat(page, 1)
    found.chat_id = CHAT
    return found
