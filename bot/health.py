"""Whether all that answers people is there, asked without a thread of those who wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor

ANSWER_WITHIN_S = 2.0
OK, DATABASE_AWAY, RECOGNISERS_AWAY = "ok", "database away", "recognisers away"


class Health:
    """Answers `check` from one probe at a time, in a thread of its own.

    A probe that hangs holds that one thread, however many ask meanwhile.
    """

    def __init__(self, probe: Callable[[], bool], otherwise: str) -> None:
        """`otherwise` says what is away where `probe` says no, or nothing in time."""
        self._probe = probe
        self._otherwise = otherwise
        self._thread = ThreadPoolExecutor(1, "health")
        self._asked: Future[bool] | None = None

    async def check(self) -> str:
        """`OK`, or what is away."""
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._probe)
        answer = asyncio.wrap_future(self._asked)
        # Unlike `wait_for` this leaves the probe to those who ask next.
        done, _ = await asyncio.wait({answer}, timeout=ANSWER_WITHIN_S)
        return OK if answer in done and answer.result() else self._otherwise


def whole(*parts: Health) -> Callable[[], Awaitable[str]]:
    """What asks all parts at the same time and says the first that is away."""

    async def check() -> str:
        states = await asyncio.gather(*(part.check() for part in parts))
        return next((state for state in states if state != OK), OK)

    return check
