"""Words typed below a file are the person's own, whoever made the file."""

import asyncio
from typing import Any

import pytest

from bot.incidents.state import Times
from inference.analysis import EmergencyLevel
from storage.care_records import Choice
from tests.bot.conftest import Guard
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat
from tests.bot.sounds import wav
from tests.bot.test_listening import emergency

CRY = "칼 들고 있어요"
FIRE = "불이 났어요"
FILMS: list[tuple[str, dict[str, Any]]] = [
    ("video", {"name": "film.mp4", "type": "video/mp4"}),
    ("document", {"name": "notes.txt", "type": "text/plain"}),
]


@pytest.fixture
def times() -> Times:
    return Times(1.0, (1.0, 1.0), 0.8, (1.5, 1.5, 2.0), 2.0, 60.0)


@pytest.mark.parametrize("kind, file", FILMS)
async def test_a_cry_below_a_file_of_ones_own_tells_guardians(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, kind: str, file: dict[str, Any]
) -> None:
    await guard(other_seat)
    await seat.upload(kind, b"abc", caption=FIRE, **file)
    await seat.answer("보호자에게 연락할게요")
    await other_seat.answer("불이 난 상황일 수 있어요")
    assert not any("전해지지 않아요" in m.get("text", "") for m in await seat.messages())


async def test_the_file_itself_is_not_shown_to_them_where_it_is_of_elsewhere(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, analyzer: ScriptedAnalyzer
) -> None:
    await guard(other_seat, also=[Choice.WORDS, Choice.RECORDING])
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("audio", wav(), name="song.wav", type="audio/wav", caption=CRY)
    await other_seat.answer("긴급 알림")
    await other_seat.answer(CRY)
    sent = await seat.answer("어머니께 메시지를 보냈어요")
    assert "함께 보낸 것: 한 말." in sent["text"]
    assert not [m for m in await other_seat.messages() if "audio" in m or "voice" in m]


async def test_a_cry_that_came_with_what_was_forwarded_tells_nobody(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard
) -> None:
    await guard(other_seat)
    await seat.upload("video", b"abc", name="f.mp4", type="video/mp4", caption=CRY, forwarded="1")
    await seat.answer("다른 누구에게도 전해지지 않아요")
    await asyncio.sleep(2)
    assert not [m for m in await other_seat.messages() if "긴급" in m.get("text", "")]
