import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from dbos import DBOS, DBOSClient
from sqlalchemy.exc import OperationalError
from telegram import Update

from bot import workflows
from bot.event_loop import EventLoopCalls
from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.retention import KEPT
from bot.todak import LookAfter
from bot.workflow_engine import SealingSerializer, forget_finished
from inference.analysis import Analysis, Distress, DistressLevel, Emotion
from storage.database import make_engine
from storage.encryption import ServiceKeys, WrongServiceKey
from storage.key_store import KeyStore
from storage.records import Language
from tests.bot.conftest import StartBot
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.waiting import done, open_workflows

Register = Callable[..., None]
FALLBACK = "답을 만들지 못했어요"


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [m["text"] for m in messages if not m["outgoing"] and "text" in m]


async def test_an_update_delivered_twice_is_answered_once(
    bot: str,
    seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(seat)
    stored: list[Update] = []
    store = workflows.Workflows.store_update
    own: list[workflows.Workflows] = []

    async def noted(
        self: workflows.Workflows, update: Update, received_at_s: float, *, urgent: bool
    ) -> None:
        stored.append(update)
        own.append(self)
        await store(self, update, received_at_s, urgent=urgent)

    monkeypatch.setattr(workflows.Workflows, "store_update", noted)
    analyzer.words["한 번만"] = estimate(Emotion.JOY)
    await seat.write("한 번만")
    await seat.answer("기쁨")
    for _ in range(3):
        await store(own[0], stored[0], time.time(), urgent=False)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    assert analyzer.seen == ["한 번만"]
    assert len(texts(await seat.messages())) == 2


async def test_a_chat_keeps_its_order_while_another_is_slow(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(seat)
    register(other_seat)
    analyze, released = analyzer.analyze, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(text: str | None, distress: Distress) -> Analysis:
        if text == "느린 말":
            asyncio.run_coroutine_threadsafe(released.wait(), loop).result(20)
        return analyze(text, distress)

    monkeypatch.setattr(analyzer, "analyze", slow)
    names = [f"말 {number}" for number in range(6)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    await other_seat.write("느린 말")
    await other_seat.write("그다음 말")
    for name in names:
        await seat.write(name)
    await seat.until(lambda messages: len(texts(messages)) == len(names))
    assert analyzer.seen == names
    assert texts(await other_seat.messages()) == []
    released.set()
    await other_seat.until(lambda messages: len(texts(messages)) == 2)
    assert analyzer.seen == [*names, "느린 말", "그다음 말"]


async def test_what_fails_three_times_is_answered_at_last_and_what_always_fails_is_never_silent(
    start_bot: StartBot,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.event_loop.FIRST_RETRY_S", 0.02)
    register(seat)
    register(other_seat)
    analyzer.words["다시"] = estimate(Emotion.JOY)
    async with start_bot():
        analyzer.fails = 3
        await seat.write("다시")
        await seat.answer("기쁨")
        assert len(texts(await seat.messages())) == 1 and len(analyzer.seen) == 4
        analyzer.fails = 100
        await other_seat.write("늘 깨지는 말")
        said = await other_seat.answer(FALLBACK)
        assert all(number in said["text"] for number in ("119", "109", "112"))
        analyzer.fails = 0
        analyzer.words["그다음"] = estimate(Emotion.JOY)
        await other_seat.write("그다음")
        await other_seat.answer("기쁨")
        assert [FALLBACK in said for said in texts(await other_seat.messages())] == [True, False]


async def test_a_refusing_network_is_outlasted_and_a_person_who_left_is_let_go(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
) -> None:
    register(seat)
    register(other_seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    blocked = Fault(FaultKind.FORBIDDEN, "sendMessage", other_seat.chat_id)
    flood = Fault(FaultKind.FLOOD, "sendMessage", seat.chat_id, seconds=1)
    broken = Fault(FaultKind.SERVER_ERROR, "sendMessage", seat.chat_id)
    for fault in (blocked, flood, broken):
        chat.faults.inject(fault)
    await other_seat.write("좋은 날")
    await seat.write("좋은 날")
    await seat.answer("기쁨")
    await other_seat.write("/help")
    await other_seat.answer("저는 토닥이에요")
    assert len(texts(await other_seat.messages())) == 1, "403 is not tried again"


async def test_what_was_pending_when_the_process_ended_is_answered_by_the_next(
    start_bot: StartBot,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.serving.STOP_GRACE_S", 0.1)
    monkeypatch.setattr("bot.event_loop.FIRST_RETRY_S", 60)
    register(seat)
    register(other_seat)
    names = [f"말 {number}" for number in range(5)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    analyzer.fails = 1
    async with start_bot():
        # The first waits to be tried again, the others wait behind it.
        for name in names:
            await seat.write(name)
        await other_seat.write("/help")
        await other_seat.answer("저는 토닥이에요")
        async with asyncio.timeout(10):
            while len(await open_workflows("update:")) < len(names):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    analyzer.seen.clear()
    async with start_bot():
        await seat.until(lambda messages: len(texts(messages)) == len(names))
    assert analyzer.seen == names


async def test_what_ends_the_process_again_and_again_gets_the_fixed_reply_in_the_end(
    start_bot: StartBot,
    seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.serving.STOP_GRACE_S", 0.1)
    monkeypatch.setattr("bot.event_loop.FIRST_RETRY_S", 60)
    monkeypatch.setattr(workflows, "MOST_STARTS", 2)
    register(seat)
    analyzer.fails = 100
    for n_starts in (1, 2):
        async with start_bot():
            if n_starts == 1:
                await seat.write("늘 깨지는 말")
            async with asyncio.timeout(10):
                while len(analyzer.seen) < n_starts:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        assert texts(await seat.messages()) == []
    async with start_bot():
        await seat.answer(FALLBACK)
        await done()
    assert len(analyzer.seen) == 2, "it was not begun a third time"


async def test_it_stops_in_order_where_the_database_is_away(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    stop_calls, destroy = EventLoopCalls.stop, DBOS.destroy

    def away(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("the server closed the connection"))

    def noted_stop(calls: EventLoopCalls) -> None:
        stopped.append("calls")
        stop_calls(calls)

    def noted_destroy() -> None:
        stopped.append("engine")
        destroy()

    monkeypatch.setattr(EventLoopCalls, "stop", noted_stop)
    monkeypatch.setattr(DBOS, "destroy", noted_destroy)
    async with start_bot():
        monkeypatch.setattr(DBOSClient, "list_workflows", away)
    assert stopped == ["calls", "engine"]


def assert_absent(folder: Path, parts: tuple[bytes, ...]) -> None:
    files = [*folder.glob("workflows.sqlite*"), *folder.glob("todak.sqlite*")]
    assert len(files) >= 2
    for path in files:
        content = path.read_bytes()
        assert not any(part in content for part in parts), path.name


async def test_what_is_stored_and_logged_holds_no_word_of_what_was_said(
    start_bot: StartBot,
    seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("bot.event_loop.FIRST_RETRY_S", 0.02)
    canary = "카나리아 canary-7251"
    register(seat)
    analyzer.words[canary] = estimate(Emotion.SADNESS)
    async with start_bot():
        await seat.write(canary)
        await seat.answer("슬픔")
        analyzer.fails = 4
        await seat.write(f"{canary} 깨지는")
        await seat.answer(FALLBACK)
        await seat.write(f"죽고 싶어 {canary}")
        await seat.answer("자살을 생각")
    assert_absent(tmp_path, ("카나리아".encode(), b"canary-7251", "카나리아".encode("utf-16-le")))
    assert "canary-7251" not in caplog.text and "카나리아" not in caplog.text
    assert "the model broke" in caplog.text


async def test_finished_workflows_are_forgotten_after_a_day(bot: str, seat: Seat) -> None:
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    await done()
    now = datetime.now(UTC)
    assert await asyncio.to_thread(forget_finished, now, KEPT.workflows) == 0
    assert await asyncio.to_thread(forget_finished, now + timedelta(hours=25), KEPT.workflows) == 1
    assert await asyncio.to_thread(DBOS.list_workflows) == []


def test_stored_values_open_only_with_the_services_key(keys: KeyStore, tmp_path: Path) -> None:
    value = {"update_id": 1, "message": {"text": "오늘 \ud83d \x00"}}
    keys.prepare()
    sealed = SealingSerializer(keys).serialize(value)
    assert "오늘" not in sealed and SealingSerializer(keys).deserialize(sealed) == value
    other = KeyStore(
        make_engine(f"sqlite:///{tmp_path / 'others.sqlite'}"),
        ServiceKeys([Fernet.generate_key().decode()]),
    )
    other.prepare()
    with pytest.raises(WrongServiceKey):
        SealingSerializer(other).deserialize(sealed)


@pytest.mark.parametrize("over", [False, True])
async def test_questions_that_are_over_end_no_younger_ones(
    monkeypatch: pytest.MonkeyPatch, over: bool
) -> None:
    """Begun under the same message once more, they are not begun again."""
    told: list[str] = []

    async def nothing(*arguments: object) -> None:
        return None

    async def is_open(_flows: workflows.Workflows, workflow_id: str) -> bool:
        return not over

    async def younger(_flows: workflows.Workflows, prefix: str) -> list[str]:
        return [f"{prefix}11"]

    monkeypatch.setattr(workflows.Workflows, "enqueue", nothing)
    monkeypatch.setattr(workflows.Workflows, "is_open", is_open)
    monkeypatch.setattr(workflows.Workflows, "open_workflows", younger)
    flows = workflows.Workflows.__new__(workflows.Workflows)
    flows._bot_id = 1
    monkeypatch.setattr(
        flows,
        "_client",
        SimpleNamespace(send=lambda number, *_: told.append(number)),
        raising=False,
    )
    await flows.look_after(LookAfter(5, 10, DistressLevel.THOUGHTS, Language.KOREAN, None))
    assert told == ([] if over else ["look_after:1:5:thoughts:11"])
