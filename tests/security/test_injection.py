"""Markup, placeables and control characters in names and texts: nothing but themselves."""

import html
import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot.local_chat.serve import LocalChat
from bot.logs import JsonFormatter
from bot.wording import Wording
from inference.analysis import Emotion
from storage.database import Database
from storage.records import Language
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.waiting import done
from tests.security.canaries import operators_log
from tests.security.conftest import Forger

Register = Callable[..., None]
HOSTILE = [
    "<b>굵게</b><script>alert(1)</script>",
    '<a href="https://evil.example">119</a>',
    "&lt;b&gt; &#x202e;",
    "{ $x } { -term } { greeting }",
    "{$days} { NUMBER(1) }",
    "}\n\ngreeting = 해킹",
    "\u202e거꾸로\u2066\u200f",
    "\x1b[31m\x9b2J\r\n",
    "%s %d {0} ${jndi:ldap://evil}",
    "'; DROP TABLE persons; --",
    "\ud83d",
]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:30])
async def test_a_first_name_is_nowhere_in_what_is_said(
    forger: Forger, seat: Seat, name: str
) -> None:
    await seat.start()
    greeted = await seat.answer("AI이고")
    user = {"id": seat.chat_id, "is_bot": False, "first_name": name, "language_code": name}
    chat = {"id": seat.chat_id, "type": "private", "first_name": name}
    for number, text in enumerate((name, "/start", "/help", "/settings", f"/start {name}"), 60):
        body = {"message_id": number, "date": 1_800_000_000, "chat": chat, "from": user}
        assert await forger.deliver(message=body | {"text": text}) == 200
    said = [m["text"] for m in await seat.messages() if not m["outgoing"]]
    assert len(said) >= 5
    unchanged = {greeted["text"]}
    assert not any(name in text for text in said if text not in unchanged)
    assert not any("evil" in text or "해킹" in text for text in said)
    assert await forger.metric("todak_handler_failures_total") == 0


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
async def test_a_text_is_read_and_kept_as_it_is_and_never_said_back(
    forger: Forger,
    seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    text: str,
    database: Database,
) -> None:
    register(seat)
    readable = text.encode("utf-8", "replace").decode()
    analyzer.words[readable] = estimate(Emotion.JOY)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    user = {"id": seat.chat_id, "is_bot": False, "first_name": "x"}
    chat = {"id": seat.chat_id, "type": "private"}
    body = {"message_id": 70, "date": 1_800_000_000, "chat": chat, "from": user, "text": text}
    assert await forger.deliver(message=body) == 200
    answer = await seat.answer("기쁨")
    assert readable == "?" or readable not in answer["text"]
    assert analyzer.seen == [readable]
    assert await forger.metric("todak_handler_failures_total") == 0


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_a_value_given_to_a_sentence_is_never_read_as_one(
    language: Language, hostile: str
) -> None:
    say = Wording(language)
    shown = say("settings-age", age=hostile)
    assert shown.partition(": ")[2] == html.escape(hostile)


async def test_a_seats_name_and_texts_reach_the_page_as_data(
    chat: LocalChat, page: httpx.AsyncClient, seat: Seat
) -> None:
    for hostile in HOSTILE:
        body = json.dumps({"name": hostile[:64]}).encode()
        changed = await page.patch("/seats/1/", content=body)
        assert changed.status_code in (200, 400)
        if changed.status_code == 200:
            name = changed.json()["name"]
            assert not any(c < " " for c in name) and "\u202e" not in name
    sent = await page.post("/seats/1/messages", json={"text": HOSTILE[0]})
    (message,) = sent.json()["messages"]
    assert message["text"] == HOSTILE[0]
    assert {entity["type"] for entity in message["entities"]} == {"bot_command"}  # as in Telegram
    assert sent.headers["content-type"] == "application/json"
    shown = await page.get("/")
    assert "script-src" in shown.headers["content-security-policy"] or (
        "default-src 'self'" in shown.headers["content-security-policy"]
    )
    assert "unsafe" not in shown.headers["content-security-policy"]


def line_of(message: str, *arguments: Any, name: str = "bot.test") -> str:
    record = logging.LogRecord(name, logging.INFO, __file__, 1, message, arguments, None)
    return JsonFormatter().format(record)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_a_log_line_stays_one_line_of_plain_ascii(hostile: str) -> None:
    forged = f'{hostile}"}}\n{{"level": "CRITICAL", "message": "forged"}}\u2028\x85'
    line = line_of("a path: %s", forged)
    assert len(line.splitlines()) == 1 and line.isascii() and line.isprintable()
    content = json.loads(line)
    assert content["level"] == "INFO" and content["message"] == f"a path: {forged}"


async def test_paths_methods_and_agents_of_requests_write_no_log_lines(
    chat: LocalChat, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "%0A%1B[31m{%22level%22:%22CRITICAL%22}"
    headers = {"User-Agent": "x\t{forged}", "X-Forwarded-For": "forged", "Referer": "forged"}
    with operators_log(monkeypatch, "DEBUG") as output:
        async with httpx.AsyncClient(headers=headers) as client:
            for address in (chat.origin, forger.operations):
                for path in (f"/{hostile}", f"/bot1:x/{hostile}", f"/bot{chat.token}/{hostile}"):
                    await client.get(f"{address}{path}")
                    await client.request("PROPFIND", f"{address}{path}")
        await done()
        written = output.getvalue()
    assert "forged" not in written and "CRITICAL" not in written and chat.token not in written
