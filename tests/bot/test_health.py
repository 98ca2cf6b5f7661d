import asyncio
import threading
import time

import pytest

from bot import health
from bot.health import DATABASE_AWAY, OK, RECOGNISERS_AWAY, Health, whole


async def test_it_says_what_the_probe_says_each_time() -> None:
    answers = [True, False]
    asked = Health(lambda: answers.pop(0), RECOGNISERS_AWAY)
    assert [await asked.check(), await asked.check()] == [OK, RECOGNISERS_AWAY]


async def test_a_probe_that_hangs_is_answered_in_time_and_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "ANSWER_WITHIN_S", 0.2)
    released, probes = threading.Event(), []

    def probe() -> bool:
        probes.append(threading.current_thread().name)
        return released.wait(10)

    asked = Health(probe, DATABASE_AWAY)
    asked_all = whole(Health(lambda: True, RECOGNISERS_AWAY), asked)
    began_s = time.monotonic()
    assert await asyncio.gather(*(asked.check() for _ in range(50))) == [DATABASE_AWAY] * 50
    assert time.monotonic() - began_s < 2
    assert len(probes) == 1 and probes[0].startswith("health"), "in a thread of its own"
    assert await asked_all() == DATABASE_AWAY, "what hangs is named, not what is there"
    released.set()
    assert await asked.check() == OK and await asked_all() == OK
