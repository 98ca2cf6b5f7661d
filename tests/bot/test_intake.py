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


def update(number: int) -> Update:
    message = Message(number, datetime.now(UTC), Chat(1, "private"), text="오늘")
    return Update(number, message=message)


async def test_put_waits_while_storage_fails_and_then_stores_and_tells_once() -> None:
    failures = iter([OSError("full"), OSError("full"), OSError("full")])
    stored: list[int] = []
    troubles: list[tuple[int, str]] = []

    async def store(item: Update, received_at_s: float) -> None:
        error = next(failures, None)
        if error is not None:
            raise error
        stored.append(item.update_id)

    async def on_trouble(item: Update, error: Exception) -> None:
        troubles.append((item.update_id, str(error)))

    queue = DurableUpdateQueue(store, on_trouble)
    await queue.put(update(7))
    assert stored == [7] and troubles == [(7, "full")]
    assert queue.empty(), "nothing is kept in memory"


async def test_put_keeps_waiting_until_it_is_given_up() -> None:
    async def store(item: Update, received_at_s: float) -> None:
        raise OSError("gone")

    async def on_trouble(item: Update, error: Exception) -> None:
        pass

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(DurableUpdateQueue(store, on_trouble).put(update(1)), 0.05)


async def test_the_librarys_stop_signal_passes_through() -> None:
    async def never(item: object, extra: object) -> None:
        raise AssertionError

    queue = DurableUpdateQueue(never, never)
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

        async def on_trouble(item: Update, error: Exception) -> None:
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
