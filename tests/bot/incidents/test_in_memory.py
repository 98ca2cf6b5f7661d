"""Incidents while the database is away, which is when nobody may be forgotten."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.guardian_snapshot import GuardianSnapshot
from bot.incidents.state import Times
from bot.look_up import LookUp
from storage.care_records import Guarded
from storage.database import Database
from tests.bot.conftest import Guard, StartBot
from tests.bot.incidents.records import disclosures, settles, states
from tests.bot.seats import Seat
from tests.reliability.databases import locked

CRY = "칼 들고 있어요"
SNAPSHOT_S = 2.0
"""The snapshot is read at the start."""

SLOW_S = 40.0
"""A locked SQLite file holds its callers for half a minute."""


@pytest.fixture
def times() -> Times:
    return Times(4.0, (2.0, 2.0), 1.0, (30.0,), 5.0, 600.0)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    return tuple(tmp_path / name for name in ("todak.sqlite", "workflows.sqlite"))


async def alerts(seat: Seat) -> list[str]:
    return [m["text"] for m in await seat.messages() if "긴급 알림" in m.get("text", "")]


async def test_a_database_that_goes_away_in_the_countdown_keeps_nobody_from_being_told(
    start_bot: StartBot,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    database: Database,
    files: tuple[Path, ...],
) -> None:
    await guard(other_seat, met=False)
    async with start_bot():
        await asyncio.sleep(SNAPSHOT_S)
        await seat.write(CRY)
        await seat.answer("보호자에게 연락할게요")
        with locked(*files):
            alert = await other_seat.answer("긴급 알림", 30)
            await seat.answer("어머니께 메시지를 보냈어요", 30)
        await other_seat.tap(alert, "제가 확인할게요")
        await seat.answer("확인하겠다고 하셨어요", SLOW_S)
        # What was planned is on record first; what came of it follows with the next writing down.
        outcomes = ["accepted"]
        await settles(lambda: [d.outcome for d in disclosures(database, seat.chat_id)] == outcomes)
        assert len(await alerts(other_seat)) == 1


async def test_a_cry_while_the_database_is_away_brings_help_and_can_be_cancelled(
    start_bot: StartBot,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    database: Database,
    files: tuple[Path, ...],
) -> None:
    await guard(other_seat, met=False)
    async with start_bot():
        await other_seat.answer("AI이고")
        await asyncio.sleep(SNAPSHOT_S)
        with locked(*files):
            await seat.write(CRY)
            await seat.answer("112", 15)
            await seat.tap(await seat.answer("보호자에게 연락할게요"), "안전해요, 보내지 마세요")
            await seat.answer("아무에게도 보내지 않았어요", 15)
            await seat.write(CRY)
            await other_seat.answer("긴급 알림", 30)
        await settles(lambda: len(states(database, seat.chat_id)) == 2)
        await settles(lambda: "cancelled" in states(database, seat.chat_id))
        await asyncio.sleep(3)
        assert len(await alerts(other_seat)) == 1


async def test_just_after_a_start_a_slow_database_is_no_proof_that_nobody_is_to_be_told(
    start_bot: StartBot,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(GuardianSnapshot, "refresh", lambda snapshot: None)
    read = LookUp._read_guarded

    def slowly(look_up: LookUp, chat_id: int) -> Guarded | None:
        time.sleep(1.5)
        return read(look_up, chat_id)

    monkeypatch.setattr(LookUp, "_read_guarded", slowly)
    await guard(other_seat, met=False)
    async with start_bot():
        await seat.write(CRY)
        await other_seat.answer("긴급 알림", 60)
    assert not [m for m in await seat.messages() if "아무에게도" in m.get("text", "")]
