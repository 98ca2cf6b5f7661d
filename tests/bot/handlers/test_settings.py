from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram.constants import CallbackQueryLimit

from bot.wording import Wording
from inference.analysis import Emotion
from storage.care_records import Position
from storage.database import Database
from storage.records import AgeBand, Language, Purpose
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat, labels


async def test_help_is_for_everyone_in_their_language(
    bot: str, seat: Seat, other_seat: Seat, register: Callable[..., None]
) -> None:
    await seat.write("/help")
    text = (await seat.answer("저는 토닥이에요"))["text"]
    assert all(part in text for part in ("AI", "의료 서비스가 아니에요", "119", "109", "1388"))
    register(other_seat, language=Language.ENGLISH)
    await other_seat.write("/help")
    assert "988" in (await other_seat.answer("not a medical service"))["text"]
    await other_seat.write("/nothing")
    await other_seat.answer("I don't know that command")


async def test_strangers_are_greeted_and_may_choose_their_language(
    bot: str, seat: Seat, other_seat: Seat
) -> None:
    await seat.write("/settings")
    assert labels(await seat.answer("AI이고")) == ["한국어", "English"]
    await other_seat.write("/language")
    await other_seat.tap(await other_seat.answer("어떤 말로 이야기할까요?"), "English")
    await other_seat.answer("how old")


async def test_language_is_changed_for_messages_and_buttons(
    bot: str,
    seat: Seat,
    register: Callable[..., None],
    database: Database,
    analyzer: ScriptedAnalyzer,
) -> None:
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    await seat.write("좋은 날")
    named = await seat.answer("기쁨")
    await seat.write("/language")
    await seat.tap(await seat.answer("어떤 말로 이야기할까요?"), "English")
    await seat.answer("We'll speak English from now on.")
    with database.transaction() as memory:
        person = memory.person(seat.chat_id)
    assert person is not None and person.language is Language.ENGLISH
    # A button made in Korean is answered in the language chosen since.
    await seat.tap(named, "맞아요")
    await seat.answer("I'll remember today")


async def test_consents_are_switched_and_take_effect_at_once(
    bot: str,
    seat: Seat,
    register: Callable[..., None],
    database: Database,
    analyzer: ScriptedAnalyzer,
) -> None:
    register(seat)
    await seat.write("/settings")
    page = await seat.answer("설정")
    assert "글에서 마음 읽기: 켜짐" in page["text"] and "만 19살 이상" in page["text"]
    await seat.tap(page, "글 읽기 끄기")
    await seat.answer("글에서 마음 읽기: 꺼짐")
    await seat.write("오늘 어땠냐면")
    await seat.answer("직접 골라 주실래요?")
    assert analyzer.seen == []
    await seat.tap(await seat.answer("설정"), "글 읽기 켜기")
    page = await seat.answer("글에서 마음 읽기: 켜짐")
    await seat.tap(page, "기록 끄기")
    await seat.answer("기록해 두기: 꺼짐")
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    message_id = await seat.write("좋은 날")
    await seat.answer("기쁨")
    with database.transaction() as memory:
        assert memory.observation(seat.chat_id, message_id) is None
        consents = memory.consents(seat.chat_id)
    assert {purpose: consent.granted for purpose, consent in consents.items()} == {
        Purpose.WORDS: True,
        Purpose.VOICE: True,
        Purpose.HISTORY: False,
    }


async def test_the_record_is_deleted_only_after_asking_and_only_the_persons_own(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    register: Callable[..., None],
    database: Database,
    analyzer: ScriptedAnalyzer,
) -> None:
    register(seat)
    register(other_seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    kept = [(seat, await seat.write("좋은 날")) for _ in range(2)]
    kept.append((other_seat, await other_seat.write("좋은 날")))
    await seat.until(lambda messages: len(answers(messages)) == 2)
    named = await seat.answer("기쁨")
    await other_seat.answer("기쁨")

    def recorded() -> list[bool]:
        with database.transaction() as memory:
            return [memory.observation(who.chat_id, number) is not None for who, number in kept]

    await seat.write("/settings")
    await seat.tap(await seat.answer("설정"), "남긴 기록 지우기")
    question = await seat.answer("되돌릴 수 없어요")
    assert labels(question) == ["지울게요", "그만둘래요"]
    await seat.tap(question, "그만둘래요")
    page = await seat.answer("설정")
    assert recorded() == [True, True, True]
    await seat.tap(page, "남긴 기록 지우기")
    await seat.tap(await seat.answer("되돌릴 수 없어요"), "지울게요")
    await seat.answer("2개를 모두 지웠어요")
    await seat.tap(await seat.answer("설정"), "남긴 기록 지우기")
    await seat.tap(await seat.answer("되돌릴 수 없어요"), "지울게요")
    await seat.answer("남아 있는 기록이 없어요")
    assert "기록해 두기: 켜짐" in (await seat.answer("설정"))["text"]
    assert recorded() == [False, False, True]
    # A button below an answer whose record is gone still answers.
    await seat.tap(named, "맞아요")
    await seat.answer("머문 하루였네요")


async def test_the_way_to_delete_is_said_where_keeping_is_asked_and_switched_off(
    bot: str, seat: Seat, register: Callable[..., None]
) -> None:
    limit = CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    for language in Language:
        say = Wording(language)
        assert "/settings" in say("consent-history", days=0)
        assert say("button-delete-record") in say("settings-history-kept")
        assert len(say("settings-history-kept")) <= limit
    register(seat)
    await seat.write("/settings")
    await seat.tap(await seat.answer("설정"), "기록 끄기")
    page = await seat.answer("기록해 두기: 꺼짐")
    assert "남긴 기록 지우기" in labels(page)


def answers(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [m for m in messages if not m["outgoing"]]


async def test_buttons_of_somebody_forgotten_do_nothing(
    bot: str, seat: Seat, register: Callable[..., None], database: Database
) -> None:
    register(seat)
    await seat.write("/settings")
    await seat.tap(await seat.answer("설정"), "남긴 기록 지우기")
    question = await seat.answer("되돌릴 수 없어요")
    await seat.write("/settings")
    page = await seat.answer("설정")
    with database.transaction() as memory:
        memory.begin_erasure(seat.chat_id, datetime.now(UTC))
    await seat.tap(page, "글 읽기 끄기")
    await seat.tap(page, "English")
    await seat.tap(page, "남긴 기록 지우기")
    await seat.tap(question, "지울게요")
    await seat.tap(question, "그만둘래요")
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")

    assert len(answers(await seat.messages())) == 3, "the question, the page and the help"
    with database.transaction() as memory:
        assert memory.person(seat.chat_id) is None


async def test_the_age_is_changed_and_a_live_place_of_a_youth_is_not_kept(
    bot: str, seat: Seat, register: Callable[..., None], database: Database
) -> None:
    register(seat)
    now = datetime.now(UTC)
    with database.transaction() as memory:
        live = Position(37.5665, 126.978, now, now + timedelta(minutes=15))
        memory.care.set_position(seat.chat_id, live)
    await seat.write("/settings")
    page = await seat.answer("나이: 만 19살 이상")
    await seat.tap(page, "나이 바꾸기: 만 14~18살")
    page = await seat.answer("나이: 만 14~18살")
    with database.transaction() as memory:
        person = memory.person(seat.chat_id)
        assert person is not None and person.age_band is AgeBand.YOUTH
        assert memory.care.position(seat.chat_id) is None
    await seat.tap(page, "나이 바꾸기: 만 19살 이상")
    await seat.answer("나이: 만 19살 이상")
