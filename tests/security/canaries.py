"""Words that must turn up nowhere, and standard error as an operator's log sees it."""

import io
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.logs import QUIET, set_up

WORDS = "카나리아가 울었다 canary-words"
NAME = "카나리아이름 canary-name"
PHONE = "+821055501199"
PLACE = (37.123987, 127.987123)
STRANGER_ID = 7340019283
FILE = "canary-file-카나리아.ogg"
TOKEN = "123456789:canary-token-AAAA"  # noqa: S105
SECRETS = (
    "카나리아", "canary", "821055501199", "37.123987", "127.987123", str(STRANGER_ID),
    "123456789:",
)  # fmt: skip


def found_in(output: str) -> list[str]:
    """The canaries in an output, escaped as in JSON or not."""
    readable = output + output.encode("ascii", "replace").decode("unicode_escape", "replace")
    return [secret for secret in SECRETS if secret in readable]


@contextmanager
def operators_log(monkeypatch: pytest.MonkeyPatch, level: str) -> Iterator[io.StringIO]:
    """Everything that `set_up(level)` lets through to standard error; undone afterwards."""
    loggers = [logging.getLogger(), *map(logging.getLogger, (*QUIET, "dbos"))]
    before = [(log, list(log.handlers), log.level, log.propagate) for log in loggers]
    for module, hook in (
        (sys, "excepthook"),
        (sys, "unraisablehook"),
        (threading, "excepthook"),
        (warnings, "showwarning"),
    ):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    output = io.StringIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", output)
        logging.getLogger().handlers.clear()
        logging.getLogger("dbos").handlers.clear()
        set_up(level)
        try:
            yield output
        finally:
            for log, handlers, old_level, propagate in before:
                log.handlers[:] = handlers
                log.setLevel(old_level)
                log.propagate = propagate
