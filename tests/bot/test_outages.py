from datetime import timedelta

import pytest
from aiohttp import ConnectionTimeoutError, ServerDisconnectedError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.outages import is_outage, may_have_arrived
from bot.requests import Unanswered


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("Bad Gateway"),
        TimedOut(),
        OperationalError("select", {}, Exception("database is locked")),
        NoConnectionLeft(),
    ],
)
def test_what_passes_is_waited_for(error: Exception) -> None:
    assert is_outage(error)


def test_being_told_to_wait_is_waited_for() -> None:
    assert is_outage(RetryAfter(timedelta(seconds=3)))


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("Chat not found"),
        Forbidden("bot was blocked by the user"),
        IntegrityError("insert", {}, Exception("unique")),
        RuntimeError("the model broke"),
    ],
)
def test_what_no_waiting_mends_is_not(error: Exception) -> None:
    assert not is_outage(error)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "may"),
    [
        (caused(TimedOut(), Unanswered("late")), True),
        (caused(NetworkError("cut"), Unanswered("cut")), True),
        (NetworkError("Gateway Timeout"), True),
        (caused(TimedOut(), ConnectionTimeoutError("away")), False),
        (caused(NetworkError("proxy"), ServerDisconnectedError()), False),
        (caused(TimedOut("the file took too long"), TimeoutError()), False),
        (NetworkError("Bad Gateway"), False),
        (OperationalError("select", {}, Exception("database is locked")), False),
    ],
)
def test_what_was_sent_may_have_arrived_although_no_answer_came(
    error: Exception, may: bool
) -> None:
    assert may_have_arrived(error) is may
