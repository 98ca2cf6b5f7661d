"""The chat page: no cookie or a foreign one, another site, another name for this machine."""

import asyncio
import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.local_chat import security
from bot.local_chat.security import CHAT_COOKIE, SEAT_COOKIE
from bot.local_chat.serve import LocalChat
from tests.bot.seats import Seat

READING = ("/api/chat", "/seats/1/messages", "/seats/1/events", "/seats/1/files/AAAAAAAAAAAA")
WRITING = ("/seats/1/messages", "/seats/1/start", "/seats/1/callbacks", "/seats/1/enter")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[LocalChat]:
    """Another launch, in another folder."""
    other = LocalChat(tmp_path / "elsewhere", launch_token="another-launch")
    other.start()
    yield other
    other.stop()


async def statuses(client: httpx.AsyncClient, headers: dict[str, str]) -> set[int]:
    """What reading and writing is answered with."""
    found = set()
    for path in READING:
        async with client.stream("GET", path, headers=headers) as answer:
            found.add(answer.status_code)
    for path in WRITING:
        found.add((await client.post(path, headers=headers, json={"text": "x"})).status_code)
    return found


async def test_without_the_cookie_nothing_is_read_written_streamed_or_downloaded(
    chat: LocalChat, seat: Seat
) -> None:
    await seat.write("비밀")
    async with httpx.AsyncClient(base_url=chat.origin) as client:
        assert await statuses(client, {"Origin": chat.origin}) == {403}
        page = await client.get("/")
        assert page.status_code == 403 and "비밀" not in page.text and "<script" not in page.text


async def test_cookies_of_another_launch_and_made_up_ones_open_nothing(
    chat: LocalChat, elsewhere: LocalChat
) -> None:
    async with httpx.AsyncClient(base_url=elsewhere.origin) as client:
        await client.get(elsewhere.address)
        headers = {"Origin": elsewhere.origin}
        assert (await client.post("/seats/1/enter", headers=headers)).status_code == 200
        stolen = {cookie.name: cookie.value or "" for cookie in client.cookies.jar}
    assert set(stolen) == {CHAT_COOKIE, SEAT_COOKIE}
    issued, _, signature = stolen[CHAT_COOKIE].partition(".")
    for value in (
        stolen[CHAT_COOKIE],
        f"{issued}.",
        f"{int(issued) + 10**9}.{signature}",
        "0.0",
        "launch",
    ):
        cookie = f"{CHAT_COOKIE}={value}; {SEAT_COOKIE}={stolen[SEAT_COOKIE]}"
        async with httpx.AsyncClient(base_url=chat.origin) as client:
            assert await statuses(client, {"Origin": chat.origin, "Cookie": cookie}) == {403}


async def test_the_launch_token_of_an_earlier_start_opens_nothing(tmp_path: Path) -> None:
    addresses = []
    for _ in range(2):
        chat = LocalChat(tmp_path / "again")
        chat.start()
        addresses.append(chat.address)
        async with httpx.AsyncClient() as client:
            old_token = addresses[0].partition("?")[2]
            answer = await client.get(f"{chat.origin}/?{old_token}")
            expected = 303 if len(addresses) == 1 else 403
            assert (answer.status_code, bool(client.cookies)) == (expected, expected == 303)
            for guess in ("", "launch", "null", "a" * 32, "밤"):
                refused = await client.get(f"{chat.origin}/", params={"token": guess})
                assert refused.status_code == 403
        await asyncio.to_thread(chat.stop)
    assert len(addresses[0].partition("token=")[2]) >= 32  # 24 random bytes


async def test_the_token_in_the_address_is_for_opening_the_page_alone(chat: LocalChat) -> None:
    async with httpx.AsyncClient(base_url=chat.origin) as client:
        for path in (*READING, "/static/app.js"):
            answer = await client.get(path, params={"token": "launch"})
            assert answer.status_code == 403, path
        opened = await client.get("/", params={"token": "launch"})
        assert "launch" not in opened.headers["location"]
        assert opened.headers["referrer-policy"] == "no-referrer"


async def test_a_name_that_was_bound_to_this_machine_from_outside_is_refused(
    chat: LocalChat, page: httpx.AsyncClient
) -> None:
    for host in (
        f"evil.example:{chat.port}",
        "169.254.1.1",
        f"localhost.evil.example:{chat.port}",
    ):
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert await statuses(page, headers) == {421}
        bot_api = await page.get(f"/bot{chat.token}/getMe", headers={"Host": host})
        assert bot_api.status_code == 421


async def test_another_site_cannot_use_the_cookie(
    chat: LocalChat, page: httpx.AsyncClient
) -> None:
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{chat.port + 1}"},
        {"Origin": chat.origin, "Sec-Fetch-Site": "cross-site"},
    ):
        assert await statuses(page, headers) == {403}


async def test_no_websocket_is_opened_whatever_it_brings(
    chat: LocalChat, page: httpx.AsyncClient
) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for client, path in ((page, "/seats/1/events"), (page, "/socket")):
        answer = await client.get(path, headers=upgrade | {"Origin": "https://evil.example"})
        assert answer.status_code in (403, 404, 426), path
    spoken: list[Any] = []

    async def send(message: Any) -> None:
        spoken.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    guard = security.Guard(_never, sessions=lambda: _never(), hosts=frozenset())  # type: ignore[arg-type, return-value]
    await guard({"type": "websocket", "path": "/seats/1/events"}, receive, send)
    assert [message["type"] for message in spoken] == ["websocket.close"]


async def _never(*_: object) -> None:
    raise AssertionError("a websocket was let through")


async def test_a_seat_does_not_hear_see_or_download_what_is_anothers(
    chat: LocalChat, page: httpx.AsyncClient
) -> None:
    files = {"file": ("note.ogg", b"OggS", "audio/ogg")}
    sent = await page.post("/seats/1/messages", data={"kind": "document"}, files=files)
    url = sent.json()["message"]["document"]["file_url"]
    unique_id = url.rpartition("/")[2]
    assert (await page.get(url)).content == b"OggS"
    assert (await page.get(f"/seats/2/files/{unique_id}")).status_code == 404
    async with httpx.AsyncClient(base_url=chat.origin, headers={"Origin": chat.origin}) as client:
        await client.get(chat.address)
        assert (await client.post("/seats/2/enter")).status_code == 200
        for path in READING:
            assert (await client.get(path.replace("/api/chat", url))).status_code == 403


async def test_every_secret_is_compared_in_constant_time(
    chat: LocalChat, page: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []
    real = hmac.compare_digest

    def compare(given: bytes, wanted: bytes) -> bool:
        compared.append(given)
        return real(given, wanted)

    monkeypatch.setattr("hmac.compare_digest", compare)
    await page.get("/", params={"token": "guessed-launch"})
    await page.get("/api/chat", headers={"Cookie": f"{CHAT_COOKIE}=1.guessed-cookie"})
    async with httpx.AsyncClient(base_url=chat.origin) as client:
        await client.get("/bot1:guessed/getMe")
    assert {b"guessed-launch", b"guessed-cookie", b"1:guessed"} <= set(compared)
