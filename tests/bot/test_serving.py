import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.connection import Connection
from bot.incoming import COMMANDS
from bot.local_chat.serve import LocalChat
from bot.operations import LARGEST_UPDATE_BYTES, SECRET_HEADER
from bot.serving import Parts, running, serve
from inference.analysis import Distress, Emotion
from inference.recogniser_process import RecognisersEnded
from storage.database import Database
from tests.bot.conftest import StartBot
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat

Register = Callable[..., None]
SECRET = "a-webhook-secret-of-this-test"  # noqa: S105


async def get(address: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(address)


async def test_health_and_metrics(
    bot: str,
    seat: Seat,
    database: Database,
    tmp_path: Path,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(text: str | None) -> Distress:
        raise RecognisersEnded

    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    healthy = await get(f"{bot}/healthz")
    assert healthy.status_code == 200 and healthy.json() == {"state": "ok"}
    async with asyncio.timeout(10):
        while "todak_updates_answered_total 1.0" not in (await get(f"{bot}/metrics")).text:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    metrics = (await get(f"{bot}/metrics")).text
    assert "todak_updates_received_total 1.0" in metrics
    assert "todak_answer_seconds_bucket" in metrics and "todak_intake_waits_total 0.0" in metrics
    assert str(seat.chat_id) not in metrics
    monkeypatch.setattr(analyzer, "screen", broken)
    deaf = await get(f"{bot}/healthz")
    assert deaf.status_code == 503 and deaf.json() == {"state": "recognisers away"}
    monkeypatch.undo()
    take_away(database, tmp_path)
    away = await get(f"{bot}/healthz")
    assert away.status_code == 503 and away.json() == {"state": "database away"}


def take_away(database: Database, folder: Path) -> None:
    database.engine.dispose()
    for path in folder.glob("todak.sqlite*"):
        path.unlink()
    (folder / "todak.sqlite").mkdir()


async def test_the_webhook_takes_only_what_telegram_sends(
    chat: LocalChat, parts: Parts, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.words["웹훅"] = estimate(Emotion.JOY)
    port = parts.operations_socket.getsockname()[1]
    address = f"http://127.0.0.1:{port}/webhook"
    connection = Connection(chat.token, chat.base_url, chat.base_file_url, address, SECRET)
    right = {SECRET_HEADER: SECRET}
    async with running(connection, parts), httpx.AsyncClient() as telegram:
        await seat.write("웹훅")
        await seat.answer("기쁨")

        async def post(headers: dict[str, str], body: bytes) -> int:
            return (await telegram.post(address, headers=headers, content=body)).status_code

        assert await post({SECRET_HEADER: "wrong"}, b"{}") == 403
        assert await post({}, b"{}") == 403
        for body in (b"", b"{", b"[]", b"{}", b"null", b"7", b'{"update_id": "x"', b"\xff"):
            assert await post(right, body) == 400, body
        assert await post(right, b" " * (LARGEST_UPDATE_BYTES + 1)) == 413
        for update_id, strange in enumerate(odd_messages(seat), start=900):
            update = {"update_id": update_id, **strange}
            assert await post(right, json.dumps(update).encode()) == 200, strange
        await seat.write("/help")
        await seat.answer("저는 토닥이에요")
        said = [m["text"] for m in await seat.messages() if not m["outgoing"]]
        # Only the two private messages with words were answered.
        assert len(said) == 4 and not any("답을 만들지 못했어요" in text for text in said)


@pytest.mark.parametrize("path, arrives_at", [("", "/"), ("/a%20b", "/a%20b"), ("/h?a=1", "/h")])
async def test_the_webhook_stands_at_the_path_of_the_address_and_at_the_root_without_one(
    path: str, arrives_at: str, chat: LocalChat, parts: Parts
) -> None:
    origin = f"http://127.0.0.1:{parts.operations_socket.getsockname()[1]}"
    connection = Connection(
        chat.token, chat.base_url, chat.base_file_url, f"{origin}{path}", SECRET
    )
    async with running(connection, parts), httpx.AsyncClient(base_url=origin) as telegram:
        answer = await telegram.post(arrives_at, headers={SECRET_HEADER: SECRET}, content=b"{}")
        assert (answer.status_code, answer.text) == (400, "not an update")
        assert (await telegram.get("/healthz")).json() == {"state": "ok"}


def odd_messages(seat: Seat) -> list[dict[str, Any]]:
    """What Telegram may send and no person at the page can."""
    private = {"id": seat.chat_id, "type": "private"}
    group = {"id": -5, "type": "group", "title": "모임"}
    channel = {"id": -6, "type": "channel", "title": "소식"}
    user = {"id": seat.chat_id, "is_bot": False, "first_name": "<b>&"}
    base = {"message_id": 7_000, "date": 1_700_000_000}
    tap = {"id": "1", "from": user, "chat_instance": "1", "data": "right:1:joy"}
    return [
        {"message": base | {"chat": private, "from": user, "text": "  \n\t "}},
        {"message": base | {"chat": private, "text": "\x00\x07 \ud83d"}},
        {"message": base | {"chat": private, "from": user, "delete_chat_photo": True}},
        {"message": base | {"chat": group, "from": user, "text": "죽고 싶어"}},
        {"channel_post": base | {"chat": channel, "text": "죽고 싶어"}},
        {
            "edited_message": base
            | {
                "chat": private,
                "from": user,
                "location": {"latitude": 1.0, "longitude": 2.0},
                "edit_date": 1_700_000_001,
            }
        },
        {"callback_query": tap | {"data": None, "game_short_name": "g"}},
        {
            "my_chat_member": {
                "chat": private,
                "from": user,
                "date": 1,
                "old_chat_member": {"user": user, "status": "member"},
                "new_chat_member": {"user": user, "status": "kicked", "until_date": 0},
            }
        },
        {
            "poll_answer": {
                "poll_id": "1",
                "option_ids": [0],
                "option_persistent_ids": [],
                "user": user,
            }
        },
        {},
    ]


async def test_it_stops_within_ten_seconds_with_polls_open_and_loses_nothing(
    start_bot: StartBot, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    names = [f"말 {number}" for number in range(30)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    async with start_bot():
        for name in names:
            await seat.write(name)
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 10
    async with start_bot():
        await seat.until(lambda messages: sum(not m["outgoing"] for m in messages) == len(names))
    assert analyzer.seen == names


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_stop_it_in_order(
    number: signal.Signals, chat: LocalChat, parts: Parts
) -> None:
    moments: list[str] = []

    def on_ready() -> None:
        moments.append("ready")
        os.kill(os.getpid(), number)

    connection = Connection(chat.token, chat.base_url, chat.base_file_url)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(20):
            await serve(connection, parts, on_ready, lambda: moments.append("stopping"))
    finally:
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)
    assert moments == ["ready", "stopping"]


async def test_the_bot_presents_itself_in_both_languages(
    bot: str, page: httpx.AsyncClient
) -> None:
    shown = {
        language: (await page.get("/api/chat", params={"lang": language})).json()
        for language in ("ko", "en")
    }
    assert shown["ko"]["bot"]["name"] == "토닥" and shown["en"]["bot"]["name"] == "Todak"
    assert [c["command"] for c in shown["en"]["commands"]] == list(COMMANDS)
    assert "AI" in shown["ko"]["bot"]["description"]
