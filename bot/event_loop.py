"""The bot's event loop, called from the threads in which durable steps run."""

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any

log = logging.getLogger(__name__)

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 10.0
OUTAGE_TRIES = 180
"""About half an hour: an answer outlasts an outage of the network or of the database."""

IsOutage = Callable[[Exception], bool]
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
        self, loop: asyncio.AbstractEventLoop, is_outage: IsOutage, note_retry: NoteRetry
    ) -> None:
        self._loop = loop
        self._is_outage = is_outage
        self._note_retry = note_retry
        self._lock = threading.Lock()
        self._running: set[Future[None]] = set()
        self._stopped = False

    def run(self, attempt: Callable[[], Coroutine[Any, Any, None]], tries: int) -> None:
        """Run `attempt` on the loop, at most `tries` times, and wait until it succeeds.

        Tries that an outage made fail are counted apart, up to `OUTAGE_TRIES`.

        It runs in an empty context: that of a durable step would make a workflow which the
        coroutine starts a child of this step.

        Raises:
            NotDone: it never succeeded.
            Stopping: the bot stops.
        """
        with self._lock:
            if self._stopped:
                raise Stopping
            future: Future[None] = contextvars.Context().run(
                asyncio.run_coroutine_threadsafe,
                self._persist(attempt, tries),
                self._loop,
            )
            self._running.add(future)
        try:
            future.result()
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

    async def _persist(self, attempt: Callable[[], Coroutine[Any, Any, None]], tries: int) -> None:
        wait_s = FIRST_RETRY_S
        failures = outages = 0
        while True:
            try:
                await attempt()
                return
            except Exception as error:
                passes = self._is_outage(error)
                log.warning("a step failed: %s", type(error).__name__)
            outages += passes
            failures += not passes
            if failures >= tries or outages >= OUTAGE_TRIES:
                raise NotDone
            self._note_retry("outage" if passes else "failure")
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_RETRY_S)
