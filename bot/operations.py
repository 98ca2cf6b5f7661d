"""/healthz, /metrics and the webhook: what operators and Telegram ask over HTTP."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import unquote, urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as exposition
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from telegram import Bot, Update

from bot.health import OK

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  a header's name
LARGEST_UPDATE_BYTES = 1_000_000
WEBHOOK_WAIT_S = 5.0
MOST_INTEGER = 2**63 - 1
TEXTS = frozenset(
    {"caption", "data", "file_id", "first_name", "language_code", "question", "text", "type"}
)
NUMBERS = frozenset({"date", "edit_date", "message_id", "update_id"})
PARTIES = frozenset({"chat", "from"})
OWN_PATHS = ("/healthz", "/metrics")


PutUpdate = Callable[[object], Coroutine[None, None, None]]


class NotAnUpdate(ValueError):
    """A body that is no update as Telegram writes them."""


class Metrics:
    """What is counted; nothing in it names a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = Counter(
            "todak_updates_received", "Updates stored durably", registry=self.registry
        )
        self.answered = Counter(
            "todak_updates_answered", "Updates dealt with", registry=self.registry
        )
        self.failed = Counter(
            "todak_handler_failures", "Handlers that raised", ["error"], registry=self.registry
        )
        self.unjudged = Counter(
            "todak_sounds_unjudged",
            "Recordings whose sounds could not be judged for emergencies",
            registry=self.registry,
        )
        self.alarms = Counter(
            "todak_alarms", "Alerts begun, by what raised them", ["source"], registry=self.registry
        )
        self.guardian_messages = Counter(
            "todak_guardian_messages",
            "Messages of alerts to guardians, by what became of them",
            ["outcome"],
            registry=self.registry,
        )
        self.unheard_alerts = Counter(
            "todak_unheard_alerts",
            "Alerts of which nobody could be told, whom no message reached, or nobody answered",
            ["why"],
            registry=self.registry,
        )
        self.retries = Counter(
            "todak_retries", "Steps tried again", ["reason"], registry=self.registry
        )
        self.apologies = Counter(
            "todak_apologies", "Fixed replies in the place of an answer", registry=self.registry
        )
        self.storage_waits = Counter(
            "todak_intake_waits", "Times an update waited for storage", registry=self.registry
        )
        self.answer_seconds = Histogram(
            "todak_answer_seconds",
            "Seconds from receipt to answer",
            registry=self.registry,
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60),
        )


class Operations:
    """The small HTTP face of a running bot."""

    def __init__(self, metrics: Metrics, state: Callable[[], Awaitable[str]]) -> None:
        self._metrics = metrics
        self._state = state
        answers = (self._healthz, self._exposition)
        self.routes = list(map(Route, OWN_PATHS, answers))

    def add_webhook(self, path: str, secret: str, bot: Bot, put: PutUpdate) -> None:
        """Take Telegram's updates at `path`; only with its secret, and 200 only once stored."""

        async def receive(request: Request) -> Response:
            given = request.headers.get(SECRET_HEADER, "")
            if not hmac.compare_digest(given.encode(), secret.encode()):
                return PlainTextResponse("wrong secret", 403)
            length = request.headers.get("content-length", "")
            if not length.isdigit() or int(length) > LARGEST_UPDATE_BYTES:
                return PlainTextResponse("too large", 413)
            try:
                update = read_update(await request.body(), bot)
            except NotAnUpdate:
                return PlainTextResponse("not an update", 400)
            try:
                await asyncio.wait_for(put(update), WEBHOOK_WAIT_S)
            except TimeoutError:
                return PlainTextResponse("storage is away", 503)
            return PlainTextResponse("stored")

        self.routes.append(Route(path, receive, methods=["POST"]))

    def app(self) -> Starlette:
        """The routes as an ASGI application."""
        return Starlette(routes=self.routes)

    async def _healthz(self, request: Request) -> Response:
        state = await self._state()
        return JSONResponse({"state": state}, 200 if state == OK else 503)

    async def _exposition(self, request: Request) -> Response:
        return Response(exposition(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)


def webhook_path(address: str) -> str:
    """The path of a public address as the server sees it; the root where it has none."""
    return unquote(urlsplit(address).path) or "/"


def read_update(body: bytes, bot: Bot) -> Update:
    """The update in a webhook's body.

    What is of another type than Telegram sends would be stored and fail in every handler.

    Raises:
        NotAnUpdate: no JSON, no update, or of the wrong types.
    """
    try:
        content = json.loads(body)
        update = Update.de_json(content, bot)
        sound = "update_id" in content and _is_sound(content)
    except Exception as error:  # whatever the library raises for what it cannot read
        raise NotAnUpdate from error
    if not sound:
        raise NotAnUpdate
    return update


def _is_sound(value: Any) -> bool:
    """Whether texts are texts, numbers are numbers and chats have ids, at every depth."""
    if isinstance(value, list):
        return all(map(_is_sound, value))
    if not isinstance(value, dict):
        return True
    return all(_fits(name, held) and _is_sound(held) for name, held in value.items())


def _fits(name: str, value: Any) -> bool:
    if name in NUMBERS:
        return _is_number(value)
    if name in TEXTS:
        return value is None or isinstance(value, str)
    if name in PARTIES:
        return isinstance(value, dict) and _is_number(value.get("id"))
    return True


def _is_number(value: Any) -> bool:
    return type(value) is int and abs(value) <= MOST_INTEGER
