import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Chat, Message, Update

from bot import intake
from bot.intake import DurableUpdateQueue, Failures


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "FIRST_RETRY_S", 0.001)
    monkeypatch.setattr(intake, "LONGEST_RETRY_S", 0.002)
    monkeypatch.setattr(intake, "PATIENCE_S", 0.02)


def update(number: int) -> Update:
    message = Message(number, datetime.now(UTC), Chat(1, "private"), text="오늘")
    return Update(number, message=message)


async def no_trouble(item: Update) -> None:
    raise AssertionError("nothing was in trouble")


async def test_put_waits_while_storage_fails_and_then_stores() -> None:
    failures = iter([OSError("full"), OSError("full"), OSError("full")])
    stored: list[int] = []

    async def store(item: Update, received_at_s: float) -> None:
        error = next(failures, None)
        if error is not None:
            raise error
        stored.append(item.update_id)

    queue = DurableUpdateQueue(store, no_trouble)
    await queue.put(update(7))
    assert stored == [7]
    assert queue.empty(), "nothing is kept in memory"


@pytest.mark.parametrize("hangs", [True, False], ids=["hanging", "raising"])
async def test_trouble_runs_beside_the_waiting_and_ends_with_it(hangs: bool) -> None:
    back, begun, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    troubles: list[int] = []

    async def store(item: Update, received_at_s: float) -> None:
        if hangs:
            await back.wait()
        elif not back.is_set():
            raise OSError("gone")

    async def on_trouble(item: Update) -> None:
        troubles.append(item.update_id)
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    putting = asyncio.create_task(DurableUpdateQueue(store, on_trouble).put(update(3)))
    await asyncio.wait_for(begun.wait(), 5)
    assert not putting.done()
    back.set()
    await putting
    await asyncio.wait_for(ended.wait(), 5)
    assert troubles == [3]


async def test_put_keeps_waiting_until_it_is_given_up_and_leaves_nothing_running() -> None:
    running = 0

    async def store(item: Update, received_at_s: float) -> None:
        nonlocal running
        running += 1
        try:
            await asyncio.Event().wait()
        finally:
            running -= 1

    async def on_trouble(item: Update) -> None:
        await store(item, 0.0)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(DurableUpdateQueue(store, on_trouble).put(update(1)), 0.1)
    await asyncio.sleep(0)
    assert running == 0


async def test_the_librarys_stop_signal_passes_through() -> None:
    async def never(item: Update, received_at_s: float) -> None:
        raise AssertionError

    queue = DurableUpdateQueue(never, no_trouble)
    signal = object()
    await queue.put(signal)
    assert queue.get_nowait() is signal


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=8))
def test_whatever_fails_everything_is_stored_once_and_in_order(n_failures: list[int]) -> None:
    async def run() -> list[int]:
        left = dict(enumerate(n_failures))
        stored: list[int] = []

        async def store(item: Update, received_at_s: float) -> None:
            if left[item.update_id]:
                left[item.update_id] -= 1
                raise OSError
            stored.append(item.update_id)

        async def on_trouble(item: Update) -> None:
            pass

        queue = DurableUpdateQueue(store, on_trouble)
        for number in range(len(n_failures)):
            await queue.put(update(number))
        return stored

    assert asyncio.run(run()) == list(range(len(n_failures)))


def test_a_failure_is_raised_once_and_only_for_its_update() -> None:
    failures = Failures()
    failures.note(1, KeyError("x"))
    failures.raise_for(2)
    with pytest.raises(KeyError):
        failures.raise_for(1)
    failures.raise_for(1)
