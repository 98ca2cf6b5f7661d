"""Durable workflows: what was begun is finished, after a crash too.

DBOS is called through its synchronous functions from worker threads: its asynchronous ones put
their own pool in the place of the event loop's, where steps that wait for a handler and handlers
that wait for a thread could wait for each other.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, Protocol

from dbos import DBOS, DBOSClient, EnqueueOptions
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from telegram import Update

from bot.event_loop import EventLoopCalls, NotDone
from bot.outages import is_outage, may_have_arrived
from bot.policy import LOOK_BACK_S, waits_after
from bot.todak import LookAfter
from bot.workflow_engine import (
    LOOK_AFTER,
    NAME,
    OPEN,
    UPDATES,
    URGENT,
    VERSION,
    SealingSerializer,
    join_queue_workers,
)
from inference.analysis import DistressLevel
from storage.key_store import KeyStore
from storage.records import AgeBand, Language

log = logging.getLogger(__name__)

STORING_THREADS = 4
TRIES = 4
"""Of a handler that raises; an outage is outlasted by `bot/event_loop.py`."""

MOST_STARTS = 20
"""Of one update. What ends the process each time would end every next one too. Each restart
counts, whatever its reason, so there are more than a bad night brings."""

DRAIN_POLLING_S = 0.02
ANSWER = "answer"
"""The topic under which a waiting workflow hears what was tapped."""


class Edge(Protocol):
    """What the workflows ask of the Telegram side; each runs on the bot's event loop."""

    async def handle(self, update: dict[str, Any], waited_s: float) -> bool:
        """Process one update, received so long ago; whether what it says is not to be kept.

        Raises what its handler raised.
        """

    async def apologise(self, update: dict[str, Any]) -> None:
        """Send the fixed reply for an update that could not be answered."""

    async def look_back(self, look_after: LookAfter) -> None:
        """Ask a person in danger once more."""

    def note_retry(self, reason: str) -> None:
        """Count a step that is tried again."""

    def note_answered(self, received_at_s: float) -> None:
        """Count an update as answered."""


