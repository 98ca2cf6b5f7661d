"""A running bot on the local chat that hears what a stranger makes up, by its webhook."""

import itertools
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from bot.connection import Connection
from bot.local_chat.serve import LocalChat
from bot.operations import SECRET_HEADER
from bot.serving import Parts, running
from storage.database import Database, make_workflow_engine
from storage.key_store import KeyStore
from tests.bot.conftest import (  # noqa: F401  fixtures, found by their names
    analyzer,
    bot,
    chat,
    database,
    keys,
    other_seat,
    page,
    register,
    seat,
    start_bot,
    timedeltas,
    times,
)
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.waiting import done

SECRET = "a-webhook-secret-of-this-test"  # noqa: S105


class Forger:
    """Somebody who can have Telegram deliver any update, and the bot's operations address."""

    def __init__(self, client: httpx.AsyncClient, operations: str) -> None:
        self.client = client
        self.operations = operations
        self._numbers = itertools.count(1)

    async def deliver(self, **content: Any) -> int:
        """The webhook's status for an update; returns once it is dealt with."""
        update = {"update_id": next(self._numbers), **content}
        headers = {SECRET_HEADER: SECRET}
        address = f"{self.operations}/webhook"
        body = json.dumps(update).encode()  # halves of characters too, which JSON may hold
        answer = await self.client.post(address, content=body, headers=headers)
        await done()
        return answer.status_code

    async def tap(
        self, chat_id: int, data: str, *, message_id: int = 1, kind: str = "private"
    ) -> int:
        """A tap whose action is made up, in a chat that Telegram vouches for."""
        user = {"id": abs(chat_id), "is_bot": False, "first_name": "x", "language_code": "ko"}
        shown = {
            "message_id": message_id,
            "date": 1_800_000_000,
            "chat": {"id": chat_id, "type": kind},
            "text": "…",
        }
        query = {"id": "7", "from": user, "chat_instance": "1", "message": shown, "data": data}
        return await self.deliver(callback_query=query)

    async def metric(self, name: str) -> float:
        """The sum of all samples of a metric."""
        lines = (await self.client.get(f"{self.operations}/metrics")).text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


@pytest_asyncio.fixture
async def forger(
    tmp_path: Path,
    chat: LocalChat,  # noqa: F811
    analyzer: ScriptedAnalyzer,  # noqa: F811
    database: Database,  # noqa: F811
    keys: KeyStore,  # noqa: F811
) -> AsyncIterator[Forger]:
    listening = socket.create_server(("127.0.0.1", 0))
    operations = f"http://127.0.0.1:{listening.getsockname()[1]}"
    engine = make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}")
    parts = Parts(analyzer, database, engine, keys, listening, sound_folder=tmp_path / "s")
    connection = Connection(
        chat.token, chat.base_url, chat.base_file_url, f"{operations}/webhook", SECRET
    )
    async with running(connection, parts), httpx.AsyncClient() as client:
        yield Forger(client, operations)
