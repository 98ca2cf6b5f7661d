"""A bot in a process of its own: started, watched and stopped again."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parent.parent
START_LIMIT_S = 120.0
STOP_LIMIT_S = 15.0
SAMPLE_S = 0.25
_READY = re.compile(r"ready: open (http://127\.0\.0\.1:\d+/\S*)")


class ServiceFailed(RuntimeError):
    """The process ended, or did not become ready; holds the end of what it wrote."""


@dataclass(slots=True)
class Service:
    """A running bot. Memory is resident memory of the process and its children.

    `healthy_s` is None for a bot without /healthz; `stop_s` is known once it has ended.
    """

    process: psutil.Process
    address: str
    ready_s: float
    healthy_s: float | None
    highest_mb: float = 0.0
    stop_s: float | None = None

    def resident_mb(self) -> float:
        """Resident memory now, in MB of 10^6 bytes."""
        family = [self.process, *self.process.children(recursive=True)]
        resident_bytes = 0
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                resident_bytes += member.memory_info().rss
        self.highest_mb = max(self.highest_mb, resident_bytes / 1e6)
        return float(resident_bytes / 1e6)

    def cpu_s(self) -> float:
        """Processor time that the process and its children used so far, in seconds."""
        used_s = 0.0
        for member in [self.process, *self.process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                times = member.cpu_times()
                used_s += times.user + times.system
        return float(used_s)


@contextlib.asynccontextmanager
async def running(
    arguments: Sequence[str], folder: Path, settings: Mapping[str, str]
) -> AsyncIterator[Service]:
    """A program in `folder`, ready; ended on leaving, whatever happened.

    Of Todak's variables its environment holds `settings` alone. With TODAK_OPERATIONS_PORT among
    them, /healthz is waited for as well.

    Raises:
        ServiceFailed: it was not ready in `START_LIMIT_S` seconds, or ended before.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TODAK_")},
        **{"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        **settings,
    }
    began_at_s = time.perf_counter()
    with (folder / "stderr.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            cwd=folder,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    watching: asyncio.Task[None] | None = None
    service: Service | None = None
    try:
        try:
            async with asyncio.timeout(START_LIMIT_S):
                address = await _ready(process)
                ready_s = time.perf_counter() - began_at_s
                port = settings.get("TODAK_OPERATIONS_PORT")
                healthy_s = None if port is None else await _healthy(port, began_at_s)
        except (TimeoutError, EOFError) as error:
            end = (folder / "stderr.log").read_text("utf-8", "replace")[-1500:]
            raise ServiceFailed(f"{' '.join(arguments)} did not become ready\n{end}") from error
        service = Service(psutil.Process(process.pid), address, ready_s, healthy_s)
        watching = asyncio.create_task(_watch(service))
        yield service
    finally:
        if watching is not None:
            watching.cancel()
        stop_s = await _stop(process)
        if service is not None:
            service.stop_s = stop_s


def free_port() -> int:
    """A port of 127.0.0.1 that nobody had a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


async def _ready(process: asyncio.subprocess.Process) -> str:
    """The address in the line that says the bot is ready."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        found = _READY.search(line.decode("utf-8", "replace"))
        if found:
            return found[1]
    raise EOFError


async def _healthy(port: str, began_at_s: float) -> float:
    async with httpx.AsyncClient(timeout=2) as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await client.get(f"http://127.0.0.1:{port}/healthz")
                if answer.status_code == httpx.codes.OK:
                    return time.perf_counter() - began_at_s
            await asyncio.sleep(0.02)


async def _watch(service: Service) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        while True:
            service.resident_mb()
            await asyncio.sleep(SAMPLE_S)


async def _stop(process: asyncio.subprocess.Process) -> float:
    """Ask it to end, and make it end where it does not; seconds that took."""
    began_at_s = time.perf_counter()
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_LIMIT_S)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return time.perf_counter() - began_at_s
