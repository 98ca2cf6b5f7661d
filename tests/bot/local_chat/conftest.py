import json
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from telegram import Bot

from bot.local_chat.conversation import Conversation
from bot.local_chat.files import Files
from bot.local_chat.serve import LocalChat
from bot.local_chat.store import Store


class Seat:
    """A person at the page: one seat's session and nothing else."""

    def __init__(self, client: httpx.AsyncClient, number: int) -> None:
        self.client = client
        self.number = number
        self.chat_id = 1000 + number

    async def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        response = await self.client.request(method, f"/seats/{self.number}{path}", **options)
        assert response.status_code == status, response.text
        return response.json()

    async def start(self, payload: str = "") -> Any:
        body = {"payload": payload} if payload else {}
        return (await self.call("POST", "/start", json=body))["message"]

    async def send(self, status: int = 201, **values: Any) -> Any:
        answer = await self.call("POST", "/messages", status, json=values)
        return answer.get("message", answer)

    async def upload(self, kind: str, content: bytes, **fields: Any) -> Any:
        name = fields.pop("name", "recording.webm")
        content_type = fields.pop("content_type", "audio/webm;codecs=opus")
        status = fields.pop("status", 201)
        answer = await self.call(
            "POST",
            "/messages",
            status,
            data={"kind": kind, **fields},
            files={"file": (name, content, content_type)},
        )
        return answer.get("message", answer)

    async def messages(self, **query: Any) -> list[Any]:
        found = await self.call("GET", "/messages", params=query)
        messages: list[Any] = found["messages"]
        return messages

    async def events(self, count: int, after: int = 0) -> list[Any]:
        """The next `count` events after a number; the comments and the ids aside."""
        found: list[Any] = []
        path = f"/seats/{self.number}/events?after={after}"
        async with self.client.stream("GET", path) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    found.append(json.loads(line.removeprefix("data: ")))
                if len(found) == count:
                    return found
        raise AssertionError(f"the stream ended after {len(found)} events")


@pytest.fixture(autouse=True)
def timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's coming types; without this it warns about the old ones."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[LocalChat]:
    server = LocalChat(tmp_path / "chat", launch_token="launch", faults=True)
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def bot(chat: LocalChat) -> AsyncIterator[Bot]:
    made = Bot(chat.token, base_url=chat.base_url, base_file_url=chat.base_file_url)
    async with made:
        yield made


@pytest_asyncio.fixture
async def other_bot(chat: LocalChat) -> AsyncIterator[Bot]:
    made = Bot(chat.token, base_url=chat.base_url, base_file_url=chat.base_file_url)
    async with made:
        yield made


@pytest_asyncio.fixture
async def browser(chat: LocalChat) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that opened the printed address and sat down on all three seats."""
    headers = {"Origin": chat.origin}
    async with httpx.AsyncClient(base_url=chat.origin, headers=headers) as client:
        assert (await client.get(chat.address)).status_code == 303
        for number in (1, 2, 3):
            assert (await client.post(f"/seats/{number}/enter")).status_code == 200
        yield client


@pytest.fixture
def me(browser: httpx.AsyncClient) -> Seat:
    """The first seat, before it has written anything."""
    return Seat(browser, 1)


@pytest.fixture
def guardian(browser: httpx.AsyncClient) -> Seat:
    return Seat(browser, 2)


@pytest_asyncio.fixture
async def started(me: Seat, bot: Bot) -> Seat:
    """The first seat after /start, which the bot has read."""
    await me.start()
    updates = await bot.get_updates()
    await bot.get_updates(offset=updates[-1].update_id + 1)
    return me


@pytest.fixture
def png() -> Callable[[int, int], bytes]:
    """A black picture of a given size."""

    def make(width: int, height: int) -> bytes:
        def chunk(kind: bytes, body: bytes) -> bytes:
            check = struct.pack(">I", zlib.crc32(kind + body))
            return struct.pack(">I", len(body)) + kind + body + check

        header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        rows = zlib.compress(bytes((width + 1) * height))
        return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

    return make


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conversation(tmp_path: Path, clock: Clock) -> Iterator[Conversation]:
    """Chats without a server, under a clock the test moves; the first seat has started."""
    store = Store(tmp_path / "direct", clock)
    made = Conversation(store, Files(store), "todak_bot")
    with store.transaction():
        store.change_seat(1001, started=True)
        yield made
    store.close()
