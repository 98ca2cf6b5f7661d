"""Deleted rows made unreadable: databases leave what was deleted lying in their files.

SQLite zeroes what it deletes (`secure_delete`); rewriting the file also removes the copies that
moving rows between pages may have left, and truncating the write-ahead log those in the log.
PostgreSQL keeps dead rows until a vacuum, and a plain vacuum leaves their bytes on the page: small
tables are rewritten, large ones vacuumed. Statistics are made anew, since they quote values.
"""

import logging
import time

import psycopg
from psycopg.errors import Diagnostic
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from storage import key_store
from storage.tables import Table

log = logging.getLogger(__name__)

LARGEST_REWRITTEN_BYTES = 256 << 20
"""Rewriting locks; this much takes about two seconds."""

LOCK_TIMEOUT = "5s"
TRIES = 50
WAIT_S = 0.1

_TABLES = text(
    "SELECT format('%I.%I', schemaname, relname), pg_total_relation_size(relid) "
    "FROM pg_stat_user_tables WHERE CAST(:schema AS text) = schemaname "
    "OR (CAST(:schema AS text) IS NULL AND schemaname = current_schema() "
    "AND relname = ANY(:names))"
)


_OLDER_READERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
    "AND CAST(CAST(backend_xmin AS text) AS bigint) < :newest"
)
XIDS = 1 << 32


class StillReadable(RuntimeError):
    """Somebody reads an older state of the database, which must stay for them; try again later."""


def compact(engine: Engine, schema: str | None = None) -> None:
    """Remove the remains of deleted rows from the files of a database.

    Args:
        engine: the database; of SQLite the whole file, of PostgreSQL our own tables.
        schema: of PostgreSQL, the tables of this schema instead.

    Raises:
        StillReadable: an older state is being read for long.
    """
    if engine.dialect.name == "sqlite":
        _compact_sqlite(engine)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        try:
            _compact_postgresql(connection, schema)
        finally:
            connection.exec_driver_sql("RESET lock_timeout")


def _compact_sqlite(engine: Engine) -> None:
    pooled = engine.raw_connection()
    try:
        connection = pooled.driver_connection
        assert connection is not None
        connection.execute("PRAGMA temp_store=MEMORY")  # no copy of the database in /tmp
        n_bytes = _scalar(connection, "page_count") * _scalar(connection, "page_size")
        if n_bytes <= LARGEST_REWRITTEN_BYTES:
            connection.execute("VACUUM")
        for _ in range(TRIES):
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
            time.sleep(WAIT_S)
        raise StillReadable
    finally:
        pooled.close()


def _outlast_readers(connection: Connection) -> None:
    """Wait for transactions begun before now: rows that they may still see are not removed."""
    newest = connection.scalar(text("SELECT txid_current()"))
    for _ in range(TRIES):
        if not connection.scalar(_OLDER_READERS, {"newest": newest % XIDS}):
            return
        time.sleep(WAIT_S)
    raise StillReadable


def _scalar(connection: object, pragma: str) -> int:
    (value,) = connection.execute(f"PRAGMA {pragma}").fetchone()  # type: ignore[attr-defined]
    return int(value)


def _compact_postgresql(connection: Connection, schema: str | None) -> None:
    _outlast_readers(connection)
    names = [*Table.metadata.tables, *key_store.metadata.tables]
    found = connection.execute(_TABLES, {"schema": schema, "names": names}).all()
    for name, n_bytes in found:
        if n_bytes > LARGEST_REWRITTEN_BYTES or not _rewritten(connection, name):
            connection.exec_driver_sql(f"VACUUM (ANALYZE) {name}")
    _rewrite_statistics(connection)


def _rewritten(connection: Connection, name: str) -> bool:
    """Rewrite a table; False where somebody else holds it for longer than `LOCK_TIMEOUT`."""
    try:
        connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {name}")
    except OperationalError as error:
        log.warning("a table is only vacuumed, not rewritten: %s", type(error.orig).__name__)
        return False
    return True


def _rewrite_statistics(connection: Connection) -> None:
    """Old statistics quote values too; PostgreSQL lets only the database's owner rewrite them."""
    refused: list[str] = []

    def note(diagnostic: Diagnostic) -> None:
        refused.append(diagnostic.sqlstate or "")

    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.add_notice_handler(note)
    try:
        connection.exec_driver_sql("VACUUM (FULL) pg_catalog.pg_statistic")
    finally:
        driver.remove_notice_handler(note)
    if refused:
        log.warning("old statistics are left: only the database's owner can rewrite them")
