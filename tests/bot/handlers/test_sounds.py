"""Voice notes that sound like an emergency, through a whole bot."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from dbos import DBOSClient

from bot.incidents.state import Times
from inference.analysis import Emergency, EmergencyLevel, NoSpeech, SoundKind
from storage.care_records import Choice
from storage.database import Database
from tests.bot.conftest import Guard
from tests.bot.scripted import SCREAM, ScriptedAnalyzer, ScriptedTranscriber
from tests.bot.seats import Seat
from tests.bot.sounds import encoded, wav

NOTE = encoded("ogg", "libopus")
ORDINARY = Emergency(0.02, EmergencyLevel.NONE, SoundKind.INDOOR, {}, ())


@pytest.fixture(autouse=True)
def screams_are_no_speech(analyzer: ScriptedAnalyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What screams is not listened to, as silero-vad hears no speech in it."""
    listen = analyzer.listen

    def listened(recording: bytes, *arguments: Any) -> Any:
        if analyzer.transcriber is None and analyzer.emergency is SCREAM:
            raise NoSpeech
        return listen(recording, *arguments)

    monkeypatch.setattr(analyzer, "listen", listened)


async def said(seat: Seat) -> list[str]:
    return [m["text"] for m in await seat.messages() if not m["outgoing"] and "text" in m]


async def test_a_stranger_who_screams_gets_help_before_anything_is_asked(
    bot: str, seat: Seat, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    analyzer.emergency = SCREAM
    await seat.upload("voice", NOTE)
    await seat.answer("119")
    assert not any("AI이고" in text for text in await said(seat)), "no greeting comes first"
    assert analyzer.seen == []
    with database.transaction() as memory:
        assert memory.person(seat.chat_id) is None


async def test_it_waits_for_no_consent_and_for_no_turn(
    bot: str,
    seat: Seat,
    register: Callable[..., None],
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(seat, voice=False, words=False)
    goes_on = asyncio.Event()
    loop = asyncio.get_running_loop()
    listen = analyzer.listen

    def slow(recording: bytes, *arguments: Any) -> Any:
        asyncio.run_coroutine_threadsafe(goes_on.wait(), loop).result(20)
        return listen(recording, *arguments)

    monkeypatch.setattr(analyzer, "listen", slow)
    await seat.upload("voice", NOTE)
    analyzer.emergency = SCREAM
    await seat.upload("voice", NOTE)
    await seat.answer("119")
    goes_on.set()


async def test_a_scream_is_answered_while_nothing_can_be_stored(
    bot: str, seat: Seat, analyzer: ScriptedAnalyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*arguments: object, **options: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(DBOSClient, "enqueue", away)
    analyzer.emergency = SCREAM
    await seat.upload("voice", NOTE)
    await seat.answer("119")


@pytest.mark.parametrize(
    "kind, name, content",
    [
        ("audio", "song.wav", wav()),
        ("voice", "note.ogg", NOTE),
    ],
)
async def test_help_comes_for_uploaded_sounds_too(
    bot: str, seat: Seat, analyzer: ScriptedAnalyzer, kind: str, name: str, content: bytes
) -> None:
    analyzer.emergency = SCREAM
    await seat.upload(kind, content, name=name)
    await seat.answer("?")


async def test_what_was_passed_on_is_asked_about_and_answered_and_so_is_what_follows(
    bot: str, seat: Seat, register: Callable[..., None], analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.emergency = replace(SCREAM, level=EmergencyLevel.ASK)
    await seat.upload("voice", NOTE, forwarded="true")
    question = await seat.answer("지금 도움이 필요하신가요?")
    assert "30일 전 녹음에서" in question["text"], "the question names its age"
    await seat.answer("슬픔에 가까운 것 같아요")
    await seat.write("친구가 웃긴 노래를 보내 줬어")
    await seat.answer("글자를 찾지 못했어요")


async def test_ordinary_sounds_are_answered_as_before(
    bot: str, seat: Seat, register: Callable[..., None], analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.emergency = ORDINARY
    await seat.upload("voice", NOTE)
    await seat.answer("슬픔")
    assert not any("119" in text for text in await said(seat))


async def test_an_ear_that_breaks_leaves_the_ordinary_answer_and_is_counted(
    bot: str,
    seat: Seat,
    register: Callable[..., None],
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(recording: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(analyzer, "hear", broken)
    register(seat)
    await seat.upload("voice", NOTE)
    await seat.answer("슬픔")
    async with httpx.AsyncClient() as client:
        exposition = (await client.get(f"{bot}/metrics")).text
    assert "todak_sounds_unjudged_total 1.0" in exposition


async def test_words_of_a_note_that_raised_an_alarm_are_still_heard(
    bot: str, seat: Seat, register: Callable[..., None], analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.emergency = SCREAM
    analyzer.transcriber = ScriptedTranscriber("옥상에 올라와 있어")
    await seat.upload("voice", NOTE)
    await seat.answer("109")
    assert analyzer.transcriber.languages == ["ko"]
    assert analyzer.seen == [], "no feeling is named beside an alarm"


class TestGuardians:
    @pytest.fixture
    def times(self) -> Times:
        return Times(1.0, (1.0, 1.0), 0.8, (1.5, 1.5, 2.0), 2.0, 60.0)

    async def test_a_scream_that_nobody_takes_back_brings_help(
        self,
        bot: str,
        seat: Seat,
        other_seat: Seat,
        guard: Guard,
        analyzer: ScriptedAnalyzer,
    ) -> None:
        await guard(other_seat, also=(Choice.RECORDING,))
        analyzer.emergency = SCREAM
        await seat.upload("voice", NOTE)
        await seat.answer("위급한 상황처럼 들렸어요")
        alert = await other_seat.answer("긴급 알림")
        assert "위급하게 들린 소리" in alert["text"]
        await other_seat.until(lambda messages: [m for m in messages if "voice" in m])
        counted = 'todak_guardian_messages_total{outcome="accepted"} 1.0'
        exposition = ""
        async with asyncio.timeout(10), httpx.AsyncClient() as client:
            while counted not in exposition:
                exposition = (await client.get(f"{bot}/metrics")).text
        assert 'todak_alarms_total{source="sound_alarm"} 1.0' in exposition
        assert "todak_unheard_alerts_total{" not in exposition
        assert str(seat.chat_id) not in exposition

    async def test_what_was_passed_on_is_asked_about_and_tells_nobody(
        self,
        bot: str,
        seat: Seat,
        other_seat: Seat,
        guard: Guard,
        analyzer: ScriptedAnalyzer,
    ) -> None:
        await guard(other_seat)
        analyzer.emergency = SCREAM
        await seat.upload("audio", wav(), name="film.wav", type="audio/wav")
        await seat.answer("?")
        await asyncio.sleep(3)
        told = [m for m in await other_seat.messages() if "긴급" in m.get("text", "")]
        assert told == []

    async def test_a_question_becomes_an_alarm_by_what_is_cried(
        self,
        bot: str,
        seat: Seat,
        other_seat: Seat,
        guard: Guard,
        analyzer: ScriptedAnalyzer,
    ) -> None:
        await guard(other_seat)
        analyzer.emergency = replace(SCREAM, level=EmergencyLevel.ASK)
        analyzer.transcriber = ScriptedTranscriber("불이 났어요")
        await seat.upload("voice", NOTE)
        alert = await other_seat.answer("긴급 알림")
        assert "불이 난 상황일 수 있어요" in alert["text"]
