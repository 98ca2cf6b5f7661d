"""What arrives while somebody is being deleted."""

import asyncio
from datetime import timedelta

import pytest

from bot import erasure
from bot.chat_workflows import ChatWorkflows
from bot.todak import LookAfter
from bot.workflows import Workflows
from storage.compaction import StillReadable
from storage.database import Database
from storage.records import Erasure
from tests.bot.erasure.conftest import CHAT, Run
from tests.bot.erasure.lives import WORDS, erased
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat
from tests.bot.waiting import done

pytestmark = pytest.mark.slow


async def test_what_waited_behind_the_deletion_registers_nobody(
    run: Run, seat: Seat, analyzer: ScriptedAnalyzer, database: Database, rows: ChatWorkflows
) -> None:
    """Taps and words that were received before the deletion and handled after it."""
    async with run():
        await seat.start()
        await seat.tap(await seat.answer("AI이고"), "한국어")
        age = await seat.answer("나이를")
        await seat.write("/delete")
        question = await seat.answer("지금 바로 지울까요")
        await seat.tap(question, "모두 지울게요")
        await seat.tap(age, "만 19살 이상")
        await seat.write(WORDS)
        await seat.until(lambda messages: not messages)
        await erased(database)
        with database.transaction() as memory:
            assert memory.person(CHAT) is None
        assert await asyncio.to_thread(rows.held, CHAT) == []


async def test_a_danger_that_is_still_being_answered_is_not_asked_about_after_the_deletion(
    run: Run, seat: Seat, database: Database, rows: ChatWorkflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.erasure.LOCAL_TOKEN", "none begins so")
    look_after, answered = Workflows.look_after, Workflows.answered
    stopped = asyncio.Event()

    async def late(self: Workflows, content: LookAfter) -> None:
        await stopped.wait()
        await look_after(self, content)

    async def noted(self: Workflows, chat_id: int, answer: str) -> None:
        await answered(self, chat_id, answer)
        stopped.set()

    monkeypatch.setattr(Workflows, "look_after", late)
    monkeypatch.setattr(Workflows, "answered", noted)
    async with run():
        await seat.write("/delete")
        question = await seat.answer("지금 바로 지울까요")
        await seat.write("옥상에 올라와 있어")
        await seat.answer("바로 119에")
        await seat.tap(question, "모두 지울게요")
        await seat.answer("모두 지웠어요")
        await erased(database)
        assert await asyncio.to_thread(rows.held_look_afters, CHAT) == []
        assert await asyncio.to_thread(rows.n_open, CHAT) == 0


async def test_whoever_is_in_danger_after_a_deletion_is_asked_again_though_files_wait(
    run: Run, seat: Seat, database: Database, rows: ChatWorkflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.erasure.LOCAL_TOKEN", "none begins so")
    monkeypatch.setattr("bot.erasure.REWRITE_EVERY_S", 0.0)
    monkeypatch.setattr("bot.schedule.ERASE_AGAIN", timedelta(milliseconds=50))
    remove, readable = erasure.Eraser._remove_remains, [True]
    n_tries = 0

    def refused(self: erasure.Eraser, ready: list[Erasure]) -> None:
        nonlocal n_tries
        n_tries += 1
        if readable:
            raise StillReadable
        remove(self, ready)

    monkeypatch.setattr(erasure.Eraser, "_remove_remains", refused)

    async def tried_again() -> None:
        wanted = n_tries + 2
        async with asyncio.timeout(20):
            while n_tries < wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async with run():
        await seat.write("/delete")
        await seat.tap(await seat.answer("지금 바로 지울까요"), "모두 지울게요")
        await seat.answer("모두 지웠어요")
        await tried_again()
        await seat.write("옥상에 올라와 있어")
        await seat.answer("바로 119에")
        await done()
        await tried_again()
        readable.clear()
        await erased(database)
        (asked,) = await asyncio.to_thread(rows.held_look_afters, CHAT)
        assert asked.open


async def test_tapping_again_and_again_rewrites_the_files_once_a_minute(
    run: Run,
    seat: Seat,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.erasure.LOCAL_TOKEN", "none begins so")
    monkeypatch.setattr("bot.erasure.REWRITE_EVERY_S", 8.0)
    monkeypatch.setattr("bot.schedule.ERASE_AGAIN", timedelta(milliseconds=300))
    rewritten: list[int] = []
    remove = erasure.Eraser._remove_remains

    def counted(self: erasure.Eraser, ready: list[Erasure]) -> None:
        rewritten.append(len(ready))
        remove(self, ready)

    monkeypatch.setattr(erasure.Eraser, "_remove_remains", counted)
    async with run():
        await seat.start()
        for _ in range(4):
            await seat.write("/delete")
            await seat.tap(await seat.answer("지금 바로 지울까요"), "모두 지울게요")
            await seat.until(lambda found: not [m for m in found if "바로 지울까요" in m["text"]])
        await done()
        n_at_once = len(rewritten)
        await erased(database)
        assert n_at_once <= 1 and len(rewritten) == 2, "the second for all that came after"
