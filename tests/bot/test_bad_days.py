"""Telegram's bad days: what is refused, late or lost delays nobody else and is answered at last.

`TODAK_BAD_DAY_S` sets how long each lasts; `make reliability` asks for a minute.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from aiohttp import ConnectionTimeoutError
from telegram import Bot
from telegram.error import TimedOut

from bot.connection import Connection
from bot.local_chat.faults import DOWNLOAD, Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.serving import Parts, running
from inference.analysis import Emotion
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.sounds import wav

pytestmark = pytest.mark.slow

BAD_DAY_S = float(os.environ.get("TODAK_BAD_DAY_S", "4"))
AFTERWARDS_S = 25.0
N_MESSAGES = 6
N_SLOW = 2
THIRD_CHAT_ID = 1003
MOST_COPIES = 10
"""Of one answer that arrived, while Telegram denies it for up to a minute."""


Register = Callable[..., None]


def answers(messages: list[dict[str, Any]]) -> list[str]:
    return [m["text"] for m in messages if not m["outgoing"] and "기쁨" in m.get("text", "")]


def answered(messages: list[dict[str, Any]]) -> set[str]:
    """The messages that were answered, by the numbers in the answers' buttons."""
    buttons = [
        button["callback_data"]
        for message in messages
        for row in message.get("reply_markup", {}).get("inline_keyboard", [])
        for button in row
    ]
    return {data.split(":")[1] for data in buttons}


def more_than(count: int) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda messages: len(answers(messages)) > count


async def seconds_of(waiting: Awaitable[Any]) -> float:
    began = time.monotonic()
    await waiting
    return time.monotonic() - began


async def delays_of_others(seat: Seat, words: str) -> list[float]:
    """How long each message of another chat waits for its answer, for the whole bad day."""
    over = time.monotonic() + BAD_DAY_S
    delays = []
    while time.monotonic() < over:
        count = len(answers(await seat.messages()))
        await seat.write(words)
        delays.append(await seconds_of(seat.until(more_than(count))))
        await asyncio.sleep(max(0.5, BAD_DAY_S / 40))  # nobody writes faster than answers come
    return delays


async def metric(bot: str, name: str) -> float:
    """The value of a counter; 0 where nothing was counted yet."""
    async with httpx.AsyncClient() as client:
        lines = (await client.get(f"{bot}/metrics")).text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)


