"""The nightly work with the clock moved, and consents that end between two messages."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from bot.chat_workflows import ChatWorkflows
from bot.erasure import Eraser
from bot.guardian_snapshot import GuardianSnapshot
from bot.replies import Replies
from bot.retention import Retention
from bot.schedule import AGAIN, SOON, WORKFLOW_KEYS_KEPT, Clock, tidy
from bot.settings import Settings
from bot.sleep_buttons import first_recipe
from bot.workflow_engine import forget_finished
from inference.analysis import Analysis, Distress, Emotion
from inference.sound_recipe import Recipe
from storage.database import Database, make_workflow_engine
from storage.encryption import WrongServiceKey
from storage.key_store import KeyStore, workflow_keys
from storage.records import Language, Purpose
from storage.tables import ObservationRow
from tests.bot.conftest import StartBot
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.waiting import done
from tests.storage.caring import CHAT, MOTHER, NOW, add_guardian, disclosure, incident
from tests.storage.caring import register as register_person

Register = Callable[..., None]
EVER = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def workflow_engine(tmp_path: Path) -> Engine:
    return make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}")


@pytest.fixture
def rows(workflow_engine: Engine, keys: KeyStore) -> ChatWorkflows:
    return ChatWorkflows(workflow_engine, keys)


def n_kept(database: Database, seat: Seat) -> int:
    with database.transaction() as memory:
        return len(memory.observations(seat.chat_id, EVER))


async def test_a_record_is_deleted_once_it_was_kept_long_enough(
    bot: str,
    seat: Seat,
    register: Register,
    database: Database,
    analyzer: ScriptedAnalyzer,
    rows: ChatWorkflows,
) -> None:
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    await seat.write("좋은 날")
    await seat.answer("기쁨")
    await done()
    now = datetime.now(UTC)

    async def night(retention: Retention, after: timedelta) -> int:
        await asyncio.to_thread(tidy, database, rows, retention, now + after)
        return n_kept(database, seat)

    def last_sound() -> Recipe | None:
        with database.transaction() as memory:
            return memory.sleep.remembered(seat.chat_id).last

    rain = first_recipe(5)
    with database.transaction() as memory:
        memory.sleep.choose(seat.chat_id, rain, now)
    a_month = Retention(timedelta(days=30))
    assert await night(Retention(), timedelta(days=4000)) == 1, "kept until it is deleted"
    assert await night(a_month, timedelta(days=29)) == 1 and last_sound() == rain
    assert await night(a_month, timedelta(days=31)) == 0 and last_sound() is None
    with database.transaction() as memory:
        assert memory.person(seat.chat_id) is not None


async def test_what_was_received_is_kept_as_long_as_the_setting_says(
    bot: str, seat: Seat, rows: ChatWorkflows
) -> None:
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    await done()
    now, kept = datetime.now(UTC), timedelta(hours=3)
    assert len(await asyncio.to_thread(rows.held, seat.chat_id)) == 1
    assert await asyncio.to_thread(forget_finished, now + timedelta(hours=2), kept) == 0
    assert await asyncio.to_thread(forget_finished, now + timedelta(hours=4), kept) == 1
    assert await asyncio.to_thread(rows.held, seat.chat_id) == []


def test_incidents_are_deleted_once_they_were_kept_long_enough_after_their_end(
    database: Database, rows: ChatWorkflows
) -> None:
    register_person(database)
    mother = add_guardian(database)
    with database.transaction() as memory:
        memory.care.open_incident(incident())
        memory.care.add_disclosure(disclosure(mother))

    def night(days: int) -> tuple[int, list[int | None]]:
        tidy(database, rows, Retention(incidents=timedelta(days=10)), NOW + timedelta(days=days))
        with database.transaction() as memory:
            told = memory.care.disclosures_of(CHAT)
            return len(memory.care.incidents(CHAT)), [each.guardian_chat_id for each in told]

    assert night(1) == (1, [MOTHER]), "what was shown can still be taken back"
    assert night(3) == (1, [None])
    assert night(400) == (1, [None]), "it is open"
    with database.transaction() as memory:
        memory.care.update_incident(incident(ended_at=NOW))
    assert night(9) == (1, [None])
    assert night(11) == (0, [])


async def test_workflow_keys_are_renewed_and_old_ones_destroyed_with_nothing_lost(
    start_bot: StartBot,
    seat: Seat,
    register: Register,
    database: Database,
    analyzer: ScriptedAnalyzer,
    rows: ChatWorkflows,
    keys: KeyStore,
) -> None:
    """A question that is still open after days can be read; a backup of its rows cannot."""
    register(seat)
    async with start_bot():
        await seat.write("죽고 싶어")  # looked back at for a day
        await seat.answer("자살을 생각")
        await done()
        backup = keys.seal(b"what a backup holds")
        now = datetime.now(UTC)
        for days in (1, 2, 3):
            later = now + timedelta(days=days, minutes=1)
            await asyncio.to_thread(tidy, database, rows, Retention(), later)
        with keys.engine.connect() as connection:
            ages = list(connection.scalars(select(workflow_keys.c.made_at)))
        assert ages and min(ages) >= now + timedelta(days=3) - WORKFLOW_KEYS_KEPT
        with pytest.raises(WrongServiceKey):
            keys.open(backup)
        # The running bot and the open question go on.
        page = await seat.answer("자살을 생각")
        await seat.tap(page, "지금은 안전해요")
        await seat.answer("마음이 놓여요")
    async with start_bot():
        await seat.write("/help")
        await seat.answer("저는 토닥이에요")
        assert len(await asyncio.to_thread(rows.held, seat.chat_id)) == 3


async def test_guardians_are_remembered_from_the_start_and_again_and_again(
    start_bot: StartBot,
    seat: Seat,
    register: Register,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(seat)
    mother = add_guardian(database, seat.chat_id)
    snapshots: list[GuardianSnapshot] = []

    def remembering(database: Database) -> GuardianSnapshot:
        snapshots.append(GuardianSnapshot(database))
        return snapshots[0]

    async def n_guardians(wanted: int) -> None:
        async with asyncio.timeout(10):
            while True:
                known = snapshots[0].of(seat.chat_id, datetime.now(UTC))
                if known is not None and len(known.guardians) == wanted:
                    return
                await asyncio.sleep(0.05)

    monkeypatch.setattr("bot.serving.GuardianSnapshot", remembering)
    monkeypatch.setattr("bot.schedule.SNAPSHOT_EVERY", timedelta(seconds=0.3))
    async with start_bot():
        await n_guardians(1)
        add_guardian(database, seat.chat_id, mother.guardian_chat_id + 1)
        await n_guardians(2)


async def test_however_often_somebody_taps_at_most_one_deletion_waits(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks: list[Clock] = []
    begun, released, again = asyncio.Event(), asyncio.Event(), asyncio.Event()
    n_runs = 0
    start = Clock.start

    def kept(self: Clock, *clocks_of_all: Callable[[], datetime]) -> None:
        clocks.append(self)
        start(self, *clocks_of_all)

    async def run(self: Eraser) -> bool:
        nonlocal n_runs
        n_runs += 1
        if n_runs == 1:
            begun.set()
            await released.wait()
            raise OperationalError("read", {}, Exception("away"))  # no end to the chain
        if n_runs == 2:
            return False
        again.set()
        return True

    monkeypatch.setattr("bot.schedule.ERASE_AGAIN", timedelta(milliseconds=100))
    monkeypatch.setattr(Clock, "start", kept)
    monkeypatch.setattr(Eraser, "run", run)
    async with start_bot():
        (clock,) = clocks
        for _ in range(50):
            clock.erase_soon()
        await asyncio.wait_for(begun.wait(), 15)
        for _ in range(50):
            clock.erase_soon()
        released.set()
        await asyncio.wait_for(again.wait(), 15)
        await asyncio.sleep(0)
        assert n_runs == 3 and clock._jobs.get_jobs_by_name(SOON) == ()
        assert clock._jobs.get_jobs_by_name(AGAIN) == ()


def test_what_is_said_of_the_time_is_what_is_set() -> None:
    set_so = Settings.model_validate({"keep_observations_days": 90, "keep_workflows_hours": 6})
    assert set_so.retention() == Retention(timedelta(days=90), timedelta(hours=6))
    said = ((Language.KOREAN, "90일", "6시간"), (Language.ENGLISH, "90 days", "6 hours"))
    for language, days, hours in said:
        replies = Replies(language, set_so.retention())
        assert days in replies.privacy().html and hours in replies.privacy().html
        assert days in replies.consent_question(Purpose.HISTORY).html
        assert days not in Replies(language).consent_question(Purpose.HISTORY).html


async def test_what_was_queued_before_a_withdrawal_and_heard_after_it_is_not_stored(
    bot: str,
    seat: Seat,
    register: Register,
    database: Database,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(seat)
    await seat.write("/settings")
    page = await seat.answer("설정")
    analyzer.words |= {name: estimate(Emotion.JOY) for name in ("앞의 말", "뒤의 말", "바로 뒤")}
    analyze, withdrawn = analyzer.analyze, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(text: str | None, distress: Distress) -> Analysis:
        if text == "앞의 말":
            asyncio.run_coroutine_threadsafe(withdrawn.wait(), loop).result(20)
        return analyze(text, distress)

    monkeypatch.setattr(analyzer, "analyze", slow)
    # All three wait in the queue; the first is being heard while the consent ends.
    await seat.write("앞의 말")
    await seat.tap(page, "기록 끄기")
    await seat.write("뒤의 말")
    with database.transaction() as memory:
        (history,) = [c for c in memory.consent_decisions(seat.chat_id) if c.purpose == "history"]
        ended = type(history)(history.purpose, history.version, False, datetime.now(UTC))
        memory.add_consent(seat.chat_id, ended)
    withdrawn.set()
    await seat.answer("기록해 두기: 꺼짐")
    await seat.write("바로 뒤")
    await done()
    assert analyzer.seen == ["앞의 말", "뒤의 말", "바로 뒤"]
    assert n_kept(database, seat) == 0
    with database.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(ObservationRow)) == 0
