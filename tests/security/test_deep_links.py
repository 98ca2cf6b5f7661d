"""t.me/…?start=… with whatever a stranger guesses, reuses or writes into it."""

from typing import Any

import httpx
import pytest
from starlette.datastructures import URL

from bot.local_chat.serve import LocalChat
from storage.database import Database
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat
from tests.bot.waiting import done
from tests.security.conftest import Forger

GUESSED = "guardian-0f3a9c11d2"


def said_by(message: dict[str, Any]) -> bool:
    return not message["outgoing"]


async def test_an_unknown_payload_greets_and_does_nothing_else(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    analyzer: ScriptedAnalyzer,
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", "bot")
    for person in (seat, other_seat, seat):  # guessed, guessed by another, used again
        await person.call("POST", "/start", json={"payload": GUESSED})
        await person.answer("AI이고")
    await done()
    with database.transaction() as memory:
        assert memory.person(seat.chat_id) is None and memory.person(other_seat.chat_id) is None
    assert analyzer.seen == []
    assert all(GUESSED not in m["text"] for m in await seat.messages() if said_by(m))
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("bot")]
    assert not any(GUESSED in message for message in ours)


@pytest.mark.parametrize(
    "payload", ["", "x" * 10_000, "../../etc", "<b>", "{ $x }", "\x00", "죽고 싶어", "a b c"]
)
async def test_a_payload_that_no_link_can_carry_is_harmless(
    forger: Forger, seat: Seat, payload: str
) -> None:
    await seat.start()
    await seat.answer("AI이고")
    text = f"/start {payload}"
    message = {
        "message_id": 50,
        "date": 1_800_000_000,
        "chat": {"id": seat.chat_id, "type": "private"},
        "from": {"id": seat.chat_id, "is_bot": False, "first_name": "x", "language_code": "ko"},
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }
    assert await forger.deliver(message=message) == 200
    expected = "109" if payload == "죽고 싶어" else "AI이고"
    await seat.answer(expected)
    assert await forger.metric("todak_handler_failures_total") == 0


@pytest.mark.parametrize(
    "payload", ["a" * 65, "a b", "<script>", "밤", "a\nb", "../x", {"a": 1}, ["a"]]
)
async def test_the_local_chat_passes_on_only_what_telegram_would(
    page: httpx.AsyncClient, payload: object
) -> None:
    answer = await page.post("/seats/1/start", json={"payload": payload})
    assert answer.status_code == 400


async def test_a_deep_link_in_the_printed_address_stays_on_this_server(chat: LocalChat) -> None:
    async with httpx.AsyncClient(base_url=chat.origin) as client:
        for start in (
            "//evil.example",
            "https://evil.example",
            "x\r\nSet-Cookie: a=b",
            "<script>",
        ):
            query = {"token": "launch", "start": start}
            opened = await client.get("/", params=query)
            assert opened.status_code == 303
            target = URL(opened.headers["location"])
            assert (target.path, target.hostname) == ("/", None)
            assert [name for name in opened.headers if name == "set-cookie"] == ["set-cookie"]
            assert "launch" not in opened.headers["location"]
