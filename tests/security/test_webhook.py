"""The webhook: only who knows its secret, only updates, and nothing that fills or stops it."""

import hmac
import json
from typing import Any

import httpx
import pytest
from telegram import Bot

from bot.operations import LARGEST_UPDATE_BYTES, SECRET_HEADER, NotAnUpdate, read_update
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat
from tests.bot.waiting import done
from tests.security.conftest import SECRET, Forger

BOT = Bot("1:local")
USER = {"id": 5, "is_bot": False, "first_name": "x"}
MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "from": USER}
WRONG_TYPES: list[dict[str, Any]] = [
    {"message": MESSAGE | {"text": ["a", "list"]}},
    {"message": MESSAGE | {"text": {"a": 1}}},
    {"message": MESSAGE | {"text": 7}},
    {"message": MESSAGE | {"date": 10**30}},
    {"message": MESSAGE | {"date": -(10**15)}},
    {"message": MESSAGE | {"date": "today"}},
    {"message": MESSAGE | {"message_id": 2**70}},
    {"message": MESSAGE | {"chat": {"id": "1001", "type": "private"}}},
    {"message": MESSAGE | {"chat": {"type": "private"}}},
    {"message": MESSAGE | {"from": {**USER, "language_code": ["ko"]}}},
    {"message": MESSAGE | {"voice": {"file_id": 1, "file_unique_id": "a", "duration": 10**30}}},
    {"message": "text"},
    {"message": [MESSAGE]},
    {"callback_query": {"id": "1", "from": USER, "chat_instance": "1", "data": {"a": 1}}},
    {"callback_query": {}},
]


@pytest.mark.parametrize("given", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: SECRET[:-1]},
                                   {SECRET_HEADER: SECRET + "x"}, {SECRET_HEADER: SECRET.upper()},
                                   {"Authorization": SECRET}])  # fmt: skip
async def test_an_update_without_the_secret_is_not_even_read(
    forger: Forger, seat: Seat, given: dict[str, str], analyzer: ScriptedAnalyzer
) -> None:
    body = {"update_id": 1, "message": MESSAGE | {"text": "위조"}}
    address = f"{forger.operations}/webhook"
    answer = await forger.client.post(address, json=body, headers=given)
    assert (answer.status_code, answer.text) == (403, "wrong secret")
    in_query = await forger.client.post(f"{address}?secret_token={SECRET}", json=body)
    assert in_query.status_code == 403
    await done()
    assert analyzer.seen == []
    assert await forger.metric("todak_updates_received_total") == 0


async def test_the_secret_is_compared_in_constant_time(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def compare(given: bytes, wanted: bytes) -> bool:
        compared.append((given, wanted))
        return real(given, wanted)

    monkeypatch.setattr("hmac.compare_digest", compare)
    headers = {SECRET_HEADER: "guess"}
    await forger.client.post(f"{forger.operations}/webhook", json={}, headers=headers)
    assert compared == [(b"guess", SECRET.encode())]


@pytest.mark.parametrize("content", WRONG_TYPES, ids=lambda content: json.dumps(content)[:60])
def test_what_is_of_another_type_than_telegrams_is_no_update(content: dict[str, Any]) -> None:
    read_update(json.dumps({"update_id": 1, "message": MESSAGE}).encode(), BOT)
    with pytest.raises(NotAnUpdate):
        read_update(json.dumps({"update_id": 1, **content}).encode(), BOT)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 400_000,
        b'{"a":' * 150_000,
        b'{"update_id":1,"message":' + b'{"reply_to_message":' * 40_000 + b"1" + b"}" * 40_001,
        b'{"update_id": 1, "update_id": NaN}',
        b'{"update_id": ' + b"9" * 100_000 + b"}",
        b'{"update_id": 1' + b', "k": []' * 100_000 + b', "message": {}}',
        b"\xff\xfe\x00",
    ],
    ids=["arrays", "objects", "replies", "nan", "digits", "keys", "not utf-8"],
)
async def test_a_json_bomb_is_refused_and_the_bot_goes_on(
    forger: Forger, seat: Seat, body: bytes
) -> None:
    headers = {SECRET_HEADER: SECRET}
    answer = await forger.client.post(
        f"{forger.operations}/webhook", content=body, headers=headers
    )
    assert answer.status_code == 400
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")


async def test_a_body_of_unknown_or_too_great_length_is_refused(forger: Forger) -> None:
    async def endless() -> Any:
        yield b"{}"

    headers = {SECRET_HEADER: SECRET}
    for content in (endless(), b" " * (LARGEST_UPDATE_BYTES + 1)):
        answer = await forger.client.post(
            f"{forger.operations}/webhook", content=content, headers=headers
        )
        assert answer.status_code == 413


async def test_operators_pages_tell_nothing_of_anyone(forger: Forger, seat: Seat) -> None:
    await seat.write("죽고 싶어")
    await seat.answer("109")
    await done()
    async with httpx.AsyncClient(base_url=forger.operations) as anyone:
        for path in ("/metrics", "/healthz"):
            shown = (await anyone.get(path)).text
            assert str(seat.chat_id) not in shown and "죽고" not in shown and SECRET not in shown
        for path in ("/", "/docs", "/openapi.json", "/metrics/../webhook", "/.env"):
            assert (await anyone.get(path)).status_code in (404, 405), path
