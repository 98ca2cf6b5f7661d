"""A whole bot on the local chat: real HTTP, database and workflows; scripted recognisers."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography.fernet import Fernet

from bot.connection import Connection
from bot.incidents.state import Times
from bot.local_chat.serve import LocalChat
from bot.serving import Parts, running
from storage.care_records import TOPICS, Choice
from storage.database import Database, make_engine, make_workflow_engine
from storage.encryption import ServiceKeys
from storage.key_store import KeyStore
from storage.records import ASKED_FIRST, CONSENT_VERSIONS, AgeBand, Consent, Language
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat
from tests.bot.weights_server import WeightsServer
from tests.storage.caring import add_guardian


@pytest.fixture(autouse=True)
def timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command in an empty folder, without settings of this machine and with plain logs."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TODAK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("bot.__main__.set_up", lambda level: None)


@pytest.fixture
def weights_server() -> Iterator[WeightsServer]:
    server = WeightsServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def analyzer() -> ScriptedAnalyzer:
    return ScriptedAnalyzer()


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    service_keys = ServiceKeys([Fernet.generate_key().decode()])
    return KeyStore(make_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}"), service_keys)


@pytest.fixture
def database(tmp_path: Path, keys: KeyStore) -> Database:
    opened = Database(make_engine(f"sqlite:///{tmp_path / 'todak.sqlite'}"), keys)
    opened.migrate()
    return opened


@pytest.fixture
def register(database: Database) -> Callable[..., None]:
    """Registers a seat's person as the first meeting does, without the talk."""

    def add(
        seat: Seat,
        *,
        language: Language = Language.KOREAN,
        age_band: AgeBand = AgeBand.ADULT,
        **granted: bool,
    ) -> None:
        now = datetime.now(UTC)
        database.register(seat.chat_id, language, age_band, now)
        with database.transaction() as memory:
            for purpose in ASKED_FIRST:
                answer = granted.get(purpose.value, True)
                consent = Consent(purpose, CONSENT_VERSIONS[purpose], answer, now)
                memory.add_consent(seat.chat_id, consent)

    return add


@pytest.fixture
def parts(tmp_path: Path, analyzer: ScriptedAnalyzer, database: Database, keys: KeyStore) -> Parts:
    engine = make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}")
    listening = socket.create_server(("127.0.0.1", 0))
    return Parts(
        analyzer,
        database,
        engine,
        keys,
        listening,
        sound_folder=tmp_path / "sounds",
    )


@pytest.fixture
def times() -> Times:
    """The times of incidents; a test that waits for them gives shorter ones."""
    return Times()


StartBot = Callable[..., Any]


@pytest_asyncio.fixture
async def chat(tmp_path: Path) -> AsyncIterator[LocalChat]:
    server = LocalChat(tmp_path / "chat", launch_token="launch", faults=True)
    server.start()
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
def start_bot(
    tmp_path: Path,
    chat: LocalChat,
    analyzer: ScriptedAnalyzer,
    database: Database,
    keys: KeyStore,
    times: Times,
) -> StartBot:
    """Starts the bot as a context; a second start finds what the first left."""

    @asynccontextmanager
    async def start(*, webhook: bool = False) -> AsyncIterator[str]:
        listening = socket.create_server(("127.0.0.1", 0))
        engine = make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}")
        parts = Parts(
            analyzer,
            database,
            engine,
            keys,
            listening,
            times=times,
            sound_folder=tmp_path / "sounds",
        )
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        connection = Connection(chat.token, chat.base_url, chat.base_file_url)
        if webhook:
            address = f"{origin}/webhook"
            connection = replace(connection, webhook_address=address, webhook_secret="of-a-test")
        async with running(connection, parts):
            yield origin

    return start


@pytest_asyncio.fixture
async def bot(start_bot: StartBot) -> AsyncIterator[str]:
    """A running bot; the value is the address of its /healthz and /metrics."""
    async with start_bot() as operations:
        yield operations


@pytest_asyncio.fixture
async def page(chat: LocalChat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.origin, headers={"Origin": chat.origin}) as client:
        await client.get(chat.address)
        for number in (1, 2, 3):
            await client.post(f"/seats/{number}/enter")
        yield client


@pytest.fixture
def seat(page: httpx.AsyncClient) -> Seat:
    return Seat(page, 1)


@pytest.fixture
def other_seat(page: httpx.AsyncClient) -> Seat:
    return Seat(page, 2)


@pytest.fixture
def third(page: httpx.AsyncClient) -> Seat:
    return Seat(page, 3)


@pytest.fixture
def third_seat(page: httpx.AsyncClient) -> Seat:
    return Seat(page, 3)


Guard = Callable[..., Awaitable[int]]


@pytest.fixture
def guard(database: Database, seat: Seat, register: Callable[..., None]) -> Guard:
    """Makes another seat a guardian of the first, told of all topics and `also`."""
    register(seat)

    async def make(
        other: Seat,
        name: str = "어머니",
        topics: Iterable[Choice] = TOPICS,
        also: Iterable[Choice] = (),
        met: bool = True,
    ) -> int:
        await other.start()
        if met:
            await other.answer("AI이고")
        guardian = add_guardian(database, seat.chat_id, other.chat_id, name)
        with database.transaction() as memory:
            for choice in (*topics, *also):
                now = datetime.now(UTC)
                memory.care.set_choice(seat.chat_id, guardian.id, choice, True, now)
        return guardian.id

    return make
