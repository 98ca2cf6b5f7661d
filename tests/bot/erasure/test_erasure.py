"""After /delete nothing of a person is left: in no file, no table, no log, no backup."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet, InvalidToken
from dbos._schemas.system_database import SystemSchema
from sqlalchemy import Engine, select, text

from bot import erasure
from bot.chat_workflows import SEALED_COLUMNS, ChatWorkflows
from bot.retention import Retention
from bot.schedule import tidy
from inference.analysis import Emotion
from storage.database import Database
from storage.encryption import WrongServiceKey
from storage.key_store import KeyDestroyed, KeyStore, data_keys, workflow_keys
from storage.records import Purpose
from storage.tables import ObservationRow, Table
from tests.bot.erasure.conftest import CHAT, Run
from tests.bot.erasure.lives import SEARCHED, WORDS, erased, guard, live
from tests.bot.remains import in_files, in_tables
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat

pytestmark = pytest.mark.slow

OTHER = 1002


def sealed_values(database: Database, workflow_engine: Engine, rows: ChatWorkflows) -> list[str]:
    """Pieces of every ciphertext that is stored for the person."""
    found = []
    with database.engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            if "sealed" in table.c:
                query = select(table.c.sealed).where(table.c.chat_id == CHAT)
                found += [bytes(sealed).decode() for sealed in connection.scalars(query)]
    with rows._engine.connect() as connection:
        for table, columns in SEALED_COLUMNS.items():
            for column in columns:
                found += [each for each in connection.scalars(select(table.c[column])) if each]
    assert len(found) > 17
    return [each[60:100] for each in found if len(each) > 120]


def stored_inputs(rows: ChatWorkflows) -> list[bytes]:
    """The sealed inputs of every workflow, as a backup of their tables holds them."""
    with rows._engine.connect() as connection:
        found = connection.scalars(select(SystemSchema.workflow_input.c.inputs))
        return [sealed.encode() for sealed in found if sealed is not None]


async def delete_everything(seat: Seat) -> None:
    await seat.write("/delete")
    await seat.tap(await seat.answer("되돌릴 수 없어요"), "모두 지울게요")
    await seat.until(lambda messages: not messages)


def heap_files(server: Any) -> list[Path]:
    return [path for path in (Path(server.pgdata) / "base").rglob("*") if path.is_file()]


async def test_nothing_of_a_person_is_left(
    run: Run,
    seat: Seat,
    other_seat: Seat,
    register: Callable[..., None],
    analyzer: ScriptedAnalyzer,
    database: Database,
    workflow_engine: Engine,
    rows: ChatWorkflows,
    server: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpcore", "httpx", "telegram", "asyncio"):  # as `bot/logs.py` does
        caplog.set_level(logging.WARNING, name)
    register(other_seat)
    async with run():
        await live(seat, analyzer)
        await asyncio.to_thread(guard, database, OTHER)
        with database.engine.connect() as connection:
            query = text("SELECT key_id FROM person WHERE chat_id = :chat_id")
            key_id = str(connection.scalar(query, {"chat_id": CHAT}))
        with database.keys.engine.connect() as connection:
            query_of_key = select(data_keys.c.wrapped).where(data_keys.c.key_id == key_id)
            wrapped = bytes(connection.scalar(query_of_key) or b"").decode()
        seals = [*sealed_values(database, workflow_engine, rows), key_id, wrapped[60:100]]
        key_traces = in_tables(database.keys.engine, seals)
        assert len(key_traces) == 2, "the wrapped key and its id"
        before = in_tables(database.engine, SEARCHED) + in_tables(workflow_engine, SEARCHED)
        assert len(before) > 10, "the search finds what is there"
        assert in_files(data_files(tmp_path), SEARCHED)
        await delete_everything(seat)
        await erased(database)
        everywhere = (*SEARCHED, *seals)
        for engine in (database.engine, workflow_engine, database.keys.engine):
            assert in_tables(engine, everywhere) == []
        # The other goes on as if nothing had been.
        analyzer.words["좋은 날"] = estimate(Emotion.JOY)
        await other_seat.write("좋은 날")
        await other_seat.answer("기쁨")
        assert in_files(data_files(tmp_path), everywhere) == []
        if server is not None:
            with database.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            ) as connection:
                connection.execute(text("CHECKPOINT"))
            assert in_files(heap_files(server), everywhere) == []
    assert in_files(data_files(tmp_path), everywhere) == [], "nor in what was written on stopping"
    assert [each for each in SEARCHED if str(each) in caplog.text] == []
    with database.transaction() as memory:
        assert memory.person(OTHER) is not None
        [told] = memory.care.disclosures_of(OTHER)
        assert told.guardian_name == "어머니", "as the other knew them"


def data_files(folder: Path) -> list[Path]:
    """Every file of the data folder: databases, their logs and what the local chat keeps."""
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_the_seat_goes_on_as_somebody_else(
    run: Run, seat: Seat, analyzer: ScriptedAnalyzer, database: Database, page: httpx.AsyncClient
) -> None:
    async with run():
        await live(seat, analyzer)
        await delete_everything(seat)
        await erased(database)
        shown = (await page.get("/api/chat")).json()["seats"][0]
        assert shown["user_id"] != CHAT and not shown["started"]
        await seat.introduce_oneself()
    with database.transaction() as memory:
        assert memory.person(CHAT) is None
        fresh = memory.person(shown["user_id"])
        assert fresh is not None
        assert memory.observations(fresh.chat_id, datetime(2020, 1, 1, tzinfo=UTC)) == []


async def test_a_backup_from_before_cannot_be_opened_any_more(
    run: Run,
    seat: Seat,
    analyzer: ScriptedAnalyzer,
    database: Database,
    rows: ChatWorkflows,
    keys: KeyStore,
) -> None:
    """A backup holds the database and the service key; the key store it leaves out.

    Rows of the workflow library in it open until the workflow keys of their days are destroyed.
    """
    async with run():
        await live(seat, analyzer)
        with database.engine.connect() as connection:
            query = select(ObservationRow.sealed).where(ObservationRow.chat_id == CHAT)
            backup = [bytes(sealed) for sealed in connection.scalars(query)]
            key_id = connection.scalar(text("SELECT key_id FROM person"))
        workflow_backup = stored_inputs(rows)
        held = json.dumps([each.update for each in rows.held(CHAT)], ensure_ascii=False)
        assert WORDS in held
        box = keys.box(str(key_id))
        assert backup and all("posterior" in box.open(sealed) for sealed in backup)
        await delete_everything(seat)
        await erased(database)
        assert all(keys.open(sealed) for sealed in workflow_backup), "the honest limit"
        for days in (1, 2, 3):
            later = datetime.now(UTC) + timedelta(days=days, minutes=1)
            await asyncio.to_thread(tidy, database, rows, Retention(), later)
    for sealed in workflow_backup:
        with pytest.raises(WrongServiceKey):
            keys.open(sealed)
    with pytest.raises(KeyDestroyed):
        keys.box(str(key_id))
    with keys.engine.connect() as connection:
        left = [
            *connection.scalars(select(data_keys.c.wrapped)),
            *connection.scalars(select(workflow_keys.c.wrapped)),
        ]
    for sealed in backup:
        with pytest.raises(WrongServiceKey):
            keys.service_keys.open(sealed)
        for wrapped in left:
            with pytest.raises(InvalidToken):
                Fernet(keys.service_keys.open(bytes(wrapped))).decrypt(sealed)


async def test_a_deletion_that_a_crash_interrupts_is_finished_at_the_next_start(
    run: Run,
    seat: Seat,
    analyzer: ScriptedAnalyzer,
    database: Database,
    workflow_engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never(self: erasure.Eraser) -> bool:
        return True

    # Until the process has ended: its deletions begin within a fifth of a second.
    with monkeypatch.context() as patched:
        patched.setattr(erasure.Eraser, "run", never)
        patched.setattr(KeyStore, "destroy", lambda self, key_id: None)
        async with run():
            await live(seat, analyzer)
            await seat.write("/delete")
            await seat.tap(await seat.answer("되돌릴 수 없어요"), "모두 지울게요")
            await seat.answer("모두 지웠어요")
            with database.transaction() as memory:
                assert memory.person(CHAT) is None and memory.erasing(CHAT)
    assert in_tables(workflow_engine, [CHAT])
    async with run():
        await erased(database)
        with database.keys.engine.connect() as connection:
            assert connection.execute(select(data_keys)).all() == []
        assert in_files(data_files(tmp_path), SEARCHED) == []
        assert in_tables(database.engine, SEARCHED) == []
        assert in_tables(workflow_engine, SEARCHED) == []


async def test_nothing_is_deleted_when_it_is_called_off(
    run: Run, seat: Seat, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    async with run():
        await live(seat, analyzer)
        await seat.write("/delete")
        await seat.tap(await seat.answer("되돌릴 수 없어요"), "그만둘래요")
        await seat.answer("지우지 않았어요")
    with database.transaction() as memory:
        assert memory.person(CHAT) is not None
        assert len(memory.observations(CHAT, datetime(2020, 1, 1, tzinfo=UTC))) == 2
        assert memory.consents(CHAT)[Purpose.WORDS].granted is False
