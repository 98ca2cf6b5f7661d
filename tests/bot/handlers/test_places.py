"""Positions shared once and live: kept with consent, and what stays of them otherwise."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram import Chat, Location, Message, MessageOriginHiddenUser

from bot.chat_workflows import ChatWorkflows
from bot.handlers.places import position_in
from storage.care_records import Choice, Guardian, Position
from storage.database import Database, make_workflow_engine
from storage.key_store import KeyStore
from storage.records import AgeBand, Language, Purpose
from tests.bot.seats import PATIENCE_S, Seat, labels
from tests.bot.waiting import done

Register = Callable[..., None]
SEOUL = {"latitude": 37.5665, "longitude": 126.978}
MOVED = {"latitude": 37.5796, "longitude": 126.977}
ASKED = "위치를 보내 주셨네요. 아직은"


@pytest.fixture
def rows(tmp_path: Path, keys: KeyStore) -> ChatWorkflows:
    return ChatWorkflows(make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}"), keys)


def position_of(database: Database, seat: Seat) -> Position | None:
    with database.transaction() as memory:
        return memory.care.position(seat.chat_id)


def where(position: Position | None) -> dict[str, float] | None:
    if position is None:
        return None
    return {"latitude": position.latitude, "longitude": position.longitude}


async def shared_live(seat: Seat, live_period_s: int = 900) -> int:
    content = {"kind": "location", "live_period": live_period_s, **SEOUL}
    sent = await seat.call("POST", "/messages", json=content)
    return int(sent["message"]["message_id"])


async def moved(seat: Seat, message_id: int, **change: Any) -> None:
    await seat.call("POST", f"/live_locations/{message_id}", json=change or MOVED)


async def test_a_place_is_kept_only_once_that_was_agreed_to(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.send(kind="location", **SEOUL)
    question = await seat.answer(ASKED)
    assert "하루가 지나면" in question["text"] and position_of(database, seat) is None
    await seat.tap(question, "동의해요")
    assert "아무에게도 알리지 않아요" in (await seat.answer("위치를 기억해 둘게요"))["text"]
    kept = position_of(database, seat)
    assert where(kept) == SEOUL and kept is not None and kept.live_until is None
    assert datetime.now(UTC) - kept.shared_at < timedelta(minutes=1)
    await seat.send(kind="location", **MOVED)
    await seat.until(lambda found: sum("기억해 둘게요" in m.get("text", "") for m in found) == 2)
    assert where(position_of(database, seat)) == MOVED, "only the newest"
    await seat.tap(await seat.answer("위치를 기억해 둘게요"), "남은 위치 지우기")
    await seat.answer("마지막 위치 기억하기: 켜짐")
    assert position_of(database, seat) is None


async def test_who_refused_is_not_asked_again_and_who_turns_it_off_leaves_nothing(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.send(kind="location", **SEOUL)
    await seat.tap(await seat.answer(ASKED), "지금은 말고요")
    await seat.answer("위치는 남겨 두지 않았어요")
    await seat.send(kind="location", **SEOUL)
    await seat.until(
        lambda found: sum("남겨 두지 않았어요" in m.get("text", "") for m in found) == 2
    )
    assert position_of(database, seat) is None
    await seat.write("/home")
    await seat.tap(await seat.answer("위급할 때를 위한 정보"), "마지막 위치")
    await seat.tap(await seat.answer("지금은 꺼짐"), "위치 기억 켜기")
    page = await seat.answer("마지막 위치 기억하기: 켜짐")
    await seat.send(kind="location", **SEOUL)
    await seat.answer("위치를 기억해 둘게요")
    await seat.tap(page, "마지막 위치")
    view = await seat.answer("남아 있는 위치: 0분 전")
    assert labels(view) == ["위치 기억 끄기", "남은 위치 지우기", "돌아가기"]
    await seat.tap(view, "위치 기억 끄기")
    await seat.answer("마지막 위치 기억하기: 꺼짐")
    assert position_of(database, seat) is None
    with database.transaction() as memory:
        decisions = [
            each.granted
            for each in memory.consent_decisions(seat.chat_id)
            if each.purpose is Purpose.LOCATION
        ]
    assert decisions == [False, True, False]


async def test_of_a_live_location_the_newest_place_is_kept_until_it_ends_in_english(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    register(seat, language=Language.ENGLISH)
    now = datetime.now(UTC)
    with database.transaction() as memory:
        token = memory.care.invite(seat.chat_id, "Alex", now)
        guardian = memory.care.accept(token, other_seat.chat_id, Language.ENGLISH, now)
        assert isinstance(guardian, Guardian)
        memory.care.set_choice(seat.chat_id, guardian.id, Choice.LOCATION, True, now)
    message_id = await shared_live(seat)
    await seat.tap(await seat.answer("I have not kept it so far"), "I agree")
    told = (await seat.answer("I'll remember where you are"))["text"]
    assert "only the newest place" in told and "only the guardians" in told
    kept = position_of(database, seat)
    assert kept is not None and kept.live_until is not None
    assert timedelta(minutes=14) < kept.live_until - kept.shared_at <= timedelta(minutes=15)
    await moved(seat, message_id)
    async with asyncio.timeout(PATIENCE_S):
        while where(newest := position_of(database, seat)) != MOVED:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert newest is not None and newest.live_until == kept.live_until
    await moved(seat, message_id, stop=True)
    await seat.write("/help")
    await seat.answer("not a medical service")
    ended = position_of(database, seat)
    assert where(ended) == MOVED and ended is not None and ended.live_until is None
    said = [m for m in await seat.messages() if not m["outgoing"]]
    assert len(said) == 2, "nothing is said to a place that moves"


async def test_a_live_location_of_somebody_from_14_to_18_is_not_kept(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat, age_band=AgeBand.YOUTH)
    await seat.send(kind="location", **SEOUL)
    question = await seat.answer(ASKED)
    assert "만 14~18살의 실시간 위치는 보관하지 않아요" in question["text"]
    await seat.tap(question, "동의해요")
    await seat.answer("위치를 기억해 둘게요")
    message_id = await shared_live(seat)
    await seat.answer("실시간 위치를 남겨 두지 않아요")
    await moved(seat, message_id)
    await moved(seat, message_id, stop=True)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    assert where(position_of(database, seat)) == SEOUL, "nor the last place of one that ended"


async def test_a_stranger_and_a_forwarded_place_are_answered_as_before(
    bot: str, seat: Seat, other_seat: Seat, register: Register, database: Database
) -> None:
    await seat.send(kind="location", **SEOUL)
    await seat.answer("위치를 쓰지 않고")
    await moved(seat, await shared_live(seat))
    register(other_seat)
    sent = await other_seat.call("POST", "/messages", json={"kind": "location", **SEOUL})
    question = await other_seat.answer(ASKED)
    again = {"message_id": sent["message"]["message_id"], "to_seat": other_seat.number}
    await other_seat.call("POST", "/forwards", json=again)
    await other_seat.answer("위치를 쓰지 않고")
    with database.transaction() as memory:
        memory.begin_erasure(other_seat.chat_id, datetime.now(UTC))
    await other_seat.tap(question, "동의해요")
    await other_seat.write("/help")
    await other_seat.answer("저는 토닥이에요")
    assert position_of(database, seat) is None and position_of(database, other_seat) is None


async def test_no_place_stays_in_the_stored_updates(
    bot: str, seat: Seat, register: Register, rows: ChatWorkflows
) -> None:
    register(seat)
    message_id = await shared_live(seat)
    await seat.tap(await seat.answer(ASKED), "동의해요")
    await seat.answer("위치를 기억해 둘게요")
    await moved(seat, message_id)
    await moved(seat, message_id, stop=True)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    await done()
    held = await asyncio.to_thread(rows.held, seat.chat_id)
    assert [next(key for key in each.update if key != "update_id") for each in held] == [
        "message", "callback_query", "edited_message", "edited_message", "message",
    ]  # fmt: skip
    *places, command = (each.update for each in held)
    assert "37.5" not in json.dumps(places), "a trail of where somebody went"
    assert [place["edited_message"]["message_id"] for place in places[2:]] == [message_id] * 2
    assert places[1]["callback_query"]["data"] == "place:yes"
    assert command["message"]["text"] == "/help", "everything else is kept for a day"


@pytest.mark.parametrize("as_timedelta", ["true", "false"])
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_a_period_is_read_whichever_way_the_library_gives_it(
    as_timedelta: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", as_timedelta)
    sent, chat = datetime(2026, 3, 1, tzinfo=UTC), Chat(1, "private")
    place = Location(126.978, 37.5665, live_period=0x7FFFFFFF)  # shared until it is ended
    moved_at = sent + timedelta(hours=2)
    found = position_in(Message(1, sent, chat, location=place, edit_date=moved_at))
    assert found == Position(37.5665, 126.978, moved_at, sent + timedelta(seconds=0x7FFFFFFF))
    origin = MessageOriginHiddenUser(sent, "somebody")
    assert position_in(Message(1, sent, chat, location=place, forward_origin=origin)) is None
