"""The library behind durable workflows: its queues, what it stores sealed, and what it forgets."""

import asyncio
import threading
from datetime import datetime, timedelta
from typing import Any

from dbos import DBOS, DBOSConfig
from dbos._serialization import DefaultSerializer
from sqlalchemy import Engine

from bot.queue_looks import look_before_taking
from storage.key_store import KeyStore

NAME = "todak"
VERSION = "1"
"""By default it is a hash of the source, and an upgrade would strand open workflows."""

UPDATES = "updates"
URGENT = "urgent"
LOOK_AFTER = "look_after"
INCIDENTS = "incidents"
SOUNDS = "sounds"
PAIRS = "pairs"
POLLING_S = 0.05
"""Measured on two cores: a queued start takes 41 ms, and 23 ms at 20 ms."""

SOUND_POLLING_S = 0.25

WORKERS = 32
"""Chats handled at the same time. One that waits for Telegram or for a slow file keeps its
worker, so there are more of them than two cores need."""

OPEN = ["ENQUEUED", "PENDING"]
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
MOST_FORGOTTEN_AT_ONCE = 1000


class SealingSerializer(DefaultSerializer):
    """Stored inputs and outputs hold what people said, so they are sealed.

    What is opened was sealed by this service (Fernet authenticates), so unpickling it is safe.
    """

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def serialize(self, data: Any) -> str:
        """Sealed text of any value."""
        return self._keys.seal(super().serialize(data).encode()).decode()

    def deserialize(self, serialized_data: str) -> Any:
        """The value sealed earlier."""
        return super().deserialize(self._keys.open(serialized_data.encode()).decode())

    def name(self) -> str:
        """How DBOS tells serializers apart."""
        return "todak_sealed"


def configure(engine: Engine, keys: KeyStore) -> DBOS:
    """Prepare the workflow engine on a database; nothing runs before `launch`."""
    configuration: DBOSConfig = {
        "name": NAME,
        "system_database_engine": engine,
        "serializer": SealingSerializer(keys),
        "application_version": VERSION,
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    return DBOS(config=configuration)


async def launch(engine: DBOS) -> None:
    """Start the engine; what was open when the last process ended goes on."""
    await asyncio.to_thread(DBOS.launch)
    look_before_taking(engine)
    for queue in (UPDATES, URGENT):
        await asyncio.to_thread(
            DBOS.register_queue,
            queue,
            partition_concurrency=1,
            worker_concurrency=WORKERS,
            polling_interval_sec=POLLING_S,
        )
    await asyncio.to_thread(DBOS.register_queue, LOOK_AFTER, polling_interval_sec=1.0)
    await asyncio.to_thread(DBOS.register_queue, INCIDENTS, polling_interval_sec=POLLING_S)
    # Making sounds takes a core: `sound_work` has them take turns, the beginnings in a row of
    # their own.
    await asyncio.to_thread(
        DBOS.register_queue,
        SOUNDS,
        worker_concurrency=WORKERS,
        polling_interval_sec=SOUND_POLLING_S,
    )
    # Short sounds are made once and then only sent: nobody waits for somebody else's hour.
    await asyncio.to_thread(
        DBOS.register_queue, PAIRS, worker_concurrency=2, polling_interval_sec=SOUND_POLLING_S
    )


def forget_finished(now: datetime, kept: timedelta) -> int:
    """Delete workflows that ended more than `kept` ago, with what people said; how many.

    Until then their ids keep an update that Telegram delivers twice from being answered twice;
    Telegram itself forgets an update after 24 hours.
    """
    finished = DBOS.list_workflows(
        status=FINISHED,
        completed_before=(now - kept).isoformat(),
        limit=MOST_FORGOTTEN_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if finished:
        DBOS.delete_workflows([workflow.workflow_id for workflow in finished])
    return len(finished)


def join_queue_workers() -> None:
    """Wait until nothing is being taken from a queue: it would find its event loop closed."""
    for thread in threading.enumerate():
        if thread.name.startswith("queue-worker-"):
            thread.join(timeout=1.0)
