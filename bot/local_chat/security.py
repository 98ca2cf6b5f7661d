"""Who may talk to the local chat: this machine's browser with the launch token, and the bot."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CHAT_COOKIE = "todak_chat"
SEAT_COOKIE = "todak_seat"
SESSION_S = 30 * 86400
LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})
_BOT_PATHS = ("/bot", "/file/bot", "/test/")
_SEAT_PATH = re.compile(r"/seats/([0-9]{1,9})/(.*)", re.DOTALL)
_HOST = re.compile(r"([a-z0-9.-]+)(?::\d{1,5})?")
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_CLOSED_PAGE = """<!doctype html>
<html lang="ko"><meta charset="utf-8"><title>토닥</title>
<p>이 주소는 <code>todak run</code> 이 알려 준 주소로 열어 주세요.</p>
<p lang="en">Please open the address that <code>todak run</code> printed.</p>
<p><a href="/">다시 열기 · Open again</a></p></html>
"""
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), geolocation=(self), camera=(self)",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Sessions:
    """Cookies as keyed MACs: they outlive a restart because the key does."""

    def __init__(self, secret: str, launch_token: str) -> None:
        """Sign with `secret`; let in whoever brings `launch_token`."""
        self._secret = bytes.fromhex(secret)
        self._launch_token = launch_token

    def launches(self, token: str) -> bool:
        """Whether this is the launch token."""
        return hmac.compare_digest(token.encode(), self._launch_token.encode())

    def issue(self, holder: str) -> str:
        """A cookie value for `holder`: "chat" or "seat:N"."""
        issued_at = int(time.time())
        return f"{issued_at}.{self._sign(holder, issued_at)}"

    def holds(self, cookie: str, holder: str) -> bool:
        """Whether the cookie was issued here to `holder` in the last 30 days."""
        issued, _, signature = cookie.partition(".")
        if not (issued.isascii() and issued.isdigit() and len(issued) < 12):
            return False
        expected = self._sign(holder, int(issued))
        fresh = int(issued) + SESSION_S > time.time()
        return hmac.compare_digest(signature.encode(), expected.encode()) and fresh

    def _sign(self, holder: str, issued_at: int) -> str:
        text = f"{holder}|{issued_at}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


def set_cookie(response: Response, name: str, value: str, path: str) -> None:
    """Set a session cookie that no script reads and no other site sends."""
    response.set_cookie(
        name, value, max_age=SESSION_S, path=path, httponly=True, samesite="strict"
    )


class Guard:
    """Checks Host, Origin and cookies before anything else sees a request."""

    def __init__(
        self, app: ASGIApp, *, sessions: Callable[[], Sessions], hosts: frozenset[str]
    ) -> None:
        """Guard `app`; `hosts` are the names, with a port where one is meant, besides this
        machine's own."""
        self._app = app
        self._sessions = sessions
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an allowed request on; answer any other."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # none is spoken here
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], path, headers)
        if path.startswith(_BOT_PATHS):
            await (refusal or self._app)(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                guarded = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    guarded.setdefault(name, value)
                static = path == "/" or path.startswith("/static/")
                guarded.setdefault("Cache-Control", "no-cache" if static else "no-store")
            await send(message)

        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, method: str, path: str, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if not self._is_own(host):
            return _refuse(421, "wrong_host", "This server answers on this machine only.")
        if "transfer-encoding" in headers:
            # How much will come is known only at its end, when memory and disk are full.
            return _refuse(411, "no_length", "The length of the body must be announced.")
        origin = headers.get("origin")
        if path.startswith(_BOT_PATHS):
            if origin is not None:
                return _refuse(403, "wrong_origin", "The Bot API is closed to web pages.")
            return None
        site = headers.get("sec-fetch-site")
        if not _is_same_origin(method, path, host, origin, site):
            return _refuse(403, "wrong_origin", "Another site sent this request.")
        return self._session_refusal(path, headers)

    def _session_refusal(self, path: str, headers: Headers) -> Response | None:
        cookies = cookie_parser(headers.get("cookie", ""))
        sessions = self._sessions()
        if not sessions.holds(cookies.get(CHAT_COOKIE, ""), "chat"):
            if path == "/":
                return None
            return _refuse(403, "no_session", "Open the address that `todak run` printed.")
        if not path.startswith("/seats/"):
            return None
        seat_path = _SEAT_PATH.fullmatch(path)
        if seat_path is None:
            return _refuse(404, "no_seat", "There is no such seat.")
        if seat_path[2] == "enter":
            return None
        if not sessions.holds(cookies.get(SEAT_COOKIE, ""), f"seat:{int(seat_path[1])}"):
            return _refuse(403, "wrong_seat", "Another seat's session cannot do this.")
        return None

    def _is_own(self, host: str) -> bool:
        named = _HOST.fullmatch(host.lower())
        return named is not None and (named[1] in LOCAL_NAMES or named[0] in self._hosts)


def closed_page() -> Response:
    """What someone without a session sees."""
    return HTMLResponse(_CLOSED_PAGE, 403)


def _is_same_origin(
    method: str, path: str, host: str, origin: str | None, site: str | None
) -> bool:
    """Whether the page itself asks. Only opening `/` may be started from elsewhere."""
    if origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}:
        return False
    if method in _SAFE_METHODS:
        return path == "/" or site in {None, "same-origin", "none"}
    return site == "same-origin" if site is not None else origin is not None


def _refuse(code: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "description": description}, code)
