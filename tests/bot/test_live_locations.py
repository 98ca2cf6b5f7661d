"""A live location that guardians were shown moves with the person, and ends with them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram import Bot

from bot.incidents.acts import Sent
from bot.incidents.on_record import disclosure_of, told_before
from bot.local_chat.serve import LocalChat
from storage.care_records import Choice, Guardian, IncidentRecord, Position
from storage.database import Database
from storage.records import CONSENT_VERSIONS, Consent, Language, Purpose
from tests.bot.incidents.world import alarm, guardian, telling
from tests.bot.seats import Seat

Register = Callable[..., None]
SEOUL = {"latitude": 37.5665, "longitude": 126.978}
MOVED = {"latitude": 37.5796, "longitude": 126.977}


def shows(place: dict[str, float], *, live: bool) -> Callable[[list[dict[str, Any]]], bool]:
    def look(messages: list[dict[str, Any]]) -> bool:
        [location] = [m["location"] for m in messages if "location" in m]
        there = {key: location[key] for key in place} == place
        return there and ("live_period" in location) is live

    return look


@pytest.fixture
async def mother(
    chat: LocalChat, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> Guardian:
    """Somebody who is shown the person's live location in an open incident."""
    register(seat)
    await other_seat.start()
    now = datetime.now(UTC)
    with database.transaction() as memory:
        memory.add_consent(
            seat.chat_id, Consent(Purpose.LOCATION, CONSENT_VERSIONS[Purpose.LOCATION], True, now)
        )
        token = memory.care.invite(seat.chat_id, "엄마", now)
        guardian = memory.care.accept(token, other_seat.chat_id, Language.KOREAN, now)
        assert isinstance(guardian, Guardian)
        memory.care.set_choice(seat.chat_id, guardian.id, Choice.LOCATION, True, now)
    async with Bot(chat.token, chat.base_url) as sender:
        sent = await sender.send_location(
            other_seat.chat_id, SEOUL["latitude"], SEOUL["longitude"], live_period=900
        )
    live = [(other_seat.chat_id, sent.message_id)]
    name = f"incident:1:{seat.chat_id}:5"
    with database.transaction() as memory:
        memory.care.open_incident(
            IncidentRecord(name, seat.chat_id, now, None, "telling", {"live": live})
        )
    return guardian


async def share(seat: Seat) -> int:
    content = {"kind": "location", "live_period": 900, **SEOUL}
    sent = await seat.call("POST", "/messages", json=content)
    await seat.answer("위치를 기억해 둘게요")
    return int(sent["message"]["message_id"])


async def test_what_guardians_are_shown_moves_and_ends_with_the_person(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    mother: Guardian,
) -> None:
    message_id = await share(seat)
    await seat.call("POST", f"/live_locations/{message_id}", json=MOVED)
    await other_seat.until(shows(MOVED, live=True))
    await seat.call("POST", f"/live_locations/{message_id}", json={"stop": True})
    await other_seat.until(shows(MOVED, live=False))
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")


async def test_it_ends_where_the_person_takes_it_back(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    mother: Guardian,
) -> None:
    message_id = await share(seat)
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "마지막 위치")
    await seat.tap(await seat.answer("지금은 켜짐"), "위치 기억 끄기")
    await other_seat.until(shows(SEOUL, live=False))
    await seat.call("POST", f"/live_locations/{message_id}", json=MOVED)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    assert shows(SEOUL, live=False)(await other_seat.messages())


async def test_it_ends_where_the_last_place_is_deleted(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    mother: Guardian,
) -> None:
    await share(seat)
    await seat.tap(await seat.answer("위치를 기억해 둘게요"), "남은 위치 지우기")
    await other_seat.until(shows(SEOUL, live=False))


async def test_a_place_that_comes_late_is_shown_to_nobody(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    database: Database,
    mother: Guardian,
) -> None:
    message_id = await share(seat)
    newest = Position(
        MOVED["latitude"], MOVED["longitude"], datetime.now(UTC) + timedelta(minutes=1)
    )
    with database.transaction() as memory:
        memory.care.set_position(seat.chat_id, newest)
    await seat.call("POST", f"/live_locations/{message_id}", json=MOVED)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    assert shows(SEOUL, live=True)(await other_seat.messages())
    await seat.call("POST", f"/live_locations/{message_id}", json={"stop": True})
    await other_seat.until(shows(SEOUL, live=False))


def test_what_was_shown_before_a_kill_moves_on() -> None:
    shown = telling(1, 1, Sent.ACCEPTED, enclosure_ids=(5,), live_location_id=5)
    known = disclosure_of(1, alarm(), shown)
    assert told_before(known, guardian(1)).live_location_id == 5


async def test_a_guardian_who_may_not_know_any_more_sees_no_further_move(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    database: Database,
    mother: Guardian,
) -> None:
    message_id = await share(seat)
    with database.transaction() as memory:
        memory.care.pause(seat.chat_id, mother.id, True)
    await seat.call("POST", f"/live_locations/{message_id}", json=MOVED)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    assert shows(SEOUL, live=True)(await other_seat.messages())
