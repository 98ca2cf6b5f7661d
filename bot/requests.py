"""Requests to the Bot API over connections that are kept, at a tenth of the processor's time.

python-telegram-bot's own way takes 1.2 ms of a core for each, aiohttp 0.12 ms, and in that way a
request that is cancelled while connections are scarce takes its place with it for good, until
nothing can be sent at all (encode/httpcore#1093, open in 1.0.9).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    FormData,
    TCPConnector,
    TraceConfig,
    encode_basic_auth,
)
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

IN_LINE_S: Final = 10.0
"""How long a request waits for a connection where many are sent: failing costs more."""

CONNECT_S: Final = 5.0
READ_S: Final = 15.0
WRITE_S: Final = 30.0
UPLOAD_S: Final = 900.0
"""50 MB over half a megabit a second; an upload that stalls ends with it."""

KEPT_S: Final = 15.0
"""How long a connection is kept for later; one that a router forgot meanwhile answers nothing."""


class Unanswered(Exception):
    """The cause of an error: what was sent, at least in part, has had no whole answer."""


@dataclass(slots=True)
class _Attempt:
    """Whether anything of a request left this machine."""

    sent: bool = False

    def cause(self, error: Exception) -> Exception:
        """Why it failed; where it was sent, that it may have arrived."""
        return Unanswered(type(error).__name__) if self.sent else error


class PooledRequests(BaseRequest):
    """Requests over at most `n_connections`, the others in line."""

    def __init__(
        self,
        n_connections: int,
        *,
        here: bool,
        note_date: Callable[[str], None] = lambda date: None,
    ) -> None:
        """`here` is where the Bot API is on this machine: no proxy is between.

        `note_date` is told the Date header of each answer as it comes.
        """
        self._n_connections = n_connections
        self._here = here
        self._note_date = note_date
        self._session: ClientSession | None = None
        self._proxies: dict[str, dict[str, Any]] = {}

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer may take; the library adds them to those of a long poll."""
        return READ_S

    async def initialize(self) -> None:
        """Make ready to send; nothing happens where it is."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=self._n_connections, keepalive_timeout=KEPT_S),
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trace_configs=[_noting_what_is_sent()],
            )

    async def shutdown(self) -> None:
        """Give up what is still asked, and close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request and return the status and the body of its answer.

        What is cancelled in line is never sent. Timeouts are in seconds; None waits without end.

        Raises:
            TimedOut: no connection or no answer in time.
            NetworkError: the way is cut. Of both, `Unanswered` is the cause where it was sent.
        """
        if self._session is None:
            raise RuntimeError("requests are sent after initialize() and before shutdown()")
        has_files = request_data is not None and request_data.contains_files
        timeout = _timeout(
            _given(pool_timeout, IN_LINE_S),
            _given(connect_timeout, CONNECT_S),
            _given(write_timeout, UPLOAD_S if has_files else WRITE_S),
            _given(read_timeout, READ_S),
        )
        attempt = _Attempt()
        try:
            async with self._session.request(
                method,
                url,
                data=_form(request_data),
                timeout=timeout,
                allow_redirects=False,
                trace_request_ctx=attempt,
                **self._proxy(url),
            ) as answer:
                if "Age" not in answer.headers:  # a cache's answer has an old date
                    self._note_date(answer.headers.get("Date", ""))
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from attempt.cause(error)
        except ClientError as error:
            # Its words hold the address, and that the token.
            raise NetworkError(type(error).__name__) from attempt.cause(error)

    def _proxy(self, url: str) -> dict[str, Any]:
        """What the environment says of the way there, asked once for each host.

        The library would ask at each request, in threads that a database may hold.
        """
        host = urlsplit(url).hostname or ""
        if self._here:
            return {}
        if host not in self._proxies:
            known = getproxies()
            found = known.get(urlsplit(url).scheme) or known.get("all")
            self._proxies[host] = {} if found is None or proxy_bypass(host) else _way(URL(found))
        return self._proxies[host]


def _way(proxy: URL) -> dict[str, Any]:
    way: dict[str, Any] = {"proxy": proxy.with_user(None)}
    if proxy.user is not None:
        allowed = encode_basic_auth(proxy.user, proxy.password or "")
        way["proxy_headers"] = {"Proxy-Authorization": allowed}
    return way


def _noting_what_is_sent() -> TraceConfig:
    async def note(_session: ClientSession, context: Any, _sent: Any) -> None:
        context.trace_request_ctx.sent = True

    trace = TraceConfig()
    trace.on_request_headers_sent.append(note)
    return trace


def _given(seconds: Any, otherwise: float) -> float | None:
    """What the caller said, if anything."""
    return otherwise if seconds is BaseRequest.DEFAULT_NONE else seconds


def _timeout(
    line_s: float | None, connect_s: float | None, write_s: float | None, read_s: float | None
) -> ClientTimeout:
    """What a new connection takes counts as waiting in line too.

    No time is set for writing alone: all parts together bound what stalls there.
    """
    known = [part for part in (line_s, connect_s, write_s, read_s) if part is not None]
    total_s = sum(known) if len(known) == 4 else None
    return ClientTimeout(total_s, connect=line_s, sock_connect=connect_s, sock_read=read_s)


def _form(request_data: RequestData | None) -> FormData | None:
    """The parameters and files of a request."""
    if request_data is None:
        return None
    # Names of files are written as they are; escaped, people would see the escapes.
    form = FormData(request_data.json_parameters, quote_fields=False)
    for name, (file_name, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form
