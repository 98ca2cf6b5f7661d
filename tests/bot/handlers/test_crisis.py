import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from dbos import DBOSClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot import policy
from bot.local_chat.serve import LocalChat
from inference.analysis import DistressLevel
from storage.database import Database
from storage.records import AgeBand, Language
from tests.bot.conftest import StartBot
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat, labels
from tests.bot.waiting import done

Register = Callable[..., None]
THOUGHTS, IN_PROGRESS, CRY, FIRE = (
    "죽고 싶어",
    "옥상에 올라와 있어",
    "칼 들고 있어요",
    "불이 났어요",
)
METHODS = re.compile("옥상|번개탄|뛰어|목을|손목|약을|칼")
NOBODY_KO, NOBODY_EN = "다른 누구에게도 전해지지 않아요", "nobody else is told"


def bots(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in messages if not message["outgoing"]]


def shows(*numbers: str) -> Callable[[list[dict[str, Any]]], Any]:
    """Waits for these contacts at the end of the chat; gives the message before them."""

    def found(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
        last = bots(messages)[-len(numbers) - 1 :]
        cards = [m["contact"]["phone_number"] for m in last[1:] if "contact" in m]
        return last[0] if tuple(cards) == numbers and "text" in last[0] else None

    return found


async def texts(seat: Seat) -> list[dict[str, Any]]:
    return [message for message in bots(await seat.messages()) if "text" in message]


async def answered(seat: Seat, words: str, *numbers: str) -> dict[str, Any]:
    await seat.write(words)
    message: dict[str, Any] = await seat.until(shows(*numbers))
    assert not METHODS.search(message["text"]) and "?" in message["text"]
    return message


def shorten(monkeypatch: pytest.MonkeyPatch, *waits_s: float) -> None:
    waits = dict.fromkeys(policy.LOOK_BACK_S, waits_s)
    monkeypatch.setattr("bot.policy.LOOK_BACK_S", waits)
    monkeypatch.setattr("bot.workflows.LOOK_BACK_S", waits)
    monkeypatch.setattr("bot.policy.DAY_S", 3600)


async def test_danger_is_answered_before_start_and_nobody_is_registered(
    bot: str, seat: Seat, database: Database, analyzer: ScriptedAnalyzer
) -> None:
    thoughts = await answered(seat, THOUGHTS, "109", "119", "1388")
    assert "혹시 지금 자살을 생각하고 계신가요?" in thoughts["text"]
    assert NOBODY_KO in thoughts["text"] and "1388" in thoughts["text"]
    assert labels(thoughts) == [
        "지금은 안전해요", "전화는 어려워요", "전화했어요", "그런 뜻이 아니었어요"
    ]  # fmt: skip
    in_progress = await answered(seat, IN_PROGRESS, "119", "109", "1388")
    assert in_progress["text"].startswith("바로 119") and NOBODY_KO in in_progress["text"]
    assert "112" in (await answered(seat, CRY, "112", "119"))["text"]
    assert NOBODY_KO in (await answered(seat, FIRE, "119", "112"))["text"]
    with database.transaction() as memory:
        assert memory.person(seat.chat_id) is None
    assert analyzer.seen == []


async def test_adults_youths_and_english_speakers_get_their_numbers(
    bot: str, seat: Seat, other_seat: Seat, register: Register
) -> None:
    register(seat)
    thoughts = await answered(seat, THOUGHTS, "109", "119")
    assert "1388" not in thoughts["text"]
    await answered(seat, IN_PROGRESS, "119", "109")
    register(other_seat, language=Language.ENGLISH, age_band=AgeBand.YOUTH)
    thoughts = await answered(other_seat, THOUGHTS, "988", "116123", "109", "119")
    assert "Are you thinking about suicide right now?" in thoughts["text"]
    assert NOBODY_EN in thoughts["text"] and "1388" in thoughts["text"]
    acts = await answered(other_seat, IN_PROGRESS, "911", "999", "119", "988", "116123", "109")
    assert NOBODY_EN in acts["text"]
    cry = await answered(other_seat, CRY, "911", "999", "112", "119")
    assert "Are you safe right now?" in cry["text"] and NOBODY_EN in cry["text"]


async def test_danger_between_two_consents_is_answered_first(bot: str, seat: Seat) -> None:
    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "한국어")
    # Danger waits for nothing: had the question not been seen, it might come in between.
    age = await seat.answer("나이를")
    await answered(seat, THOUGHTS, "109", "119", "1388")
    await seat.tap(age, "만 14~18살")
    await seat.answer("1. 글")
    await answered(seat, IN_PROGRESS, "119", "109", "1388")
    await seat.tap(await seat.answer("1. 글"), "동의해요")
    await seat.answer("2. 목소리")


