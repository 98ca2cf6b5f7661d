"""Somebody answers by typing after the question about suicide, or while help comes."""

from collections.abc import Callable
from typing import Any

import pytest

from storage.care_records import Choice
from storage.records import AgeBand
from tests.bot.conftest import Guard
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat, labels

THOUGHTS = "죽고 싶어"
CRY = "칼 들고 있어요"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(16)
QUESTION = "자살을 생각"


def texts(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [m for m in messages if not m["outgoing"] and "text" in m]


async def answers(seat: Seat, words: str) -> dict[str, Any]:
    """What the bot says next to these words."""
    n_before = len(texts(await seat.messages()))
    await seat.write(words)
    found = await seat.until(lambda messages: texts(messages)[n_before:])
    answer: dict[str, Any] = found[0]
    return answer


@pytest.mark.parametrize("registered", [False, True])
async def test_a_typed_yes_gets_the_numbers_and_one_more_question(
    bot: str, seat: Seat, register: Callable[..., None], registered: bool
) -> None:
    if registered:
        register(seat)
    await seat.write(THOUGHTS)
    await seat.answer(QUESTION)
    answer = await answers(seat, "네")
    assert "혼자 견디지 않아도 돼요" in answer["text"]
    assert "109" in answer["text"] and "?" in answer["text"]
    assert "reply_markup" not in answer
    await seat.until(lambda messages: str(messages).count("'phone_number': '109'") == 2)


async def test_a_typed_no_is_asked_about_once_more(
    bot: str, seat: Seat, register: Callable[..., None], analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    await seat.write(THOUGHTS)
    await seat.answer(QUESTION)
    await seat.write("아니요")
    await seat.answer("한 번만 더 여쭐게요")
    await seat.write("아니야")
    await seat.answer("불편하지 않으셨으면")


async def test_what_is_told_then_is_listened_to_and_no_feeling_is_named(
    bot: str, seat: Seat, register: Callable[..., None]
) -> None:
    register(seat, age_band=AgeBand.YOUTH)
    await seat.write(THOUGHTS)
    await seat.answer(QUESTION)
    said = set()
    for words in ("엄마가 보고 싶어서요", "오늘 학교에서 혼자였어요", "아무도 없어요"):
        answer = await answers(seat, words)
        assert "109" in answer["text"] and "1388" in answer["text"] and "?" in answer["text"]
        assert "reply_markup" not in answer
        said.add(answer["text"])
    assert len(said) > 1, "not the same sentence again and again"


async def test_whoever_is_safe_is_heard_as_ever(
    bot: str, seat: Seat, register: Callable[..., None]
) -> None:
    register(seat)
    await seat.write(THOUGHTS)
    await seat.tap(await seat.answer(QUESTION), "지금은 안전해요")
    await seat.answer("마음이 놓여요")
    await seat.write("오늘은 친구를 만났어요")
    answer = await seat.until(lambda ms: [m for m in ms if "feel:" in str(m.get("reply_markup"))])
    assert answer


async def test_a_picture_in_danger_gets_no_cheerful_thanks(
    bot: str, seat: Seat, register: Callable[..., None]
) -> None:
    register(seat)
    await seat.write(CRY)
    await seat.answer("지금 안전한가요?")
    await seat.upload("photo", PICTURE)
    answer = await seat.answer("말해 주셔서 고마워요. 위험하다면")
    assert "112" in answer["text"] and "119" in answer["text"]
    assert not any("사진 고마워요" in text["text"] for text in texts(await seat.messages()))


async def test_guardians_are_told_of_thoughts_only_where_somebody_asks_for_it(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard
) -> None:
    await guard(other_seat, topics=[Choice.SELFHARM], also=[Choice.WORDS])
    await seat.write(THOUGHTS)
    question = await seat.answer(QUESTION)
    assert "보호자에게 알려 주세요" in labels(question)
    assert not [m for m in await other_seat.messages() if "긴급" in m.get("text", "")]
    await seat.tap(question, "보호자에게 알려 주세요")
    answer = await seat.answer("지금 보호자께 연락할게요")
    alert = await other_seat.answer("긴급 알림")
    assert "본인이 부탁했어요" in alert["text"]
    assert THOUGHTS not in str(await other_seat.messages()), "what was written here stays here"
    await seat.answer("어머니께 메시지를 보냈어요")
    await seat.tap(answer, "괜찮아요")
    await seat.answer("안전하시다니 마음이 놓여요")
    await other_seat.answer("안전하다고")
    await seat.tap(question, "보호자에게 알려 주세요")
    await other_seat.until(lambda ms: [m for m in ms if "긴급 알림" in m.get("text", "")][1:])


async def test_where_no_guardian_may_know_of_it_nothing_is_offered(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard
) -> None:
    await guard(other_seat, topics=[Choice.DISASTER])
    await seat.write(THOUGHTS)
    assert "보호자에게 알려 주세요" not in labels(await seat.answer(QUESTION))
