"""Digits are a code only where an incident may be ended by one."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.handlers.home import codes_are_needed
from bot.incidents.state import Times
from inference.analysis import EmergencyLevel, Emotion
from storage.care_records import TOPICS, Code
from storage.database import Database
from tests.bot.conftest import Guard
from tests.bot.guarding import said
from tests.bot.incidents.records import settles, states
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.sounds import wav
from tests.bot.test_listening import emergency

Register = Callable[..., None]


@pytest.fixture
def times() -> Times:
    return Times(20.0, (60.0, 60.0))


def set_code(database: Database, chat_id: int) -> None:
    with database.transaction() as memory:
        memory.care.set_code(chat_id, Code.CANCEL, "2580")


def needs_codes(database: Database, chat_id: int) -> bool:
    with database.transaction() as memory:
        return codes_are_needed(memory, chat_id)


async def passes_on_a_scream(seat: Seat, analyzer: ScriptedAnalyzer, database: Database) -> None:
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("audio", wav(), name="film.wav", type="audio/wav")
    await seat.answer("지금 도움이 필요하신가요?")
    await settles(lambda: states(database, seat.chat_id) == ["asking"])


async def test_a_question_about_what_was_passed_on_waits_for_no_code(
    bot: str, seat: Seat, register: Register, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(seat)
    set_code(database, seat.chat_id)
    await passes_on_a_scream(seat, analyzer, database)
    assert not needs_codes(database, seat.chat_id), "all day no code could be set"
    analyzer.words["2024"] = estimate(Emotion.JOY)
    await seat.write("2024")
    await seat.answer("기쁨")
    assert not any("암호" in text for text in said(await seat.messages()))


async def test_where_its_answer_asked_for_the_code_it_is_taken(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    analyzer: ScriptedAnalyzer,
    database: Database,
) -> None:
    number = await guard(other_seat, topics=())
    set_code(database, seat.chat_id)
    await passes_on_a_scream(seat, analyzer, database)
    await seat.tap(await seat.answer("지금 도움이 필요하신가요?"), "도움이 필요해요")
    nobody = await seat.answer("아무에게도 연락하지 않아요")
    with database.transaction() as memory:
        for topic in TOPICS:
            memory.care.set_choice(seat.chat_id, number, topic, True, datetime.now(UTC))
    await seat.tap(nobody, "괜찮아요")
    await seat.answer("정해 두신 암호를")
    await seat.write("2580")
    await seat.answer("아무에게도 보내지 않았어요")
    await asyncio.sleep(0.5)
    assert not any("긴급" in text for text in said(await other_seat.messages()))


async def test_a_drill_is_no_danger_and_waits_for_no_code(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    analyzer: ScriptedAnalyzer,
    database: Database,
) -> None:
    await guard(other_seat)
    set_code(database, seat.chat_id)
    await seat.write("/drill")
    await seat.tap(await seat.answer("받는 분: 어머니"), "훈련 시작하기")
    drill = await other_seat.answer("훈련입니다")
    await settles(lambda: states(database, seat.chat_id) == ["telling"])
    assert not needs_codes(database, seat.chat_id)
    analyzer.words["2024"] = estimate(Emotion.JOY)
    await seat.write("2024")
    await seat.answer("기쁨")
    shown = said(await seat.messages())
    assert not any("암호" in text or "지금 위험하다면" in text for text in shown)
    await other_seat.tap(drill, "확인했어요")
    await seat.answer("훈련 결과예요")
