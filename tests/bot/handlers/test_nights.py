"""/sleep all night: files that go on in each other, each made once and sent as it is made."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from bot.local_chat.serve import LocalChat
from bot.sleep_buttons import recipe_in
from bot.sound_making import GoesOn, SoundFile
from inference.sound_files import PART_RATE, Tags, cover, write_mp3
from inference.sound_parts import parts_of
from inference.sound_recipe import Recipe
from storage.database import Database
from tests.bot.conftest import StartBot
from tests.bot.seats import Seat, action_of, labels
from tests.bot.sleeping import (
    Message,
    Register,
    heard,
    menu,
    ordered,
    remembered,
    shown,
    sounds,
)
from tests.bot.waiting import done

NIGHT = "밤새 (8시간)"
OPENING, FIRST, SECOND, THIRD, FOURTH = (0, 1), (0, 4), (1, 4), (2, 4), (3, 4)


class Maker:
    """Makes a second of noise for each part, but for one which it does not finish."""

    def __init__(self) -> None:
        self.made: list[tuple[int, int]] = []
        self.unfinished: tuple[int, int] | None = None
        self.stuck = False

    async def make(
        self, recipe: Recipe, folder: Path, goes_on: GoesOn, part: tuple[int, int]
    ) -> SoundFile | None:
        while await goes_on(50):
            if part != self.unfinished:
                noise = 0.1 * np.random.default_rng(0).standard_normal(PART_RATE, np.float32)
                write_mp3(folder / "a.mp3", [noise], Tags("", ""))
                (folder / "a.jpg").write_bytes(cover(noise, PART_RATE))
                self.made.append(part)
                return SoundFile(folder / "a.mp3", folder / "a.jpg")
            self.stuck = True
            await asyncio.sleep(0.05)
        return None


@pytest.fixture(autouse=True)
def short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes of the menu are a second, a part of a night is a minute."""
    monkeypatch.setattr("bot.sound_work.MINUTE_S", 0.5)
    monkeypatch.setattr("bot.sound_work.EDIT_EVERY_S", 0.5)
    monkeypatch.setattr("bot.handlers.sleep.sleep_weights_are_there", lambda: True)


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    maker = Maker()
    monkeypatch.setattr("bot.sound_work.make", maker.make)
    return maker


def parts_in(messages: list[Message]) -> list[str]:
    """What the titles of the files end with, but for the opening's."""
    return [each["audio"]["title"].rpartition(" · ")[2] for each in sounds(messages)][1:]


async def until_stuck(maker: Maker) -> None:
    async with asyncio.timeout(60.0):
        while not maker.stuck:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_night_comes_in_parts_and_each_is_made_once(
    bot: str, seat: Seat, register: Register, chat: LocalChat, database: Database, maker: Maker
) -> None:
    register(seat)
    progress = await ordered(seat, NIGHT)
    opening, *parts = await heard(seat, 5)
    assert "두 시간짜리 4개" in opening["caption"]
    assert parts_in([opening, *parts]) == ["1/4", "2/4", "3/4", "4/4"]
    assert [part["audio"]["duration"] for part in parts] == [60] * 4
    assert [bool(labels(part)) for part in parts] == [False, False, False, True]
    assert "다음 파일로 이어져요" in parts[0]["caption"] and "마지막" in parts[3]["caption"]
    await done("sleep_sound:")
    assert maker.made == [OPENING, FIRST, SECOND, THIRD, FOURTH]
    assert progress["message_id"] not in [m["message_id"] for m in await seat.messages()]
    recipe = recipe_in(action_of(parts[3], "👍").removeprefix("sleep:up:"))
    assert recipe is not None and recipe.minutes == 480
    third = parts_of(recipe, 4)[2].recipe
    with database.transaction() as memory:
        memory.sleep.forget_sent(int(chat.token.partition(":")[0]), third, "ko")
    await seat.tap(parts[3], "⭐ 자주 듣기")
    await seat.until(lambda _: remembered(database, seat).favourites)
    menu_again = await menu(seat)
    await seat.tap(menu_again, labels(menu_again)[0])
    again = (await heard(seat, 9))[5:]
    assert maker.made[5:] == [THIRD], "Telegram had the others"
    same = [
        old["audio"]["file_id"] == new["audio"]["file_id"]
        for old, new in zip(parts, again, strict=True)
    ]
    assert same == [True, True, False, True]


async def test_it_goes_on_after_a_restart_at_the_part_where_it_stopped(
    start_bot: StartBot, seat: Seat, maker: Maker
) -> None:
    maker.unfinished = THIRD
    async with start_bot():
        progress = await ordered(seat, NIGHT)
        await until_stuck(maker)
        await shown(seat, progress, "62% 만들었어요")
    assert maker.made == [OPENING, FIRST, SECOND]
    maker.unfinished = None
    async with start_bot():
        await heard(seat, 5)
        await done("sleep_sound:")
    assert maker.made == [OPENING, FIRST, SECOND, THIRD, FOURTH], "none is made twice"
    assert parts_in(await seat.messages()) == ["1/4", "2/4", "3/4", "4/4"]


async def test_when_it_is_stopped_no_further_part_is_made_or_sent(
    bot: str, seat: Seat, maker: Maker
) -> None:
    maker.unfinished = SECOND
    progress = await ordered(seat, NIGHT)
    await until_stuck(maker)
    for _ in range(2):
        await seat.tap(progress, "그만")
    await shown(seat, progress, "멈췄어요")
    maker.unfinished = None
    await asyncio.sleep(2.0)
    assert maker.made in ([OPENING, FIRST], [OPENING, FIRST, SECOND])
    assert parts_in(await seat.messages()) == ["1/4"]


async def test_nobody_waits_for_somebody_elses_night_to_hear_the_first_minutes(
    bot: str, seat: Seat, maker: Maker
) -> None:
    maker.unfinished = FIRST
    night = await ordered(seat, NIGHT)
    await until_stuck(maker)
    other = Seat(seat.client, 2)
    waiting = await ordered(other)
    await heard(other, 1)
    await shown(other, waiting, "차례를 기다려요")
    await asyncio.sleep(0.5)
    assert maker.made == [OPENING, OPENING], "one whole at a time"
    await seat.tap(night, "그만")
    assert len(await heard(other, 2)) == 2


@pytest.mark.slow
async def test_a_night_is_made_for_real(bot: str, seat: Seat) -> None:
    await ordered(seat, NIGHT)
    assert parts_in(await heard(seat, 5)) == ["1/4", "2/4", "3/4", "4/4"]
