"""The process ends in time, whatever its threads wait for."""

import logging
import os
import threading

log = logging.getLogger(__name__)

LEAVE_WITHIN_S = 9.0
"""Supervisors give ten seconds and more before they kill."""


def leave_in_time() -> None:
    """See to it that the process has ended `LEAVE_WITHIN_S` from now, with status 0.

    Threads that wait for a database cannot be interrupted, and Python would wait for them. What
    they did is durable or goes on at the next start.
    """
    timer = threading.Timer(LEAVE_WITHIN_S, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    log.warning("what waits for the database is left to the next start")
    os._exit(0)
