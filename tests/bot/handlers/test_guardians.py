"""/guardians: the person's own pages, with guardians in other chats who hear nothing of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from bot.guardian_replies import OFFERED_TOPICS
from storage.care_guardians import token_digest
from storage.care_records import ENCLOSURES, Choice
from storage.database import Database
from storage.records import AgeBand, Language
from tests.bot.guarding import become_guardian, guardians_of, invite, open_link, said
from tests.bot.seats import Seat, action_of, labels
from tests.bot.waiting import done

Register = Callable[..., None]


async def test_without_guardians_every_page_says_that_nobody_would_be_told(
    bot: str, seat: Seat, other_seat: Seat, register: Register
) -> None:
    nobody = "다른 누구에게도 알리지 않아요"
    await other_seat.write("/help")
    assert nobody in (await other_seat.answer("저는 토닥이에요"))["text"], "a stranger too"
    register(seat)
    for command, part in (
        ("/help", "저는 토닥이에요"),
        ("/settings", "설정"),
        ("/guardians", "연락받을 분들이에요"),
    ):
        await seat.write(command)
        assert nobody in (await seat.answer(part))["text"], command
    assert labels(await seat.answer("연락받을 분들이에요")) == ["보호자 초대"]


async def test_what_is_said_of_who_is_told_is_true_at_every_step(
    bot: str, seat: Seat, other_seat: Seat, register: Register
) -> None:
    register(seat)
    await invite(seat, "아빠")
    await seat.write("/help")
    assert "누구에게도" in (await seat.answer("저는 토닥이에요"))["text"], (
        "invited is not accepted"
    )
    news = await become_guardian(seat, other_seat, "엄마")
    await seat.write("/help")
    text = (await seat.answer("알릴 일이 켜져 있지 않아요"))["text"]
    assert "지금은 위급해 보여도 누구에게도 알리지 않아요" in text
    await seat.tap(news, "알릴 일 고르기")
    await seat.tap(await seat.answer("엄마에게 알릴 일"), "재난 켜기")
    await seat.tap(await seat.answer("✓ 재난"), "다음: 함께 보낼 것")
    await seat.answer("엄마에게 함께 보낼 것")
    await seat.write("/settings")
    await seat.answer("켜 두신 일이 생기면 엄마에게 알려요")
    await seat.write("/guardians")
    page = await seat.answer("연락받을 분들이에요")
    assert "1. 엄마 · 알릴 일 1가지, 함께 보낼 것 0가지" in page["text"]
    assert "초대 중: 아빠 (" in page["text"]
    await seat.tap(page, "엄마")
    await seat.tap(await seat.answer("함께 보낼 것: 없어요"), "잠시 쉬기")
    await seat.answer("지금은 쉬는 중이라")
    await seat.write("/help")
    await seat.answer("알릴 일이 켜져 있지 않아요")


async def test_every_choice_is_off_at_first_a_consent_of_its_own_and_can_be_taken_back(
    bot: str, seat: Seat, other_seat: Seat, third: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "엄마")
    news = await become_guardian(seat, third, "언니")
    await seat.tap(news, "알릴 일 고르기")
    for page_part, choices, onward in (
        ("언니에게 알릴 일", OFFERED_TOPICS, "다음: 함께 보낼 것"),
        ("언니에게 함께 보낼 것", ENCLOSURES, "다음"),
    ):
        page = await seat.answer(page_part)
        assert "✓" not in page["text"]
        assert page["text"].count("· ") == len(choices)
        for choice in choices:
            page = await seat.answer(page_part)
            switch = action_of_choice(page, choice)
            assert switch.endswith(":on")
            await seat.press(page["message_id"], switch)
            await seat.until(partial(_switched, database, seat, choice))
        await done()
        page = await seat.answer(page_part)
        assert page["text"].count("✓") == len(choices)
        await seat.tap(page, onward)
    done_page = await seat.answer("알릴 일 6가지, 함께 보낼 것 4가지가 켜져")
    assert labels(done_page) == ["취소 암호 정하기", "이름과 주소 적기", "보호자 목록"]
    assert action_of(done_page, "취소 암호 정하기") == "home:code"
    assert granted(database, seat, 1) == {*OFFERED_TOPICS, *ENCLOSURES}
    assert granted(database, seat, 0) == set(), "one guardian's consents are no other's"
    await seat.tap(done_page, "보호자 목록")
    await seat.tap(await seat.answer("연락받을 분들이에요"), "언니")
    await seat.tap(await seat.answer("알릴 일: 범죄"), "함께 보낼 것")
    page = await seat.answer("언니에게 함께 보낼 것")
    off = action_of(page, "녹음 끄기")
    for _ in range(2):
        await seat.press(page["message_id"], off)
    await seat.answer("· 녹음")
    await done()
    assert Choice.RECORDING not in granted(database, seat, 1)
    with database.transaction() as memory:
        decided = memory.care.choice_decisions(seat.chat_id)
    assert len([d for d in decided if d.choice is Choice.RECORDING]) == 2, "on and off, once each"
    for guardian in (other_seat, third):
        assert "녹음" not in said(await guardian.messages())[-1], "nothing of it is told to them"


def action_of_choice(page: dict[str, Any], choice: Choice) -> str:
    """The switch of a choice on its page."""
    rows = page["reply_markup"]["inline_keyboard"]
    actions = [str(button["callback_data"]) for row in rows for button in row]
    return next(action for action in actions if action.split(":")[2:3] == [choice.value])


def _switched(database: Database, person: Seat, choice: Choice, _: object) -> bool:
    return choice in granted(database, person, 1)


def granted(database: Database, person: Seat, place: int) -> set[Choice]:
    return set(guardians_of(database, person)[place].choices)


async def test_the_choices_can_be_put_off(
    bot: str, seat: Seat, other_seat: Seat, register: Register
) -> None:
    register(seat)
    await seat.tap(await become_guardian(seat, other_seat, "엄마"), "나중에 할게요")
    later = await seat.answer("/guardians 에서 언제든 고를 수 있어요")
    assert labels(later) == ["취소 암호 정하기"], "offered when the first guardian accepts"
    await seat.write("/guardians")
    await seat.tap(await seat.answer("연락받을 분들이에요"), "엄마")
    await seat.tap(await seat.answer("알릴 일: 없어요"), "알릴 일")
    await seat.tap(await seat.answer("엄마에게 알릴 일"), "여기까지 할게요")
    await seat.answer("알릴 일: 없어요")


async def test_the_order_is_the_persons_and_two_taps_move_once(
    bot: str, seat: Seat, other_seat: Seat, third: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "엄마")
    await become_guardian(seat, third, "언니")
    await seat.write("/guardians")
    await seat.tap(await seat.answer("연락받을 분들이에요"), "언니")
    page = await seat.answer("알릴 일: 없어요")
    assert "위로" in labels(page) and "아래로" not in labels(page)
    for _ in range(2):
        await seat.press(page["message_id"], action_of(page, "위로"))
    await seat.until(lambda _: [g.name for g in guardians_of(database, seat)] == ["언니", "엄마"])
    await done()
    assert [g.name for g in guardians_of(database, seat)] == ["언니", "엄마"]
    page = await seat.answer("알릴 일: 없어요")
    assert "아래로" in labels(page) and "위로" not in labels(page)


async def test_removal_is_asked_once_and_silent_and_nothing_of_it_shows_to_the_guardian(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    payload = await invite(seat, "엄마")
    await open_link(other_seat, payload)
    await other_seat.tap(await other_seat.answer("맡아 주시겠어요"), "맡을게요")
    await other_seat.tap(await other_seat.answer("만 19살"), "네, 만 19살 이상이에요")
    news = await seat.answer("맡아 주셨어요")

    async def all_a_guardian_can_find_out() -> list[str]:
        for act, part in (("/leave", "그만두시겠어요"), ("지금 어디 있어요?", "보호자께는")):
            await other_seat.write(act)
            await other_seat.answer(part)
        await open_link(other_seat, payload)
        await other_seat.answer("이미 이분의 보호자로")
        await done()
        return said(await other_seat.messages())[-3:]

    before = await all_a_guardian_can_find_out()
    n_read = len(await other_seat.messages())
    await seat.write("/guardians")
    await seat.tap(await seat.answer("연락받을 분들이에요"), "엄마")
    await seat.tap(await seat.answer("알릴 일: 없어요"), "빼기")
    question = await seat.answer("더는 알리지 않을까요")
    await seat.tap(question, "그만둘래요")
    await seat.tap(await seat.answer("알릴 일: 없어요"), "빼기")
    await seat.tap(await seat.answer("더는 알리지 않을까요"), "뺄게요")
    page = await seat.answer("엄마에게 이제 알리지 않아요")
    assert "다른 누구에게도 알리지 않아요" in page["text"]
    assert guardians_of(database, seat) == []
    assert len(await other_seat.messages()) == n_read, "the guardian is not told"
    assert await all_a_guardian_can_find_out() == before
    # The question about choices that is still open finds nobody any more.
    await seat.tap(news, "알릴 일 고르기")
    await seat.answer("이제 보호자가 아니세요")


async def test_an_open_invitation_can_be_taken_back_and_its_link_is_over(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    payload = await invite(seat, "아빠")
    await invite(seat, "이모")
    await seat.write("/guardians")
    page = await seat.answer("초대 중: 아빠 (")
    await seat.tap(page, "초대 거두기: 아빠")
    left = await seat.answer("아빠에게 보낸 초대를 거뒀어요")
    assert "초대 중: 이모 (" in left["text"]
    assert "초대 거두기: 아빠" not in labels(left)
    await open_link(other_seat, payload)
    await other_seat.answer("이 초대를 찾지 못했어요")
    # Another person's button ends nothing, and a second tap says how things are.
    digest = token_digest((await invite(seat, "고모")).removeprefix("inv_"))
    register(other_seat)
    with database.transaction() as memory:
        assert memory.care.take_back(other_seat.chat_id, digest, datetime.now(UTC)) is None
    await seat.write("/guardians")
    page = await seat.answer("초대 중: 고모 (")
    with database.transaction() as memory:
        assert memory.care.take_back(seat.chat_id, digest, datetime.now(UTC)) == "고모"
    await seat.tap(page, "초대 거두기: 고모")
    await seat.until(
        lambda messages: [
            m for m in messages if "이모 (" in m.get("text", "") and "고모 (" not in m["text"]
        ]
    )


async def test_who_is_removed_while_being_chosen_for_gets_no_choice(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.tap(await become_guardian(seat, other_seat, "엄마"), "알릴 일 고르기")
    page = await seat.answer("엄마에게 알릴 일")
    with database.transaction() as memory:
        memory.care.remove(seat.chat_id, memory.care.guardians(seat.chat_id)[0].id)
    await seat.tap(page, "범죄 켜기")
    await seat.answer("이제 보호자가 아니세요")
    assert guardians_of(database, seat) == []


@pytest.mark.parametrize(
    "age_band, numbers",
    [(AgeBand.ADULT, ["112", "119"]), (AgeBand.YOUTH, ["112", "1388"])],
)
async def test_a_guardian_who_hurts_is_out_of_everything_at_once_with_all_others(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    third: Seat,
    register: Register,
    database: Database,
    age_band: AgeBand,
    numbers: list[str],
) -> None:
    register(seat, age_band=age_band)
    await become_guardian(seat, other_seat, "아빠")
    payload = await invite(seat, "고모")
    n_read = len(await other_seat.messages())
    await seat.write("/guardians")
    await seat.tap(await seat.answer("초대 중: 고모"), "보호자가 힘들게 해요")
    text = (await seat.answer("이제 누구에게도 알리지 않고"))["text"]
    assert all(number in text for number in numbers)

    def shown(messages: list[dict[str, Any]]) -> bool:
        return [m["contact"]["phone_number"] for m in messages if "contact" in m] == numbers

    await seat.until(shown)
    assert guardians_of(database, seat) == []
    assert len(await other_seat.messages()) == n_read
    await open_link(third, payload)
    await third.answer("이 초대를 찾지 못했어요")
    with database.transaction() as memory:
        assert memory.care.home(seat.chat_id).harmed_by_guardian
    await become_guardian(seat, third, "선생님")
    with database.transaction() as memory:
        assert not memory.care.home(seat.chat_id).harmed_by_guardian, "somebody is trusted again"


async def test_young_people_read_that_live_location_is_off(
    bot: str, seat: Seat, other_seat: Seat, third: Seat, register: Register
) -> None:
    register(seat, age_band=AgeBand.YOUTH)
    register(other_seat)
    for person in (seat, other_seat):
        await person.tap(await become_guardian(person, third, "고모"), "알릴 일 고르기")
        await person.tap(await person.answer("고모에게 알릴 일"), "다음: 함께 보낼 것")
    young = await seat.answer("고모에게 함께 보낼 것")
    assert "실시간 위치는 쓰지 않아요" in young["text"]
    adult = await other_seat.answer("고모에게 함께 보낼 것")
    assert "실시간 위치는 켜 두신 동안만" in adult["text"]


async def test_english_pages_work_the_same(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat, language=Language.ENGLISH)
    now = datetime.now(UTC)
    with database.transaction() as memory:
        token = memory.care.invite(seat.chat_id, "Mum", now)
        memory.care.accept(token, other_seat.chat_id, Language.ENGLISH, now)
    await seat.write("/guardians")
    await seat.tap(await seat.answer("The people I reach"), "Mum")
    await seat.tap(await seat.answer("May be told: nothing"), "May be told")
    await seat.tap(await seat.answer("What Mum may be told"), "On: crime")
    await seat.tap(await seat.answer("✓ crime"), "Next: sent along")
    await seat.tap(await seat.answer("What is sent along to Mum"), "Next")
    await seat.answer("may be told 1, sent along 0")
    await seat.write("/help")
    await seat.answer("If something you switched on happens, I tell Mum")


async def test_strangers_are_greeted_and_their_taps_are_stale(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    await seat.write("/guardians")
    await seat.answer("AI이고")
    register(seat)
    await seat.write("/guardians")
    page = await seat.answer("연락받을 분들이에요")
    with database.transaction() as memory:
        memory.begin_erasure(seat.chat_id, datetime.now(UTC))
    await seat.tap(page, "보호자 초대")
    await done()
    assert len(said(await seat.messages())) == 2
