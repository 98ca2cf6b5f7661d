"""What is fuzzed: a webhook's body up to the answer, and a recording up to its waveform."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
from cryptography.fernet import Fernet
from telegram import Bot
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot.application import route
from bot.chat_workflows import ChatWorkflows
from bot.edge import TelegramEdge
from bot.guardian_snapshot import GuardianSnapshot
from bot.halves import Halves
from bot.incidents.alarms import Alarm
from bot.intake import Confidential, Failures
from bot.listening import Listening
from bot.look_up import LookUp
from bot.operations import Metrics, NotAnUpdate, read_update
from bot.pair_work import PairWork
from bot.replies import Replies
from bot.responder import Responder
from bot.sound_work import SoundWork
from bot.todak import Todak
from inference.audio import RecordingTooLong, UnreadableAudio, decode
from inference.pipeline import Analyzer
from inference.weights import SHIPPED_WEIGHTS
from storage.database import Database, make_engine
from storage.encryption import ServiceKeys
from storage.key_store import KeyStore
from storage.records import ASKED_FIRST, CONSENT_VERSIONS, AgeBand, Consent, Language
from tests.bot.scripted import ScriptedAnalyzer
from tests.fuzz.seeds import BASE

MOST_SECONDS = 5.0
MOST_MEGABYTES = 1_000
"""More than before the input: other tests of the same process have had theirs."""


Target = Callable[[bytes], None]


class Measured:
    """A target with its figures: inputs, the longest in seconds, and the peak memory."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.inputs = 0
        self.longest_s = 0.0
        self.peak_megabytes = 0

    def __call__(self, content: bytes) -> None:
        """One input; fails when it takes too long or too much memory."""
        before = _resident_megabytes("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak is this input's own from here on
        started_s = time.perf_counter()
        self._target(content)
        took_s = time.perf_counter() - started_s
        self.inputs += 1
        self.longest_s = max(self.longest_s, took_s)
        assert took_s < MOST_SECONDS, f"{took_s:.1f} s"
        peak = _resident_megabytes("VmHWM")
        self.peak_megabytes = max(self.peak_megabytes, peak)
        more = peak - before
        assert more < MOST_MEGABYTES, f"{more} MB more"


def _resident_megabytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(name))


def hear(recording: bytes) -> None:
    """Decode; only the two errors that the module names may come out."""
    try:
        waveform = decode(recording)
    except (UnreadableAudio, RecordingTooLong):
        return
    assert waveform.samples.dtype == np.float32 and waveform.samples.ndim == 1
    assert 0 < waveform.duration_s <= 600
    assert bool(np.all(np.abs(waveform.samples) <= 1.0))


class Silence(BaseRequest):
    """A Bot API that agrees to everything and sends nothing anywhere."""

    read_timeout = 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(self, url: str, method: str, *rest: Any, **options: Any) -> Any:
        """What Telegram would say to this method; a few bytes for a file."""
        name = url.rpartition("/")[2]
        if "/file/" in url:
            return 200, b"RIFF"
        results: dict[str, Any] = {
            "getMe": {"id": 1, "is_bot": True, "first_name": "t", "username": "t_bot"},
            "getFile": {"file_id": "a", "file_unique_id": "b", "file_path": "voice/b"},
        }
        answered = {**BASE, "text": "."} if name.startswith(("send", "edit")) else True
        answered = True if name == "sendChatAction" else answered
        body = {"ok": True, "result": results.get(name, answered)}
        return 200, json.dumps(body).encode()


class NoWorkflows:
    """Nothing is held of anyone."""

    def held(self, chat_id: int) -> list[Any]:
        """No updates."""
        return []


class KnownPairs:
    """Says that every pair was sent already."""

    async def is_known(self, *arguments: object) -> bool:
        return True

    async def stop(self, *arguments: object) -> None:
        pass

    async def clear(self, *arguments: object) -> None:
        pass


