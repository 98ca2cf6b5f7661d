"""In quiet mode nothing on the screen speaks of an emergency, whatever happens."""

import asyncio
import re
from typing import Any

import pytest

from bot.incidents.state import Times
from storage.care_records import Choice
from storage.database import Database
from tests.bot.conftest import Guard
from tests.bot.guarding import said
from tests.bot.incidents.records import set_home, settles, states
from tests.bot.seats import Seat
from tests.bot.waiting import done

CRY = "칼 들고 있어요"
QUIET = "남겨 주신 말 잘 받았어요"
TELLING = re.compile(r"119|112|위급|위험|보호자|어머니|신고|전해|초")


@pytest.fixture
def times() -> Times:
    return Times(1.0, (1.0, 60.0))


async def shows_nothing(seat: Seat) -> list[str]:
    """What the bot said, once it is sure that nothing there speaks of an emergency."""
    await asyncio.sleep(0.5)
    messages: list[dict[str, Any]] = await seat.messages()
    assert not [m for m in messages if "contact" in m]
    assert not [text for text in said(messages) if TELLING.search(text)]
    return said(messages)


async def test_what_is_written_meanwhile_is_answered_in_neutral_words(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    set_home(database, seat.chat_id, quiet=True)
    await seat.write(CRY)
    await seat.answer(QUIET)
    await other_seat.answer("긴급 알림")
    await settles(lambda: states(database, seat.chat_id) == ["telling"])
    await seat.write("저녁은 먹었어")
    await seat.answer("조금 더 들려주실래요")
    await shows_nothing(seat)


async def test_where_nobody_may_be_told_it_is_quiet_too_and_says_so_on_request(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat, topics=[Choice.MEDICAL])
    set_home(database, seat.chat_id, quiet=True)
    await seat.write(CRY)
    quiet = await seat.answer(QUIET)
    await seat.answer("잘 지내고 계신가요")
    await shows_nothing(seat)
    await seat.tap(quiet, "자세히")
    await seat.answer("아무에게도 보내지 않았어요")
    assert not any("긴급" in text for text in said(await other_seat.messages()))


async def test_a_cry_that_was_passed_on_is_asked_about_in_neutral_words_and_sends_nothing(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    set_home(database, seat.chat_id, quiet=True)
    film = {"name": "f.mp4", "type": "video/mp4", "forwarded": "1"}
    await seat.upload("video", b"abc", caption=CRY, **film)
    quiet = await seat.answer(QUIET)
    await asyncio.sleep(2)
    await shows_nothing(seat)
    assert not any("긴급" in text for text in said(await other_seat.messages()))
    await seat.tap(quiet, "부탁해요")
    await other_seat.answer("긴급 알림")


@pytest.mark.parametrize("times", [Times(20.0, (60.0, 60.0), lapse_s=1.0)])
async def test_a_button_of_one_that_is_over_tells_nothing(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    set_home(database, seat.chat_id, quiet=True)
    await seat.write(CRY)
    quiet = await seat.answer(QUIET)
    await done("incident:")
    await seat.tap(quiet, "괜찮아요")
    await seat.answer("지난 이야기예요")
    await shows_nothing(seat)
    set_home(database, seat.chat_id, quiet=False)
    await seat.tap(quiet, "괜찮아요")
    await seat.answer("이미 끝났어요")
