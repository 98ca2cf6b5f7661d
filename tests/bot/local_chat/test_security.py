import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.local_chat.security import SESSION_S, Sessions
from bot.local_chat.serve import LocalChat

SECRET = "ab" * 32
ODD_PATHS = ("/seats/02/messages", "/seats/000000002/messages", "/seats/2/messages%0A")


@pytest_asyncio.fixture
async def stranger(chat: LocalChat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.origin) as client:
        yield client


def test_a_session_belongs_to_one_holder_for_thirty_days(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(SECRET, "launch")
    cookie = sessions.issue("seat:1")
    assert sessions.holds(cookie, "seat:1")
    assert not sessions.holds(cookie, "seat:2")
    assert not sessions.holds(cookie, "chat")
    assert not Sessions("cd" * 32, "launch").holds(cookie, "seat:1")
    for wrong in ("", ".", "1.x", f"{cookie}0", "²." + cookie, "9" * 20 + ".x"):
        assert not sessions.holds(wrong, "seat:1")
    issued_at = int(cookie.partition(".")[0])
    monkeypatch.setattr("time.time", lambda: issued_at + SESSION_S)
    assert not sessions.holds(cookie, "seat:1")


def test_the_launch_token() -> None:
    sessions = Sessions(SECRET, "launch")
    assert sessions.launches("launch")
    assert not sessions.launches("lunch")
    assert not sessions.launches("밤")


async def test_the_printed_address_opens_the_chat(
    chat: LocalChat, stranger: httpx.AsyncClient
) -> None:
    assert chat.address == f"{chat.origin}/?token=launch"
    opened = await stranger.get(f"{chat.address}&start=inv-1&lang=en&else=x")
    assert opened.status_code == 303
    assert opened.headers["location"] == "/?start=inv-1&lang=en"
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith("todak_chat=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert (await stranger.get("/?token=wrong")).status_code == 403


async def test_nothing_opens_without_the_cookie(stranger: httpx.AsyncClient) -> None:
    closed = await stranger.get("/")
    assert closed.status_code == 403 and "todak run" in closed.text
    for path in ("/static/app.js", "/api/chat", "/seats/1/messages", "/seats/1/events", "/x"):
        assert (await stranger.get(path)).status_code == 403, path
    headers = {"Origin": str(stranger.base_url).rstrip("/")}
    assert (await stranger.post("/seats/1/enter", headers=headers)).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "x@127.0.0.1", ""])
async def test_a_wrong_host(
    chat: LocalChat, browser: httpx.AsyncClient, stranger: httpx.AsyncClient, host: str
) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await browser.get("/api/chat", headers=headers)).status_code == 421
    url = f"/bot{chat.token}/getMe"
    assert (await stranger.get(url, headers={"Host": host})).status_code == 421


async def test_localhost_is_this_machine(chat: LocalChat, browser: httpx.AsyncClient) -> None:
    host = f"localhost:{chat.port}"
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await browser.get("/api/chat", headers=headers)).status_code == 200


async def test_another_origin(chat: LocalChat, browser: httpx.AsyncClient) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", chat.origin + ".evil"):
        headers = {"Origin": origin}
        assert (await browser.get("/api/chat", headers=headers)).status_code == 403
        assert (await browser.post("/seats/1/start", headers=headers)).status_code == 403


async def test_a_change_needs_proof_of_its_origin(
    chat: LocalChat, browser: httpx.AsyncClient
) -> None:
    async with httpx.AsyncClient(base_url=chat.origin, cookies=browser.cookies) as client:
        assert (await client.post("/seats/1/start")).status_code == 403
        for site, status in (("same-origin", 200), ("same-site", 403), ("cross-site", 403)):
            answer = await client.post("/seats/1/start", headers={"Sec-Fetch-Site": site})
            assert answer.status_code == status, site
        for site, status in (("same-origin", 200), ("none", 200), ("same-site", 403)):
            answer = await client.get("/api/chat", headers={"Sec-Fetch-Site": site})
            assert answer.status_code == status, site


async def test_one_seat_cannot_act_as_another(chat: LocalChat) -> None:
    headers = {"Origin": chat.origin}
    async with httpx.AsyncClient(base_url=chat.origin, headers=headers) as client:
        await client.get(chat.address)
        entered = await client.post("/seats/1/enter")
        cookie = entered.headers["set-cookie"]
        assert {"HttpOnly", "Path=/seats/1/", "SameSite=strict"} <= set(cookie.split("; "))
        assert (await client.get("/seats/1/messages")).status_code == 200
        value = cookie.split(";")[0].partition("=")[2]
        stolen = {"Cookie": f"todak_chat={client.cookies['todak_chat']}; todak_seat={value}"}
        for path in ("/seats/2/messages", "/seats/2/events", *ODD_PATHS):
            answer = await client.get(path, headers=stolen)
            assert (answer.status_code, answer.json()["error"]) == (403, "wrong_seat"), path
        assert (await client.get("/seats/0000000002/messages", headers=stolen)).status_code == 404
        assert (await client.post("/seats/2/start", headers=stolen)).status_code == 403
        assert (await client.patch("/seats/2/", headers=stolen, json={})).status_code == 403


async def test_the_bot_api_is_closed_to_pages(chat: LocalChat, browser: httpx.AsyncClient) -> None:
    assert (await browser.post(f"/bot{chat.token}/getMe")).status_code == 403
    assert (await browser.get(f"/file/bot{chat.token}/voice/x")).status_code == 403


async def test_every_answer_carries_the_headers(browser: httpx.AsyncClient) -> None:
    headers = (await browser.get("/api/chat")).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "microphone=(self)" in headers["permissions-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


async def test_static_files_do_not_leave_their_folder(browser: httpx.AsyncClient) -> None:
    for path in ("/static/..%2Fserver.py", "/static/%2e%2e/server.py", "/static/....//server.py"):
        answer: Any = await browser.get(path)
        assert answer.status_code == 404, path


async def test_a_further_name_is_allowed_when_it_is_configured(tmp_path: Any) -> None:
    chat = LocalChat(tmp_path, launch_token="launch", hosts=frozenset({"todak.home:8080"}))
    chat.start()
    try:
        async with httpx.AsyncClient(base_url=chat.origin) as client:
            for host, status in (("todak.home:8080", 303), ("todak.home:1", 421)):
                answer = await client.get("/?token=launch", headers={"Host": host})
                assert answer.status_code == status
            assert (await client.post("/test/faults", json={})).status_code == 404
    finally:
        chat.stop()


async def test_the_page_and_its_scripts_are_served_to_a_session(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    scripts = re.findall(r'<script[^>]+src="(/static/[^"]+)"', page.text)
    assert scripts
    for script in scripts:
        answer = await browser.get(script)
        assert answer.status_code == 200
        assert "javascript" in answer.headers["content-type"]
        assert answer.headers["x-content-type-options"] == "nosniff"
