"""Todak in processes of its own on either database; whatever was started is killed at the end."""

import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from storage.database import Database, make_engine
from storage.encryption import ServiceKeys, read_or_create_key_file
from storage.key_store import KeyStore
from tests.reliability.databases import PostgresServer
from tests.reliability.figures import Figures
from tests.reliability.processes import RunningBot, RunningChat

StartBot = Callable[..., RunningBot]
OpenDatabase = Callable[[], Database]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """What was measured; printed at the end, and kept where TODAK_FIGURES names a file."""
    measured = Figures()
    yield measured
    measured.keep()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """In a folder of its own: pytest closes its folders to other users at each start, and a
    server that root starts runs as another user."""
    pytest.importorskip("pgserver", reason="pgserver is not installed")
    with tempfile.TemporaryDirectory(prefix="todak-") as folder:
        server = PostgresServer(Path(folder) / "postgresql")
        yield server
        server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest) -> str | None:
    """None for SQLite files in the data folder; else a new database of the PostgreSQL server."""
    if kind == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"todak_{uuid.uuid4().hex[:12]}"
    engine = make_engine(server.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[RunningChat]:
    running = RunningChat(tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.kill()


@pytest.fixture
def make_bot(tmp_path: Path, chat: RunningChat, database_url: str | None) -> Iterator[StartBot]:
    """Makes a bot that is not started yet, given perhaps other code and further settings."""
    made: list[RunningBot] = []

    def make(code: Path | None = None, **settings: str) -> RunningBot:
        made.append(RunningBot(tmp_path, chat, database_url, code, settings))
        return made[-1]

    yield make
    for bot in made:
        bot.kill()


@pytest.fixture
def bot(make_bot: StartBot) -> RunningBot:
    """A bot that is not started yet; killed at the end."""
    return make_bot()


@pytest.fixture
def open_database(tmp_path: Path, database_url: str | None) -> Iterator[OpenDatabase]:
    """Opens the bot's database, with its key, to look at what it holds."""
    opened: list[Database] = []

    def open_it() -> Database:
        folder = tmp_path / "data"
        url = database_url or f"sqlite:///{folder / 'todak.sqlite'}"
        service_keys = ServiceKeys(read_or_create_key_file(folder / "service.key"))
        keys = KeyStore(make_engine(f"sqlite:///{folder / 'keys.sqlite'}"), service_keys)
        opened.append(Database(make_engine(url), keys))
        return opened[-1]

    yield open_it
    for database in opened:
        database.close()
