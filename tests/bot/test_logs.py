import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
from dbos._error import DBOSWorkflowCancelledError
from telegram.error import BadRequest, NetworkError

from bot.logs import JsonFormatter, set_up

CANARY = "카나리아"


@pytest.fixture
def formatter() -> JsonFormatter:
    return JsonFormatter()


@pytest.fixture
def restored_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module, hook in (
        (sys, "excepthook"),
        (sys, "unraisablehook"),
        (threading, "excepthook"),
        (warnings, "showwarning"),
    ):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    loggers = [logging.getLogger(), logging.getLogger("dbos")]
    before = [(log, list(log.handlers), log.level, log.propagate) for log in loggers]
    yield
    for log, handlers, level, propagate in before:
        log.handlers[:] = handlers
        log.setLevel(level)
        log.propagate = propagate


def line_of(formatter: JsonFormatter, error: Exception) -> dict[str, object]:
    try:
        raise error
    except Exception as raised:
        exc_info = (type(raised), raised, raised.__traceback__)
    record = logging.LogRecord("bot", logging.ERROR, __file__, 1, "it %s", ("broke",), exc_info)
    content: dict[str, object] = json.loads(formatter.format(record))
    return content


def test_a_line_is_one_json_object(formatter: JsonFormatter) -> None:
    record = logging.LogRecord("bot", logging.INFO, __file__, 1, "two\nlines", (), None)
    line = formatter.format(record)
    assert "\n" not in line
    content = json.loads(line)
    assert (content["level"], content["logger"], content["message"]) == (
        "INFO",
        "bot",
        "two\nlines",
    )
    assert content["time"].endswith("+00:00")


def test_what_an_error_was_given_is_left_out(formatter: JsonFormatter) -> None:
    content = line_of(formatter, ValueError(f"cannot read {CANARY}"))
    assert content["error"] == "ValueError"
    assert CANARY not in json.dumps(content, ensure_ascii=False)
    assert any("line_of" in frame for frame in content["at"])  # type: ignore[attr-defined]


def test_telegrams_own_words_are_kept(formatter: JsonFormatter) -> None:
    assert (
        line_of(formatter, BadRequest("Chat not found"))["error"] == "BadRequest: Chat not found"
    )


def test_errors_of_the_network_and_of_the_system_keep_what_cannot_hold_an_address(
    formatter: JsonFormatter,
) -> None:
    assert line_of(formatter, NetworkError(f"no route to {CANARY}"))["error"] == "NetworkError"
    system = FileNotFoundError(2, CANARY, f"/home/{CANARY}")
    assert line_of(formatter, system)["error"] == "FileNotFoundError: No such file or directory"
    assert line_of(formatter, OSError(CANARY))["error"] == "OSError"


def test_a_librarys_arguments_and_interpolated_text_are_left_out(
    formatter: JsonFormatter,
) -> None:
    def message(name: str, text: str, *arguments: object) -> str:
        record = logging.LogRecord(name, logging.ERROR, __file__, 7, text, arguments, None, "f")
        return str(json.loads(formatter.format(record))["message"])

    assert message("telegram", "Received data was %r", CANARY) == "Received data was %r"
    assert message("dbos", "a fixed text of this file") == "a fixed text of this file"
    assert message("dbos", "".join(reversed(CANARY * 2))) == "test_logs:7 f"
    assert message("bot.x", "%d words", CANARY) == "%d words"
    assert message("bot.x", "%d words", 3) == "3 words"


def test_libraries_that_log_addresses_are_quiet(
    restored_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger().handlers.clear()
    set_up("INFO")
    logging.getLogger("httpx").info("POST https://api.example/bot1:token/sendMessage")
    logging.getLogger("bot").info("ready")
    logging.getLogger("dbos").error("a workflow failed")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["message"] for line in lines] == ["ready", "a workflow failed"]


@pytest.mark.usefixtures("restored_logging")
def test_that_somebody_stopped_a_workflow_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    workflow_log = logging.getLogger("dbos")
    for error in (DBOSWorkflowCancelledError("stopped"), OSError("disk")):
        workflow_log.error("it ended", exc_info=error)
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["error"] == "OSError"
