import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot import halves
from bot.halves import TOGETHER_WITHIN, Half, Halves
from inference.analysis import Emotion, Modality
from tests.bot.scripted import estimate

NOW = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CHAT = 1001


def half(message_id: int, sent_at: datetime = NOW) -> Half:
    return Half(message_id, sent_at, Modality.VOICE, estimate(Emotion.JOY), message_id + 1)


async def test_the_next_message_within_a_minute_belongs_to_it() -> None:
    known = Halves()
    known.note(CHAT, 5, half(5))
    assert known.before(CHAT, 7, NOW) == half(5)
    assert known.before(CHAT, 7, NOW + TOGETHER_WITHIN) == half(5)
    assert known.before(CHAT, 7, NOW + TOGETHER_WITHIN + SECOND) is None
    assert known.before(CHAT, 7, NOW - SECOND) is None, "an earlier one that came late"
    assert known.before(CHAT, 4, NOW) is None
    assert known.before(CHAT + 1, 7, NOW) is None, "somebody else"


async def test_two_messages_are_joined_once_and_again_the_same_when_handled_again() -> None:
    known = Halves()
    known.note(CHAT, 5, half(5))
    known.note(CHAT, 7, half(5))
    assert known.before(CHAT, 7, NOW) == half(5)
    assert known.before(CHAT, 9, NOW) is None


async def test_a_later_story_and_a_danger_take_its_place() -> None:
    known = Halves()
    known.note(CHAT, 5, half(5))
    known.note(CHAT, 7, half(7))
    assert known.before(CHAT, 9, NOW) == half(7)
    known.note(CHAT, 9, None)
    known.note(CHAT, 8, half(8))  # it was being answered when the danger came
    assert known.before(CHAT, 11, NOW) is None


async def test_the_last_word_ends_it_for_its_own_message_only() -> None:
    known = Halves()
    known.note(CHAT, 5, half(5))
    known.settle(CHAT, 3)
    assert known.before(CHAT, 7, NOW) == half(5)
    known.settle(CHAT, 5)
    known.settle(CHAT, 5)
    assert known.before(CHAT, 7, NOW) is None


async def test_nothing_is_remembered_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halves, "REMEMBERED_S", 0.4)
    known = Halves()
    known.note(CHAT, 5, half(5))
    await asyncio.sleep(0.2)
    known.note(CHAT, 7, half(7))
    await asyncio.sleep(0.25)
    assert known.before(CHAT, 9, NOW) == half(7), "the first one's end is not the second one's"
    await asyncio.sleep(0.3)
    assert known._chats == {}