class BusySounds:
    """A sound is being made already, and none is begun."""

    async def is_busy(self, chat_id: int) -> bool:
        """Always."""
        return True

    async def stop(self, chat_id: int, origin_id: int, seed: int) -> bool:
        """Nothing is there to be stopped."""
        return False


class ScreeningAnalyzer(ScriptedAnalyzer):
    """Screens with the shipped weights where they are there; the feelings are scripted."""

    def __init__(self) -> None:
        super().__init__()
        if (SHIPPED_WEIGHTS / "distress.safetensors").is_file():
            self.screen = Analyzer.load(SHIPPED_WEIGHTS).screen  # type: ignore[method-assign]


class Conversation:
    """The routing table and its handlers on a database in `folder`; nothing is sent."""

    def __init__(self, folder: Path) -> None:
        keys = KeyStore(
            make_engine(f"sqlite:///{folder / 'keys.sqlite'}"),
            ServiceKeys([Fernet.generate_key().decode()]),
        )
        database = Database(make_engine(f"sqlite:///{folder / 'todak.sqlite'}"), keys)
        database.migrate()
        self._register(database)
        self._loop = asyncio.new_event_loop()
        bot = Bot("1:fuzz", request=Silence(), get_updates_request=Silence())
        application = ApplicationBuilder().bot(bot).updater(None).build()
        failures, metrics = Failures(), Metrics()
        snapshot = GuardianSnapshot(database)
        todak = Todak(
            responder=Responder(ScreeningAnalyzer(), database, _now),
            urgent_bot=bot,
            look_up=LookUp(database, snapshot),
            guardian_snapshot=snapshot,
            halves=Halves(),
            confidential=Confidential(),
            database=database,
            replies={language: Replies(language) for language in Language},
            clock=_now,
            look_after=_nothing,
            answered=_nothing,
            in_danger=_no,
            in_quiet=_no,
            erase_soon=lambda: None,
            raise_alarm=_begun,
            carry_alarm=lambda alarm: None,
            of_edit=_same,
            signal_incident=_no,
            signal_in_memory=lambda *_: False,
        )
        listening = Listening(todak)
        rows = cast(ChatWorkflows, NoWorkflows())
        sounds = cast(SoundWork, BusySounds())
        pairs = cast(PairWork, KnownPairs())
        route(application, todak, listening, rows, failures, metrics, sounds, pairs)
        self._bot = bot
        self._edge = TelegramEdge(application, todak, listening, failures, metrics)
        self._run(application.initialize())

    def take(self, body: bytes) -> None:
        """A webhook's body, read, screened and answered; whatever a handler raises is raised."""
        try:
            update = read_update(body, self._bot)
        except NotAnUpdate:
            return
        chat = update.effective_chat
        if chat is None or chat.type != "private":
            return  # as `bot/serving.py` does
        if update.callback_query is not None and not update.callback_query.data:
            return
        self._run(self._edge.is_urgent(update))
        self._run(self._edge.help_at_once(update))
        self._run(self._edge.handle(update.to_dict(), 0.0))

    def close(self) -> None:
        """Close the loop and its threads."""
        self._run(self._loop.shutdown_default_executor())
        self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, object]) -> None:
        self._loop.run_until_complete(coroutine)

    def _register(self, database: Database) -> None:
        database.register(5, Language.KOREAN, AgeBand.ADULT, _now())
        with database.transaction() as memory:
            for purpose in ASKED_FIRST:
                memory.add_consent(5, Consent(purpose, CONSENT_VERSIONS[purpose], True, _now()))


def _now() -> datetime:
    return datetime.now(UTC)


async def _nothing(*_: object) -> None:
    """A collaborator that is not under test."""


async def _begun(*_: object) -> "asyncio.Future[None]":
    stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    stored.set_result(None)
    return stored


async def _no(*_: object) -> bool:
    return False


async def _same(alarm: Alarm) -> Alarm:
    return alarm
