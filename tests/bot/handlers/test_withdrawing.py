"""Taking something back while guardians are told: it goes from their chats at once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.incidents.state import Times
from storage.care_records import Choice, Position
from storage.database import Database
from tests.bot.conftest import Guard
from tests.bot.guarding import guardians_of
from tests.bot.handlers.test_incidents import FIRE, SHORT
from tests.bot.incidents.records import states
from tests.bot.seats import Seat


@pytest.fixture
def times() -> Times:
    return replace(SHORT, again_s=(60.0,))


async def told_of_a_fire(seat: Seat, guardian: Seat, guard: Guard, database: Database) -> None:
    """With words and a live location."""
    await guard(guardian, also=[Choice.WORDS, Choice.LOCATION])
    now = datetime.now(UTC)
    with database.transaction() as memory:
        live = Position(37.5665, 126.978, now, now + timedelta(minutes=15))
        memory.care.set_position(seat.chat_id, live)
    await seat.write(FIRE)
    await seat.answer("어머니께 메시지를 보냈어요")
    await guardian.until(lambda ms: [m for m in ms if "location" in m])
    assert FIRE in str(await guardian.messages())


def _offers(action: str, messages: list[dict[str, Any]]) -> bool:
    return f'"{action}"' in json.dumps(messages)


async def press(seat: Seat, *actions: str) -> None:
    """Buttons of the page of guardians, one after another in the same message."""
    await seat.write("/guardians")
    page = await seat.answer("연락받을 분들이에요")
    for action in actions:
        await seat.until(partial(_offers, action))
        await seat.press(page["message_id"], action)


@pytest.mark.parametrize(
    "actions",
    [("guardians:harm",), ("{}:show", "{}:pause"), ("{}:show", "{}:remove", "{}:remove-yes")],
)
async def test_what_lies_in_the_chat_goes_at_once_and_silently(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    database: Database,
    actions: tuple[str, ...],
) -> None:
    await told_of_a_fire(seat, other_seat, guard, database)
    before = len(await other_seat.messages())
    [mother] = guardians_of(database, seat)
    await press(seat, *(each.format(f"guardian:{mother.id}") for each in actions))
    await other_seat.until(lambda ms: not [m for m in ms if "location" in m])
    await other_seat.until(lambda ms: FIRE not in str(ms))
    assert len(await other_seat.messages()) == before - 2, "nothing is said to that"
    assert states(database, seat.chat_id) == ["telling"], "it goes on"


async def test_who_leaves_keeps_nothing_of_what_they_were_shown(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await told_of_a_fire(seat, other_seat, guard, database)
    await other_seat.write("/leave")
    [mother] = guardians_of(database, seat)
    yes = f"leave:{mother.id}:yes"
    page = await other_seat.until(lambda ms: [m for m in ms if _offers(yes, [m])])
    await other_seat.press(page[-1]["message_id"], yes)
    await other_seat.until(lambda ms: not [m for m in ms if "location" in m])
    await other_seat.until(lambda ms: FIRE not in str(ms))
    assert guardians_of(database, seat) == []
    assert states(database, seat.chat_id) == ["telling"], "it goes on"


async def test_a_live_location_goes_with_the_consent_to_location(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await told_of_a_fire(seat, other_seat, guard, database)
    [mother] = guardians_of(database, seat)
    pages = (f"guardian:{mother.id}:show", f"guardian:{mother.id}:enclosures")
    await press(seat, *pages, f"choice:{mother.id}:location:off")
    await other_seat.until(lambda ms: not [m for m in ms if "location" in m])
    assert FIRE in str(await other_seat.messages())
