"""Whether the database answers, asked without taking a thread from those who wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

ANSWER_WITHIN_S = 2.0


class Health:
    """Answers `check` from one probe at a time, in a thread of its own.

    A probe that hangs holds that one thread, however many ask meanwhile.
    """

    def __init__(self, probe: Callable[[], bool]) -> None:
        self._probe = probe
        self._thread = ThreadPoolExecutor(1, "health")
        self._asked: Future[bool] | None = None

    async def check(self) -> bool:
        """What the probe says; False where it says nothing within `ANSWER_WITHIN_S`."""
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._probe)
        answer = asyncio.wrap_future(self._asked)
        # Unlike `wait_for` this leaves the probe to those who ask next.
        done, _ = await asyncio.wait({answer}, timeout=ANSWER_WITHIN_S)
        return answer in done and answer.result()
