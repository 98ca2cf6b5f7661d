import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import event, text

from bot.connection import Connection
from bot.local_chat.serve import LocalChat
from bot.serving import Parts, running
from inference.analysis import Emotion
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat

Register = Callable[..., None]
PLAIN = (
    "SELECT 1 FROM workflow_status WHERE queue_name = 'updates' AND status = 'ENQUEUED'"
    " AND status IN ('ENQUEUED', 'PENDING') LIMIT 1"
)


async def test_an_idle_bot_asks_its_queues_one_short_question_each_time(
    parts: Parts, chat: LocalChat, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    asked: list[str] = []

    @event.listens_for(parts.workflow_engine, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    async with running(Connection(chat.token, chat.base_url, chat.base_file_url), parts):
        await asyncio.sleep(1.5)  # the library begins to look a second after the start
        asked.clear()
        await asyncio.sleep(0.5)
        assert any("'ENQUEUED'" in statement for statement in asked), "the queues are looked at"
        assert not any("RECURSIVE" in statement for statement in asked), "but not searched"
        await seat.write("좋은 날")
        await seat.answer("기쁨")
        assert any("RECURSIVE" in statement for statement in asked)
        with parts.workflow_engine.connect() as connection:
            plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {PLAIN}")).all())
        assert "USING COVERING INDEX" in plan, "and reads no table"
