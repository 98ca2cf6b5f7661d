"""Somebody writes two hundred messages without a pause; nobody else notices."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from bot.wording import Wording
from storage.database import Database
from storage.records import Language
from tests.bot.seats import Seat
from tests.reliability.conftest import OpenDatabase
from tests.reliability.figures import Figures, percentile
from tests.reliability.people import about, is_crisis, people, plain, whole_conversation
from tests.reliability.processes import RunningBot, RunningChat
from tests.reliability.stories import THOUGHTS, calm_sentences

N_FLOOD = 200
DANGER_AT = 150
AT_ONCE = 100
"""So many without any pause; the others in the rest of the half minute."""

PAUSE_S = 0.2
WRITES_EVERY_S = 2.0
N_CALM, N_BESIDE = 8, 12
MOST_DELAY_S, MOST_RATIO = 2.0, 5.0
PATIENCE_S = 60.0
pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


async def delays_s(seat: Seat, texts: tuple[str, ...]) -> list[float]:
    """One message every two seconds: how long each waited for its answer."""
    found: list[float] = []
    for text in texts:
        began_s = time.monotonic()
        number = await seat.write(text)
        while not any(about(message) == number for message in await seat.messages()):
            assert time.monotonic() - began_s < PATIENCE_S
            await asyncio.sleep(0.02)
        found.append(time.monotonic() - began_s)
        await asyncio.sleep(max(0.0, WRITES_EVERY_S - found[-1]))
    return found


async def flood(seat: Seat, texts: tuple[str, ...]) -> list[int]:
    """Two hundred messages, one of them in danger; their numbers."""
    sent: list[int] = []
    for place in range(N_FLOOD):
        if place >= AT_ONCE:
            await asyncio.sleep(PAUSE_S)
        text = THOUGHTS[0] if place == DANGER_AT else texts[place % len(texts)]
        sent.append(await seat.write(text))
    return sent


async def until_recorded(seat: Seat, database: Database, wanted: set[int]) -> set[int]:
    """Which of the wanted messages stand in the record, once all do or patience ends."""

    def read() -> set[int]:
        with database.transaction() as memory:
            found = memory.observations(seat.chat_id, datetime(2026, 1, 1, tzinfo=UTC))
        return {observation.message_id for observation in found}

    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        recorded = await asyncio.to_thread(read)
        if recorded >= wanted or time.monotonic() > deadline_s:
            return recorded
        await asyncio.sleep(0.5)


def test_a_flood_delays_nobody_else_and_loses_nothing(
    chat: RunningChat, bot: RunningBot, open_database: OpenDatabase, figures: Figures
) -> None:
    asyncio.run(_flooded(chat, bot, open_database, figures))


async def _flooded(
    chat: RunningChat, bot: RunningBot, open_database: OpenDatabase, figures: Figures
) -> None:
    said = calm_sentences()
    await asyncio.to_thread(bot.start)
    async with people(chat, 2) as (flooding, other):
        await asyncio.gather(*(seat.introduce_oneself() for seat in (flooding, other)))
        calm_s = await delays_s(other, said[:N_CALM])
        began_s = time.monotonic()
        sent, beside_s = await asyncio.gather(
            flood(flooding, said), delays_s(other, said[N_CALM : N_CALM + N_BESIDE])
        )
        wanted = set(sent) - {sent[DANGER_AT]}
        recorded = await until_recorded(flooding, open_database(), wanted)
        answers = await whole_conversation(flooding)
    slow_down = plain(Wording(Language.KOREAN)("slow-down"))
    n_told = sum(message.get("text") == slow_down for message in answers)
    answered = [number for number in map(about, answers) if number in wanted]
    figures.note(
        "flood, sqlite",
        messages=len(sent),
        lost=len(wanted - recorded),
        answered=len(answered),
        told_to_slow_down=n_told,
        other_p50_calm_s=percentile(calm_s, 50),
        other_p50_beside_the_flood_s=percentile(beside_s, 50),
        other_p95_calm_s=percentile(calm_s, 95),
        other_p95_beside_the_flood_s=percentile(beside_s, 95),
        all_recorded_after_s=round(time.monotonic() - began_s, 1),
    )
    assert recorded == wanted
    assert n_told == 1
    assert 0 < len(answered) < N_FLOOD / 2 and len(answered) == len(set(answered))
    assert [about(message) for message in answers if is_crisis(message)] == [sent[DANGER_AT]]
    assert percentile(beside_s, 95) < MOST_DELAY_S
    assert percentile(beside_s, 50) <= MOST_RATIO * percentile(calm_s, 50)
