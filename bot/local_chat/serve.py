"""Run the local chat: in a thread beside the bot, or alone until it is interrupted."""

import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
import uvloop

from bot.local_chat.faults import Faults
from bot.local_chat.server import ChatServer, build_app, build_server
from bot.local_chat.sounds import FindLoop, no_loops
from bot.local_chat.store import Store

USERNAME = "todak_bot"
START_TIMEOUT_S = 15.0
_GRACE_S = 1


class LocalChat:
    """A Bot API server and chat page for one machine, kept in a folder."""

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        launch_token: str | None = None,
        hosts: frozenset[str] = frozenset(),
        find_loop: FindLoop = no_loops,
        faults: bool = False,
    ) -> None:
        """Bind the address; nothing is served until `start` or `run`.

        Args:
            folder: where the chat and its files are kept, made when it is not there.
            host: the address to bind; another than 127.0.0.1 only inside a container.
            port: 0 takes a free one.
            launch_token: what the printed address carries; a new random one by default.
            hosts: further names browsers may use, as the Host header has them.
            find_loop: gives the loops of the page's mixer.
            faults: open POST /test/faults.

        Raises:
            OSError: the port is taken.
        """
        self.faults = Faults()
        self.token = ""
        self._folder = folder
        self._hosts = hosts
        self._find_loop = find_loop
        self._fault_route = faults
        self._launch_token = launch_token or secrets.token_urlsafe(24)
        # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it every
        # answer waits 40 ms for an acknowledgement.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None

    @property
    def origin(self) -> str:
        """The address without the launch token."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """python-telegram-bot's `base_url`."""
        return f"{self.origin}/bot"

    @property
    def base_file_url(self) -> str:
        """python-telegram-bot's `base_file_url`."""
        return f"{self.origin}/file/bot"

    @property
    def address(self) -> str:
        """The address a person opens; it carries the launch token."""
        return f"{self.origin}/?token={self._launch_token}"

    def start(self) -> None:
        """Serve in a thread of its own; return once connections are accepted.

        Raises:
            StoreInUse: another process has the folder's chat open.
            RuntimeError: it did not start in 15 seconds.
        """
        self._thread = threading.Thread(target=self._run_in_thread, name="local-chat")
        self._thread.start()
        started = self._ready.wait(START_TIMEOUT_S)
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        if not started:
            raise RuntimeError("the local chat did not start")

    def stop(self) -> None:
        """End open polls and streams, answer what is being answered, close. At most 2 s."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._socket.close()

    def run(self, when_ready: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; call `when_ready` once connections are accepted.

        Raises:
            StoreInUse: another process has the folder's chat open.
        """
        uvloop.run(self._serve(when_ready))

    def _run_in_thread(self) -> None:
        try:
            uvloop.run(self._serve(self._ready.set))
        except BaseException as error:
            self._failure = error
            self._ready.set()

    async def _serve(self, when_ready: Callable[[], None]) -> None:
        store = Store(self._folder)
        try:
            chat = build_server(store, USERNAME, self._launch_token, self.faults)
            self.token = chat.token
            app = build_app(
                chat, self._hosts, find_loop=self._find_loop, fault_route=self._fault_route
            )
            config = uvicorn.Config(
                app,
                access_log=False,
                log_config=None,
                lifespan="on",
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
                timeout_keep_alive=75,
            )
            self._server = _Server(config, chat, when_ready)
            await self._server.serve(sockets=[self._socket])
        finally:
            store.close()


class _Server(uvicorn.Server):
    """Says when it listens, and ends what would wait before it waits for it."""

    def __init__(
        self, config: uvicorn.Config, chat: ChatServer, when_ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._chat = chat
        self._when_ready = when_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM, and return: uvicorn would raise them again and die of
        the second before the store is closed. In a thread the main program hears them."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._chat.close()
        await super().shutdown(sockets)
