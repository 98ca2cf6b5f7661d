import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from dbos._schemas.system_database import SystemSchema
from sqlalchemy import Engine, select, update

from bot.chat_workflows import SEALED_COLUMNS, STATUS, ChatWorkflows
from bot.local_chat.serve import LocalChat
from storage.database import make_workflow_engine
from storage.key_store import KeyStore
from tests.bot.seats import Seat
from tests.bot.waiting import done


@pytest.fixture
def workflow_engine(tmp_path: Path) -> Engine:
    return make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}")


@pytest.fixture
def rows(workflow_engine: Engine, keys: KeyStore) -> ChatWorkflows:
    return ChatWorkflows(workflow_engine, keys)


def stored(rows: ChatWorkflows) -> set[str]:
    with rows._engine.connect() as connection:
        return set(connection.scalars(select(STATUS.c.workflow_uuid)))


async def test_only_what_has_ended_and_only_of_that_chat_is_deleted(
    bot: str, chat: LocalChat, seat: Seat, other_seat: Seat, rows: ChatWorkflows
) -> None:
    for each in (seat, other_seat):
        await each.write("옥상에 올라와 있어")  # asked about again in a minute
        await each.answer("바로 119에")
        await each.write("/help")
        await each.answer("토닥이에요")
    await done()
    assert len(stored(rows)) == 6
    assert [h.update["message"]["text"] for h in await asyncio.to_thread(rows.held, 1001)] == [
        "옥상에 올라와 있어", "/help"
    ]  # fmt: skip
    assert await asyncio.to_thread(rows.n_open, 1001) == 1
    assert await asyncio.to_thread(rows.forget_ended, 1001) == 2
    left = stored(rows)
    assert len(left) == 4 and {each for each in left if ":1001:" in each}
    assert await asyncio.to_thread(rows.forget_ended, 100) == 0, "a part of an id is another id"
    assert await asyncio.to_thread(rows.held, 1001) == []
    with rows._engine.connect() as connection:
        for table in SEALED_COLUMNS:
            owner = table.c.get("workflow_uuid", table.c.get("destination_uuid"))
            assert owner is not None
            assert set(connection.scalars(select(owner))) <= left, table.name


async def test_what_cannot_be_opened_keeps_nothing_else_from_being_sealed_anew(
    bot: str,
    seat: Seat,
    rows: ChatWorkflows,
    keys: KeyStore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for command in ("/help", "/privacy", "/language"):
        await seat.write(command)
    await seat.answer("어떤 말로 이야기할까요")
    await done()
    inputs = SystemSchema.workflow_input
    strange = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    with rows._engine.begin() as connection:
        ids = list(connection.scalars(select(inputs.c.workflow_uuid)))
        change = update(inputs).where(inputs.c.workflow_uuid == ids[0])
        connection.execute(change.values(inputs=strange))
    keys.renew_workflow_key(datetime.now(UTC) + timedelta(days=2))
    assert await asyncio.to_thread(rows.reseal) > 2
    assert f"values of {inputs.name} that cannot be opened: 1" in caplog.text
    assert len(await asyncio.to_thread(rows.held, seat.chat_id)) == len(ids) - 1
    with rows._engine.connect() as connection:
        for sealed in connection.scalars(select(inputs.c.inputs)):
            assert sealed == strange or keys.reseal(sealed.encode()) is None


def test_there_is_nothing_to_seal_anew_where_no_bot_ever_ran(rows: ChatWorkflows) -> None:
    assert rows.reseal() == 0
