"""What a page sends a second time, because it never heard that it had arrived."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from telegram import Bot

from bot.local_chat import store, tables
from bot.local_chat.store import Store
from tests.bot.local_chat.test_events import place

WEBM = b"\x1aE\xdf\xa3" + bytes(400)
KEY = "5f1c"


async def waiting(bot: Bot) -> int:
    return len(await bot.get_updates())


async def test_words_sent_twice_are_one_message(bot: Bot, started: Any, guardian: Any) -> None:
    first = await started.send(text="한 번만", client_key=KEY)
    again = await started.call(
        "POST", "/messages", 201, json={"text": "한 번만", "client_key": KEY}
    )
    assert [message["message_id"] for message in again["messages"]] == [first["message_id"]]
    assert await waiting(bot) == 1
    await started.send(text="한 번만", client_key="another")
    await guardian.start()
    await guardian.send(text="한 번만", client_key=KEY)
    assert await waiting(bot) == 4, "another sending and another seat are not the same"


async def test_a_long_text_sent_twice_is_answered_with_all_its_messages(
    bot: Bot, started: Any
) -> None:
    for _ in range(2):
        sent = {"text": "가" * 10_000, "client_key": KEY}
        answer = await started.call("POST", "/messages", 201, json=sent)
        assert [len(message["text"]) for message in answer["messages"]] == [4096, 4096, 1808]
    assert await waiting(bot) == 3


async def test_a_file_sent_twice_is_kept_once(bot: Bot, started: Any, tmp_path: Path) -> None:
    uploads = (started.upload("voice", WEBM, client_key=KEY) for _ in range(3))
    sent = await asyncio.gather(*uploads)
    assert len({message["message_id"] for message in sent}) == 1
    assert await waiting(bot) == 1
    assert len(list((tmp_path / "chat/files").iterdir())) == 1


async def test_what_was_deleted_does_not_come_back(bot: Bot, started: Any) -> None:
    sent = await started.send(text="4829", client_key=KEY)
    await bot.delete_message(1001, sent["message_id"])
    again = await started.call("POST", "/messages", 201, json={"text": "4829", "client_key": KEY})
    assert again["messages"] == []
    assert await waiting(bot) == 1


async def test_a_page_hears_and_asks_what_has_arrived(started: Any) -> None:
    after = await place(started)
    await started.send(text="왔어요", client_key=KEY)
    events = await started.events(2, after)
    assert events[1] == {"type": "sent", "client_key": KEY}
    asked = await started.call("POST", "/sent", json={"client_keys": ["new", KEY]})
    assert asked == {"client_keys": [KEY]}
    await started.call("POST", "/sent", 400, json={"client_keys": KEY})


async def test_keys_that_are_none(started: Any) -> None:
    await started.send(400, text="x", client_key=7)
    await started.send(400, text="x", client_key="")
    await started.send(400, text="x", client_key="k" * 65)
    await started.upload("voice", WEBM, client_key="k" * 65, status=400)


def test_a_store_from_before_is_opened_and_only_the_newest_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Store(tmp_path)
    with opened.transaction():
        opened.connection.exec_driver_sql("DROP TABLE sendings")
    opened.close()
    opened = Store(tmp_path)
    with opened.transaction():
        rows = [{"message_id": n, "chat_id": 1001, "client_key": KEY} for n in (1, 2, 3)]
        opened.connection.execute(insert(tables.sendings), rows)
    opened.close()
    monkeypatch.setattr(store, "SENDINGS_KEPT", 2)
    opened = Store(tmp_path)
    with opened.transaction():
        left = opened.connection.exec_driver_sql("SELECT message_id FROM sendings").scalars()
        assert list(left) == [2, 3]
    opened.close()
