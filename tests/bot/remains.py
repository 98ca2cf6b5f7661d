"""Looks for what should be gone: in every byte of every file, every column of every table."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Engine, inspect, text

SKIPPED_SCHEMAS = {"information_schema"}


def forms_of(needle: str | int) -> Iterator[bytes]:
    """How a text or an id may stand in a file: UTF-8 and -16, JSON escapes, big and little end."""
    written = str(needle)
    yield written.encode()
    yield written.encode("utf-16-le")
    yield written.encode("unicode_escape")
    if isinstance(needle, int):
        n_bytes = (needle.bit_length() + 7) // 8
        yield needle.to_bytes(n_bytes, "big")
        yield needle.to_bytes(n_bytes, "little")


def in_files(paths: Iterable[Path], needles: Iterable[str | int]) -> list[str]:
    """ "file: needle" for every find; the paths are files."""
    wanted = [(needle, form) for needle in needles for form in set(forms_of(needle))]
    found = []
    for path in paths:
        content = path.read_bytes()
        found += [f"{path.name}: {needle}" for needle, form in wanted if form in content]
    return found


def in_tables(engine: Engine, needles: Iterable[str | int]) -> list[str]:
    """ "table.column: needle" for every find, catalogues with their statistics included."""
    wanted = [str(needle) for needle in needles]
    found = []
    with engine.connect() as connection:
        for table, rows in _tables(engine):
            for row in connection.execute(text(rows)).mappings():
                for column, value in row.items():
                    shown = bytes(value).decode("latin-1") if _is_binary(value) else str(value)
                    found += [f"{table}.{column}: {each}" for each in wanted if each in shown]
    return found


def _is_binary(value: object) -> bool:
    return isinstance(value, bytes | memoryview)


def _tables(engine: Engine) -> Iterator[tuple[str, str]]:
    looked_at = inspect(engine)
    if engine.dialect.name == "sqlite":
        for name in [*looked_at.get_table_names(), "sqlite_schema"]:
            yield name, f'SELECT * FROM "{name}"'  # noqa: S608
        return
    for schema in set(looked_at.get_schema_names()) - SKIPPED_SCHEMAS:
        for name in looked_at.get_table_names(schema):
            yield f"{schema}.{name}", f'SELECT * FROM "{schema}"."{name}"'  # noqa: S608
    yield "pg_stats", "SELECT * FROM pg_stats"
