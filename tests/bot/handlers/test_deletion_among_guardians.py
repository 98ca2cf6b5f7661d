"""/delete by somebody who has guardians, and by a guardian."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from telegram import Bot

from bot.local_chat.serve import LocalChat
from storage.care_records import Guardian, Outcome
from storage.database import Database
from tests.bot.conftest import StartBot
from tests.bot.seats import Seat
from tests.bot.waiting import done
from tests.storage.caring import add_guardian, disclosure, incident

Register = Callable[..., None]


async def tell(chat: LocalChat, database: Database, guardian: Guardian) -> None:
    """An open incident of which this guardian was told, with a place of its own."""
    async with Bot(chat.token, chat.base_url) as bot:
        alert = await bot.send_message(guardian.guardian_chat_id, "긴급 알림")
        place = await bot.send_location(guardian.guardian_chat_id, 37.5, 126.9)
    told = replace(
        disclosure(guardian),
        at=datetime.now(UTC),
        outcome=Outcome.ACCEPTED,
        message_ids=(alert.message_id,),
        enclosure_ids=(place.message_id,),
    )
    with database.transaction() as memory:
        memory.care.open_incident(incident(chat_id=guardian.chat_id))
        memory.care.add_disclosure(told)


def seen(messages: list[dict[str, object]]) -> tuple[bool, bool]:
    """Whether the alert and the place are in a guardian's chat."""
    alert = any(message.get("text") == "긴급 알림" for message in messages)
    return alert, any("location" in message for message in messages)


async def test_places_leave_the_guardians_chats_when_the_person_is_deleted(
    start_bot: StartBot,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    database: Database,
) -> None:
    register(seat)
    async with start_bot():
        await other_seat.start()
        await other_seat.answer("토닥")
        guardian = add_guardian(database, seat.chat_id, other_seat.chat_id)
        await tell(chat, database, guardian)
        await other_seat.until(lambda found: seen(found) == (True, True))
        await seat.write("/delete")
        await seat.tap(await seat.answer("되돌릴 수 없어요"), "모두 지울게요")
        await other_seat.until(lambda found: seen(found) == (True, False))
        await done()
    with database.transaction() as memory:
        assert memory.care.duties(other_seat.chat_id) == []


async def test_a_guardian_who_is_deleted_guards_nobody_and_the_incident_goes_on(
    start_bot: StartBot,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    database: Database,
) -> None:
    register(seat)
    async with start_bot():
        await other_seat.start()
        await other_seat.answer("토닥")
        guardian = add_guardian(database, seat.chat_id, other_seat.chat_id)
        await tell(chat, database, guardian)
        await other_seat.write("/delete")
        await other_seat.tap(await other_seat.answer("그것도 끝나고"), "모두 지울게요")
        await other_seat.until(lambda found: seen(found) == (False, False))
        await done()
    with database.transaction() as memory:
        assert memory.care.guardians(seat.chat_id) == []
        assert len(memory.care.open_incidents(seat.chat_id)) == 1
        [told] = memory.care.disclosures_of(seat.chat_id)
    assert (told.guardian_name, told.guardian_chat_id) == ("어머니", None)
