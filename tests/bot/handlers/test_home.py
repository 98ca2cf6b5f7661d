"""/home as people meet it: one thing after another, or each by itself."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat_workflows import ChatWorkflows
from bot.handlers.home import one_line
from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.wording import Wording
from storage.care_codes import typed_code
from storage.care_records import Code, Home, IncidentRecord
from storage.database import Database, make_workflow_engine
from storage.key_store import KeyStore
from storage.records import Language, Purpose
from tests.bot.seats import Seat, labels
from tests.bot.waiting import done

Register = Callable[..., None]
FIRST, SECOND = "4471", "9026 13"


@pytest.fixture
def rows(tmp_path: Path, keys: KeyStore) -> ChatWorkflows:
    return ChatWorkflows(make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}"), keys)


def home_of(database: Database, seat: Seat) -> Home:
    with database.transaction() as memory:
        return memory.care.home(seat.chat_id)


def shows(part: str) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda messages: any(part in message.get("text", "") for message in messages)


async def typed(seat: Seat, text: str) -> None:
    """Write what is deleted on receipt, and wait until it is gone."""
    message_id = await seat.write(text)
    await seat.until(lambda found: all(each["message_id"] != message_id for each in found))


async def test_a_stranger_is_greeted_and_their_old_buttons_do_nothing(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    await seat.write("/home")
    assert labels(await seat.answer("AI이고")) == ["한국어", "English"]
    register(seat)
    await seat.write("/home")
    page = await seat.answer("위급할 때를 위한 정보")
    with database.transaction() as memory:
        memory.begin_erasure(seat.chat_id, datetime.now(UTC))
    for label in ("하나씩 정하기", "이름", "조용한 모드"):
        await seat.tap(page, label)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    assert page["text"] in [each.get("text") for each in await seat.messages()]


async def test_the_flow_goes_from_name_to_location_and_shows_all_at_the_end(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.write("/home")
    page = await seat.answer("위급할 때를 위한 정보")
    assert "집 주소: 없어요" in page["text"] and "조용한 모드: 꺼짐" in page["text"]
    await seat.tap(page, "하나씩 정하기")
    question = await seat.answer("어떤 이름으로 보이면")
    assert labels(question) == ["건너뛰기", "여기까지 할게요"]
    await seat.write("  <지은>  님 ")
    assert labels(await seat.answer("<지은>님")) == ["바꾸기", "지우기", "돌아가기"]
    await seat.answer("집 주소를 적어 두실래요?")
    await seat.write("서울시 무슨구\n아무로 1, 2동 3호")
    await seat.answer("서울시 무슨구 아무로 1, 2동 3호")
    await seat.answer("취소 암호로 쓸 숫자")
    await typed(seat, FIRST)
    await seat.answer("두 번째 암호는 누가 억지로")
    await typed(seat, SECOND)
    question = await seat.answer("평범한 말로만 여쭙고")
    assert not shows("실제로는 보호자에게 알려요")(await seat.messages()), "who holds the phone"
    await seat.tap(question, "조용한 모드 켜기")
    question = await seat.answer("무엇을: 이 대화에 보내 주시는 위치")
    assert labels(question) == ["위치 기억 켜기", "건너뛰기"]
    await seat.tap(question, "위치 기억 켜기")
    page = await seat.answer("마지막 위치 기억하기: 켜짐")
    assert "하나씩 정하기" not in labels(page) and "취소 암호: 있어요" in page["text"]
    assert "두 번째" not in page["text"]
    home = home_of(database, seat)
    assert (home.shown_name, home.quiet) == ("<지은>", True)
    assert home.address == "서울시 무슨구 아무로 1, 2동 3호"
    found = [typed_code(code, home) for code in (FIRST, "９０２６１３", "0000")]
    assert found == [Code.CANCEL, Code.DURESS, None]
    with database.transaction() as memory:
        assert memory.consents(seat.chat_id)[Purpose.LOCATION].granted


async def test_the_flow_is_left_and_gone_on_with_later_in_english(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat, language=Language.ENGLISH)
    await seat.write("/home")
    await seat.tap(await seat.answer("For an emergency"), "Set them one by one")
    await seat.tap(await seat.answer("Which name"), "Skip")
    await seat.answer("write down your home address?")
    await seat.write("1 Some Street")
    await seat.answer("Home address: 1 Some Street")
    await seat.tap(await seat.answer("cancel code"), "That's enough for now")
    page = await seat.answer("Home address: 1 Some Street\nCancel code: none")
    # Nothing is asked any more: what is written now is a story.
    await seat.write("4471")
    await seat.answer("I found no words there")
    assert home_of(database, seat).cancel_code_digest is None
    await seat.tap(page, "Set them one by one")
    await seat.answer("Which name should guardians see?")
    await seat.write("Jamie")
    await seat.answer("This is what guardians see: Jamie")
    await seat.answer("Please write 4 to 8 digits")
    await typed(seat, "four four")
    await seat.answer("4 to 8 digits and nothing else")
    await typed(seat, "12")
    await seat.answer("Could you write 4 to 8 digits?")
    await typed(seat, "44 71")
    await seat.answer("I deleted what you typed")
    assert home_of(database, seat).cancel_code_digest is not None


async def test_each_thing_is_changed_and_deleted_by_itself(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "집 주소")
    assert labels(await seat.answer("적어 두실래요?")) == ["지금은 말고요"]
    await seat.write("가" * 201)
    await seat.answer("주소를 200글자까지")
    await seat.write("부산시 어디구 1")
    shown = await seat.answer("집 주소: 부산시 어디구 1")
    await seat.tap(shown, "바꾸기")
    await seat.answer("적어 두실래요?")
    await seat.write("부산시 어디구 2")
    await seat.tap(await seat.answer("집 주소: 부산시 어디구 2"), "지우기")
    page = await seat.answer("집 주소: 없어요")
    assert home_of(database, seat).address is None
    await seat.tap(page, "조용한 모드")
    await seat.tap(await seat.answer("지금은 꺼짐"), "조용한 모드 켜기")
    page = await seat.answer("조용한 모드: 켜짐")
    await seat.tap(page, "조용한 모드")
    await seat.tap(await seat.answer("지금은 켜짐"), "조용한 모드 끄기")
    await seat.answer("조용한 모드: 꺼짐")
    assert home_of(database, seat) == Home()


async def test_codes_differ_and_the_second_goes_with_the_first(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "취소 암호")
    await seat.answer("쓸 숫자 4~8자리")
    await typed(seat, "일이삼사")
    await seat.answer("‘일이삼사’처럼")
    await typed(seat, "４４７１")
    await seat.tap(await seat.answer("한 가지 더"), "두 번째 암호")
    await seat.answer("누가 억지로")
    await typed(seat, FIRST)
    await seat.answer("다른 숫자로")
    await typed(seat, SECOND)
    await seat.until(lambda found: not shows("누가 억지로")(found))
    home = home_of(database, seat)
    assert [typed_code(code, home) for code in (FIRST, SECOND)] == [Code.CANCEL, Code.DURESS]
    await seat.tap(await seat.answer("바꿨어요"), "돌아가기")
    await seat.tap(await seat.answer("취소 암호: 있어요"), "취소 암호")
    view = await seat.answer("취소 암호가 있어요")
    assert labels(view) == ["바꾸기", "지우기", "두 번째 암호", "돌아가기"]
    await seat.tap(view, "두 번째 암호")
    await seat.tap(await seat.answer("다른 사람이 볼 수 있으니"), "돌아가기")
    await seat.tap(await seat.answer("취소 암호: 있어요"), "취소 암호")
    await seat.tap(await seat.answer("취소 암호가 있어요"), "지우기")
    await seat.answer("취소 암호: 없어요")
    assert home_of(database, seat) == Home()


async def test_a_typed_code_stays_nowhere(
    bot: str,
    seat: Seat,
    register: Register,
    rows: ChatWorkflows,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    register(seat)
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "취소 암호")
    await seat.answer("쓸 숫자 4~8자리")
    await typed(seat, "73195528")
    await seat.answer("바꿨어요")
    await done()
    held = await asyncio.to_thread(rows.held, seat.chat_id)
    assert "73195528" not in json.dumps([each.update for each in held])
    assert "/home" in json.dumps([each.update for each in held])
    assert caplog.records
    assert "73195528" not in caplog.text
    for name in ("todak.sqlite", "workflows.sqlite", "keys.sqlite"):
        assert b"73195528" not in (tmp_path / name).read_bytes()


async def test_a_code_is_set_whatever_becomes_of_the_deletion_and_who_typed_it_knows(
    bot: str, chat: LocalChat, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "취소 암호")
    await seat.answer("쓸 숫자 4~8자리")
    chat.faults.inject(Fault(FaultKind.LOST, "deleteMessage", seat.chat_id))
    await typed(seat, "7788")
    await seat.answer("바꿨어요")
    assert not shows("지우지 못했어요")(await seat.messages()), "it was gone at the second try"
    assert typed_code("7788", home_of(database, seat)) is Code.CANCEL
    await seat.tap(await seat.answer("바꿨어요"), "두 번째 암호")
    await seat.answer("누가 억지로")
    chat.faults.inject(Fault(FaultKind.REFUSED, "deleteMessage", seat.chat_id))
    await seat.write(SECOND)
    await seat.answer("직접 지워 주시겠어요?")
    await seat.until(lambda found: not shows("누가 억지로")(found))
    assert typed_code(SECOND, home_of(database, seat)) is Code.DURESS


async def test_danger_in_an_answer_comes_first_and_ends_the_question(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "이름")
    await seat.answer("어떤 이름으로 보이면")
    await seat.write("죽고 싶어")
    await seat.answer("자살을 생각")
    await seat.write("너무 힘들었어")
    await seat.answer("위험해지면 언제든")
    assert home_of(database, seat) == Home()


async def test_a_question_lapses_and_a_forwarded_text_answers_none(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "이름")
    asked = await seat.answer("어떤 이름으로 보이면")
    message_id = await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    await seat.call("POST", "/forwards", json={"message_id": message_id, "to_seat": seat.number})
    await seat.until(lambda found: sum("저는 토닥이에요" in m.get("text", "") for m in found) == 2)
    with database.transaction() as memory:
        memory.care.ask(
            seat.chat_id, "home-name", {"in_flow": False, "question_id": asked["message_id"]},
            datetime.now(UTC) - timedelta(minutes=11), open_for=timedelta(minutes=10),
        )  # fmt: skip
    await seat.write("지은")
    await seat.answer("골라 주시거나")
    assert home_of(database, seat) == Home()


async def test_no_code_is_changed_while_an_incident_could_be_cancelled(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    now = datetime.now(UTC)
    incident = IncidentRecord("incident:1:1001:9", seat.chat_id, now, None, "counting", {})
    with database.transaction() as memory:
        memory.care.set_code(seat.chat_id, Code.CANCEL, FIRST)
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "취소 암호")
    view = await seat.answer("취소 암호가 있어요")
    with database.transaction() as memory:
        memory.care.open_incident(incident)
    await seat.tap(view, "바꾸기")
    with database.transaction() as memory:  # as if it had been asked a moment before
        content = {"in_flow": False, "question_id": view["message_id"]}
        memory.care.ask(seat.chat_id, "home-code", content, now)
    await typed(seat, "5555")  # the incident's now
    assert not shows("쓸 숫자 4~8자리")(await seat.messages())
    await seat.write("/home")
    page = await seat.answer("위급할 때를 위한 정보")
    await seat.tap(page, "취소 암호")
    await seat.tap(await seat.answer("취소 암호가 있어요"), "지우기")
    await seat.answer("취소 암호: 있어요")
    assert typed_code(FIRST, home_of(database, seat)) is Code.CANCEL


def test_texts_are_kept_on_one_line_without_what_cannot_be_seen() -> None:
    assert one_line(" 서울\n\t무슨구 \u202e1\u200b ") == "서울 무슨구 1"
    assert one_line("\u200b\n") == ""


def test_quiet_mode_names_only_dangers_that_come_from_another_person() -> None:
    for language, words in (
        (Language.KOREAN, ("폭력", "성폭력", "강도", "도둑")),
        (Language.ENGLISH, ("violence", "sexual assault", "robbery", "theft")),
    ):
        said = Wording(language)("home-ask-quiet", fewest=4, most=8)
        assert all(word in said for word in words)
