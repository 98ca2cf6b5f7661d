"""Sounds take turns, first come, first served, for as long as they are wanted."""

import asyncio

import pytest

from bot import sound_work
from bot.sound_work import _taken


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_work, "ASK_EVERY_S", 0.02)


async def always(_percent: int | None) -> bool:
    return True


async def test_a_turn_is_taken_in_line() -> None:
    turn, order = asyncio.Lock(), []

    async def come(number: int) -> None:
        assert await _taken(turn, always)
        order.append(number)
        await asyncio.sleep(0.05)
        turn.release()

    await asyncio.gather(*(come(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4] and not turn.locked()


async def test_whoever_is_not_wanted_any_more_leaves_the_line() -> None:
    turn, wanted = asyncio.Lock(), True
    assert await _taken(turn, always)

    async def still(_percent: int | None) -> bool:
        return wanted

    waiting = asyncio.create_task(_taken(turn, still))
    await asyncio.sleep(0.05)
    wanted = False
    assert not await asyncio.wait_for(waiting, 1)
    turn.release()
    assert await _taken(turn, always), "nobody keeps the turn who left"


async def test_whoever_was_never_wanted_takes_none() -> None:
    async def no(_percent: int | None) -> bool:
        return False

    turn = asyncio.Lock()
    assert not await _taken(turn, no)
    await asyncio.sleep(0)
    assert not turn.locked()


async def test_whoever_is_cancelled_in_line_leaves_it() -> None:
    turn = asyncio.Lock()
    assert await _taken(turn, always)
    waiting = asyncio.create_task(_taken(turn, always))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    turn.release()
    assert await _taken(turn, always)


async def test_only_who_waits_behind_another_is_shown_so() -> None:
    turn, shown = asyncio.Lock(), []

    async def goes_on(percent: int | None) -> bool:
        shown.append(percent)
        return True

    assert await _taken(turn, goes_on)
    assert shown == [0]
    waiting = asyncio.create_task(_taken(turn, goes_on))
    await asyncio.sleep(0.05)
    turn.release()
    assert await asyncio.wait_for(waiting, 1)
    assert set(shown[1:]) == {None}
