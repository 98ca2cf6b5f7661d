"""Whether all that answers people is there, asked without a thread of those who wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

ANSWER_WITHIN_S = 2.0
OK, DATABASE_AWAY, RECOGNISERS_AWAY = "ok", "database away", "recognisers away"


class Health:
    """Answers `check` from one probe at a time, in a thread of its own.

    A probe that hangs holds that one thread, however many ask meanwhile.
    """

    def __init__(self, probe: Callable[[], str]) -> None:
        """`probe` says what is away, or `OK`."""
        self._probe = probe
        self._thread = ThreadPoolExecutor(1, "health")
        self._asked: Future[str] | None = None

    async def check(self) -> str:
        """What the probe says; where it says nothing in time a database holds it, most likely."""
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._probe)
        answer = asyncio.wrap_future(self._asked)
        # Unlike `wait_for` this leaves the probe to those who ask next.
        done, _ = await asyncio.wait({answer}, timeout=ANSWER_WITHIN_S)
        return answer.result() if answer in done else DATABASE_AWAY
