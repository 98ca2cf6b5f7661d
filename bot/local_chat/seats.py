"""The page's API: each seat acts for itself alone, and hears what happens in its chat."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.engine import Row
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.local_chat import seat_acts
from bot.local_chat.bot_errors import BotApiError
from bot.local_chat.bot_profile import commands_shown, menu_button, profile_text
from bot.local_chat.conversation import BOT_ID, Conversation
from bot.local_chat.entities import clean
from bot.local_chat.parameters import read_json, read_parameters
from bot.local_chat.seat_messages import (
    MOST_SEAT_UPLOAD_BYTES,
    SeatError,
    client_key,
    kind_content,
    own_message,
    say,
    set_blocked,
    text_contents,
    upload,
    wrong,
)
from bot.local_chat.security import SEAT_COOKIE, set_cookie
from bot.local_chat.sendings import note_sent, sent_before
from bot.local_chat.store import MOST_SEATS, Json

MOST_NAME = 64
PAGE_MESSAGES = 50
_NUMBER = re.compile(r"[0-9]{1,18}")
MOST_PAGE_MESSAGES = 200
_FILE_POLICY = {"Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'"}

Act = Callable[[Conversation, Row[Any], Json], Json]
Endpoint = Callable[[Request], Awaitable[Response]]


def seat_routes() -> list[BaseRoute]:
    """Every route of the page's API."""
    acts = {
        "start": seat_acts.start,
        "callbacks": seat_acts.press,
        "edits": seat_acts.edit,
        "reactions": seat_acts.react,
        "forwards": seat_acts.forward,
    }
    seat = "/seats/{seat:int}"
    return [
        Route("/api/chat", _answering(_chat)),
        Route("/api/seats", _answering(_add_seat), methods=["POST"]),
        Route(f"{seat}/enter", _answering(_enter), methods=["POST"]),
        Route(f"{seat}/", _answering(_change_seat), methods=["PATCH"]),
        Route(f"{seat}/messages", _answering(_messages), methods=["GET"]),
        Route(f"{seat}/messages", _answering(_send), methods=["POST"]),
        Route(f"{seat}/sent", _answering(_sent), methods=["POST"]),
        Route(f"{seat}/messages/{{message_id:int}}", _answering(_hide), methods=["DELETE"]),
        Route(f"{seat}/live_locations/{{message_id:int}}", _answering(_move), methods=["POST"]),
        Route(f"{seat}/files/{{file_unique_id}}", _answering(_file)),
        Route(f"{seat}/events", _answering(_events)),
        *(
            Route(f"{seat}/{name}", _answering(_acting(act)), methods=["POST"])
            for name, act in acts.items()
        ),
    ]


def _answering(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except SeatError as error:
            return _refusal(error.code, error.error, error.description)
        except OverflowError:
            return _refusal(400, "bad_request", "A number is out of range.")
        except UnicodeEncodeError:
            return _refusal(400, "bad_request", "A text holds half a character.")
        except BotApiError as error:
            if error.code == 413:
                most = MOST_SEAT_UPLOAD_BYTES >> 20
                return _refusal(413, "too_large", f"A file may have at most {most} MB.")
            return _refusal(error.code, "bad_request", error.description)

    return answer


def _refusal(code: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "description": description}, code)


def _acting(act: Act) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        values = await read_json(request)
        conversation = _conversation(request)
        with conversation.store.transaction():
            return JSONResponse(act(conversation, _seat(request), values))

    return endpoint


def _conversation(request: Request) -> Conversation:
    conversation: Conversation = request.app.state.server.conversation
    return conversation


def _seat(request: Request) -> Row[Any]:
    seat = _conversation(request).store.seat(request.path_params["seat"])
    if seat is None:
        raise SeatError(404, "no_seat", "There is no such seat.")
    return seat


def _name(values: Json) -> str:
    name = clean(str(values.get("name") or "")).replace("\n", " ").strip()
    if not 1 <= len(name) <= MOST_NAME:
        raise wrong(f"A name has 1 to {MOST_NAME} characters.")
    return name


def _seat_shown(seat: Row[Any]) -> Json:
    fields = ("seat", "name", "user_id", "language", "blocked", "started")
    return {field: getattr(seat, field) for field in fields}


async def _chat(request: Request) -> Response:
    conversation = _conversation(request)
    language = request.query_params.get("lang", "")
    with conversation.store.transaction():
        fields = ("name", "description", "short_description")
        bot = {field: profile_text(conversation, field, language) for field in fields}
        shown = {
            "bot": {"id": BOT_ID, "username": conversation.username, **bot},
            "commands": commands_shown(conversation, language),
            "seats": [_seat_shown(seat) for seat in conversation.store.seats()],
            "links_base": f"t.me/{conversation.username}",
        }
    return JSONResponse(shown)


async def _add_seat(request: Request) -> Response:
    name = _name(await read_json(request))
    store = _conversation(request).store
    with store.transaction():
        if len(store.seats()) >= MOST_SEATS:
            raise SeatError(409, "no_room", f"There is room for {MOST_SEATS} seats.")
        return JSONResponse(_seat_shown(store.add_seat(name)), 201)


