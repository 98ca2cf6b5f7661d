"""The service key is changed under a bot that people write to."""

import asyncio
import socket
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.__main__ import main
from bot.connection import Connection
from bot.local_chat.serve import LocalChat
from bot.service_keys import key_source, open_service_keys
from bot.serving import Parts, running
from bot.settings import Settings
from inference.analysis import Emotion
from storage.database import Database, make_engine, make_workflow_engine
from storage.encryption import ServiceKeys, WrongServiceKey, read_or_create_key_file
from storage.key_store import KeyStore, data_keys, holds_keys, workflow_keys
from storage.records import AgeBand, Language
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat

pytestmark = pytest.mark.usefixtures("alone")
EVER = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def settings(alone: None) -> Settings:
    found = Settings()
    found.prepare_data_folder()
    return found


@pytest.fixture
def keys(settings: Settings) -> KeyStore:
    engine = make_engine(settings.key_database())
    return KeyStore(engine, open_service_keys(key_source(settings), lambda: holds_keys(engine)))


@pytest.fixture
def database(settings: Settings, keys: KeyStore) -> Database:
    opened = Database(make_engine(settings.database()), keys)
    opened.migrate()
    return opened


@pytest.fixture
def start_bot(
    settings: Settings,
    chat: LocalChat,
    analyzer: ScriptedAnalyzer,
    database: Database,
    keys: KeyStore,
) -> Callable[[], Any]:
    @asynccontextmanager
    async def start() -> AsyncIterator[str]:
        listening = socket.create_server(("127.0.0.1", 0))
        engine = make_workflow_engine(settings.workflow_database())
        parts = Parts(
            analyzer,
            database,
            engine,
            keys,
            listening,
            sound_folder=settings.data_folder / "sounds",
        )
        async with running(Connection(chat.token, chat.base_url, chat.base_file_url), parts):
            yield ""

    return start


async def test_the_service_key_is_changed_under_a_running_bot(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    register: Callable[..., None],
    analyzer: ScriptedAnalyzer,
    database: Database,
    keys: KeyStore,
    settings: Settings,
) -> None:
    path = settings.data_folder / "service.key"
    (old,) = read_or_create_key_file(path)
    register(seat)
    names = [f"말 {number}" for number in range(40)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    written: list[int] = []

    async def write() -> None:
        for name in names:
            written.append(await seat.write(name))
            await seat.until(lambda found: answers(found) >= len(written))

    async with asyncio.TaskGroup() as work:
        writing = work.create_task(write())
        await seat.until(lambda found: answers(found) >= 3)
        assert await asyncio.to_thread(main, ["rotate-keys"]) == 0
        assert len(read_or_create_key_file(path)) == 2
        await asyncio.to_thread(register, other_seat)  # registered between the two steps
        assert await asyncio.to_thread(main, ["rotate-keys", "--finish"]) == 0
        assert not writing.done(), "messages were written all the while"
    (new,) = read_or_create_key_file(path)
    assert new != old and stat.S_IMODE(path.stat().st_mode) == 0o600
    with keys.engine.connect() as connection:
        wrapped = [
            *connection.scalars(select(data_keys.c.wrapped)),
            *connection.scalars(select(workflow_keys.c.wrapped)),
        ]
    assert len(wrapped) == 3
    for each in wrapped:
        ServiceKeys([new]).open(bytes(each))
        with pytest.raises(WrongServiceKey):
            ServiceKeys([old]).open(bytes(each))
    afterwards = Database(database.engine, KeyStore(keys.engine, ServiceKeys([new])))
    with afterwards.transaction() as memory:
        found = memory.observations(seat.chat_id, EVER)
        assert [each.words for each in found] == names
        assert memory.observations(other_seat.chat_id, EVER) == []


def answers(messages: list[dict[str, Any]]) -> int:
    return sum(not message["outgoing"] for message in messages)


def test_finishing_needs_a_rotation_and_a_rotation_can_be_repeated(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rotate-keys", "--finish"]) == 1
    assert "no old one" in capsys.readouterr().err
    for _ in range(2):
        assert main(["rotate-keys"]) == 0
        assert len(read_or_create_key_file(settings.data_folder / "service.key")) == 2
    assert main(["rotate-keys", "--finish"]) == 0
    assert "Only the newest key" in capsys.readouterr().out


def test_a_key_file_that_is_missing_is_made_once_and_never_in_the_place_of_another(
    settings: Settings, keys: KeyStore, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    path = settings.data_folder / "service.key"
    (name,) = read_or_create_key_file(path)
    away = path.rename(path.with_suffix(".away"))
    database.register(1, Language.KOREAN, AgeBand.ADULT, EVER)  # the running bot goes on
    assert not path.exists()
    assert main(["migrate"]) == 2
    assert "is missing" in capsys.readouterr().err and not path.exists()
    away.rename(path)
    assert main(["migrate"]) == 0
    with keys.engine.connect() as connection:
        (wrapped,) = connection.scalars(select(data_keys.c.wrapped))
    assert ServiceKeys([name]).open(bytes(wrapped))


def test_keys_of_the_environment_are_the_operators_to_change(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    monkeypatch.setenv("TODAK_SERVICE_KEYS", old)
    assert main(["migrate"]) == 0
    assert main(["rotate-keys"]) == 1
    assert "in front of the old one in TODAK_SERVICE_KEYS" in capsys.readouterr().err
    monkeypatch.setenv("TODAK_SERVICE_KEYS", f"{new},{old}")
    assert main(["rotate-keys"]) == 0
    assert main(["rotate-keys", "--finish"]) == 0
    output = capsys.readouterr()
    assert "take it out of TODAK_SERVICE_KEYS" in output.out
    assert old not in output.out + output.err and new not in output.out + output.err


def test_keys_come_from_a_command_without_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "give keys.py"
    key = Fernet.generate_key().decode()
    script.write_text(f"print('{key}')")
    monkeypatch.setenv("TODAK_SERVICE_KEYS_COMMAND", f"{sys.executable} '{script}'")
    assert main(["migrate"]) == 0
    assert not (tmp_path / "data" / "service.key").exists()
    for command, why in (
        ("false", "exit status 1"),
        ("true", "wrote no keys"),
        ("echo no-key", "does not hold Fernet keys"),
        ("/no/such/program", "cannot be run"),
        ("'", "cannot be run"),
        (f"echo {key} > {tmp_path / 'leak'}", "does not hold Fernet keys"),
    ):
        monkeypatch.setenv("TODAK_SERVICE_KEYS_COMMAND", command)
        assert main(["migrate"]) == 2
        said = capsys.readouterr().err
        assert why in said and "TODAK_SERVICE_KEYS_COMMAND" in said and key not in said
    assert not (tmp_path / "leak").exists(), "no shell reads the command"
    monkeypatch.setenv("TODAK_SERVICE_KEYS", key)
    assert main(["migrate"]) == 2
    assert "cannot both be set" in capsys.readouterr().err
