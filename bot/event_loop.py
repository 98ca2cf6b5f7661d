"""The bot's event loop, called from the threads in which durable steps run."""

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from time import monotonic
from typing import Any, TypeVar

log = logging.getLogger(__name__)

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 10.0
LONGEST_UNCERTAIN_RETRY_S = 30.0
OUTAGE_S = 30 * 60.0
"""An answer outlasts an outage of the network or of the database."""

MOST_UNCERTAIN = 20
"""Tries of which nobody knows whether they arrived: each may be a further copy of an answer."""

T = TypeVar("T")
Judge = Callable[[Exception], bool]
NoteRetry = Callable[[str], None]


class NotDone(Exception):
    """Every try failed; what was raised is in the log."""


class Stopping(BaseException):
    """The bot stops.

    No Exception, so that the workflow library records no outcome: the step runs at the next start.
    """


class EventLoopCalls:
    """Runs coroutines on the loop for other threads, until `stop`.

    Waiting between two tries is done on the loop as well: a thread asleep could not be woken and
    would keep the process from ending. `note_retry` is told whether an "outage" or a "failure"
    was the reason.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        is_outage: Judge,
        may_have_arrived: Judge,
        note_retry: NoteRetry,
    ) -> None:
        self._loop = loop
        self._is_outage = is_outage
        self._may_have_arrived = may_have_arrived
        self._note_retry = note_retry
        self._lock = threading.Lock()
        self._running: set[Future[Any]] = set()
        self._stopped = False

    def run(self, attempt: Callable[[], Coroutine[Any, Any, T]], tries: int) -> T:
        """Run `attempt` on the loop, at most `tries` times, and wait for what it returns.

        Tries that an outage made fail are not counted: they go on for `OUTAGE_S` after the first
        of them. Of those that may have arrived there are `MOST_UNCERTAIN`.

        It runs in an empty context: that of a durable step would make a workflow which the
        coroutine starts a child of this step.

        Raises:
            NotDone: it never succeeded.
            Stopping: the bot stops.
        """
        with self._lock:
            if self._stopped:
                raise Stopping
            future: Future[T] = contextvars.Context().run(
                asyncio.run_coroutine_threadsafe,
                self._persist(attempt, tries),
                self._loop,
            )
            self._running.add(future)
        try:
            return future.result()
        except CancelledError as error:
            raise Stopping from error
        finally:
            with self._lock:
                self._running.discard(future)

    def stop(self) -> None:
        """Interrupt what is running and take nothing more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for future in running:
            future.cancel()

    async def _persist(self, attempt: Callable[[], Coroutine[Any, Any, T]], tries: int) -> T:
        wait_s = FIRST_RETRY_S
        failures = uncertain = 0
        outage_ends_s: float | None = None
        while True:
            try:
                return await attempt()
            except Exception as error:
                passes, arrived = self._is_outage(error), self._may_have_arrived(error)
                log.warning("a step failed: %s", type(error).__name__)
            failures += not passes
            uncertain += arrived
            now_s = monotonic()
            if passes and outage_ends_s is None:
                outage_ends_s = now_s + OUTAGE_S
            over = passes and outage_ends_s is not None and now_s >= outage_ends_s
            if failures >= tries or uncertain >= MOST_UNCERTAIN or over:
                raise NotDone
            self._note_retry("outage" if passes else "failure")
            await asyncio.sleep(wait_s)
            longest_s = LONGEST_UNCERTAIN_RETRY_S if arrived else LONGEST_RETRY_S
            wait_s = min(2 * wait_s, longest_s)