async def _enter(request: Request) -> Response:
    with _conversation(request).store.transaction():
        seat = _seat(request)
    response = JSONResponse(_seat_shown(seat))
    session = request.app.state.server.sessions.issue(f"seat:{seat.seat}")
    set_cookie(response, SEAT_COOKIE, session, f"/seats/{seat.seat}/")
    return response


async def _change_seat(request: Request) -> Response:
    values = await read_json(request)
    conversation = _conversation(request)
    with conversation.store.transaction():
        seat = _seat(request)
        changes: Json = {"name": _name(values)} if "name" in values else {}
        if "language" in values:
            if values["language"] not in ("ko", "en"):
                raise wrong("language must be ko or en.")
            changes["language"] = values["language"]
        if changes:
            conversation.store.change_seat(seat.user_id, **changes)
        if isinstance(values.get("blocked"), bool):
            set_blocked(conversation, _seat(request), values["blocked"])
        return JSONResponse(_seat_shown(_seat(request)))


async def _messages(request: Request) -> Response:
    conversation = _conversation(request)
    try:
        before = int(request.query_params.get("before", 0)) or None
        limit = int(request.query_params.get("limit", PAGE_MESSAGES))
    except ValueError as error:
        raise wrong("before and limit must be numbers.") from error
    with conversation.store.transaction():
        seat = _seat(request)
        rows = conversation.page(seat.user_id, before, min(max(limit, 1), MOST_PAGE_MESSAGES))
        shown = {
            "messages": [conversation.page_view(row, seat) for row in rows],
            "reply_keyboard": seat.reply_keyboard,
            "menu_button": menu_button(conversation, seat.user_id),
            "last_event": conversation.store.newest_event(),
        }
    return JSONResponse(shown)


async def _send(request: Request) -> Response:
    conversation = _conversation(request)
    with conversation.store.transaction():
        seat = _seat(request)
    if request.headers.get("content-type", "").startswith("multipart/"):
        parameters = await read_parameters(request, MOST_SEAT_UPLOAD_BYTES)
        try:
            rows = await upload(conversation, seat, parameters)
        finally:
            await parameters.close()
    else:
        values = await read_json(request)
        rows = _say(conversation, seat, values)
    with conversation.store.transaction():
        shown = [conversation.page_view(row, seat) for row in rows]
    return JSONResponse({"message": shown[0] if shown else None, "messages": shown}, 201)


def _say(conversation: Conversation, seat: Row[Any], values: Json) -> list[Row[Any]]:
    key = client_key(values.get("client_key"))
    with conversation.store.transaction():
        sent = sent_before(conversation, seat, key)
        if sent is not None:
            return sent
        if values.get("kind", "text") == "text":
            contents = text_contents(str(values.get("text") or ""))
        else:
            contents = [kind_content(conversation, seat, values)]
        reply_to = values.get("reply_to")
        if not isinstance(reply_to, int | None):
            raise wrong("reply_to must be a number.")
        rows = [say(conversation, seat, content, reply_to=reply_to) for content in contents]
        note_sent(conversation, seat, key, rows)
        return rows


async def _sent(request: Request) -> Response:
    keys = (await read_json(request)).get("client_keys")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise wrong("client_keys must be a list of texts.")
    conversation = _conversation(request)
    with conversation.store.transaction():
        seat = _seat(request)
        sent = [key for key in keys if sent_before(conversation, seat, key) is not None]
    return JSONResponse({"client_keys": sent})


async def _hide(request: Request) -> Response:
    conversation = _conversation(request)
    with conversation.store.transaction():
        row = own_message(conversation, _seat(request), request.path_params["message_id"])
        conversation.hide(row)
    return JSONResponse({})


async def _move(request: Request) -> Response:
    values = await read_json(request)
    conversation = _conversation(request)
    with conversation.store.transaction():
        seat = _seat(request)
        message_id = request.path_params["message_id"]
        return JSONResponse(seat_acts.move(conversation, seat, message_id, values))


async def _file(request: Request) -> Response:
    conversation = _conversation(request)
    with conversation.store.transaction():
        seat = _seat(request)
        row = conversation.files.by_unique_id(request.path_params["file_unique_id"])
        if row is None or not conversation.shows(seat.user_id, row.file_unique_id):
            raise SeatError(404, "no_file", "There is no such file in this chat.")
    return FileResponse(
        conversation.files.path(row.file_unique_id),
        media_type=row.mime_type,
        filename=row.file_name,
        headers=_FILE_POLICY,
    )


async def _events(request: Request) -> Response:
    last = request.headers.get("last-event-id") or request.query_params.get("after")
    if last is not None and not _NUMBER.fullmatch(last):
        raise wrong("after must be a number.")
    with _conversation(request).store.transaction():
        seat = _seat(request)
    feed = request.app.state.server.feed
    stream = feed.stream(seat.user_id, None if last is None else int(last))
    return StreamingResponse(stream, media_type="text/event-stream")
