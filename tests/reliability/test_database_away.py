"""The database is away while people write: help comes at once, the rest comes afterwards."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.bot.seats import Seat
from tests.reliability.databases import locked
from tests.reliability.figures import Figures
from tests.reliability.people import Sameness, about, is_crisis, people, whole_conversation
from tests.reliability.processes import RunningBot, RunningChat
from tests.reliability.stories import THOUGHTS, calm_sentences

OUTAGE_S = float(os.environ.get("TODAK_OUTAGE_S", "15"))
WRITE_EVERY_S = 1.5
"""Slow enough to be answered one by one, see `bot/pace.py`."""

HELP_WITHIN_S = 2.0
GIVEN_UP_AFTER_S = 4.0
PATIENCE_S = 60.0
TakeAway = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def away(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> TakeAway:
    """Takes the database away: PostgreSQL is stopped, SQLite's files are held by another."""
    if kind == "postgresql":
        take: TakeAway = request.getfixturevalue("postgres_server").away
        return take
    return lambda: locked(*sorted((tmp_path / "data").glob("*.sqlite")))


async def seconds_until_help(seat: Seat, text: str) -> float:
    """From the moment of sending until help numbers for that message are in the chat.

    It gives up in time for the rest to be seen as well.
    """
    began_s = time.monotonic()
    number = await seat.write(text)
    while (waited_s := time.monotonic() - began_s) < GIVEN_UP_AFTER_S:
        messages = await seat.messages()
        if any(about(message) == number and is_crisis(message) for message in messages):
            break
        await asyncio.sleep(0.05)
    return waited_s


async def write_meanwhile(seat: Seat, texts: list[str], until_s: float) -> list[int]:
    """Three at once, so that what follows stands behind them, then one by one."""
    sent = [await seat.write(text) for text in texts[:3]]
    for text in texts[3:]:
        await asyncio.sleep(WRITE_EVERY_S)
        if time.monotonic() > until_s:
            break
        sent.append(await seat.write(text))
    return sent


async def until_answered(seat: Seat, sent: list[int]) -> None:
    """Until each of these messages has an answer about it."""
    deadline_s = time.monotonic() + PATIENCE_S
    while missing := set(sent) - {about(message) for message in await seat.messages()}:
        assert time.monotonic() < deadline_s, f"{len(missing)} of {len(sent)} were not answered"
        await asyncio.sleep(0.2)


def test_help_comes_at_once_and_all_is_answered_once_afterwards(
    chat: RunningChat, bot: RunningBot, away: TakeAway, figures: Figures, kind: str
) -> None:
    asyncio.run(_live_through(chat, bot, away, figures, kind))


async def _live_through(
    chat: RunningChat, bot: RunningBot, away: TakeAway, figures: Figures, kind: str
) -> None:
    said = list(calm_sentences())
    await asyncio.to_thread(bot.start)
    async with people(chat, 5) as (first, second, early, late, stranger):
        known = (first, second, early, late)
        await asyncio.gather(*(seat.introduce_oneself() for seat in known))
        with away():
            until_s = time.monotonic() + OUTAGE_S
            writing = [
                asyncio.create_task(write_meanwhile(seat, said[i:], until_s))
                for i, seat in ((0, first), (100, second))
            ]
            await asyncio.sleep(0.2)
            behind_others_s = await seconds_until_help(early, THOUGHTS[0])
            await asyncio.sleep(OUTAGE_S / 3)
            in_the_middle_s = await seconds_until_help(late, THOUGHTS[1])
            stranger_s = await seconds_until_help(stranger, THOUGHTS[2])
            sent = await asyncio.gather(*writing)
            await asyncio.sleep(max(0.0, until_s - time.monotonic()))
        back_s = time.monotonic()
        await asyncio.gather(
            *(until_answered(seat, ids) for seat, ids in zip((first, second), sent, strict=True))
        )
        caught_up_s = time.monotonic() - back_s
        await asyncio.sleep(1.0)  # an answer that comes twice would come by now
        whole = [await whole_conversation(seat) for seat in (*known, stranger)]
    sameness = Sameness()
    n_apologies = sum(sameness.is_apology(message) for messages in whole for message in messages)
    answers = [[about(message) for message in messages] for messages in whole[:2]]
    helped = [sum(map(is_crisis, messages)) for messages in whole[2:]]
    ids = [number for of_one in sent for number in of_one]
    counts = [of_one.count(number) for of_one in answers for number in ids if number in of_one]
    figures.note(
        f"database away, {kind}",
        away_s=OUTAGE_S,
        messages=len(ids),
        lost=len(ids) - len(counts),
        duplicated=sum(counts) - len(counts),
        apologies=n_apologies,
        help_behind_others_s=round(behind_others_s, 2),
        help_in_the_middle_s=round(in_the_middle_s, 2),
        help_for_a_stranger_s=round(stranger_s, 2),
        caught_up_after_s=round(caught_up_s, 2),
    )
    assert max(behind_others_s, in_the_middle_s, stranger_s) <= HELP_WITHIN_S
    assert counts == [1] * len(ids)
    for of_one in answers:
        in_turn = [number for number in of_one if number in ids]
        assert in_turn == sorted(in_turn)
    # Given at once without the database, and once more when it could be looked after.
    assert all(1 <= times <= 2 for times in helped)
    assert n_apologies == 0
