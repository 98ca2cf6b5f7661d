"""Words and a voice sent one after the other, by the whole bot on the local chat."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.local_chat.store import Store
from inference.analysis import Emotion, Modality
from storage.database import Database
from storage.records import Language, Observation
from tests.bot.conftest import StartBot
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat, action_of, labels
from tests.bot.sounds import wav

Register = Callable[..., None]
EVER = datetime.min.replace(tzinfo=UTC)
SAID = "회의에서 다들 나만 빼고 얘기하더라"
CALM = "괜찮아"
TOGETHER = "적어 주신 글과 목소리를 함께 들었어요"
VOICE_ALONE = "말의 내용은 읽지 못하고"


@pytest.fixture(autouse=True)
def read_words(analyzer: ScriptedAnalyzer) -> None:
    analyzer.words |= {SAID: estimate(Emotion.SADNESS), CALM: estimate(Emotion.NEUTRAL)}


@pytest.fixture
def recorded(database: Database) -> Callable[[Seat], list[Observation]]:
    def read(seat: Seat) -> list[Observation]:
        with database.transaction() as memory:
            return memory.observations(seat.chat_id, EVER)

    return read


@pytest.fixture
def dates(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What to add to the dates of the chat's messages, in seconds."""
    shift = [0.0]
    monkeypatch.setattr(Store, "now", lambda _: int(time.time() + shift[0]))
    return shift


