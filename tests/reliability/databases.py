"""A PostgreSQL server that can be taken away and given back, and a SQLite file likewise."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOLD = """
import sqlite3, sys
held = [sqlite3.connect(path, timeout=30, isolation_level=None) for path in sys.argv[1:]]
for connection in held:
    connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


class PostgresServer:
    """A server of its own for the tests, reached through a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        pgserver: Any = importlib.import_module("pgserver")
        self._server = pgserver.get_server(folder, cleanup_mode="stop")
        self.url: str = self._server.get_uri()

    def stop(self) -> None:
        """End it at once, in the middle of what it does; it recovers at the next start."""
        self._control("-m", "immediate", "-w", "stop")

    def start(self) -> None:
        self._server.ensure_postgres_running()
        assert self._server.get_uri() == self.url

    @contextmanager
    def away(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def close(self) -> None:
        self._server.cleanup()

    def _control(self, *arguments: str) -> None:
        commands: Any = importlib.import_module("pgserver._commands")
        commands.pg_ctl(list(arguments), pgdata=self._server.pgdata, user=self._server.system_user)


@contextmanager
def locked(*files: Path) -> Iterator[None]:
    """Another process holds SQLite files so that nobody can write them.

    It is what a backup that hangs or a stuck second program does. In WAL mode readers go on.
    """
    holder = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-c", HOLD, *map(str, files)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None and holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
