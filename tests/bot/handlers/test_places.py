"""Positions shared once and live, and what stays of them."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.chat_workflows import ChatWorkflows
from storage.database import make_workflow_engine
from storage.key_store import KeyStore
from tests.bot.seats import Seat
from tests.bot.waiting import done

Register = Callable[..., None]
SEOUL = {"latitude": 37.5665, "longitude": 126.978}
MOVED = {"latitude": 37.5796, "longitude": 126.977}


@pytest.fixture
def rows(tmp_path: Path, keys: KeyStore) -> ChatWorkflows:
    return ChatWorkflows(make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}"), keys)


async def shared_live(seat: Seat, live_period_s: int = 900) -> int:
    sent = await seat.call(
        "POST", "/messages", json={"kind": "location", "live_period": live_period_s, **SEOUL}
    )
    return int(sent["message"]["message_id"])


async def moved(seat: Seat, message_id: int, **change: Any) -> None:
    await seat.call("POST", f"/live_locations/{message_id}", json=change or MOVED)


async def test_no_place_stays_in_the_stored_updates(
    bot: str, seat: Seat, register: Register, rows: ChatWorkflows
) -> None:
    register(seat)
    await seat.send(kind="location", **SEOUL)
    message_id = await shared_live(seat)
    await moved(seat, message_id)
    await moved(seat, message_id, stop=True)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    await done()
    held = await asyncio.to_thread(rows.held, seat.chat_id)
    assert [next(key for key in each.update if key != "update_id") for each in held] == [
        "message", "message", "edited_message", "edited_message", "message",
    ]  # fmt: skip
    *places, command = (each.update for each in held)
    assert "37.5" not in json.dumps(places), "a trail of where somebody went"
    assert [place["edited_message"]["message_id"] for place in places[2:]] == [message_id] * 2
    assert command["message"]["text"] == "/help", "everything else is kept for a day"
