"""The HTTP server of a running bot."""

import asyncio
import contextlib
import socket

import uvicorn

from bot.operations import Operations


class _QuietServer(uvicorn.Server):
    """Leaves the signals to `bot/serving.py`, which stops everything in order."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()


class HttpServer:
    """/healthz, /metrics and the webhook, on the bot's own event loop."""

    def __init__(self, operations: Operations, listening: socket.socket) -> None:
        """`listening` is a bound socket, which is closed with the server."""
        configuration = uvicorn.Config(
            operations.app(),
            access_log=False,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = _QuietServer(configuration)
        self._socket = listening
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.create_task(self._server.serve([self._socket]))

    async def stop(self) -> None:
        """Answer what is being asked, for a second at most, and end."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
