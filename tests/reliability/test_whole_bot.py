"""From the first meeting to after a restart, on SQLite and on PostgreSQL alike."""

import asyncio
from datetime import UTC, datetime

from inference.analysis import Modality
from storage.records import AgeBand, Language, Purpose
from tests.bot.seats import Seat
from tests.reliability.conftest import OpenDatabase
from tests.reliability.people import Message, about, people
from tests.reliability.processes import RunningBot, RunningChat
from tests.reliability.stories import calm_sentences
from tests.reliability.voices import voice_note

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def answer_about(seat: Seat, number: int) -> Message:
    def found(messages: list[Message]) -> Message | None:
        return next((message for message in messages if about(message) == number), None)

    answer: Message = await seat.until(found)
    return answer


def test_a_person_meets_todak_and_comes_back(
    chat: RunningChat, bot: RunningBot, open_database: OpenDatabase
) -> None:
    asyncio.run(_meet(chat, bot, open_database))


async def _meet(chat: RunningChat, bot: RunningBot, open_database: OpenDatabase) -> None:
    said = calm_sentences()
    await asyncio.to_thread(bot.start)
    async with people(chat, 1) as (seat,):
        await seat.introduce_oneself()
        written = await seat.write(said[0])
        answer = await answer_about(seat, written)
        await seat.press(answer["message_id"], f"feel:{written}:other")
        await seat.answer("알려 주셔서 고마워요")
        spoken = await seat.upload("voice", voice_note(0))
        heard = await answer_about(seat, spoken)
        assert "목소리의 느낌만 들었어요" in heard["text"]

        assert await asyncio.to_thread(bot.stop) == 0
        await asyncio.to_thread(bot.start)
        await seat.write("/settings")
        await seat.tap(await seat.answer("기록해 두기: 켜짐"), "기록 끄기")
        await seat.answer("기록해 두기: 꺼짐")
        unrecorded = await seat.write(said[1])
        await answer_about(seat, unrecorded)
        assert await asyncio.to_thread(bot.stop) == 0
    with open_database().transaction() as memory:
        person = memory.person(seat.chat_id)
        consents = memory.consents(seat.chat_id)
        observations = memory.observations(seat.chat_id, LONG_AGO)
    assert person is not None
    assert (person.language, person.age_band) == (Language.KOREAN, AgeBand.ADULT)
    granted = {purpose: consent.granted for purpose, consent in consents.items()}
    assert granted == {Purpose.WORDS: True, Purpose.VOICE: True, Purpose.HISTORY: False}
    first, second = observations
    assert (first.message_id, first.words, first.corrected) == (written, said[0], "other")
    assert (second.message_id, second.words, second.corrected) == (spoken, None, None)
    assert second.modalities == (Modality.VOICE,) and second.estimate is not None
