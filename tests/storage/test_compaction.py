import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import compaction
from storage.compaction import StillReadable, compact
from storage.database import Database, make_engine
from storage.records import AgeBand, Language, Person

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CHAT = 987_654_320_123


def fill_and_erase(database: Database) -> None:
    with database.transaction() as memory:
        for chat_id in range(CHAT, CHAT + 300):
            assert memory.add_person(Person(chat_id, Language.KOREAN, AgeBand.ADULT, NOW), "")
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM person"))


def test_nothing_deleted_is_left_in_the_files(database: Database, tmp_path: Path) -> None:
    fill_and_erase(database)
    compact(database.engine)
    if database.engine.dialect.name == "sqlite":
        paths = list(tmp_path.glob("todak.sqlite*"))
    else:
        with database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("CHECKPOINT"))
            folder = Path(str(connection.scalar(text("SHOW data_directory"))))
        paths = [path for path in (folder / "base").rglob("*") if path.is_file()]
    assert paths
    for path in paths:
        content = path.read_bytes()
        for needle in (CHAT.to_bytes(5, "big"), CHAT.to_bytes(5, "little")):
            assert needle not in content, path.name


def test_whoever_does_not_own_the_database_hears_that_statistics_are_left(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite keeps no statistics")
    compact(database.engine)
    assert "statistics are left" not in caplog.text, "the owner rewrites them"
    with database.engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS todak_guest"))
        connection.execute(text("CREATE ROLE todak_guest LOGIN"))
        connection.execute(text("GRANT ALL ON SCHEMA public TO todak_guest"))
    guest = make_engine(str(database.engine.url.set(username="todak_guest")))
    try:
        with guest.begin() as connection:
            connection.execute(text("CREATE TABLE erasure_of_guest (chat_id bigint)"))
        compact(guest)
    finally:
        guest.dispose()
        with database.engine.begin() as connection:
            connection.execute(text("DROP OWNED BY todak_guest"))
            connection.execute(text("DROP ROLE todak_guest"))
    assert "statistics are left" in caplog.text


def test_what_somebody_still_reads_is_said_to_be_readable(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "TRIES", 2)
    monkeypatch.setattr(compaction, "WAIT_S", 0.01)
    monkeypatch.setattr("storage.compaction.LARGEST_REWRITTEN_BYTES", 0)
    begun, done = threading.Event(), threading.Event()

    def read() -> None:
        pooled = database.engine.raw_connection()
        cursor = pooled.cursor()
        if database.engine.dialect.name == "sqlite":
            cursor.execute("BEGIN")
        else:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT * FROM person")
        begun.set()
        done.wait(20)
        cursor.close()
        pooled.rollback()
        pooled.close()

    reader = threading.Thread(target=read)
    reader.start()
    assert begun.wait(20)
    try:
        with database.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.connection.driver_connection.execute("PRAGMA busy_timeout=50")  # type: ignore[union-attr]
        fill_and_erase(database)
        with pytest.raises(StillReadable):
            compact(database.engine)
    finally:
        done.set()
        reader.join()
    compact(database.engine)
