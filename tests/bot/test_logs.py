import json
import logging
from collections.abc import Iterator

import pytest
from telegram.error import BadRequest

from bot.logs import JsonFormatter, set_up

CANARY = "카나리아"


@pytest.fixture
def formatter() -> JsonFormatter:
    return JsonFormatter()


@pytest.fixture
def restored_logging() -> Iterator[None]:
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
