from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import inspect, text

from storage.database import Database, _migrations, make_engine
from storage.encryption import ServiceKeys
from storage.key_store import KeyStore
from storage.tables import Table
from tests.storage.caring import CHAT, NOW, add_guardian, register


def test_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Table.metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = database.state()
    database.migrate()
    assert database.state() == before
    assert before.reachable and before.revision == before.newest_revision


def test_what_an_older_version_recorded_was_of_one_message(database: Database) -> None:
    configuration = _migrations()
    with database.engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.downgrade(configuration, "0002")
        columns = "chat_id, key_id, language, age_band, started_at"
        values = "1, 'key', 'ko', '19_and_over', '2026-03-01 23:30:00+00:00'"
        connection.execute(text(f"INSERT INTO person ({columns}) VALUES ({values})"))  # noqa: S608
        columns = "chat_id, message_id, observed_at, model_version, sealed"
        values = "1, 5, '2026-03-01 23:30:00+00:00', 'm', 'sealed'"
        connection.execute(
            text(f"INSERT INTO observation ({columns}) VALUES ({values})")  # noqa: S608
        )
    database.migrate()
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT message_id, also_message_id FROM observation"))
        assert list(found.one()) == [5, None]
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Table.metadata) == []


def test_people_of_the_fourth_revision_have_guardians_afterwards(database: Database) -> None:
    register(database)
    configuration = _migrations()
    with database.engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.downgrade(configuration, "0004")
        tables = inspect(connection).get_table_names()
        assert "guardian" not in tables and "misheard" in tables
    database.migrate()
    assert add_guardian(database).name == "어머니"
    with database.transaction() as memory:
        person = memory.person(CHAT)
    assert person is not None and person.started_at == NOW


def test_state_of_an_unmigrated_and_of_a_missing_database(tmp_path: Path) -> None:
    service_keys = ServiceKeys([Fernet.generate_key().decode()])
    keys = KeyStore(make_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}"), service_keys)
    fresh = Database(make_engine(f"sqlite:///{tmp_path / 'fresh.sqlite'}"), keys)
    assert fresh.state().reachable and fresh.state().revision is None
    missing = Database(make_engine("postgresql://nobody@127.0.0.1:9/none"), keys)
    assert not missing.state().reachable
    fresh.close()


def test_sqlite_keeps_what_was_committed(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'todak.sqlite'}")
    with engine.connect() as connection:
        pragma = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    engine.dispose()
    assert pragma == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }
