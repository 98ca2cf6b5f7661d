"""Structured logs: one JSON object a line, and nothing that a person said.

Errors are logged by their type and where they happened. Their messages are left out, except those
of Telegram and of the operating system, since a library may put what it was given into them. Of
what libraries log themselves only fixed text is kept: some log whole updates when they cannot read
one. What ends the process or a thread is logged in the same way instead of being printed.
"""

import json
import linecache
import logging
import os
import sys
import threading
import traceback
import warnings
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from telegram.error import BadRequest, Conflict, Forbidden, RetryAfter

FRAMES = 8
CANCELLED = frozenset({"DBOSAwaitedWorkflowCancelledError", "DBOSWorkflowCancelledError"})
QUIET = ("aiohttp", "alembic", "apscheduler", "httpcore", "httpx", "telegram", "uvicorn")
OURS = frozenset({"__main__", "bot", "inference", "models", "storage"})
TELLING = (BadRequest, Conflict, Forbidden, RetryAfter)
"""Errors with words of Telegram's own; those of the network may hold an address with the token."""

log = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON in ASCII: time, level, logger, message, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; `error` and `at` only where something was raised."""
        content: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            _, error, where = record.exc_info
            content["error"] = named(error)
            content["at"] = _frames(where)
        return json.dumps(content)


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Standard error; a record that cannot be written is dropped, not printed with its values."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: there is nowhere left to say it."""


def set_up(level: str) -> None:
    """Log to standard error as JSON, at "DEBUG", "INFO", "WARNING" or "ERROR" and above."""
    handler = _Handler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler])
    # The workflow library brings a handler of its own, with full tracebacks, unless it has one.
    workflow_log = logging.getLogger("dbos")
    workflow_log.addHandler(handler)
    workflow_log.addFilter(_is_no_cancelling)
    workflow_log.propagate = False
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    _catch_crashes()


def _is_no_cancelling(record: logging.LogRecord) -> bool:
    """Whether it is anything but that somebody stopped a workflow, which is no failure."""
    raised = record.exc_info[0] if record.exc_info else None
    return raised is None or raised.__name__ not in CANCELLED


def named(error: BaseException) -> str:
    """The error's type, and its words where nobody but Telegram or the system wrote them."""
    name = type(error).__name__
    if isinstance(error, TELLING):
        return f"{name}: {error}"
    if isinstance(error, OSError) and isinstance(error.errno, int) and error.errno > 0:
        return f"{name}: {os.strerror(error.errno)}"
    cause = error.__cause__
    return name if cause is None else f"{name} from {type(cause).__name__}"


def _message(record: logging.LogRecord) -> str:
    """Our own message; of a library's the fixed part, or else where it was logged."""
    if record.name.partition(".")[0] in OURS:
        try:
            return record.getMessage()
        except (TypeError, ValueError):
            return str(record.msg)
    text = str(record.msg).strip()
    if record.args or text in "".join(linecache.getlines(record.pathname)):
        return text
    return f"{record.module}:{record.lineno} {record.funcName}"


def _frames(where: TracebackType | None) -> list[str]:
    summary = traceback.extract_tb(where)[-FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in summary]


def _catch_crashes() -> None:
    """Log what Python would print with the error's own words: uncaught errors and warnings."""

    def on_crash(
        kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("the process ends", exc_info=(kind, error, where))

    def in_thread(crash: threading.ExceptHookArgs) -> None:
        if crash.exc_value is not None and not isinstance(crash.exc_value, SystemExit):
            error = (crash.exc_type, crash.exc_value, crash.exc_traceback)
            log.critical("a thread ended", exc_info=error)

    def unraisable(crash: "sys.UnraisableHookArgs") -> None:
        if crash.exc_value is not None:
            error = (crash.exc_type, crash.exc_value, crash.exc_traceback)
            log.error("an error while cleaning up", exc_info=error)

    def warn(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        log.warning("%s at %s:%d", category.__name__, Path(filename).name, lineno)

    sys.excepthook = on_crash
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable
    warnings.showwarning = warn
