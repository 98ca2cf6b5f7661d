"""/incidents as people meet it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from storage.care_records import Disclosure, IncidentRecord, Outcome
from storage.database import Database
from storage.records import Language
from tests.bot.seats import Seat, labels

Register = Callable[..., None]
NOW = datetime.now(UTC)


def happened(database: Database, chat_id: int, n_incidents: int) -> None:
    with database.transaction() as memory:
        for number in range(n_incidents):
            at = NOW - timedelta(hours=number + 1)
            name, content = f"incident:1:{chat_id}:{number}", {"kind": "fire", "source": "cry"}
            memory.care.open_incident(
                IncidentRecord(name, chat_id, at, at, "person_safe", content)
            )
            memory.care.add_disclosure(
                Disclosure(name, chat_id, 1, 1002, f"사람 {number}", 1, (), at, Outcome.ACCEPTED)
            )


async def test_incidents_are_shown_five_a_page_and_only_ones_own(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    register(other_seat, language=Language.ENGLISH)
    happened(database, seat.chat_id, 6)
    await seat.write("/incidents")
    first = await seat.answer("요청하신 기록 (1/2)")
    assert all(f"사람 {number}" in first["text"] for number in range(5))
    assert "사람 5" not in first["text"] and labels(first) == ["더 오래된 것"]
    await seat.tap(first, "더 오래된 것")
    second = await seat.answer("(2/2)")
    assert "사람 5" in second["text"] and labels(second) == ["더 새로운 것"]
    await seat.tap(second, "더 새로운 것")
    await seat.answer("(1/2)")
    await other_seat.write("/incidents")
    await other_seat.answer("nobody has been told anything")


async def test_a_stranger_has_none_and_their_buttons_do_nothing(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    await seat.write("/incidents")
    await seat.answer("누구에게 알린 일도 없어요")
    register(seat)
    happened(database, seat.chat_id, 6)
    await seat.write("/incidents")
    page = await seat.answer("요청하신 기록")
    with database.transaction() as memory:
        memory.begin_erasure(seat.chat_id, NOW)
    await seat.tap(page, "더 오래된 것")
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    assert "(1/2)" in (await seat.answer("요청하신 기록"))["text"]
