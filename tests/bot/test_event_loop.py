import asyncio
import pickle
import time

import pytest

from bot import event_loop
from bot.event_loop import EventLoopCalls, NotDone, Stopping

reasons: list[str] = []


def never(error: Exception) -> bool:
    return False


def always(error: Exception) -> bool:
    return True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons.clear()
    monkeypatch.setattr(event_loop, "FIRST_RETRY_S", 0.001)
    monkeypatch.setattr(event_loop, "LONGEST_RETRY_S", 0.002)


async def test_an_attempt_is_repeated_on_the_loop_until_it_succeeds() -> None:
    calls = EventLoopCalls(asyncio.get_running_loop(), never, never, reasons.append)
    failures = [OSError(), OSError()]
    ran_on: list[asyncio.AbstractEventLoop] = []

    async def attempt() -> str:
        ran_on.append(asyncio.get_running_loop())
        if failures:
            raise failures.pop()
        return "done"

    assert await asyncio.to_thread(calls.run, attempt, 3) == "done"
    assert ran_on == [asyncio.get_running_loop()] * 3


async def test_after_the_last_try_it_says_so_in_a_way_that_can_be_stored() -> None:
    calls = EventLoopCalls(asyncio.get_running_loop(), never, never, reasons.append)
    tries: list[int] = []

    async def attempt() -> None:
        tries.append(1)
        raise KeyError("what a person said")

    with pytest.raises(NotDone) as raised:
        await asyncio.to_thread(calls.run, attempt, 4)
    assert len(tries) == 4
    stored = pickle.dumps(raised.value)
    assert b"person" not in stored and isinstance(pickle.loads(stored), NotDone)  # noqa: S301


async def test_stop_interrupts_a_wait_at_once_and_takes_nothing_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_loop, "FIRST_RETRY_S", 60)
    calls = EventLoopCalls(asyncio.get_running_loop(), never, never, reasons.append)
    failed = asyncio.Event()

    async def attempt() -> None:
        failed.set()
        raise OSError

    running = asyncio.create_task(asyncio.to_thread(calls.run, attempt, 2))
    await failed.wait()
    began_s = time.monotonic()
    calls.stop()
    with pytest.raises(Stopping):
        await running
    assert time.monotonic() - began_s < 5
    with pytest.raises(Stopping):
        await asyncio.to_thread(calls.run, attempt, 2)


def test_stopping_is_no_exception_that_a_step_would_record() -> None:
    assert not issubclass(Stopping, Exception)


async def test_an_outage_is_outlasted_and_does_not_use_up_the_tries() -> None:
    calls = EventLoopCalls(
        asyncio.get_running_loop(),
        lambda error: isinstance(error, ConnectionError),
        never,
        reasons.append,
    )
    failures: list[Exception] = [
        ValueError(),
        *(ConnectionError() for _ in range(30)),
        ValueError(),
    ]
    tries: list[int] = []

    async def attempt() -> None:
        tries.append(1)
        if failures:
            raise failures.pop()

    await asyncio.to_thread(calls.run, attempt, 3)
    assert len(tries) == 33
    assert (reasons.count("outage"), reasons.count("failure")) == (30, 2)


async def test_an_outage_is_outlasted_for_a_time_and_not_for_a_number_of_tries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each try takes long, as where a server does not answer."""
    now_s = 0.0
    monkeypatch.setattr(event_loop, "OUTAGE_S", 60.0)
    monkeypatch.setattr(event_loop, "monotonic", lambda: now_s)
    calls = EventLoopCalls(asyncio.get_running_loop(), always, never, reasons.append)
    tries: list[float] = []

    async def attempt() -> None:
        nonlocal now_s
        tries.append(now_s)
        now_s += 15
        raise ConnectionError

    with pytest.raises(NotDone):
        await asyncio.to_thread(calls.run, attempt, 2)
    assert tries == [0, 15, 30, 45, 60], "a minute from the first that failed"


async def test_what_may_have_arrived_is_not_sent_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_loop, "LONGEST_UNCERTAIN_RETRY_S", 0.002)
    calls = EventLoopCalls(asyncio.get_running_loop(), always, always, reasons.append)
    tries: list[int] = []

    async def attempt() -> None:
        tries.append(1)
        raise ConnectionError

    with pytest.raises(NotDone):
        await asyncio.to_thread(calls.run, attempt, 2)
    assert len(tries) == event_loop.MOST_UNCERTAIN
