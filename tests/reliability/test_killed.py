"""The bot is killed ten times while five people write; nothing may be lost by it."""

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from storage.database import Database
from tests.reliability.conftest import OpenDatabase
from tests.reliability.conversations import Outcome, Talk, outcome
from tests.reliability.figures import Figures, percentile
from tests.reliability.people import Sameness, people
from tests.reliability.processes import READY, RunningBot, RunningChat
from tests.reliability.stories import N_PEOPLE, n_updates, stories

pytestmark = pytest.mark.timeout(900)

N_KILLS = 10
SEED = 20_260_301
PACE_S = 0.7
UNINTERRUPTED_PACE_S = 0.3
PATIENCE_S = 300.0  # on a slow machine ten restarts alone take two minutes
LATEST_KILL_S = 2.0
"""After the bot is ready: it starts with everything that came while it was away."""

EARLIEST_WHILE_STARTING_S, LATEST_WHILE_STARTING_S = 0.3, 2.4
MOST_DUPLICATES_A_KILL = 5
"""An answer that went out and was not yet noted as sent is sent once more, in each chat."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of all stories."""

    outcomes: list[Outcome]
    talks: list[Talk]
    n_kills: int


async def run(chat: RunningChat, bot: RunningBot, kills: random.Random | None) -> Run:
    """Everybody writes; with `kills` the bot is killed and started again meanwhile."""
    await asyncio.to_thread(bot.start)
    async with people(chat, N_PEOPLE) as seats:
        await asyncio.gather(*(seat.introduce_oneself() for seat in seats))
        talks = [Talk(seat, story) for seat, story in zip(seats, stories(), strict=True)]
        pace_s = UNINTERRUPTED_PACE_S if kills is None else PACE_S
        work: list[Coroutine[Any, Any, None]] = [
            *(talk.write(pace_s, number) for number, talk in enumerate(talks)),
            *(talk.read(PATIENCE_S) for talk in talks),
        ]
        if kills is not None:
            work.append(kill_again_and_again(bot, kills))
        await asyncio.gather(*work)
        sameness = Sameness()
        outcomes = [await outcome(talk, sameness) for talk in talks]
    return Run(outcomes, talks, 0 if kills is None else N_KILLS)


async def kill_again_and_again(bot: RunningBot, random_moment: random.Random) -> None:
    """One kill in four hits a bot that is still starting."""
    starting = False
    for _ in range(N_KILLS):
        if starting:
            first, last = EARLIEST_WHILE_STARTING_S, LATEST_WHILE_STARTING_S
        else:
            first, last = 0.0, LATEST_KILL_S
        await asyncio.sleep(random_moment.uniform(first, last))
        await asyncio.to_thread(bot.kill)
        bot.begin()
        starting = random_moment.random() < 0.25
        if not starting:
            await asyncio.to_thread(bot.wait_for, READY)
    if starting:
        await asyncio.to_thread(bot.wait_for, READY)


@pytest.fixture(scope="session")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same stories with nothing going wrong, on SQLite."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    chat = RunningChat(folder)
    chat.start()
    bot = RunningBot(folder, chat, None)
    try:
        return asyncio.run(run(chat, bot, None))
    finally:
        bot.kill()
        chat.kill()


@pytest.fixture
def killed(
    uninterrupted: Run, chat: RunningChat, bot: RunningBot, figures: Figures, kind: str
) -> Run:
    done = asyncio.run(run(chat, bot, random.Random(SEED)))
    _note(figures, kind, done)
    return done


def test_killed_ten_times_everything_is_answered_as_if_nothing_had_happened(
    uninterrupted: Run, killed: Run, open_database: OpenDatabase
) -> None:
    assert n_updates(stories()) == 300
    for expected, found in zip(uninterrupted.outcomes, killed.outcomes, strict=True):
        assert found.answers == expected.answers
        assert found.chosen == expected.chosen
        assert found.other_answers == {}, "an answer that came twice is the same both times"
        assert found.order == sorted(found.order)
        assert set(found.contacts) == set(expected.contacts)
        assert all(n >= expected.contacts[number] for number, n in found.contacts.items())
    n_duplicates = sum(found.n_duplicates for found in killed.outcomes)
    assert n_duplicates <= N_KILLS * MOST_DUPLICATES_A_KILL
    database = open_database()
    for talk in killed.talks:
        _assert_counted_once(database, talk)


def test_without_kills_nothing_is_answered_twice(uninterrupted: Run, figures: Figures) -> None:
    _note(figures, "uninterrupted", uninterrupted)
    for found, story in zip(uninterrupted.outcomes, stories(), strict=True):
        assert sorted(found.answers) == list(range(len(story)))
        assert (found.n_duplicates, found.n_apologies, found.other_answers) == (0, 0, {})
        assert found.order == sorted(found.order)


def _assert_counted_once(database: Database, talk: Talk) -> None:
    """Messages in danger are not recorded; each other one is, with its correction."""
    with database.transaction() as memory:
        observations = memory.observations(talk.seat.chat_id, datetime(2026, 1, 1, tzinfo=UTC))
    expected = {
        talk.ids[place]: sent.correction
        for place, sent in enumerate(talk.story)
        if not sent.in_danger
    }
    assert len(observations) == len(expected)
    assert {found.message_id: found.corrected for found in observations} == expected


def _note(figures: Figures, name: str, done: Run) -> None:
    """Lost, duplicated, delayed."""
    delays_s = [delay for talk in done.talks for delay in talk.delay_s.values()]
    n_sent = sum(len(talk.story) for talk in done.talks)
    n_wanted = sum(sent.correction is not None for talk in done.talks for sent in talk.story)
    figures.note(
        f"kill test, {name}",
        updates=n_updates(stories()),
        kills=done.n_kills,
        messages_lost=n_sent - len(delays_s),
        corrections_lost=n_wanted - sum(len(found.chosen) for found in done.outcomes),
        duplicated=sum(found.n_duplicates for found in done.outcomes),
        apologies=sum(found.n_apologies for found in done.outcomes),
        delay_p50_s=percentile(delays_s, 50),
        delay_p95_s=percentile(delays_s, 95),
        delay_longest_s=percentile(delays_s, 100),
    )
