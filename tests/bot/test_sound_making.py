"""A sound made in a process of its own: how far it is, how it is stopped, what it leaves."""

import asyncio
from dataclasses import replace
from pathlib import Path

import av
import psutil
import pytest

from bot.sleep_buttons import LENGTHS_MINUTES, NIGHT_MINUTES, PARTS_OF_A_NIGHT
from bot.sound_making import NotMade, Workshop, make, sound_command
from inference.sound_files import BIT_RATE, PART_BIT_RATE
from inference.sound_recipe import Recipe, Strength

TELEGRAM_TAKES_BYTES = 50_000_000
RAIN = Recipe((("rain", 1.0), ("wind", 1.0)), 3 / 60, 5, Strength.SOFT)


def processes() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "bot.sound_process" in each.cmdline()]


async def test_a_sound_and_its_cover_are_made_while_the_loop_goes_on(tmp_path: Path) -> None:
    told: list[int] = []

    async def goes_on(percent: int) -> bool:
        told.append(percent)
        return True

    made = await make(RAIN, tmp_path, goes_on)
    assert made is not None and len(told) > 1 and told[0] == 0
    with av.open(str(made.sound)) as container:
        assert container.duration == pytest.approx(3e6, rel=0.05)
    assert made.cover.read_bytes()[:2] == b"\xff\xd8"
    assert processes() == []


async def test_what_is_not_wanted_any_more_leaves_no_process(tmp_path: Path) -> None:
    seen: list[psutil.Process] = []

    async def goes_on(percent: int) -> bool:
        seen.extend(processes())
        return False

    assert await make(RAIN, tmp_path, goes_on) is None
    assert len(seen) == 1 and processes() == []


async def test_a_process_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sound_making.LONGEST_S", 0.2)

    async def goes_on(percent: int) -> bool:
        return True

    with pytest.raises(NotMade):
        await make(replace(RAIN, minutes=60.0), tmp_path, goes_on)
    assert processes() == []


async def test_a_bot_that_stops_takes_the_process_with_it(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def goes_on(percent: int) -> bool:
        begun.set()
        return True

    making = asyncio.create_task(make(RAIN, tmp_path, goes_on))
    await begun.wait()
    assert len(processes()) == 1
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert processes() == []


async def test_a_process_that_fails_is_a_failure(tmp_path: Path) -> None:
    async def goes_on(percent: int) -> bool:
        return True

    lava = Recipe((("lava", 1.0),), 3 / 60, 5)
    with pytest.raises(NotMade):
        await make(lava, tmp_path, goes_on)


def test_nothing_is_left_on_the_bench_nor_after_a_crash(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "sounds")
    with workshop.bench() as folder:
        (folder / "sound.mp3").write_bytes(b"half")
        assert folder.is_absolute() and folder.is_relative_to(tmp_path)
    assert list((tmp_path / "sounds").iterdir()) == []
    (tmp_path / "sounds" / "left").mkdir()
    (tmp_path / "sounds" / "left" / "sound.mp3.part").write_bytes(b"half")
    workshop.clear()
    workshop.clear()
    assert list(tmp_path.iterdir()) == []


def test_the_longest_sound_is_small_enough_for_telegram() -> None:
    lengths = [minutes for minutes in LENGTHS_MINUTES if minutes != NIGHT_MINUTES]
    assert max(lengths) * 60 * BIT_RATE / 8 < 0.95 * TELEGRAM_TAKES_BYTES
    part_s = NIGHT_MINUTES * 60 / PARTS_OF_A_NIGHT
    assert part_s == 7200 and part_s * PART_BIT_RATE / 8 < 0.95 * TELEGRAM_TAKES_BYTES


def test_the_process_is_told_how_much_of_each_kind(tmp_path: Path) -> None:
    heavy = replace(RAIN, kinds=(("rain", 2.0), ("wind", 1.0)))
    assert "rain:2+wind:1" in sound_command(heavy, tmp_path / "sound.mp3")