def told_of_vanishing(messages: list[dict[str, Any]]) -> list[str]:
    return [m["text"] for m in messages if "받지 못했어요" in m.get("text", "")]


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
    sent = {str(await seat.write(name)) for name in names}
    delays = await delays_of_others(other_seat, names[0])
    assert max(delays) < 2.0, "another chat waited"
    await seat.until(lambda m: answered(m) >= sent, AFTERWARDS_S + seconds)


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
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    kind: FaultKind,
) -> None:
    """Nobody can ask Telegram whether it arrived; the waits between two copies grow."""
    register(seat)
    register(other_seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    chat.faults.inject(Fault(kind, "sendMessage", seat.chat_id, None, duration_s=BAD_DAY_S))
    await seat.write("좋은 날")
    delays = await delays_of_others(other_seat, "좋은 날")
    assert max(delays) < 2.0, "another chat waited"
    await seat.write("/help")
    messages = await seat.until(
        lambda m: m if any("저는 토닥이에요" in x.get("text", "") for x in m) else None,
        AFTERWARDS_S + BAD_DAY_S,
    )
    copies = len(answers(messages))
    sys.stdout.write(f"{kind}: {copies} copies of one answer in {BAD_DAY_S} s\n")
    assert 2 <= copies <= MOST_COPIES
    assert not any("답을 만들지 못했어요" in m.get("text", "") for m in messages)


async def test_a_person_who_blocks_the_bot_is_let_go_and_delays_nobody(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
) -> None:
    register(seat)
    register(other_seat)
    analyzer.words |= {"좋은 날": estimate(Emotion.JOY), "나중": estimate(Emotion.JOY)}
    blocked = Fault(FaultKind.FORBIDDEN, "sendMessage", seat.chat_id, None, BAD_DAY_S)
    chat.faults.inject(blocked)
    await seat.write("좋은 날")
    delays = await delays_of_others(other_seat, "좋은 날")
    assert max(delays) < 2.0, "another chat waited"
    assert await metric(bot, 'todak_handler_failures_total{error="Forbidden"}') == 1
    assert await metric(bot, 'todak_retries_total{reason="outage"}') == 0
    await asyncio.sleep(0.2)  # the strike ends
    await seat.write("나중")
    await seat.until(lambda m: len(answers(m)) == 1)


async def test_another_receiver_of_the_updates_is_outlasted(
    bot: str, chat: LocalChat, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    names = [f"말 {number}" for number in range(N_MESSAGES)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    chat.faults.inject(Fault(FaultKind.CONFLICT, "getUpdates", None, None, BAD_DAY_S))
    for name in names:
        await seat.write(name)
    messages = await seat.until(
        lambda m: m if len(answers(m)) >= N_MESSAGES else None, AFTERWARDS_S + BAD_DAY_S
    )
    assert len(answers(messages)) == N_MESSAGES


@pytest.mark.parametrize(
    ("kind", "method"), [(FaultKind.REFUSED, "getFile"), (FaultKind.VANISHED, DOWNLOAD)]
)
async def test_recordings_that_vanished_are_said_kindly_and_delay_nobody(
    bot: str, chat: LocalChat, seat: Seat, other_seat: Seat, register: Register,
    analyzer: ScriptedAnalyzer, kind: FaultKind, method: str
) -> None:  # fmt: skip
    """getFile refuses them, or they vanish between getFile and their download."""
    register(seat)
    register(other_seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    chat.faults.inject(Fault(kind, method, count=None))
    for _ in range(N_MESSAGES):
        await seat.upload("voice", wav())
    delays = await delays_of_others(other_seat, "좋은 날")
    assert max(delays) < 2.0, "another chat waited"
    messages = await seat.until(
        lambda m: m if len(told_of_vanishing(m)) >= N_MESSAGES else None, AFTERWARDS_S
    )
    assert len(told_of_vanishing(messages)) == N_MESSAGES


async def test_recordings_that_load_slowly_are_heard_and_delay_nobody(
    bot: str, chat: LocalChat, seat: Seat, other_seat: Seat, register: Register,
    analyzer: ScriptedAnalyzer
) -> None:  # fmt: skip
    """getFile answers at once, the bytes come later than the library waits for them."""
    register(seat)
    register(other_seat)
    analyzer.voice = estimate(Emotion.JOY)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    slow = Fault(FaultKind.SLOW, DOWNLOAD, None, None, BAD_DAY_S, seconds=min(BAD_DAY_S, 20.0))
    chat.faults.inject(slow)
    for _ in range(N_SLOW):
        await seat.upload("voice", wav())
    delays = await delays_of_others(other_seat, "좋은 날")
    assert max(delays) < 2.0, "another chat waited"
    messages = await seat.until(
        lambda m: m if len(answers(m)) >= N_SLOW else None, AFTERWARDS_S + BAD_DAY_S
    )
    assert len(answers(messages)) == N_SLOW
    assert not any("답을 만들지 못했어요" in m.get("text", "") for m in messages)


@asynccontextmanager
async def no_connection_left(bot: Bot, chat: LocalChat, chat_id: int) -> AsyncIterator[None]:
    """Every connection of a bot hangs in a sending to one chat."""
    chat.faults.inject(Fault(FaultKind.SLOW, "sendMessage", chat_id, None, seconds=60))
    sendings: list[asyncio.Task[Any]] = []
    try:
        async with asyncio.timeout(10):
            while True:
                try:
                    await bot.get_me(pool_timeout=0.05)
                except TimedOut as error:
                    assert isinstance(error.__cause__, ConnectionTimeoutError)
                    break
                sendings.append(asyncio.create_task(bot.send_message(chat_id, "…")))
                await asyncio.sleep(0)
        yield
    finally:
        for sending in sendings:
            sending.cancel()
        await asyncio.gather(*sendings, return_exceptions=True)


async def test_danger_has_a_lane_that_nothing_else_blocks(
    parts: Parts,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All workers and all ordinary connections hang, and a long row waits behind them."""
    monkeypatch.setattr("bot.workflow_engine.WORKERS", 2)
    register(seat)
    register(other_seat)
    names = [f"말 {number}" for number in range(20)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    chat.faults.inject(Fault(FaultKind.SLOW, "getFile", None, None, seconds=BAD_DAY_S * 3))
    connection = Connection(chat.token, chat.base_url, chat.base_file_url)
    async with running(connection, parts) as application:
        for writer in (seat, other_seat):
            await writer.upload("voice", wav())
            for name in names:
                await writer.write(name)
        await asyncio.sleep(0.3)
        async with no_connection_left(application.bot, chat, THIRD_CHAT_ID):
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
