"""/drill: a person tries out whether their guardians can be reached."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from storage.care_records import Guardian
from storage.database import Database
from storage.records import Language
from tests.bot.seats import PATIENCE_S, Seat, labels

Register = Callable[..., None]


def accept(database: Database, seat: Seat, other: Seat, language: Language) -> Guardian:
    now = datetime.now(UTC)
    with database.transaction() as memory:
        token = memory.care.invite(seat.chat_id, "엄마", now)
        guardian = memory.care.accept(token, other.chat_id, language, now)
    assert isinstance(guardian, Guardian)
    return guardian


async def test_a_drill_reaches_the_guardian_and_the_report_comes_to_the_person(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await other_seat.start()
    accept(database, seat, other_seat, Language.KOREAN)
    await seat.write("/drill")
    question = await seat.answer("받는 분: 엄마")
    assert labels(question) == ["훈련 시작하기", "지금은 말고요"]
    await seat.tap(question, "훈련 시작하기")
    await seat.answer("훈련 결과는 이 대화에")
    drill = await other_seat.answer("훈련입니다")
    await other_seat.tap(drill, labels(drill)[0])
    await seat.answer("훈련 결과예요")

    def ended() -> bool:
        with database.transaction() as memory:
            return not memory.care.open_incidents(seat.chat_id)

    async with asyncio.timeout(PATIENCE_S):
        while not ended():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await seat.write("/incidents")
    shown = (await seat.answer("요청하신 기록"))["text"]
    assert "· 훈련 ·" in shown and "엄마에게 알림" in shown and "살펴보겠다고" in shown


async def test_a_drill_is_started_once_however_often_it_is_tapped_in_english(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat, language=Language.ENGLISH)
    await other_seat.start()
    accept(database, seat, other_seat, Language.ENGLISH)
    await seat.write("/drill")
    question = await seat.answer("It goes to: 엄마")
    for _ in range(3):
        await seat.tap(question, "Start the drill")
    await other_seat.answer("This is a drill")
    await seat.write("/drill")
    await seat.tap(await seat.answer("It goes to: 엄마"), "Not now")
    await seat.answer("There was no drill")
    drills = [m for m in await other_seat.messages() if "This is a drill" in m.get("text", "")]
    assert len(drills) == 1


async def test_where_it_would_reach_nobody_it_says_so(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    await seat.write("/drill")
    assert labels(await seat.answer("AI이고")) == ["한국어", "English"]
    register(seat)
    await seat.write("/drill")
    assert labels(await seat.answer("보호자가 아직 없어요")) == []
    guardian = accept(database, seat, other_seat, Language.KOREAN)
    with database.transaction() as memory:
        memory.care.pause(seat.chat_id, guardian.id, True)
    await seat.write("/drill")
    assert labels(await seat.answer("모두 쉬는 중이라")) == []
