"""/leave, and everything else that a guardian cannot ask."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from storage.care_records import Choice
from storage.database import Database
from storage.records import Language
from tests.bot.guarding import become_guardian, guardians_of, invite, open_link, said
from tests.bot.seats import Seat, action_of, labels
from tests.bot.waiting import done

Register = Callable[..., None]


async def test_a_guardian_leaves_and_the_person_reads_who_would_be_told_now(
    bot: str, seat: Seat, other_seat: Seat, third: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "엄마")
    await become_guardian(seat, third, "언니")
    with database.transaction() as memory:
        for guardian in memory.care.guardians(seat.chat_id):
            now = datetime.now(UTC)
            memory.care.set_choice(seat.chat_id, guardian.id, Choice.CRIME, True, now)
    await other_seat.write("/leave")
    question = await other_seat.answer("그만두시겠어요")
    await other_seat.tap(question, "계속할게요")
    await other_seat.answer("계속 맡아 주셔서")
    assert len(guardians_of(database, seat)) == 2
    await other_seat.write("/leave")
    question = await other_seat.answer("그만두시겠어요")
    for _ in range(2):
        await other_seat.press(question["message_id"], action_of(question, "그만둘게요"))
    await other_seat.answer("그동안 맡아 주셔서")
    news = await seat.answer("엄마: 보호자를 그만두셨어요")
    assert "언니에게 알려요" in news["text"] and "엄마에게" not in news["text"]
    await done()
    assert sum("그만두셨어요" in text for text in said(await seat.messages())) == 1
    assert [guardian.name for guardian in guardians_of(database, seat)] == ["언니"]
    await other_seat.write("/leave")
    await other_seat.answer("맡고 계신 분이 없어요")


async def test_who_guards_several_chooses_by_the_names_that_they_show(
    bot: str, seat: Seat, other_seat: Seat, third: Seat, register: Register, database: Database
) -> None:
    for person, name in ((seat, "딸"), (other_seat, None)):
        register(person)
        await become_guardian(person, third, "엄마")
        with database.transaction() as memory:
            home = memory.care.home(person.chat_id)
            memory.care.set_home(person.chat_id, replace(home, shown_name=name))
    await third.write("/leave")
    which = await third.answer("어느 분의 보호자를")
    now = datetime.now(UTC)
    assert labels(which) == ["딸", f"이름 없는 분 ({now.month}월 {now.day}일부터)"]
    await third.tap(which, labels(which)[1])
    await third.tap(await third.answer("이름을 알려 주지 않으신 분의"), "그만둘게요")
    await other_seat.answer("엄마: 보호자를 그만두셨어요")
    await third.answer("그동안 맡아 주셔서")
    assert guardians_of(database, other_seat) == []
    assert len(guardians_of(database, seat)) == 1
    await third.write("/leave")
    await third.tap(await third.answer("딸님의 보호자를"), "그만둘게요")
    await seat.answer("엄마: 보호자를 그만두셨어요")


async def test_who_was_removed_leaves_in_the_same_words_and_the_person_hears_nothing(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "아빠")
    with database.transaction() as memory:
        memory.care.remove_all(seat.chat_id)
    n_read = len(await seat.messages())
    await other_seat.write("/leave")
    await other_seat.tap(await other_seat.answer("그만두시겠어요"), "그만둘게요")
    await other_seat.answer("그동안 맡아 주셔서")
    await done()
    assert len(await seat.messages()) == n_read
    await other_seat.write("/leave")
    await other_seat.answer("맡고 계신 분이 없어요")


async def test_who_deletes_everything_is_no_guardian_any_more_and_the_person_hears_of_it(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "엄마")
    await other_seat.write("/delete")
    question = await other_seat.answer("보호자를 맡으셨다면 그것도 끝나고")
    await other_seat.tap(question, "모두 지울게요")
    news = await seat.answer("엄마: 보호자를 그만두셨어요")
    assert "다른 누구에게도 알리지 않아요" in news["text"]
    with database.transaction() as memory:
        assert memory.care.guardians(seat.chat_id) == []
        assert memory.care.duties(other_seat.chat_id) == []


async def test_the_person_hears_of_it_even_where_telegram_failed_in_between(
    bot: str, chat: LocalChat, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "엄마")
    await other_seat.write("/leave")
    question = await other_seat.answer("그만두시겠어요")
    chat.faults.inject(Fault(FaultKind.SERVER_ERROR, "sendMessage"))
    await other_seat.tap(question, "그만둘게요")
    await seat.answer("엄마: 보호자를 그만두셨어요")
    await other_seat.answer("그동안 맡아 주셔서")
    assert guardians_of(database, seat) == []


async def test_a_guardian_can_ask_for_nothing_but_danger_comes_first_for_them_too(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "엄마")
    for question in ("우리 애 지금 어디 있어요?", "요즘 기분이 어때요?", "위치 보내 줘"):
        await other_seat.write(question)
    await other_seat.until(
        lambda messages: sum("보호자께는 위급할" in text for text in said(messages)) == 3
    )
    await other_seat.write("죽고 싶어")
    await other_seat.answer("자살을 생각")
    await other_seat.start()
    await other_seat.answer("AI이고")


async def test_an_english_guardian_is_answered_in_english(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    now = datetime.now(UTC)
    with database.transaction() as memory:
        token = memory.care.invite(seat.chat_id, "Mum", now)
        memory.care.accept(token, other_seat.chat_id, Language.ENGLISH, now)
    await other_seat.write("Where is he now?")
    await other_seat.answer("Guardians only get alerts here")
    await other_seat.write("/leave")
    await other_seat.tap(await other_seat.answer("Stop being the guardian of"), "Stop")
    await other_seat.answer("Thank you for having been there")


async def test_somebody_who_is_both_goes_on_talking(
    bot: str, seat: Seat, other_seat: Seat, register: Register
) -> None:
    register(seat)
    register(other_seat)
    await open_link(other_seat, await invite(seat, "엄마"))
    await other_seat.tap(await other_seat.answer("맡아 주시겠어요"), "맡을게요")
    await seat.answer("맡아 주셨어요: 엄마")
    await other_seat.write("오늘 이야기")
    await other_seat.answer("글자를 찾지 못했어요")


async def test_whom_nothing_reaches_any_more_is_told_to_the_person_at_once(
    bot: str, seat: Seat, other_seat: Seat, third: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await become_guardian(seat, other_seat, "엄마")
    await become_guardian(seat, third, "언니")
    [_, sister] = guardians_of(database, seat)
    with database.transaction() as memory:
        memory.care.remove(seat.chat_id, sister.id)
    for guardian in (third, other_seat):
        response = await guardian.client.patch(
            f"/seats/{guardian.number}/", json={"blocked": True}
        )
        assert response.status_code == 200
    await seat.answer("엄마께 제 메시지가 닿지 않아요")
    assert not [m for m in await seat.messages() if "언니께 제 메시지가" in m.get("text", "")]
