"""Sounds decide first: on real messages of the local chat, with alarms that a test collects."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
import pytest_asyncio
from telegram import Bot, Update
from telegram.error import BadRequest

from bot.guardian_snapshot import GuardianSnapshot
from bot.incidents.alarms import Alarm, Source
from bot.listening import Listening
from bot.local_chat.serve import LocalChat
from bot.look_up import LookUp
from bot.replies import Replies
from bot.responder import Responder
from bot.todak import Todak
from inference.analysis import Emergency, EmergencyLevel, SoundKind, SoundState, Stretch
from inference.audio import decode
from storage.database import Database
from storage.records import AgeBand, Language
from tests.bot.incidents.records import set_home
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat
from tests.bot.sounds import encoded, wav

NOTE = encoded("ogg", "libopus")


def emergency(level: EmergencyLevel, kind: SoundKind = SoundKind.FIRE) -> Emergency:
    timeline = (
        Stretch(0.0, 0.5, SoundState.ORDINARY),
        Stretch(0.5, 1.0, SoundState.EMERGENCY),
    )
    return Emergency(0.97, level, kind, {"cnn": True, "encoder": True}, timeline)


class Surroundings:
    """What listening asks of a bot; alarms are collected, or raised as the test says."""

    def __init__(self, bot: Bot, analyzer: ScriptedAnalyzer, database: Database) -> None:
        self.bot = bot
        self.alarms: list[Alarm] = []
        self.raised = asyncio.Event()
        self.n_failed = 0
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.todak = SimpleNamespace(
            responder=Responder(analyzer, database, lambda: self.now(), self._count),
            urgent_bot=bot,
            look_up=LookUp(database, GuardianSnapshot(database)),
            replies={language: Replies(language) for language in Language},
            clock=lambda: self.now(),
            raise_alarm=self._collect,
        )
        self.listening = Listening(cast(Todak, self.todak))

    async def _collect(self, alarm: Alarm) -> "asyncio.Future[None]":
        self.alarms.append(alarm)
        self.raised.set()
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        stored.set_result(None)
        return stored

    def _count(self) -> None:
        self.n_failed += 1

    async def update(self) -> Update:
        [update] = await self.bot.get_updates(timeout=5)
        return update


@pytest_asyncio.fixture
async def here(
    chat: LocalChat, analyzer: ScriptedAnalyzer, database: Database
) -> AsyncIterator[Surroundings]:
    async with Bot(chat.token, chat.base_url, chat.base_file_url) as bot:
        around = Surroundings(bot, analyzer, database)
        yield around
        await around.listening.stop()


@pytest.fixture
def heard(analyzer: ScriptedAnalyzer, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each recording was that the ear heard."""
    lengths_s: list[float] = []

    def hear(recording: bytes) -> Emergency | None:
        lengths_s.append(round(decode(recording).duration_s, 1))
        return analyzer.emergency

    monkeypatch.setattr(analyzer, "hear", hear)
    return lengths_s


@pytest.mark.parametrize(
    "level, source",
    [(EmergencyLevel.ALARM, Source.SOUND_ALARM), (EmergencyLevel.ASK, Source.SOUND_ASK)],
)
async def test_what_is_recorded_here_raises_an_alarm_before_its_turn(
    here: Surroundings,
    seat: Seat,
    analyzer: ScriptedAnalyzer,
    heard: list[float],
    level: EmergencyLevel,
    source: Source,
) -> None:
    analyzer.emergency = emergency(level)
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None
    here.listening.begin(update)
    here.listening.begin(update)
    await asyncio.wait_for(here.raised.wait(), 10)
    recorded = await here.listening.to(update.message)
    assert recorded.alarmed and recorded.sound.emergency == analyzer.emergency
    assert heard == [1.0], "fetched and heard once"
    [alarm] = here.alarms
    assert (alarm.source, alarm.kind, alarm.age_band) == (source, "fire", None)
    assert alarm.heard == (("emergency", 0.5),) and alarm.words is None
    assert update.message.voice is not None
    assert (alarm.file_id, alarm.file_kind) == (update.message.voice.file_id, "voice")
    assert (alarm.chat_id, alarm.message_id) == (seat.chat_id, update.message.message_id)
    assert alarm.recording_digest is not None and len(alarm.recording_digest) == 64


async def test_one_chat_does_not_take_the_ears_of_all(
    here: Surroundings, seat: Seat, analyzer: ScriptedAnalyzer, heard: list[float]
) -> None:
    for _ in range(5):
        await seat.upload("voice", NOTE)
    updates = await here.bot.get_updates(timeout=5)
    for update in updates:
        here.listening.begin(update)
    assert len(here.listening._ahead) == 3
    for update in updates:
        assert update.message is not None
        assert not (await here.listening.to(update.message)).alarmed
    assert len(heard) == 5 and here.listening._ahead == {}, "each at its turn at the latest"


async def test_the_person_is_named_where_they_are_known(
    here: Surroundings,
    seat: Seat,
    analyzer: ScriptedAnalyzer,
    register: Callable[..., None],
) -> None:
    register(seat, language=Language.ENGLISH, age_band=AgeBand.YOUTH, voice=False)
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None
    assert (await here.listening.to(update.message)).alarmed, "without consent to be listened to"
    [alarm] = here.alarms
    assert (alarm.language, alarm.age_band) == (Language.ENGLISH, AgeBand.YOUTH)


