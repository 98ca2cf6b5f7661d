"""Every 90 days the person alone is asked about each guardian, once however many replicas ask."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio
from telegram import Bot

from bot.confirmations import Confirmations
from bot.local_chat.serve import LocalChat
from bot.replies import Replies
from storage.care_records import ASKED_AGAIN_AFTER, CONFIRMATION_EVERY
from storage.database import Database
from storage.records import Language
from tests.bot.guarding import guardians_of, said
from tests.bot.seats import Seat, labels
from tests.bot.waiting import done

Register = Callable[..., None]
NOTICE = "석 달에 한 번 여쭙는"
LATER = datetime.now(UTC) + CONFIRMATION_EVERY + timedelta(hours=1)


@pytest_asyncio.fixture
async def replicas(
    chat: LocalChat, database: Database, bot: str
) -> AsyncIterator[list[Confirmations]]:
    """Two processes that share a database."""
    replies = {language: Replies(language) for language in Language}
    async with Bot(chat.token, chat.base_url) as sender:
        yield [Confirmations(sender, database, replies) for _ in range(2)]


@pytest_asyncio.fixture
async def guarded(
    bot: str, register: Register, seat: Seat, other_seat: Seat, third: Seat, database: Database
) -> Seat:
    for each in (seat, other_seat, third):
        await each.write("/help")
        await each.answer("저는 토닥이에요")
    register(seat)
    now = datetime.now(UTC)
    with database.transaction() as memory:
        for name, guardian in (("엄마", other_seat), ("언니", third)):
            token = memory.care.invite(seat.chat_id, name, now)
            memory.care.accept(token, guardian.chat_id, Language.KOREAN, now)
    return seat


async def n_asked(replicas: list[Confirmations], now: datetime) -> int:
    return sum(await asyncio.gather(*(each.ask(now) for each in replicas)))


async def test_two_replicas_ask_once_about_each_and_no_guardian_hears_of_it(
    replicas: list[Confirmations], guarded: Seat, other_seat: Seat, third: Seat
) -> None:
    assert await n_asked(replicas, LATER - timedelta(days=1)) == 0
    assert await n_asked(replicas, LATER) == 2
    assert await n_asked(replicas, LATER + timedelta(hours=1)) == 0
    assert [NOTICE in text for text in said(await guarded.messages())] == [False, True, True]
    for guardian in (other_seat, third):
        assert len(said(await guardian.messages())) == 1, "the help they asked for"
    # Not answered: asked again after a month.
    assert await n_asked(replicas, LATER + ASKED_AGAIN_AFTER) == 2


async def test_a_guardian_stays_goes_or_waits_as_the_person_says(
    replicas: list[Confirmations], guarded: Seat, other_seat: Seat, database: Database
) -> None:
    await n_asked(replicas, LATER)
    mother, sister = [m for m in await guarded.messages() if NOTICE in m.get("text", "")]
    await guarded.tap(mother, "볼게요")
    question = await guarded.answer("엄마에게 계속 알려도 될까요")
    assert labels(question) == ["계속할게요", "뺄게요", "나중에 정할게요"]
    before = guardians_of(database, guarded)[0].confirmed_at
    await guarded.tap(question, "계속할게요")
    await guarded.answer("석 달 뒤에 다시")
    assert guardians_of(database, guarded)[0].confirmed_at > before
    await guarded.tap(sister, "볼게요")
    await guarded.tap(await guarded.answer("언니에게 계속 알려도"), "뺄게요")
    await guarded.answer("언니에게 이제 알리지 않아요")
    assert [guardian.name for guardian in guardians_of(database, guarded)] == ["엄마"]
    assert len(said(await other_seat.messages())) == 1


async def test_later_changes_nothing(
    replicas: list[Confirmations], guarded: Seat, database: Database
) -> None:
    before = guardians_of(database, guarded)
    await n_asked(replicas, LATER)

    def notices(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [m for m in messages if NOTICE in m.get("text", "")]

    first, _ = notices(await guarded.messages())
    await guarded.tap(first, "나중에 할게요")
    await guarded.answer("한 달 뒤에 다시")
    await done()
    assert guardians_of(database, guarded) == before


async def test_who_blocked_todak_keeps_nobody_else_from_being_asked(
    replicas: list[Confirmations],
    guarded: Seat,
    other_seat: Seat,
    register: Register,
    database: Database,
) -> None:
    register(other_seat)
    now = datetime.now(UTC)
    with database.transaction() as memory:
        token = memory.care.invite(other_seat.chat_id, "아들", now)
        memory.care.accept(token, guarded.chat_id, Language.KOREAN, now)
    response = await guarded.client.patch("/seats/1/", json={"blocked": True})
    assert response.status_code == 200
    assert await n_asked(replicas, LATER) == 1
    await other_seat.answer(NOTICE)
