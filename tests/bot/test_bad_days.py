"""Telegram's bad days: what is refused, late or lost delays nobody else and is answered at last.

`TODAK_BAD_DAY_S` sets how long each lasts; `make reliability` asks for a minute.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from inference.analysis import Emotion
from tests.bot.conftest import StartBot
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.sounds import wav

BAD_DAY_S = float(os.environ.get("TODAK_BAD_DAY_S", "4"))
AFTERWARDS_S = 25.0
N_MESSAGES = 6

Register = Callable[..., None]


def answers(messages: list[dict[str, Any]]) -> list[str]:
    return [m["text"] for m in messages if not m["outgoing"] and "기쁨" in m.get("text", "")]


def more_than(count: int) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda messages: len(answers(messages)) > count


async def seconds_of(waiting: Awaitable[Any]) -> float:
    began = time.monotonic()
    await waiting
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [(FaultKind.FLOOD, 2.0), (FaultKind.SERVER_ERROR, 0.0), (FaultKind.SLOW, 20.0)],
)
async def test_trouble_of_one_chat_loses_nothing_and_delays_no_other(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    kind: FaultKind,
    seconds: float,
) -> None:
    register(seat)
    register(other_seat)
    names = [f"말 {number}" for number in range(N_MESSAGES)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    chat.faults.inject(
        Fault(kind, "sendMessage", seat.chat_id, None, duration_s=BAD_DAY_S, seconds=seconds)
    )
    for name in names:
        await seat.write(name)
    over = time.monotonic() + BAD_DAY_S
    delays = []
    while time.monotonic() < over:
        count = len(answers(await other_seat.messages()))
        await other_seat.write(names[0])
        delays.append(await seconds_of(other_seat.until(more_than(count))))
        await asyncio.sleep(max(0.5, BAD_DAY_S / 40))  # nobody writes faster than answers come
    assert max(delays) < 2.0, "another chat waited"
    await seat.until(lambda m: len(answers(m)) >= N_MESSAGES, AFTERWARDS_S + seconds)
    assert set(analyzer.seen) == set(names)


async def test_a_server_that_is_away_for_all_is_outlasted_with_the_answers_themselves(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
) -> None:
    names = [f"말 {number}" for number in range(N_MESSAGES)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    chat.faults.inject(Fault(FaultKind.SERVER_ERROR, None, None, None, BAD_DAY_S))
    chat.faults.inject(Fault(FaultKind.SERVER_ERROR, "getUpdates", None, None, BAD_DAY_S))
    for writer in (seat, other_seat):
        register(writer)
        for name in names:
            await writer.write(name)
    for writer in (seat, other_seat):
        messages = await writer.until(
            lambda m: m if len(answers(m)) >= N_MESSAGES else None, AFTERWARDS_S + BAD_DAY_S
        )
        assert len(answers(messages)) == N_MESSAGES, "each is answered once"
        assert not any("답을 만들지 못했어요" in m.get("text", "") for m in messages)


@pytest.mark.parametrize("kind", [FaultKind.LOST, FaultKind.DROPPED])
async def test_an_answer_that_arrived_although_the_line_broke_is_repeated_rather_than_lost(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    kind: FaultKind,
) -> None:
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    chat.faults.inject(Fault(kind, "sendMessage", seat.chat_id, count=1))
    await seat.write("좋은 날")
    await seat.until(lambda m: len(answers(m)) == 2)


async def test_another_receiver_of_the_updates_is_outlasted(
    bot: str, chat: LocalChat, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    chat.faults.inject(Fault(FaultKind.CONFLICT, "getUpdates", None, None, BAD_DAY_S / 2))
    await seat.write("좋은 날")
    await seat.until(lambda m: len(answers(m)) == 1, AFTERWARDS_S + BAD_DAY_S)


async def test_a_recording_that_vanished_is_said_and_one_that_is_slow_is_heard(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
) -> None:
    register(seat)
    register(other_seat)
    analyzer.voice = estimate(Emotion.JOY)
    chat.faults.inject(Fault(FaultKind.REFUSED, "getFile", count=1))
    await seat.upload("voice", wav())
    await seat.answer("받지 못했어요")
    chat.faults.inject(Fault(FaultKind.SLOW, "getFile", seconds=BAD_DAY_S))
    await seat.upload("voice", wav())
    await asyncio.sleep(0.2)
    await other_seat.upload("voice", wav())
    quick = await seconds_of(other_seat.until(lambda m: len(answers(m)) == 1))
    assert quick < BAD_DAY_S / 2
    await seat.until(lambda m: len(answers(m)) == 1, AFTERWARDS_S + BAD_DAY_S)


async def test_danger_has_a_lane_that_nothing_else_blocks(
    start_bot: StartBot,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All workers hang in one sending each, and a long row waits behind them."""
    monkeypatch.setattr("bot.workflows.WORKERS", 2)
    register(seat)
    register(other_seat)
    names = [f"말 {number}" for number in range(20)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    chat.faults.inject(Fault(FaultKind.SLOW, "sendChatAction", None, None, seconds=BAD_DAY_S * 3))
    async with start_bot():
        for writer in (seat, other_seat):
            await writer.upload("voice", wav())
            for name in names:
                await writer.write(name)
        await asyncio.sleep(0.3)
        await seat.write("죽고 싶어")
        waited = await seconds_of(seat.answer("자살을 생각"))
        assert waited < 2.0
        assert not answers(await seat.messages()), "everything else is still blocked"


async def test_what_goes_wrong_is_counted(
    bot: str, chat: LocalChat, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    chat.faults.inject(Fault(FaultKind.SERVER_ERROR, "sendMessage", count=2))
    await seat.write("좋은 날")
    await seat.until(lambda m: len(answers(m)) == 1)
    async with httpx.AsyncClient() as client:
        metrics = (await client.get(f"{bot}/metrics")).text
    assert 'todak_handler_failures_total{error="NetworkError"} 2.0' in metrics
    assert 'todak_retries_total{reason="outage"} 2.0' in metrics
    assert "todak_apologies_total 0.0" in metrics
