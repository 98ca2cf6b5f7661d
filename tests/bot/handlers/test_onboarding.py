from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from storage.database import Database
from storage.records import ASKED_FIRST, AgeBand, Language, Purpose
from storage.repository import Repository
from tests.bot.seats import Seat, action_of, labels
from tests.bot.waiting import done


async def test_first_words_say_that_it_is_an_ai_and_no_medical_service(
    bot: str, seat: Seat
) -> None:
    await seat.start()
    greeting = await seat.answer("토닥이에요")
    assert "AI" in greeting["text"] and "의료 서비스가 아니에요" in greeting["text"]
    assert labels(greeting) == ["한국어", "English"]


async def test_each_consent_is_asked_on_its_own_and_stored(
    bot: str, seat: Seat, database: Database
) -> None:
    await seat.introduce_oneself(voice=False)
    await done()
    with database.transaction() as memory:
        person = memory.person(seat.chat_id)
        consents = memory.consents(seat.chat_id)
    assert person is not None and person.age_band is AgeBand.ADULT
    assert {p: c.granted for p, c in consents.items()} == {
        Purpose.WORDS: True,
        Purpose.VOICE: False,
        Purpose.HISTORY: True,
    }


async def test_english_is_equal(bot: str, seat: Seat, database: Database) -> None:
    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "English")
    await seat.tap(await seat.answer("how old"), "19 or over")
    assert labels(await seat.answer("1. Reading")) == ["I agree", "Not now"]
    await done()
    with database.transaction() as memory:
        person = memory.person(seat.chat_id)
    assert person is not None and person.language is Language.ENGLISH


async def test_a_child_is_shown_help_and_not_registered(
    bot: str, seat: Seat, database: Database
) -> None:
    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "한국어")
    await seat.tap(await seat.answer("나이를"), "만 14살이 안 됐어요")
    await seat.answer("1388")

    def numbers(messages: list[dict[str, Any]]) -> bool:
        cards = [m["contact"]["phone_number"] for m in messages if "contact" in m]
        return cards == ["1388", "119", "112"]

    await seat.until(numbers)
    with database.transaction() as memory:
        assert memory.person(seat.chat_id) is None


async def test_two_taps_on_one_button_ask_the_next_question_once(bot: str, seat: Seat) -> None:
    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "한국어")
    await seat.tap(await seat.answer("나이를"), "만 19살 이상")
    question = await seat.answer("1. 글")
    action = action_of(question, "동의해요")
    await seat.press(question["message_id"], action)
    second = await seat.answer("2. 목소리")
    await seat.tap(second, "동의해요")
    await seat.answer("3. 기록")
    asked = [m for m in await seat.messages() if "2. 목소리" in m.get("text", "")]
    assert len(asked) == 1


async def test_a_story_before_the_questions_is_not_read(
    bot: str, seat: Seat, analyzer: Any
) -> None:
    await seat.write("오늘 좀 힘들었어")
    greeting = await seat.answer("아직 읽지")
    assert labels(greeting) == ["한국어", "English"]
    assert analyzer.seen == []


async def test_a_story_between_two_consents_meets_the_question_again(bot: str, seat: Seat) -> None:
    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "한국어")
    await seat.tap(await seat.answer("나이를"), "만 14~18살")
    await seat.answer("1. 글")
    await seat.write("오늘 좀 힘들었어")
    again = await seat.answer("이것만 먼저")
    assert "1. 글" in again["text"]


async def test_start_of_somebody_known_goes_on_where_they_were(bot: str, seat: Seat) -> None:
    await seat.introduce_oneself()
    await seat.start()
    await seat.answer("다시 오셨네요")


async def test_a_question_whose_sending_fails_is_asked_after_all(
    bot: str, chat: LocalChat, seat: Seat, database: Database
) -> None:
    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "한국어")
    asked = await seat.answer("나이를")
    for action in ("만 19살 이상", "동의해요", "동의해요", "동의해요"):
        chat.faults.inject(Fault(FaultKind.SERVER_ERROR, "sendMessage"))
        await seat.tap(asked, action)
        part = "이제 다 됐어요" if "3. 기록" in asked["text"] else next_part(asked["text"])
        asked = await seat.answer(part)
    await done()
    with database.transaction() as memory:
        assert len(memory.consents(seat.chat_id)) == len(ASKED_FIRST)


async def test_nothing_is_asked_again_and_again_while_answers_cannot_be_stored(
    bot: str, seat: Seat, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.event_loop.FIRST_RETRY_S", 0.02)
    failing: list[str] = []

    def away(name: str) -> None:
        method = getattr(Repository, name)

        def fails(self: Repository, *given: object) -> object:
            if len(failing) < 3:
                failing.append(name)
                raise OperationalError(name, {}, Exception("away"))
            return method(self, *given)

        monkeypatch.setattr(Repository, name, fails)

    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "한국어")
    away("add_person")
    await seat.tap(await seat.answer("나이를"), "만 19살 이상")
    first = await seat.answer("1. 글")
    await done()
    assert failing == ["add_person"] * 3 and await n_asked(seat) == 1
    failing.clear()
    away("add_consent")
    await seat.tap(first, "동의해요")
    await seat.answer("2. 목소리")
    await done()
    assert failing == ["add_consent"] * 3
    assert await n_asked(seat) == 2, "each is asked once"
    with database.transaction() as memory:
        assert len(memory.consent_decisions(seat.chat_id)) == 1


async def n_asked(seat: Seat) -> int:
    return len([m for m in await seat.messages() if "무엇을:" in m.get("text", "")])


async def test_a_second_age_changes_nothing(bot: str, seat: Seat, database: Database) -> None:
    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "한국어")
    age = await seat.answer("나이를")
    await seat.tap(age, "만 19살 이상")
    await seat.answer("1. 글")
    await seat.tap(age, "만 14살이 안 됐어요")
    await done()
    assert await n_asked(seat) == 1
    with database.transaction() as memory:
        person = memory.person(seat.chat_id)
    assert person is not None and person.age_band is AgeBand.ADULT


def next_part(text: str) -> str:
    order = ("나이를", "1. 글", "2. 목소리", "3. 기록")
    return order[next(i for i, part in enumerate(order) if part in text) + 1]
