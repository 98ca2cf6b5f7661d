"""Names, paths, headers and sizes of what is sent to the local chat."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.local_chat.serve import LocalChat
from tests.bot.seats import Seat

NAMES = [
    "../../../../etc/passwd",
    "..\\..\\windows\\system32",
    "/etc/passwd",
    "....//....//x",
    "a\x00.ogg",
    "%2e%2e%2fx",
    "음성\u202egpj.exe",
    "x" * 5_000 + ".ogg",
    "..",
    ".",
]
PATHS = [
    "../service.key",
    "..%2F..%2Fservice.key",
    "%2e%2e/chat.sqlite3",
    "....//chat.sqlite3",
    "/etc/passwd",
    "voice/../../chat.sqlite3",
    "voice/%00",
    "a" * 5_000,
    "chat.sqlite3",
]


def files_in(folder: Path) -> set[Path]:
    return {each for each in folder.rglob("*") if "-wal" not in each.name}


async def send_raw(page: httpx.AsyncClient, head: bytes, body: bytes = b"OggS") -> httpx.Response:
    """A file whose part of the form begins with `head`, byte for byte."""
    content = (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\ndocument\r\n--x\r\n'
        + head
        + b"\r\n\r\n"
        + body
        + b"\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    return await page.post("/seats/1/messages", content=content, headers=headers)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
async def test_a_files_name_never_becomes_a_path(
    page: httpx.AsyncClient, seat: Seat, name: str, tmp_path: Path
) -> None:
    before = files_in(tmp_path)
    await seat.upload("document", b"OggS", file_name=name)
    (message,) = await seat.messages()
    shown = message["document"]["file_name"]
    assert not set("/\\\x00\u202e") & set(shown) and len(shown) <= 200
    (added,) = files_in(tmp_path) - before
    assert added.parent == tmp_path / "chat" / "files"
    assert added.name == message["document"]["file_unique_id"]
    downloaded = await page.get(message["document"]["file_url"])
    assert downloaded.content == b"OggS"
    assert downloaded.headers["content-disposition"].startswith("attachment; filename")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
async def test_a_download_never_leaves_the_folder(
    chat: LocalChat, page: httpx.AsyncClient, path: str
) -> None:
    assert (await page.get(f"/seats/1/files/{path}")).status_code in (403, 404)
    async with httpx.AsyncClient(base_url=chat.origin) as bot:
        answer = await bot.get(f"/file/bot{chat.token}/{path}")
        assert answer.status_code in (403, 404)
        assert (await bot.get(f"/file/bot1:wrong/{path}")).status_code in (401, 403, 404)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: text/html\nSet-Cookie: todak_chat=stolen",
        b"Content-Type: text/html\nContent-Security-Policy: default-src *",
        b"Content-Type: \xff\xfe/\xff",
        b"Content-Type: " + b"a" * 3_000 + b"/b",
        b"Content-Type: text/html; charset=x; filename=y",
    ],
    ids=["a cookie", "a policy", "no text", "long", "parameters"],
)
async def test_a_files_type_cannot_write_headers(page: httpx.AsyncClient, head: bytes) -> None:
    disposition = b'Content-Disposition: form-data; name="file"; filename="a.bin"\r\n'
    sent = await send_raw(page, disposition + head, b"<script>alert(1)</script>")
    if sent.status_code == 400:
        return  # the form itself was refused
    assert sent.status_code == 201
    document = sent.json()["message"]["document"]
    assert document["mime_type"] == "application/octet-stream"
    fetched = await page.get(document["file_url"])
    assert fetched.status_code == 200
    assert "set-cookie" not in fetched.headers
    assert fetched.headers["content-security-policy"].startswith("sandbox")
    assert fetched.headers["x-content-type-options"] == "nosniff"


async def test_a_web_page_that_was_uploaded_does_not_run(page: httpx.AsyncClient) -> None:
    files = {"file": ("a.html", b"<script>alert(1)</script>", "text/html")}
    sent = await page.post("/seats/1/messages", data={"kind": "document"}, files=files)
    fetched = await page.get(sent.json()["message"]["document"]["file_url"])
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in fetched.headers["content-security-policy"]


async def test_too_many_parts_and_too_large_bodies_are_refused(
    chat: LocalChat, page: httpx.AsyncClient, tmp_path: Path
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    many = b"".join(part % number for number in range(5_000)) + b"--x--\r\n"
    long_field = part % 1 + b"y" * (2 << 20) + b"\r\n--x--\r\n"
    long_header = b"--x\r\nX: " + b"y" * (2 << 20) + b"\r\n\r\n1\r\n--x--\r\n"
    for content in (many, long_field, long_header, b"--x\r\n" * 100_000):
        for url in ("/seats/1/messages",):
            answer = await page.post(url, content=content, headers=headers)
            assert answer.status_code == 400, content[:40]
        async with httpx.AsyncClient(base_url=chat.origin) as bot:
            url = f"/bot{chat.token}/sendDocument"
            answer = await bot.post(url, content=content, headers=headers)
            assert answer.status_code == 400, content[:40]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with httpx.AsyncClient(base_url=chat.origin) as bot:
        url = f"/bot{chat.token}/sendMessage"
        answer = await bot.post(url, content=b"a=1&" * 400_000, headers=form)
        assert answer.status_code == 413
    files = {"file": ("big.bin", bytes(70 << 20), "application/octet-stream")}
    answer = await page.post("/seats/1/messages", data={"kind": "document"}, files=files)
    assert answer.status_code == 413
    assert files_in(tmp_path / "chat" / "files") == set()


async def test_a_body_that_does_not_say_its_length_is_not_read(
    chat: LocalChat, page: httpx.AsyncClient
) -> None:
    async def endless() -> Any:
        for _ in range(1_000):
            yield bytes(1 << 20)

    for url in ("/seats/1/messages", f"/bot{chat.token}/sendMessage"):
        # The bot's requests carry no Origin.
        async with httpx.AsyncClient(base_url=chat.origin) as bot:
            client = page if url.startswith("/seats") else bot
            try:
                answer = await client.post(url, content=endless())
            except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
                continue  # the connection was closed before all was sent
            assert answer.status_code == 411


DEEP = '{"text":' * 50_000 + "1" + "}" * 50_000
BODIES = [
    b"[" * 500_000,
    DEEP.encode(),
    b'{"kind":"location","latitude":1,"longitude":2,"accuracy":NaN}',
    b'{"kind":"location","latitude":1,"longitude":2,"accuracy":1e999}',
    b'{"kind":"location","latitude":Infinity,"longitude":2}',
    b'{"kind":"location","latitude":1,"longitude":2,"live_period":1e40}',
    b'{"text":"\\ud800 half", "reply_to": 99999999999999999999999999}',
    b'{"kind":"contact","phone_number":"\\ud800"}',
    b'{"kind":"poll","question":"\\ud800","options":[1,2]}',
    b'{"kind":["location"]}',
    b'{"kind":{"a":1}}',
    b'{"text":[[]],"reply_to":"x"}',
    b"null",
    b"[]",
    b"\xff",
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: ascii(body)[:40])
async def test_no_json_breaks_the_page_or_what_the_bot_reads(
    chat: LocalChat, page: httpx.AsyncClient, seat: Seat, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    for path in ("messages", "callbacks", "edits", "reactions", "forwards", "start"):
        answer = await page.post(f"/seats/1/{path}", content=body, headers=headers)
        assert answer.status_code < 500, (path, answer.text)
    odd = {"language": ["ko"], "name": "\x1b[31m\n\u202e이름", "blocked": "yes"}
    assert (await page.patch("/seats/1/", json=odd)).status_code == 400
    await seat.write("아직 돼요")
    assert [m["text"] for m in await seat.messages() if m.get("text") == "아직 돼요"]
    async with httpx.AsyncClient(base_url=chat.origin) as bot:
        updates = await bot.get(f"/bot{chat.token}/getUpdates")
        assert json.loads(updates.text)["ok"]


async def test_what_a_form_says_about_a_recording_is_kept_within_reason(
    chat: LocalChat, page: httpx.AsyncClient, seat: Seat
) -> None:
    for duration in ("1e3", "-5", str(10**18), "9" * 30, "nan", "9" * 5_000, "\ud800"):
        files = {"file": ("n.ogg", b"OggS", "audio/ogg")}
        fields = {"kind": "voice", "duration": duration.encode("utf-8", "surrogatepass")}
        answer = await page.post("/seats/1/messages", data=fields, files=files)
        assert answer.status_code in (201, 400), duration[:20]
    for message in await seat.messages():
        assert 0 <= message["voice"]["duration"] < 2**31
