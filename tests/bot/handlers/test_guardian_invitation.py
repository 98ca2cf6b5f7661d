"""From the wish to invite somebody to their answer, with real links between real chats."""

import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.guardian_invitation import LONGEST_NAME, PAYLOAD, token_of, usable_name
from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from storage.care_records import INVITATION_VALID
from storage.database import Database
from storage.records import AgeBand, Language
from tests.bot.guarding import (
    LINK,
    accept,
    become_guardian,
    guardians_of,
    invite,
    open_link,
    said,
)
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat, action_of, labels
from tests.bot.waiting import done

Register = Callable[..., None]
TOKEN_LETTERS = string.ascii_letters + string.digits + "_-"


async def test_a_link_that_is_forwarded_makes_somebody_a_guardian_who_never_met_todak(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await invite(seat, "엄마")
    text = await seat.answer("링크는 7일 동안")
    body = {"message_id": text["message_id"], "to_seat": 2}
    await seat.call("POST", "/forwards", json=body)
    found = LINK.search((await other_seat.answer("링크는 7일 동안"))["text"])
    assert found is not None
    await open_link(other_seat, found[1])
    told = await other_seat.answer("맡아 주시겠어요")
    for part in ("AI", "자동", "틀리거나 놓칠", "119를 대신하지", "말의 내용은 읽지", "/leave"):
        assert part in told["text"], part
    assert labels(told) == ["맡을게요", "어려워요", "한국어", "English"]
    await other_seat.tap(told, "맡을게요")
    age = await other_seat.answer("만 19살 이상이신가요")
    assert guardians_of(database, seat) == []
    await other_seat.tap(age, "네, 만 19살 이상이에요")
    await other_seat.answer("112, 화재와 응급은 119에 먼저")
    news = await seat.answer("맡아 주셨어요: 엄마")
    assert "아직은 아무것도 알리지 않아요" in news["text"]
    (guardian,) = guardians_of(database, seat)
    assert (guardian.guardian_chat_id, guardian.name) == (other_seat.chat_id, "엄마")
    assert guardian.choices == frozenset(), "each consent is off until it is given"
    with database.transaction() as memory:
        assert memory.person(other_seat.chat_id) is None, "a guardian need not be registered"


async def test_the_same_in_english_where_the_guardian_chooses_it(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await open_link(other_seat, await invite(seat, "Mum"))
    await other_seat.tap(await other_seat.answer("맡아 주시겠어요"), "English")
    told = await other_seat.answer("Will you take it on?")
    assert "can be wrong" in told["text"] and "cannot read the words" in told["text"]
    await other_seat.tap(told, "I will")
    await other_seat.tap(await other_seat.answer("19 or over?"), "Yes, 19 or over")
    await other_seat.answer("Please call for help first")
    await seat.answer("맡아 주셨어요: Mum")
    (guardian,) = guardians_of(database, seat)
    assert guardian.language is Language.ENGLISH


async def test_an_english_person_invites_in_english(
    bot: str, seat: Seat, other_seat: Seat, register: Register
) -> None:
    register(seat, language=Language.ENGLISH)
    await seat.write("/guardians")
    await seat.tap(await seat.answer("The people I reach"), "Invite a guardian")
    await seat.answer("What do you call")
    await seat.write("Dad")
    found = LINK.search((await seat.answer("really all right to say no"))["text"])
    assert found is not None
    await accept(other_seat, found[1])
    await seat.answer("has agreed to be your guardian: Dad")


async def test_tapping_twice_makes_one_guardian_and_tells_once(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await open_link(other_seat, await invite(seat, "엄마"))
    await other_seat.tap(await other_seat.answer("맡아 주시겠어요"), "맡을게요")
    age = await other_seat.answer("만 19살 이상이신가요")
    yes = action_of(age, "네, 만 19살 이상이에요")
    for _ in range(2):
        await other_seat.press(age["message_id"], yes)
    await seat.answer("맡아 주셨어요: 엄마")
    await done()
    assert len(guardians_of(database, seat)) == 1
    assert sum("맡아 주셨어요" in text for text in said(await seat.messages())) == 1


async def test_a_refusal_is_told_kindly_and_once_and_ends_the_link(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    payload = await invite(seat, "지은 언니")
    await open_link(other_seat, payload)
    told = await other_seat.answer("맡아 주시겠어요")
    for _ in range(2):
        await other_seat.press(told["message_id"], action_of(told, "어려워요"))
    await other_seat.answer("그분께는 맡기 어렵다는 것만")
    news = await seat.answer("지은 언니에게 보내신 초대에 답이 왔어요")
    assert "너무 마음 쓰지 마세요" in news["text"]
    await done()
    assert sum("답이 왔어요" in text for text in said(await seat.messages())) == 1
    assert guardians_of(database, seat) == []
    await open_link(other_seat, payload)
    await other_seat.answer("이 초대를 찾지 못했어요")


async def test_who_is_too_young_cannot_be_a_guardian(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database, third: Seat
) -> None:
    register(seat)
    register(third, age_band=AgeBand.YOUTH)
    await open_link(other_seat, await invite(seat, "동생"))
    await other_seat.tap(await other_seat.answer("맡아 주시겠어요"), "맡을게요")
    await other_seat.tap(await other_seat.answer("만 19살 이상이신가요"), "아니요")
    await other_seat.answer("만 19살부터 맡을 수 있어요")
    news = await seat.answer("동생에게 보내신 초대에 답이")
    assert "19" not in news["text"], "their age is theirs"
    await open_link(third, await invite(seat, "친구"))
    await third.tap(await third.answer("맡아 주시겠어요"), "맡을게요")
    await third.answer("만 19살부터 맡을 수 있어요")
    await seat.answer("친구에게 보내신 초대에 답이")
    assert guardians_of(database, seat) == []


async def test_a_registered_adult_is_not_asked_for_their_age_again(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    register(other_seat)
    await open_link(other_seat, await invite(seat, "엄마"))
    await other_seat.tap(await other_seat.answer("맡아 주시겠어요"), "맡을게요")
    await other_seat.answer("맡아 주셔서 고마워요")
    assert len(guardians_of(database, seat)) == 1


async def test_every_link_that_cannot_be_used_says_why_in_one_kind_sentence(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    third: Seat,
    register: Register,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(seat)
    payload = await invite(seat, "엄마")
    await open_link(seat, payload)
    await seat.answer("직접 만드신 초대예요")
    await open_link(other_seat, "inv_short")
    await other_seat.answer("링크가 온전하지 않아요")
    await open_link(other_seat, PAYLOAD + "A" * 22)
    await other_seat.answer("이 초대를 찾지 못했어요")
    await accept(other_seat, payload)
    await open_link(other_seat, payload)
    await other_seat.answer("이미 이분의 보호자로 계세요")
    await open_link(third, payload)
    await third.answer("이미 쓰였어요")
    with database.transaction() as memory:
        long_ago = datetime.now(UTC) - INVITATION_VALID - timedelta(hours=1)
        old = memory.care.invite(seat.chat_id, "친구", long_ago)
    await open_link(third, PAYLOAD + old)
    await third.answer("7일이 지나서 쓸 수 없어요")
    assert len(guardians_of(database, seat)) == 1


async def test_a_link_that_ends_while_it_is_open_is_not_accepted(
    bot: str, seat: Seat, other_seat: Seat, third: Seat, register: Register, database: Database
) -> None:
    register(seat)
    payload = await invite(seat, "엄마")
    for each in (other_seat, third):
        await open_link(each, payload)
        await each.tap(await each.answer("맡아 주시겠어요"), "맡을게요")
        await each.answer("만 19살 이상이신가요")
    await other_seat.tap(await other_seat.answer("만 19살"), "네, 만 19살 이상이에요")
    await other_seat.answer("맡아 주셔서 고마워요")
    await third.tap(await third.answer("만 19살"), "네, 만 19살 이상이에요")
    await third.answer("이미 쓰였어요")
    (guardian,) = guardians_of(database, seat)
    assert guardian.guardian_chat_id == other_seat.chat_id


async def test_five_guardians_are_the_most(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    payload = await invite(seat, "여섯째")
    now = datetime.now(UTC)
    with database.transaction() as memory:
        for number in range(5):
            token = memory.care.invite(seat.chat_id, f"보호자 {number}", now)
            memory.care.accept(token, 5000 + number, Language.KOREAN, now)
    await open_link(other_seat, payload)
    await other_seat.tap(await other_seat.answer("맡아 주시겠어요"), "맡을게요")
    await other_seat.tap(await other_seat.answer("만 19살"), "네, 만 19살 이상이에요")
    await other_seat.answer("보호자가 다 차서")
    await seat.write("/guardians")
    await seat.tap(await seat.answer("보호자 4"), "보호자 초대")
    await seat.answer("보호자는 5명까지예요")


async def test_a_name_that_cannot_be_one_is_asked_for_again(
    bot: str, seat: Seat, register: Register, database: Database, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    await seat.write("/guardians")
    await seat.tap(await seat.answer("연락받을 분들이에요"), "보호자 초대")
    await seat.answer("뭐라고 부를까요")
    await seat.write("이름이 아니라 길고 긴 이야기를 적었을 때는 다시 여쭤요")
    await seat.answer("20글자까지")
    await seat.write("  <b>엄마</b> & 아빠 ")
    await seat.answer("<b>엄마</b> & 아빠에게 보낼 초대")
    await seat.write("오늘 이야기")
    await seat.answer("글자를 찾지 못했어요")
    assert analyzer.seen == ["오늘 이야기"], "a name is no story, and the next words are one"
    with database.transaction() as memory:
        names = [each.name for each in memory.care.invitations(seat.chat_id, datetime.now(UTC))]
    assert names == ["<b>엄마</b> & 아빠"]


async def test_not_now_ends_the_question(
    bot: str, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    await seat.write("/guardians")
    await seat.tap(await seat.answer("연락받을 분들이에요"), "보호자 초대")
    await seat.tap(await seat.answer("뭐라고 부를까요"), "지금은 말고요")
    await seat.answer("초대하지 않았어요")
    await seat.write("엄마")
    await seat.answer("글자를 찾지 못했어요")
    assert analyzer.seen == ["엄마"]


@pytest.mark.parametrize(
    "danger, numbers",
    [("죽고 싶어", "자살을 생각"), ("옥상에 올라와 있어", "지금 혼자")],
)
async def test_danger_in_what_is_typed_as_a_name_comes_first_and_invites_nobody(
    bot: str, seat: Seat, register: Register, database: Database, danger: str, numbers: str
) -> None:
    register(seat)
    await seat.write("/guardians")
    await seat.tap(await seat.answer("연락받을 분들이에요"), "보호자 초대")
    await seat.answer("뭐라고 부를까요")
    await seat.write(danger)
    await seat.answer(numbers)
    await done()
    await seat.write("엄마")
    await seat.until(lambda messages: messages[-1].get("text") not in (None, "엄마"))
    with database.transaction() as memory:
        assert memory.care.invitations(seat.chat_id, datetime.now(UTC)) == []


async def test_the_person_is_told_even_where_telegram_failed_in_between(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.event_loop.FIRST_RETRY_S", 0.02)
    register(seat)
    await open_link(other_seat, await invite(seat, "엄마"))
    await other_seat.tap(await other_seat.answer("맡아 주시겠어요"), "맡을게요")
    age = await other_seat.answer("만 19살 이상이신가요")
    chat.faults.inject(Fault(FaultKind.SERVER_ERROR, "sendMessage"))
    await other_seat.tap(age, "네, 만 19살 이상이에요")
    await seat.answer("맡아 주셨어요: 엄마")
    await done()
    assert len(guardians_of(database, seat)) == 1


async def test_a_person_who_blocked_todak_keeps_nobody_from_accepting(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    payload = await invite(seat, "엄마")
    response = await seat.client.patch("/seats/1/", json={"blocked": True})
    assert response.status_code == 200
    await accept(other_seat, payload)
    await done()
    assert len(guardians_of(database, seat)) == 1


async def test_an_invitation_of_somebody_deleted_is_not_known_any_more(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "엄마")
    payload = await invite(seat, "아빠")
    with database.transaction() as memory:
        memory.begin_erasure(seat.chat_id, datetime.now(UTC))
    await open_link(other_seat, payload)
    await other_seat.answer("이 초대를 찾지 못했어요")
    with database.transaction() as memory:
        assert memory.care.guarded_by(other_seat.chat_id) == []


@given(st.text(alphabet=TOKEN_LETTERS, min_size=22, max_size=22))
def test_a_token_is_read_from_its_payload(token: str) -> None:
    assert token_of(PAYLOAD + token) == token


@given(st.text(max_size=64) | st.text(alphabet=TOKEN_LETTERS, max_size=64))
def test_whatever_else_a_payload_holds_is_no_token(payload: str) -> None:
    for read in (payload, PAYLOAD + payload):
        token = token_of(read)
        assert token is None or (read == PAYLOAD + token and len(token) == 22)
        assert token is None or set(token) <= set(TOKEN_LETTERS)


@given(st.text(max_size=40))
def test_a_usable_name_is_one_short_visible_line(text: str) -> None:
    name = usable_name(text)
    if name is not None:
        assert 1 <= len(name) <= LONGEST_NAME and name.isprintable()
        assert usable_name(name) == name