async def answers(seat: Seat, n_answers: int, part: str = "") -> list[dict[str, Any]]:
    """All that the bot has said, once it is so many texts and one of them holds `part`."""

    def said(messages: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        texts = [each for each in messages if not each["outgoing"] and "text" in each]
        found = len(texts) == n_answers and any(part in each["text"] for each in texts)
        return texts if found else None

    texts: list[dict[str, Any]] = await seat.until(said)
    return texts


async def test_a_voice_and_then_words_become_one_answer_and_one_record(
    bot: str, seat: Seat, register: Register, recorded: Callable[[Seat], list[Observation]]
) -> None:
    register(seat)
    spoken = await seat.upload("voice", wav())
    first = await seat.answer(VOICE_ALONE)
    written = await seat.write(SAID)
    [answer] = await answers(seat, 1, TOGETHER)
    assert answer["message_id"] == first["message_id"]
    assert "슬픔" in answer["text"] and VOICE_ALONE not in answer["text"]
    assert action_of(answer, "맞아요") == f"right:{spoken}:sadness"
    [found] = recorded(seat)
    assert (found.message_id, found.also_message_id) == (spoken, written)
    assert found.modalities == (Modality.TEXT, Modality.VOICE) and found.words == SAID
    await seat.tap(answer, "분노")
    await seat.answer("분노에 가까운 마음이었군요")
    assert [each.feeling for each in recorded(seat)] == ["anger"]


async def test_words_and_then_a_voice_that_disagrees_in_english(
    bot: str, seat: Seat, register: Register, analyzer: ScriptedAnalyzer,
    recorded: Callable[[Seat], list[Observation]]
) -> None:  # fmt: skip
    register(seat, language=Language.ENGLISH)
    analyzer.words["I am fine"] = estimate(Emotion.NEUTRAL)
    await seat.write("I am fine")
    first = await seat.answer("even")
    await seat.upload("video_note", wav(), name="note.mp4", type="video/mp4")
    [answer] = await answers(seat, 1, "I heard your words and your voice together.")
    assert answer["message_id"] == first["message_id"] and len(labels(answer)) == 8
    assert "your voice sounded closer to sadness" in answer["text"]
    await seat.write("I am fine")
    [_, own] = await answers(seat, 2)
    assert "together" not in own["text"], "a third message is a story of its own"
    assert [found.words for found in recorded(seat)] == ["I am fine", "I am fine"]


async def test_without_a_record_they_are_heard_together_and_nothing_is_kept(
    bot: str, seat: Seat, other_seat: Seat, register: Register,
    recorded: Callable[[Seat], list[Observation]]
) -> None:  # fmt: skip
    register(seat, history=False)
    register(other_seat)
    await seat.upload("voice", wav())
    await seat.answer(VOICE_ALONE)
    await other_seat.write(SAID)
    [others] = await answers(other_seat, 1)
    assert TOGETHER not in others["text"], "nobody is heard together with somebody else"
    await seat.write(SAID)
    [answer] = await answers(seat, 1, TOGETHER)
    await seat.tap(answer, "맞아요")
    await seat.answer("슬픔에 가까운 마음이었네요")
    assert recorded(seat) == []


async def test_a_minute_is_told_by_the_dates_of_the_messages(
    bot: str, seat: Seat, register: Register, dates: list[float],
    recorded: Callable[[Seat], list[Observation]]
) -> None:  # fmt: skip
    register(seat)
    await seat.upload("voice", wav())
    await seat.answer(VOICE_ALONE)
    dates[0] += 62
    await seat.write(SAID)
    [_, own] = await answers(seat, 2)
    assert TOGETHER not in own["text"] and len(recorded(seat)) == 2
    dates[0] += 58
    await seat.upload("voice", wav())
    [_, joined] = await answers(seat, 2, TOGETHER)
    assert joined["message_id"] == own["message_id"] and len(recorded(seat)) == 2


@pytest.mark.parametrize("tapped, said", [("맞아요", "기억할게요|이었네요"), ("분노", "이었군요")])
async def test_after_the_persons_own_word_the_next_message_is_a_story_of_its_own(
    bot: str, seat: Seat, register: Register, tapped: str, said: str,
    recorded: Callable[[Seat], list[Observation]]
) -> None:  # fmt: skip
    register(seat)
    await seat.upload("voice", wav())
    await seat.tap(await seat.answer(VOICE_ALONE), tapped)
    await seat.answer(said.split("|")[-1])
    await seat.write(SAID)
    [settled, own] = await answers(seat, 2)
    assert (
        labels(settled) == ["다시 고르기", "🌙 소리", "더 이야기할래요"]
        and TOGETHER not in own["text"]
    )
    assert [len(found.modalities) for found in recorded(seat)] == [1, 1]


@pytest.mark.parametrize("kind", [FaultKind.LOST, FaultKind.SERVER_ERROR, FaultKind.DROPPED])
async def test_an_edit_that_is_tried_again_joins_once(
    bot: str, chat: LocalChat, seat: Seat, register: Register, kind: FaultKind,
    analyzer: ScriptedAnalyzer, recorded: Callable[[Seat], list[Observation]]
) -> None:  # fmt: skip
    register(seat)
    await seat.upload("voice", wav())
    await seat.answer(VOICE_ALONE)
    chat.faults.inject(Fault(kind, "editMessageText", seat.chat_id))
    await seat.write(SAID)
    await seat.answer(TOGETHER)
    await seat.write("/help")
    [answer, _] = await answers(seat, 2)
    assert TOGETHER in answer["text"] and analyzer.seen == [None, SAID, SAID]
    [found] = recorded(seat)
    assert found.words == SAID


async def test_where_the_first_answer_cannot_be_edited_the_joint_one_is_sent(
    bot: str, chat: LocalChat, seat: Seat, register: Register,
    recorded: Callable[[Seat], list[Observation]]
) -> None:  # fmt: skip
    register(seat)
    spoken = await seat.upload("voice", wav())
    await seat.answer(VOICE_ALONE)
    chat.faults.inject(Fault(FaultKind.REFUSED, "editMessageText", seat.chat_id))
    await seat.write(CALM)
    [_, joint] = await answers(seat, 2, TOGETHER)
    assert "말씀은 담담했는데, 목소리는 슬픔에" in joint["text"]
    await seat.tap(joint, "불안")
    await seat.answer("불안에 가까운 마음이었군요")
    [found] = recorded(seat)
    assert (found.message_id, found.feeling) == (spoken, "anxiety")


async def test_danger_in_the_second_message_brings_help_and_nothing_is_joined(
    bot: str, seat: Seat, register: Register, recorded: Callable[[Seat], list[Observation]]
) -> None:
    register(seat)
    await seat.upload("voice", wav())
    await seat.answer(VOICE_ALONE)
    await seat.write("죽고 싶어")
    await seat.answer("자살을 생각")
    await seat.write(SAID)
    [_, _, own] = await answers(seat, 3)
    assert "109" in own["text"], "it is about the danger, and no feeling is named"
    await seat.write("옥상에 올라와 있어")
    await answers(seat, 4, "지금 혼자 계신가요?")
    await seat.upload("voice", wav())
    await answers(seat, 5, "지금 어떤 상황인지")
    await seat.write(CALM)
    said = await answers(seat, 6)
    assert said[4]["text"] == said[5]["text"]
    assert not any(TOGETHER in each["text"] for each in said)
    assert [found.also_message_id for found in recorded(seat)] == [None] * 4


async def test_what_was_forwarded_unreadable_or_is_not_allowed_any_more_is_not_joined(
    bot: str, seat: Seat, register: Register, recorded: Callable[[Seat], list[Observation]]
) -> None:
    register(seat)
    await seat.upload("voice", wav(), forwarded="true")
    await answers(seat, 1)
    await seat.write(SAID)
    await answers(seat, 2)
    await seat.upload("audio", wav(), name="song.wav", type="audio/wav")
    await answers(seat, 3)
    await seat.upload("voice", wav())
    await answers(seat, 4)
    await seat.write("😭")
    await answers(seat, 5, "글자를 찾지 못했어요")
    await seat.write("/settings")
    await seat.tap(await seat.answer("설정"), "기록 끄기")
    await seat.answer("기록해 두기: 꺼짐")
    await seat.write(SAID)
    said = await answers(seat, 7)
    assert not any(TOGETHER in message["text"] for message in said)
    assert [found.also_message_id for found in recorded(seat)] == [None] * 5


async def test_after_a_restart_the_second_message_is_answered_by_itself(
    start_bot: StartBot, seat: Seat, register: Register,
    recorded: Callable[[Seat], list[Observation]]
) -> None:  # fmt: skip
    register(seat)
    async with start_bot():
        await seat.upload("voice", wav())
        await answers(seat, 1)
    async with start_bot():
        await seat.write(SAID)
        [_, own] = await answers(seat, 2)
        assert TOGETHER not in own["text"] and "슬픔" in own["text"]
    assert len(recorded(seat)) == 2
