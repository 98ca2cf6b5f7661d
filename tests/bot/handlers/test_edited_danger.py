"""A message that is changed while somebody is in danger is answered as if it were new."""

from dataclasses import replace
from typing import Any

import pytest

from bot.incidents.alarms import Source, number_of_edit
from bot.incidents.on_record import number_for_edit
from bot.incidents.state import Times
from storage.care_records import IncidentRecord
from storage.database import Database
from tests.bot.conftest import Guard
from tests.bot.incidents.records import settles, states
from tests.bot.incidents.world import NOW, alarm
from tests.bot.seats import Seat

THOUGHTS, IN_PROGRESS = "죽고 싶어", "옥상에 올라와 있어"
CRY, FIRE = "칼 들고 있어요", "불이 났어요"


@pytest.fixture
def times() -> Times:
    return Times(3.0, (60.0, 60.0))


def cards(messages: list[dict[str, Any]]) -> list[str]:
    return [m["contact"]["phone_number"] for m in messages if "contact" in m]


async def test_a_greater_danger_is_answered_anew_and_the_same_is_not(bot: str, seat: Seat) -> None:
    message_id = await seat.write(THOUGHTS)
    await seat.until(lambda messages: len(cards(messages)) == 3)
    await seat.edit(message_id, IN_PROGRESS)
    await seat.until(lambda messages: cards(messages)[3:] == ["119", "109", "1388"])
    await seat.edit(message_id, f"{IN_PROGRESS}.")
    await seat.write("네 혼자예요")
    await seat.answer("조금 더 들려주실래요")
    said = [m.get("text", "") for m in await seat.messages()]
    assert len([text for text in said if text.startswith("바로 119")]) == 1


async def test_thoughts_that_become_a_cry_show_the_numbers_before_the_countdown(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard
) -> None:
    await guard(other_seat)
    message_id = await seat.write(THOUGHTS)
    await seat.until(lambda messages: len(cards(messages)) == 2)
    await seat.edit(message_id, CRY)
    countdown = await seat.answer("보호자에게 연락할게요")
    before = [m for m in await seat.messages() if m["message_id"] < countdown["message_id"]]
    assert cards(before)[2:] == ["112", "119"]
    await seat.tap(countdown, "안전해요, 보내지 마세요")
    await seat.answer("아무에게도 보내지 않았어요")


async def test_a_cancelled_cry_that_is_changed_to_another_is_an_alarm_of_its_own(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    message_id = await seat.write(CRY)
    first = await seat.answer("보호자에게 연락할게요")
    await seat.tap(first, "안전해요, 보내지 마세요")
    await settles(lambda: states(database, seat.chat_id) == ["cancelled"])
    await seat.edit(message_id, FIRE)
    await seat.until(lambda messages: cards(messages) == ["112", "119", "119", "112"])
    alert = await other_seat.answer("불이 난 상황일 수 있어요")
    await seat.answer("어머니께 메시지를 보냈어요")
    await other_seat.tap(alert, "제가 확인할게요")
    await seat.answer("어머니께서 확인하겠다고 하셨어요")


def test_an_edit_speaks_of_the_incident_that_goes_on_for_its_danger() -> None:
    edit = alarm(Source.CRY, "fire", message_id=7)
    content = {"source": "cry", "kind": "fire"}
    known = IncidentRecord("incident:1:1001:7", 1001, NOW, None, "counting", content)
    own = number_of_edit(7, NOW)
    assert own != 7 and len(str(number_of_edit(2**31, NOW))) <= 18
    assert number_for_edit(edit, []) == own
    assert number_for_edit(edit, [known]) == 7
    assert number_for_edit(edit, [replace(known, state="cancelled")]) == own, "under duress too"
    assert number_for_edit(edit, [replace(known, state="confirmed")]) == own
    assert number_for_edit(edit, [replace(known, id="incident:1:1001:8")]) == own
    assert number_for_edit(edit, [replace(known, content={**content, "kind": "theft"})]) == own
    assert number_for_edit(edit, [replace(known, content={**content, "kind": "help"})]) == 7
    asked = replace(known, state="asking", content={"source": "sound_ask", "kind": "gas"})
    assert number_for_edit(edit, [asked]) == 7
    earlier = replace(known, id=f"incident:1:1001:{number_of_edit(7, NOW) - 5}")
    assert number_for_edit(edit, [earlier]) == own - 5