async def test_what_is_uploaded_or_old_is_asked_about(
    here: Surroundings, seat: Seat, analyzer: ScriptedAnalyzer, heard: list[float]
) -> None:
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("audio", wav(), name="song.wav", type="audio/wav")
    uploaded = await here.update()
    assert uploaded.message is not None
    here.listening.begin(uploaded)
    assert heard == [], "it can wait for its turn"
    assert not (await here.listening.to(uploaded.message)).alarmed, "answered as well"
    await here.bot.get_updates(offset=uploaded.update_id + 1, timeout=0)
    await seat.upload("voice", NOTE)
    old = await here.update()
    assert old.message is not None
    here.now = lambda: datetime.now(UTC) + timedelta(minutes=6)
    assert not (await here.listening.to(old.message)).alarmed, "answered as well"
    assert [alarm.source for alarm in here.alarms] == [Source.OLD_SOUND] * 2
    assert [alarm.file_kind for alarm in here.alarms] == ["audio", "voice"]


@pytest.mark.parametrize(
    "waited_s, source", [(360.0, Source.SOUND_ALARM), (2 * 3600.0, Source.OLD_SOUND)]
)
async def test_what_todak_itself_took_makes_no_recording_old(
    here: Surroundings,
    seat: Seat,
    analyzer: ScriptedAnalyzer,
    waited_s: float,
    source: Source,
) -> None:
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None
    here.now = lambda: datetime.now(UTC) + timedelta(seconds=waited_s)
    with here.listening.waited(update, waited_s):
        await here.listening.to(update.message)
    assert [alarm.source for alarm in here.alarms] == [source]
    here.now = lambda: datetime.now(UTC) + timedelta(minutes=6)
    await here.listening.to(update.message)
    assert here.alarms[1].source is Source.OLD_SOUND, "only while it is handled"


@pytest.mark.parametrize("sounds_like", [None, emergency(EmergencyLevel.NONE, SoundKind.VACUUM)])
async def test_ordinary_sounds_raise_nothing(
    here: Surroundings, seat: Seat, analyzer: ScriptedAnalyzer, sounds_like: Emergency | None
) -> None:
    analyzer.emergency = sounds_like
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None
    recorded = await here.listening.to(update.message)
    assert not recorded.alarmed and here.alarms == []
    assert recorded.sound.recording == NOTE and recorded.sound.unheard is None


async def test_an_ear_that_breaks_is_counted_and_the_recording_is_still_there(
    here: Surroundings,
    seat: Seat,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def hear(recording: bytes) -> Emergency | None:
        raise RuntimeError("words that may be somebody's")

    monkeypatch.setattr(analyzer, "hear", hear)
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None
    recorded = await here.listening.to(update.message)
    assert not recorded.alarmed and recorded.sound.unheard is None
    assert here.n_failed == 1
    assert "sounds could not be judged: RuntimeError" in caplog.text
    assert "somebody" not in caplog.text


async def test_an_alarm_that_cannot_be_raised_gives_the_numbers_once_and_is_tried_again(
    here: Surroundings, seat: Seat, analyzer: ScriptedAnalyzer
) -> None:
    async def broken(alarm: Alarm) -> None:
        raise OSError("the database is away")

    here.todak.raise_alarm = broken
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None
    here.listening.begin(update)
    await seat.answer("119")
    with pytest.raises(OSError, match="away"):
        await here.listening.to(update.message)
    here.todak.raise_alarm = here._collect
    assert (await here.listening.to(update.message)).alarmed
    assert len(here.alarms) == 1
    said = [m for m in await seat.messages() if not m["outgoing"] and "119" in m.get("text", "")]
    assert len(said) == 1


async def test_in_quiet_mode_no_number_stands_in_for_an_alarm_that_cannot_be_raised(
    here: Surroundings,
    seat: Seat,
    analyzer: ScriptedAnalyzer,
    register: Callable[..., None],
    database: Database,
) -> None:
    async def broken(alarm: Alarm) -> None:
        raise OSError("the database is away")

    register(seat)
    set_home(database, seat.chat_id, quiet=True)
    here.todak.raise_alarm = broken
    analyzer.emergency = emergency(EmergencyLevel.ALARM, SoundKind.VIOLENCE)
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None
    with pytest.raises(OSError, match="away"):
        await here.listening.to(update.message)
    [shown] = [m for m in await seat.messages() if not m["outgoing"]]
    assert shown["text"].startswith("남겨 주신 말 잘 받았어요")


async def test_an_alarm_that_takes_long_gives_the_numbers_meanwhile(
    here: Surroundings,
    seat: Seat,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.listening.RAISE_S", 0.1)
    goes_on = asyncio.Event()

    async def slow(alarm: Alarm) -> "asyncio.Future[None]":
        await goes_on.wait()
        return await here._collect(alarm)

    here.todak.raise_alarm = slow
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None
    listening = asyncio.create_task(here.listening.to(update.message))
    await seat.answer("119")
    assert here.alarms == []
    goes_on.set()
    assert (await listening).alarmed and len(here.alarms) == 1


async def test_a_recording_that_is_gone_says_so_when_its_turn_comes(
    here: Surroundings, seat: Seat, chat: LocalChat
) -> None:
    await seat.upload("voice", NOTE)
    update = await here.update()
    assert update.message is not None and update.message.voice is not None
    message = update.to_dict()
    message["message"]["voice"]["file_id"] = "gone"
    gone = Update.de_json(message, here.bot)
    assert gone.message is not None
    here.listening.begin(gone)
    with pytest.raises(BadRequest):
        await here.listening.to(gone.message)
