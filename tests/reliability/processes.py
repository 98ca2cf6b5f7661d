"""Todak as an operator runs it: the local chat and the bot, each a process that can be killed."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
READY = "/healthz and /metrics"


class Process:
    """A command of ours with a log file; it can be started again after it ended."""

    def __init__(
        self, folder: Path, name: str, command: list[str], environment: dict[str, str]
    ) -> None:
        self._folder = folder
        self._command = command
        others = {k: v for k, v in os.environ.items() if not k.startswith("TODAK_")}
        self._environment = {**others, **environment}
        self._log = folder / f"{name}.log"
        self._running: subprocess.Popen[str] | None = None

    def begin(self) -> None:
        """Start it without waiting until it is ready."""
        assert self._running is None, "it runs already"
        with self._log.open("a") as log:
            # In a folder without the developer's .env.
            self._running = subprocess.Popen(  # noqa: S603  our own command
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def wait_for(self, pattern: str) -> re.Match[str]:
        """What it prints, until `pattern` is found; fails when it ends before."""
        assert self._running is not None and self._running.stdout is not None
        said = deque[str](maxlen=20)
        # A line that never comes would hold up the test beyond its own limit.
        watch = threading.Timer(START_TIMEOUT_S, self._running.kill)
        watch.start()
        try:
            for line in self._running.stdout:
                said.append(line)
                if (found := re.search(pattern, line)) is not None:
                    return found
        finally:
            watch.cancel()
        raise AssertionError(f"it ended early: {''.join(said)}\n{self.log()[-3000:]}")

    def kill(self) -> None:
        """SIGKILL, as a power cut ends it; nothing happens where it does not run."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, as a service is stopped; its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self._running = self._running, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(STOP_TIMEOUT_S)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()

    def log(self) -> str:
        return self._log.read_text()


class RunningChat(Process):
    """`todak local-chat`: the Bot API and the page, which stay up while the bot dies."""

    def __init__(self, folder: Path) -> None:
        environment = {
            "TODAK_DATA_FOLDER": str(folder / "chat"),
            "TODAK_LOCAL_CHAT_PORT": "0",
        }
        super().__init__(folder, "chat", [sys.executable, "-m", "bot", "local-chat"], environment)
        self.address = self.origin = self.token = ""

    def start(self) -> None:
        self.begin()
        self.address = self.wait_for(r"is open: (\S+)")[1]
        found = self.wait_for(r"TODAK_BOT_API_ADDRESS=(\S+) TODAK_TELEGRAM_TOKEN=(\S+)")
        self.origin, self.token = found[1], found[2]


class RunningBot(Process):
    """`todak run` against a local chat, on a database of its own."""

    def __init__(
        self,
        folder: Path,
        chat: RunningChat,
        database_url: str | None,
        code: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`code` is a folder with other code of Todak, such as a later version of it.

        `settings` are further variables of its environment.
        """
        self.data_folder = folder / "data"
        environment = {
            "TODAK_DATA_FOLDER": str(self.data_folder),
            "TODAK_OPERATIONS_PORT": str(_free_port()),
            "TODAK_BOT_API_ADDRESS": chat.origin,
            "TODAK_TELEGRAM_TOKEN": chat.token,
            **(settings or {}),
        }
        if database_url is not None:
            environment["TODAK_DATABASE_URL"] = database_url
        if code is not None:
            environment["PYTHONPATH"] = str(code)
        super().__init__(folder, "bot", [sys.executable, "-m", "bot", "run"], environment)

    def start(self) -> None:
        self.begin()
        self.wait_for(READY)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
