"""Every storage test runs on a SQLite file and on a real PostgreSQL."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from storage.database import Database, make_engine
from storage.encryption import ServiceKeys
from storage.key_store import KeyStore


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    pgserver = pytest.importorskip("pgserver", reason="pgserver is not installed")
    # Not under pytest's folder: its next start closes that to the server's own user.
    with tempfile.TemporaryDirectory(prefix="todak-postgresql-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
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
def keys(tmp_path: Path) -> Iterator[KeyStore]:
    service_keys = ServiceKeys([Fernet.generate_key().decode()])
    store = KeyStore(make_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}"), service_keys)
    yield store
    store.engine.dispose()


@pytest.fixture
def database(url: str, keys: KeyStore) -> Iterator[Database]:
    opened = Database(make_engine(url), keys)
    opened.migrate()
    yield opened
    opened.close()