class Workflows:
    """The durable work of one bot: `register` between `configure` and `launch`, then use.

    What comes from outside goes in through a client that raises when the database is away, and
    through threads of its own; the engine itself would wait without end.
    """

    def __init__(self, bot_id: int, engine: Engine, keys: KeyStore) -> None:
        self._bot_id = bot_id
        self._made_at_s = time.time()
        self.calls: EventLoopCalls
        self._storing = ThreadPoolExecutor(STORING_THREADS, "storing")
        self._client = DBOSClient(
            system_database_engine=engine,
            serializer=SealingSerializer(keys),
            application_name=NAME,
            lazy=True,
            retry_connection_errors=False,
        )

    def register(
        self, edge: Edge, loop: asyncio.AbstractEventLoop, forget_content: Callable[[str], None]
    ) -> None:
        """Say what the workflows do; their steps call `edge` on `loop`.

        `forget_content` takes what an update says out of the input of the workflow of that id.
        """

        calls = self.calls = EventLoopCalls(loop, is_outage, may_have_arrived, edge.note_retry)

        @DBOS.step(name="handle")
        def handle(update: dict[str, Any], received_at_s: float) -> bool:
            # What was received by this process is begun for the first time.
            if received_at_s < self._made_at_s and self._n_starts() > MOST_STARTS:
                raise NotDone
            return calls.run(lambda: edge.handle(update, seconds_since(received_at_s)), TRIES)

        @DBOS.step(name="apologise")
        def apologise(update: dict[str, Any]) -> None:
            calls.run(lambda: edge.apologise(update), TRIES)

        @DBOS.step(name="forget", retries_allowed=True, max_attempts=5)
        def forget() -> None:
            assert DBOS.workflow_id is not None
            forget_content(DBOS.workflow_id)

        @DBOS.step(name="look_back")
        def look_back(content: dict[str, Any]) -> None:
            calls.run(lambda: edge.look_back(_look_after(content)), TRIES)

        # The library would let go in silence what was started too often.
        @DBOS.workflow(name="receive", max_recovery_attempts=None)
        def receive(update: dict[str, Any], received_at_s: float) -> None:
            try:
                # Only after the step is recorded: until then a restart needs what was said.
                if handle(update, received_at_s):
                    forget()
            except NotDone:
                log.error("an update was not answered: it failed or was interrupted too often")
                apologise(update)
            edge.note_answered(received_at_s)

        @DBOS.workflow(name="look_after", max_recovery_attempts=None)
        async def look_after(content: dict[str, Any]) -> None:
            level = DistressLevel(content["level"])
            waits = LOOK_BACK_S[level]
            while waits:
                answer = await DBOS.recv_async(ANSWER, timeout_seconds=waits[0])
                if answer is None:
                    waits = waits[1:]
                    try:
                        await asyncio.to_thread(look_back, content)
                    except NotDone:
                        log.error("a person in danger could not be asked again this time")
                else:
                    waits = waits_after(level, str(answer), waits)

    async def store_update(self, update: Update, received_at_s: float, *, urgent: bool) -> None:
        """Make an update durable; under the same id it is stored once.

        What is urgent waits behind nothing else, not even behind its own chat.
        """
        chat = update.effective_chat
        assert chat is not None, "only private chats are served"
        options: EnqueueOptions = {
            "workflow_name": "receive",
            "workflow_id": f"update:{self._bot_id}:{update.update_id}",
            "queue_name": URGENT if urgent else UPDATES,
            "queue_partition_key": str(chat.id),
            "app_version": VERSION,
        }
        await self.enqueue(options, update.to_dict(), received_at_s)

    async def look_after(self, content: LookAfter) -> None:
        """Begin to ask a person in danger again, in the place of older questions of that level.

        One message begins it once.
        """
        prefix = f"{self._look_after_prefix(content.chat_id)}{content.level}:"
        workflow_id = f"{prefix}{content.message_id}"
        # A queued coroutine waits on DBOS's event loop; one started directly holds a thread.
        options: EnqueueOptions = {
            "workflow_name": "look_after",
            "workflow_id": workflow_id,
            "queue_name": LOOK_AFTER,
            "app_version": VERSION,
        }
        await self.enqueue(options, asdict(content))
        if not await self.is_open(workflow_id):
            return  # it was begun and is over: the older ones are all that is left
        for older in await self.open_workflows(prefix):
            if older != workflow_id:
                await asyncio.to_thread(self._client.send, older, "stop", ANSWER)

    async def enqueue(self, options: EnqueueOptions, *arguments: Any) -> None:
        """Begin a workflow over its queue; under the same id it is begun once."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._storing, self._client.enqueue, options, *arguments)

    async def answered(self, chat_id: int, answer: str) -> None:
        """Tell every question that is still to come in this chat what was tapped."""
        for workflow_id in await self.open_workflows(self._look_after_prefix(chat_id)):
            await asyncio.to_thread(self._client.send, workflow_id, answer, ANSWER)

    async def stop(self, engine: DBOS, grace_s: float) -> None:
        """Take nothing more from the queue and give what is being handled `grace_s` seconds.

        The rest goes on at the next start. The library's own grace would also wait for those who
        are looked back at tomorrow, and sleeps a second at least.
        """
        for event in engine.background_thread_stop_events:
            event.set()
        await asyncio.to_thread(join_queue_workers)
        try:
            await self._drain(grace_s)
        except SQLAlchemyError as error:
            log.warning("the database is away while the bot stops: %s", type(error).__name__)
        finally:
            self.calls.stop()
            self._storing.shutdown(wait=False, cancel_futures=True)
            await asyncio.to_thread(DBOS.destroy)

    async def _drain(self, grace_s: float) -> None:
        deadline = time.monotonic() + grace_s
        while time.monotonic() < deadline and await self.open_workflows(  # noqa: ASYNC110
            "update:", ["PENDING"]
        ):
            await asyncio.sleep(DRAIN_POLLING_S)

    async def in_danger(self, chat_id: int) -> bool:
        """Whether a danger that was happening in this chat is still being asked about."""
        happening = (DistressLevel.IN_PROGRESS, DistressLevel.CRY)
        prefix = self._look_after_prefix(chat_id)
        prefixes = tuple(f"{prefix}{level}:" for level in happening)
        return any(found.startswith(prefixes) for found in await self.open_workflows(prefix))

    async def open_workflows(self, prefix: str, statuses: list[str] = OPEN) -> list[str]:
        """The ids of those that have not ended."""
        found = await asyncio.to_thread(
            self._client.list_workflows,
            status=statuses,
            workflow_id_prefix=prefix,
            load_input=False,
            load_output=False,
        )
        return [workflow.workflow_id for workflow in found]

    async def is_open(self, workflow_id: str) -> bool:
        """Whether a workflow was begun and has not ended."""
        return await self.is_known(workflow_id, OPEN)

    async def is_wanted(self, workflow_id: str) -> bool:
        """Whether nobody has stopped a workflow; a database that is away says nothing."""
        try:
            return await self.is_open(workflow_id)
        except SQLAlchemyError:
            return True

    async def is_known(self, workflow_id: str, statuses: list[str] | None = None) -> bool:
        """Whether a workflow was begun and has such a status, if any is given."""
        found = await asyncio.to_thread(
            self._client.list_workflows,
            status=statuses,
            workflow_ids=[workflow_id],
            load_input=False,
            load_output=False,
        )
        return bool(found)

    async def cancel(self, workflow_id: str) -> None:
        """Have a workflow begin no further step; one that has ended stays as it is."""
        await asyncio.to_thread(self._client.cancel_workflow, workflow_id)

    async def tell(self, workflow_id: str, message: Any, topic: str, key: str) -> None:
        """Send a workflow a message, once for each `key`."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(
            self._storing, self._client.send, workflow_id, message, topic, key
        )

    def _n_starts(self) -> int:
        """How often the present workflow was begun, this time counted; 0 if nobody can tell."""
        assert DBOS.workflow_id is not None
        try:
            found = self._client.list_workflows(
                workflow_ids=[DBOS.workflow_id], load_input=False, load_output=False
            )
        except SQLAlchemyError:
            return 0  # danger is answered all the same
        return sum(workflow.recovery_attempts or 0 for workflow in found)

    def _look_after_prefix(self, chat_id: int) -> str:
        return f"look_after:{self._bot_id}:{chat_id}:"


def _look_after(content: dict[str, Any]) -> LookAfter:
    age_band = content["age_band"]
    return LookAfter(
        chat_id=content["chat_id"],
        message_id=content["message_id"],
        level=DistressLevel(content["level"]),
        language=Language(content["language"]),
        age_band=None if age_band is None else AgeBand(age_band),
    )


def seconds_since(received_at_s: float) -> float:
    """Seconds from the receipt of an update until now."""
    return max(0.0, time.time() - received_at_s)
