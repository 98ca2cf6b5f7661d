"""Every storage test runs on a SQLite file and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from storage.database import Database, make_engine
from storage.encryption import ServiceKeys


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pgserver = pytest.importorskip("pgserver", reason="pgserver is not installed")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'todak.sqlite'}"
    postgresql: str = request.getfixturevalue("postgresql_url")
    engine = make_engine(postgresql)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgresql


@pytest.fixture
def keys() -> ServiceKeys:
    return ServiceKeys([Fernet.generate_key().decode()])


@pytest.fixture
def database(url: str, keys: ServiceKeys) -> Iterator[Database]:
    opened = Database(make_engine(url), keys)
    opened.migrate()
    yield opened
    opened.close()
