import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Bot, Update
from telegram.error import Conflict
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bot.local_chat.serve import LocalChat
from bot.local_chat.store import StoreInUse

ALONE = """
import sys
from pathlib import Path
from bot.local_chat.serve import LocalChat
chat = LocalChat(Path(sys.argv[1]), launch_token="launch")
chat.run(lambda: print(chat.address, flush=True))
"""


async def test_an_unmodified_application_answers(chat: LocalChat, started: Any) -> None:
    async def answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(f"들었어요: {update.message.text}")

    application = (
        Application.builder()
        .token(chat.token)
        .base_url(chat.base_url)
        .base_file_url(chat.base_file_url)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, answer))
    after = (await started.call("GET", "/messages"))["last_event"]
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(timeout=30)
        await started.send(text="잠이 안 와")
        said, answered = await asyncio.wait_for(started.events(2, after), 10)
        assert said["message"]["outgoing"] is True
        assert answered["message"]["text"] == "들었어요: 잠이 안 와"
        await application.updater.stop()
        await application.stop()


async def test_it_stops_within_two_seconds_with_everything_open(
    chat: LocalChat, bot: Bot, other_bot: Bot, started: Any
) -> None:
    polls = {asyncio.create_task(each.get_updates(timeout=50)) for each in (bot, other_bot)}
    done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
    with pytest.raises(Conflict):
        done.pop().result()
    async with started.client.stream("GET", "/seats/1/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        before = time.monotonic()
        await asyncio.to_thread(chat.stop)
        assert time.monotonic() - before < 2
        assert await waiting.pop() == ()
        assert [line async for line in lines] == [""]


def test_a_folder_in_use_is_said(chat: LocalChat, tmp_path: Path) -> None:
    second = LocalChat(tmp_path / "chat")
    with pytest.raises(StoreInUse):
        second.start()
    second.stop()


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
    ):
        LocalChat(tmp_path, port=taken.getsockname()[1])


def test_stopping_before_starting(tmp_path: Path) -> None:
    LocalChat(tmp_path).stop()


@contextmanager
def alone(folder: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The chat in a process of its own, and a browser that sits on the first seat."""
    command = [sys.executable, "-c", ALONE, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            origin = address.partition("/?")[0]
            with httpx.Client(base_url=origin, headers={"Origin": origin}) as client:
                assert client.get(address).status_code == 303
                assert client.post("/seats/1/enter").status_code == 200
                yield process, client
        finally:
            process.kill()


def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    with alone(tmp_path) as (process, client):
        assert client.post("/seats/1/messages", json={"text": "들려?"}).status_code == 201
        process.kill()
    with alone(tmp_path) as (process, client):
        (message,) = client.get("/seats/1/messages").json()["messages"]
        assert message["text"] == "들려?"
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert not (tmp_path / "chat.sqlite3-wal").exists()
