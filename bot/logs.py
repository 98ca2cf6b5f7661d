"""Structured logs: one JSON object a line, and nothing that a person said.

Errors are logged by their type and where they happened. Their messages are left out, except those
of Telegram and of the operating system, since a library may put what it was given into them.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from telegram.error import InvalidToken, TelegramError

FRAMES = 8


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; `error` and `at` only where something was raised."""
        content: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            _, error, where = record.exc_info
            content["error"] = _named(error)
            content["at"] = _frames(where)
        return json.dumps(content, ensure_ascii=False)


def set_up(level: str) -> None:
    """Log to standard error as JSON, at "DEBUG", "INFO", "WARNING" or "ERROR" and above."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler])
    # The workflow library brings a handler of its own, with full tracebacks, unless it has one.
    workflow_log = logging.getLogger("dbos")
    workflow_log.addHandler(handler)
    workflow_log.propagate = False
    # These log addresses, which carry the token, or what is sent.
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _named(error: BaseException) -> str:
    name = type(error).__name__
    tells = isinstance(error, TelegramError | OSError) and not isinstance(error, InvalidToken)
    return f"{name}: {error}" if tells else name


def _frames(where: TracebackType | None) -> list[str]:
    summary = traceback.extract_tb(where)[-FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in summary]
