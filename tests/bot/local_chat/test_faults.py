import time
from datetime import timedelta

import httpx
import pytest
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot.local_chat.bot_errors import BotApiError
from bot.local_chat.faults import Fault, FaultKind, Faults, read_fault
from bot.local_chat.serve import LocalChat


def test_a_fault_strikes_where_and_as_often_as_it_was_set_up() -> None:
    faults = Faults()
    fault = Fault(FaultKind.FLOOD, method="sendMessage", chat_id=1001, count=2)
    faults.inject(fault)
    assert faults.take("sendPhoto", "1001") is None
    assert faults.take("sendMessage", "1002") is None
    assert faults.take("sendmessage", "1001") is fault
    assert faults.take("sendMessage", "1001") is fault
    assert faults.take("sendMessage", "1001") is None


def test_a_fault_for_every_method_leaves_the_long_poll_alone() -> None:
    faults = Faults()
    faults.inject(Fault(FaultKind.SERVER_ERROR, count=None))
    assert faults.take("getUpdates", "") is None
    assert faults.take("getMe", "") is not None
    faults.clear()
    assert faults.take("getMe", "") is None


def test_a_fault_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    faults = Faults()
    faults.inject(Fault(FaultKind.SLOW, count=None, duration_s=5))
    assert faults.take("getMe", "") is not None
    now_s = 106.0
    assert faults.take("getMe", "") is None


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(BotApiError):
        read_fault({"kind": "earthquake"})
    with pytest.raises(BotApiError):
        read_fault({"kind": "429", "often": 3})


async def test_refusals_become_the_librarys_exceptions(
    chat: LocalChat, bot: Bot, started: object
) -> None:
    chat.faults.inject(Fault(FaultKind.FLOOD, seconds=7))
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(1001, "안녕")
    assert flood.value.retry_after == timedelta(seconds=7)
    chat.faults.inject(Fault(FaultKind.FORBIDDEN))
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(1001, "안녕")
    chat.faults.inject(Fault(FaultKind.SERVER_ERROR))
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(1001, "안녕")
    assert (await bot.send_message(1001, "안녕")).text == "안녕"


@pytest.mark.parametrize("kind", [FaultKind.LOST, FaultKind.DROPPED])
async def test_a_lost_answer_was_delivered(
    chat: LocalChat, bot: Bot, started: object, browser: httpx.AsyncClient, kind: FaultKind
) -> None:
    chat.faults.inject(Fault(kind, method="sendMessage"))
    with pytest.raises(NetworkError):
        await bot.send_message(1001, "들렸나요")
    messages = (await browser.get("/seats/1/messages")).json()["messages"]
    assert messages[-1]["text"] == "들렸나요"


async def test_a_slow_answer_comes_late(chat: LocalChat, bot: Bot, started: object) -> None:
    chat.faults.inject(Fault(FaultKind.SLOW, seconds=0.2))
    before = time.monotonic()
    await bot.send_message(1001, "천천히")
    assert time.monotonic() - before >= 0.2


async def test_faults_over_http(chat: LocalChat, bot: Bot) -> None:
    async with httpx.AsyncClient(base_url=chat.origin) as client:
        fault = {"kind": "500", "method": "getMe", "count": None}
        assert (await client.post("/test/faults", json=fault)).status_code == 200
        with pytest.raises(NetworkError):
            await bot.get_me()
        assert (await client.delete("/test/faults")).status_code == 200
        assert (await bot.get_me()).id == 1
        refused = await client.post("/test/faults", json={"kind": "?"})
        assert refused.status_code == 400
        foreign = await client.post("/test/faults", json=fault, headers={"Origin": chat.origin})
        assert foreign.status_code == 403
