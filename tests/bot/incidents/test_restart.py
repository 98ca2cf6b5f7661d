"""The bot stops in a countdown: what was tapped meanwhile is heard before anybody is told."""

import asyncio
import time

import pytest

from bot.incidents.state import Times
from bot.incidents.workflow import HEARING_S
from storage.database import Database
from tests.bot.conftest import Guard, StartBot
from tests.bot.incidents.records import disclosures, set_home, settles, states
from tests.bot.seats import Seat

pytestmark = pytest.mark.slow
CRY = "칼 들고 있어요"
COUNTDOWN_S = 3.0


@pytest.fixture
def times() -> Times:
    return Times(COUNTDOWN_S, (60.0, 60.0), 1.0, (30.0,), 5.0, 600.0)


@pytest.fixture(params=[False, True], ids=["polling", "webhook"])
def webhook(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


async def test_a_cancel_tapped_while_the_bot_restarts_is_heard_before_guardians_are_told(
    start_bot: StartBot,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    database: Database,
    webhook: bool,
) -> None:
    """In quiet mode no timer but the countdown runs, which would come before the tap."""
    await guard(other_seat, met=False)
    set_home(database, seat.chat_id, quiet=True)
    async with start_bot(webhook=webhook):
        await seat.write(CRY)
        question = await seat.answer("남겨 주신 말 잘 받았어요")
    await seat.tap(question, "괜찮아요")
    await asyncio.sleep(COUNTDOWN_S + 0.5)
    async with start_bot(webhook=webhook):
        await settles(lambda: states(database, seat.chat_id) == ["cancelled"])
        await asyncio.sleep(HEARING_S + 1)
        assert not [m for m in await other_seat.messages() if "긴급" in m.get("text", "")]
    assert disclosures(database, seat.chat_id) == []


async def test_nobody_tapped_while_the_bot_restarted_and_help_comes_soon_after_the_start(
    start_bot: StartBot, seat: Seat, other_seat: Seat, guard: Guard, webhook: bool
) -> None:
    await guard(other_seat, met=False)
    async with start_bot(webhook=webhook):
        await seat.write(CRY)
        await seat.answer("보호자에게 연락할게요")
    await asyncio.sleep(COUNTDOWN_S + 0.5)
    began_s = time.monotonic()
    async with start_bot(webhook=webhook):
        await other_seat.answer("긴급 알림", 30)
        assert time.monotonic() - began_s < HEARING_S + 10