@pytest.mark.parametrize("words", [THOUGHTS, CRY])
async def test_every_button_leads_to_one_more_open_question(
    bot: str, seat: Seat, words: str
) -> None:
    await seat.write(words)
    asked = await seat.answer("지금 안전한가요?" if words == CRY else "자살을 생각")
    for label in labels(asked):
        before = len(await texts(seat))
        await seat.tap(asked, label)
        while len(await texts(seat)) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        answer = (await texts(seat))[-1]
        assert "?" in answer["text"], label
    # The last one was "that's not what I meant": it asks once more before it lets go.
    assert "한 번만 더" in answer["text"] and len(labels(answer)) == 2
    await seat.tap(answer, labels(answer)[1])
    await seat.answer("119에 연락해 주세요" if words == THOUGHTS else "112나 119에 전화하거나")
    await seat.tap(answer, "아니요, 괜찮아요")
    await seat.answer("다행이에요. 제가 여쭤본")


async def test_who_is_silent_is_asked_again_and_who_is_safe_is_not(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shorten(monkeypatch, 1.5, 0.2)
    for each in (seat, other_seat):
        register(each)
        await each.write(IN_PROGRESS)
    await other_seat.tap(await other_seat.answer("바로 119"), "지금은 안전해요")
    await other_seat.answer("마음이 놓여요")

    def twice(messages: list[dict[str, Any]]) -> bool:
        again = [m for m in messages if "다시 여쭤요" in m.get("text", "")]
        return len(again) == 2 and "contact" in messages[-1]

    await seat.until(twice)
    again = await seat.answer("다시 여쭤요")
    assert "이제 묻지 않아도 돼요" in labels(again)
    assert again["text"].startswith("토닥이에요."), "the first words tell a lock screen nothing"
    assert not any("다시 여쭤요" in m.get("text", "") for m in await other_seat.messages())


async def test_misread_alone_does_not_let_go_but_the_second_answer_does(
    bot: str, seat: Seat, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(seat)
    shorten(monkeypatch, 0.6, 3600)
    await seat.write(THOUGHTS)
    await seat.tap(await seat.answer("자살을 생각"), "그런 뜻이 아니었어요")
    misread = await seat.answer("한 번만 더")
    looked_back = await seat.answer("아까보다는 좀 어떠세요?")
    assert "contact" not in looked_back and "119" not in looked_back["text"]
    await seat.tap(misread, "아니요, 괜찮아요")
    await seat.answer("다행이에요. 제가 여쭤본")
    await done("look_after:")


async def test_one_stop_ends_the_questions_of_many_messages(
    bot: str, seat: Seat, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(seat)
    shorten(monkeypatch, 0.5, 3600)
    for words in (THOUGHTS, THOUGHTS, IN_PROGRESS):
        await seat.write(words)
    looked_back = await seat.answer("아까보다는 좀 어떠세요?")
    await seat.answer("다시 여쭤요")
    await asyncio.sleep(0.5)
    gentle = [m for m in await seat.messages() if "아까보다는" in m.get("text", "")]
    assert len(gentle) == 1, "two messages of one kind are one worry"
    await seat.tap(looked_back, "이제 묻지 않아도 돼요")
    await seat.answer("더 묻지 않을게요")
    await done("look_after:")


async def test_the_questions_survive_a_restart(
    start_bot: StartBot, seat: Seat, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(seat)
    shorten(monkeypatch, 3)
    async with start_bot():
        await seat.write(IN_PROGRESS)
        await seat.until(shows("119", "109"))
        await asyncio.sleep(1.2)
    assert not any("다시 여쭤요" in m.get("text", "") for m in await seat.messages())
    async with start_bot():
        await seat.answer("다시 여쭤요")


async def test_danger_is_answered_while_the_database_is_away_and_the_rest_asks_for_patience(
    bot: str,
    seat: Seat,
    register: Register,
    database: Database,
) -> None:
    register(seat)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE person RENAME TO away"))
    await answered(seat, THOUGHTS, "109", "119", "1388")
    await answered(seat, CRY, "112", "119")
    await seat.write("오늘 비가 왔어")
    await asyncio.sleep(0.2)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO person"))
    await seat.answer("조금 더 들려주실래요")


async def test_danger_is_answered_while_nothing_can_be_stored(
    bot: str, chat: LocalChat, seat: Seat, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(seat)
    enqueue = DBOSClient.enqueue

    def away(*arguments: object, **options: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("bot.intake.PATIENCE_S", 0.1)
    monkeypatch.setattr("bot.serving.LOOK_AHEAD_S", 0.1)
    monkeypatch.setattr(DBOSClient, "enqueue", away)
    # It stands behind others that wait as well.
    for number in range(5):
        await seat.write(f"말 {number}")
    await answered(seat, IN_PROGRESS, "119", "109")
    await asyncio.sleep(0.5)
    assert len(bots(await seat.messages())) == 3, "once, however long the waiting"
    monkeypatch.setattr(DBOSClient, "enqueue", enqueue)
    await seat.until(
        lambda messages: len([m for m in messages if "바로 119에" in m.get("text", "")]) == 2
    )


async def test_numbers_wait_for_no_lock_and_the_person_is_asked_again_all_the_same(
    bot: str,
    seat: Seat,
    register: Register,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody else holds Todak's own tables; the workflows' are free."""
    shorten(monkeypatch, 1)
    register(seat)
    with database.engine.begin():
        began = time.monotonic()
        await answered(seat, THOUGHTS, "109", "119", "1388")
        assert time.monotonic() - began < 3
        await seat.answer("아까보다는 좀 어떠세요")


async def test_a_tap_in_danger_is_answered_while_nothing_can_be_stored(
    bot: str, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await answered(seat, IN_PROGRESS, "119", "109", "1388")
    enqueue = DBOSClient.enqueue

    def away(*arguments: object, **options: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("bot.intake.PATIENCE_S", 0.1)
    monkeypatch.setattr(DBOSClient, "enqueue", away)
    before = len(await texts(seat))
    await seat.tap(asked, labels(asked)[-1])
    await seat.until(lambda messages: len([m for m in bots(messages) if "text" in m]) > before)
    monkeypatch.setattr(DBOSClient, "enqueue", enqueue)


async def test_numbers_are_said_once_though_the_asking_again_fails_and_is_tried_again(
    bot: str, seat: Seat, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.event_loop.FIRST_RETRY_S", 0.05)
    register(seat)
    send, fails = DBOSClient.list_workflows, iter([True] * 5)

    def away(*arguments: Any, **options: Any) -> Any:
        if next(fails, False):
            raise OperationalError("select", {}, Exception("the server is gone"))
        return send(*arguments, **options)

    monkeypatch.setattr(DBOSClient, "list_workflows", away)
    await answered(seat, IN_PROGRESS, "119", "109")
    await done()
    assert next(fails, None) is None
    assert len(bots(await seat.messages())) == 3


def test_levels_are_all_looked_back_at() -> None:
    assert set(policy.LOOK_BACK_S) == set(DistressLevel) - {DistressLevel.NONE}


async def test_a_typed_answer_in_danger_is_no_new_story(bot: str, seat: Seat) -> None:
    await seat.write("옥상에 올라와 있어")
    await seat.answer("바로 119에")
    await seat.write("네 혼자예요")
    await seat.answer("조금 더 들려주실래요")
    assert not any("토닥이에요" in m.get("text", "") for m in await seat.messages())


async def test_needing_help_after_all_gives_the_numbers_and_asks_again(
    bot: str, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten(monkeypatch, 1)
    await seat.write("칼 들고 있어요")
    first = await seat.answer("위급한 상황")
    await seat.answer("다시 여쭤요")
    await seat.tap(first, "그런 뜻이 아니었어요")
    await seat.tap(await seat.answer("지금 도움이 필요하신가요"), "도움이 필요해요")
    await seat.answer("곁에 도와줄 사람")

    def asked_twice(messages: list[dict[str, Any]]) -> bool:
        return sum("다시 여쭤요" in m.get("text", "") for m in messages) == 2

    await seat.until(asked_twice)


async def test_the_language_of_ones_own_words_counts_in_danger(bot: str, seat: Seat) -> None:
    await seat.call("PATCH", "/", json={"language": "en"})
    await seat.write("죽고 싶어")
    await seat.answer("자살을 생각하고")
