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
LONGEST_RETRY_S = 30.0


class NotDone(Exception):
    """Every try failed; what was raised is in the log."""


class Stopping(BaseException):
    """The bot stops.

    No Exception, so that the workflow library records no outcome: the step runs at the next start.
    """


class EventLoopCalls:
    """Runs coroutines on the loop for other threads, until `stop`.

    Waiting between two tries is done on the loop as well: a thread asleep could not be woken and
    would keep the process from ending.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._running: set[Future[None]] = set()
        self._stopped = False

    def run(self, attempt: Callable[[], Coroutine[Any, Any, None]], tries: int) -> None:
        """Run `attempt` on the loop, at most `tries` times, and wait until it succeeds.

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
                asyncio.run_coroutine_threadsafe, _persist(attempt, tries), self._loop
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


async def _persist(attempt: Callable[[], Coroutine[Any, Any, None]], tries: int) -> None:
    wait_s = FIRST_RETRY_S
    for left in reversed(range(tries)):
        try:
            await attempt()
            return
        except Exception as error:
            log.warning("a step failed, %d tries left: %s", left, type(error).__name__)
        if left:
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_RETRY_S)
    raise NotDone
