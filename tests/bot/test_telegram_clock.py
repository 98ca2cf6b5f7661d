"""The time by which Telegram dates messages, on a machine whose clock is wrong."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_clock import TOLERATED, TelegramClock
from tests.bot.conftest import Guard, StartBot
from tests.bot.scripted import SCREAM, ScriptedAnalyzer
from tests.bot.seats import Seat
from tests.bot.sounds import encoded

TRUE = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
SECONDS = st.floats(-400 * 86_400, 400 * 86_400)


class Machine:
    """A machine's clock, which may be wrong."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return TRUE + self.ahead


def date_of(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@given(jumps=st.lists(SECONDS, min_size=1, max_size=5))
def test_after_each_answer_the_time_is_right_wherever_the_clock_jumped(jumps: list[float]) -> None:
    machine = Machine()
    clock = TelegramClock(machine.now)
    for seconds in jumps:
        machine.ahead = timedelta(seconds=seconds)
        clock.note(date_of(TRUE))
        assert abs(clock.now() - TRUE) <= TOLERATED


def test_the_way_of_an_answer_moves_no_clock(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    clock = TelegramClock(machine.now)
    machine.ahead = timedelta(seconds=20)
    clock.note(date_of(TRUE))
    assert clock.now() == machine.now() and caplog.records == []


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 30 Nov 2026 04:00:00 -0000"])
def test_what_tells_no_time_changes_nothing(date: str) -> None:
    machine = Machine()
    clock = TelegramClock(machine.now)
    machine.ahead = timedelta(hours=1)
    clock.note(date_of(TRUE))
    clock.note(date)
    assert clock.now() == TRUE


@pytest.mark.parametrize("wrong_by", [timedelta(minutes=11), timedelta(minutes=-11)])
async def test_a_scream_brings_help_whatever_this_machine_takes_the_time_for(
    start_bot: StartBot,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
    wrong_by: timedelta,
) -> None:
    monkeypatch.setattr("bot.serving._now", lambda: datetime.now(UTC) + wrong_by)
    await guard(other_seat, met=False)
    analyzer.emergency = SCREAM
    async with start_bot():
        await seat.upload("voice", encoded("ogg", "libopus"))
        await seat.answer("보호자에게 연락할게요")
