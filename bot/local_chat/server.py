"""The routes: the Bot API for the bot, the page and its API for people."""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot.local_chat.bot_edits import EDITING_METHODS
from bot.local_chat.bot_errors import BotApiError, bad_request
from bot.local_chat.bot_media import MEDIA_METHODS, MOST_DOWNLOAD_BYTES
from bot.local_chat.bot_methods import SENDING_METHODS
from bot.local_chat.bot_profile import PROFILE_METHODS
from bot.local_chat.conversation import Conversation
from bot.local_chat.events import EventFeed
from bot.local_chat.faults import DOWNLOAD, Fault, FaultKind, Faults, read_fault
from bot.local_chat.files import Files
from bot.local_chat.forgetting import OWN_METHODS
from bot.local_chat.parameters import Parameters, read_parameters
from bot.local_chat.seats import seat_routes
from bot.local_chat.security import CHAT_COOKIE, Guard, Sessions, closed_page, set_cookie
from bot.local_chat.sounds import FindLoop, no_loops, sound_route
from bot.local_chat.store import Json, Store
from bot.local_chat.updates import UpdateHub

PAGE = Path(__file__).parent / "page"
_METHODS = {
    name.lower(): method
    for methods in (SENDING_METHODS, EDITING_METHODS, PROFILE_METHODS, OWN_METHODS)
    for name, method in methods.items()
}
_MEDIA_METHODS = {name.lower(): method for name, method in MEDIA_METHODS.items()}
_KEPT_QUERY = ("start", "lang")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChatServer:
    """What the routes share."""

    conversation: Conversation
    hub: UpdateHub
    feed: EventFeed
    sessions: Sessions
    faults: Faults
    token: str

    def close(self) -> None:
        """End open polls and streams, so that the server can stop."""
        self.hub.close()
        self.feed.close()


def build_server(store: Store, username: str, launch_token: str, faults: Faults) -> ChatServer:
    """Everything the routes need, over an open store. Call it on the serving event loop."""
    conversation = Conversation(store, Files(store), username)
    with store.transaction():
        token = str(store.setting("token"))
        sessions = Sessions(str(store.setting("session_secret")), launch_token)
    hub = UpdateHub(store)
    return ChatServer(conversation, hub, EventFeed(conversation), sessions, faults, token)


def build_app(
    server: ChatServer,
    hosts: frozenset[str] = frozenset(),
    *,
    find_loop: FindLoop = no_loops,
    fault_route: bool = False,
) -> Starlette:
    """The application; with `fault_route`, tests may inject faults over HTTP."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        delivery = asyncio.create_task(server.hub.deliver())
        yield
        server.close()
        delivery.cancel()
        with suppress(asyncio.CancelledError):
            await delivery

    routes = [
        Route("/", _index),
        Mount("/static", StaticFiles(directory=PAGE, check_dir=False)),
        Route("/bot{token}/{method}", _bot_method, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", _bot_file),
        *seat_routes(),
        sound_route(find_loop),
    ]
    if fault_route:
        routes.append(Route("/test/faults", _faults, methods=["POST", "DELETE"]))
    guard = Middleware(Guard, sessions=lambda: server.sessions, hosts=hosts)
    app = Starlette(routes=routes, middleware=[guard], lifespan=lifespan)
    app.state.server = server
    return app


async def _index(request: Request) -> Response:
    sessions: Sessions = request.app.state.server.sessions
    if "token" in request.query_params:
        if not sessions.launches(request.query_params["token"]):
            return closed_page()
        query = request.query_params
        kept = urlencode({name: query[name] for name in _KEPT_QUERY if name in query})
        response: Response = RedirectResponse(f"/?{kept}" if kept else "/", 303)
        set_cookie(response, CHAT_COOKIE, sessions.issue("chat"), "/")
        return response
    if not sessions.holds(request.cookies.get(CHAT_COOKIE, ""), "chat"):
        return closed_page()
    return FileResponse(PAGE / "index.html", media_type="text/html")


async def _bot_method(request: Request) -> Response:
    server: ChatServer = request.app.state.server
    method = request.path_params["method"]
    parameters: Parameters | None = None
    try:
        _authorize(server, request)
        parameters = await read_parameters(request)
        fault = server.faults.take(method, parameters.text("chat_id"))
        if fault is not None:
            await _suffer(fault)
        result = await _perform(server, method, parameters)
        return _broken(fault) or JSONResponse({"ok": True, "result": result})
    except BotApiError as error:
        return _error(error)
    except OverflowError:
        return _error(bad_request("a number is out of range"))
    except UnicodeEncodeError:
        return _error(bad_request("strings must be encoded in UTF-8"))
    except Exception:
        _log.exception("Bot API method %s failed", method)
        return _error(BotApiError(500, "Internal Server Error"))
    finally:
        if parameters is not None:
            await parameters.close()


def _authorize(server: ChatServer, request: Request) -> None:
    given = str(request.path_params["token"]).encode()
    if not hmac.compare_digest(given, server.token.encode()):
        raise BotApiError(401, "Unauthorized")


async def _perform(server: ChatServer, method: str, parameters: Parameters) -> Any:
    name = method.lower()
    conversation, hub = server.conversation, server.hub
    if name == "getupdates":
        return await hub.poll(parameters)
    if name in _MEDIA_METHODS:
        return await _MEDIA_METHODS[name](conversation, parameters)
    with conversation.store.transaction():
        if name == "setwebhook":
            return hub.set_webhook(parameters)
        if name == "deletewebhook":
            return hub.delete_webhook(parameters)
        if name == "getwebhookinfo":
            return hub.webhook_info()
        if name in _METHODS:
            return _METHODS[name](conversation, parameters)
    raise BotApiError(404, f"Not Found: method {method} is not implemented by the local chat")


async def _suffer(fault: Fault) -> None:
    refusal = fault.refusal()
    if refusal is not None:
        raise refusal
    if fault.kind is FaultKind.SLOW:
        await asyncio.sleep(fault.seconds)


def _broken(fault: Fault | None) -> Response | None:
    """The answer to something that was done but whose answer does not arrive."""
    if fault is not None and fault.kind is FaultKind.LOST:
        return _error(BotApiError(504, "Gateway Timeout"))
    if fault is not None and fault.kind is FaultKind.DROPPED:
        return _Dropped()
    return None


class _Dropped(Response):
    """Promises a body and closes the connection instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


async def _bot_file(request: Request) -> Response:
    server: ChatServer = request.app.state.server
    try:
        _authorize(server, request)
        fault = server.faults.take(DOWNLOAD, "")
        if fault is not None:
            await _suffer(fault)
    except BotApiError as error:
        return _error(error)
    _, _, name = str(request.path_params["path"]).rpartition("/")
    files = server.conversation.files
    with server.conversation.store.transaction():
        row = files.by_unique_id(name.partition(".")[0])
    if row is None or row.file_size > MOST_DOWNLOAD_BYTES:
        return _error(BotApiError(404, "Not Found"))
    return FileResponse(files.path(row.file_unique_id), media_type=row.mime_type)


async def _faults(request: Request) -> Response:
    faults: Faults = request.app.state.server.faults
    if request.method == "DELETE":
        faults.clear()
        return JSONResponse({"ok": True})
    try:
        faults.inject(read_fault(await request.json()))
    except BotApiError as error:
        return _error(error)
    return JSONResponse({"ok": True})


def _error(error: BotApiError) -> Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after_s is not None:
        body["parameters"] = {"retry_after": error.retry_after_s}
    return JSONResponse(body, error.code)
