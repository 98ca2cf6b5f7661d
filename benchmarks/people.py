"""People at the local chat's page, as many as it has seats for, played over HTTP."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx

SEATS = 40  # so many that nobody writes more than Todak answers each of in a minute
PATIENCE_S = 30.0
ONBOARDING = (
    "begin:ko",
    "age:ko:19_and_over",
    "consent:words:yes",
    "consent:voice:yes",
    "consent:history:yes",
)
_NAMED_IN_BUTTON = re.compile(r":(\d+)(?::|$)")

Message = dict[str, Any]


class Person:
    """One seat: sends, and notes when each answer arrived."""

    def __init__(self, client: httpx.AsyncClient, number: int) -> None:
        self._client = client
        self._path = f"/seats/{number}"
        self._buttons: dict[str, int] = {}
        self._heard = asyncio.Event()
        self.answered_at_s: dict[int, list[float]] = {}
        """Arrival times, on `time.perf_counter`, of the answers to each message."""

    async def enter(self) -> None:
        """Take the seat."""
        await self._post("/enter")

    async def listen(self, listening: asyncio.Event) -> None:
        """Hear the seat's events until cancelled; `listening` is set once they come."""
        address = f"{self._path}/events"
        async with self._client.stream("GET", address, timeout=None) as events:
            async for line in events.aiter_lines():
                arrived_at_s = time.perf_counter()
                listening.set()
                if line.startswith("data: "):
                    self._hear(json.loads(line[6:]), arrived_at_s)

    async def introduce_oneself(self) -> None:
        """Press Start and answer every question with yes."""
        await self._post("/start", json={})
        for action in ONBOARDING:
            pressed = {"message_id": await self._button(action), "data": action}
            await self._post("/callbacks", json=pressed)

    async def write(self, text: str) -> int:
        """Send a text; its message id."""
        return _message_id(await self._post("/messages", json={"text": text}))

    async def speak(self, note: bytes) -> int:
        """Send a voice note; its message id.

        It is forwarded, since a note of their own is heard together with what they just wrote,
        and has no answer of its own then.
        """
        content = {"kind": "voice", "forwarded": "true"}
        files = {"file": ("note.ogg", note, "audio/ogg")}
        return _message_id(await self._post("/messages", data=content, files=files))

    def _hear(self, event: Message, arrived_at_s: float) -> None:
        if event["type"] != "message" or event["message"]["outgoing"]:
            return
        message = event["message"]
        for button in _buttons(message):
            self._buttons[button] = message["message_id"]
        answered = answered_message(message)
        if answered is not None:
            self.answered_at_s.setdefault(answered, []).append(arrived_at_s)
        self._heard.set()

    async def answer_to(self, message_id: int) -> None:
        """Wait until a message has been answered."""
        while message_id not in self.answered_at_s:
            await self._next_message()

    async def _next_message(self) -> None:
        self._heard.clear()
        await self._heard.wait()

    async def _button(self, action: str) -> int:
        async with asyncio.timeout(PATIENCE_S):
            while action not in self._buttons:
                await self._next_message()
        return self._buttons[action]

    async def _post(self, path: str, **content: Any) -> Message:
        response = await self._client.post(f"{self._path}{path}", **content)
        response.raise_for_status()
        answer: Message = response.json()
        return answer


@contextlib.asynccontextmanager
async def people_at(address: str) -> AsyncIterator[list[Person]]:
    """Every seat of the chat at `address` (with its launch token) taken, and listening."""
    origin = str(httpx.URL(address).copy_with(raw_path=b"/")).rstrip("/")
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(
            base_url=origin, headers={"Origin": origin}, timeout=PATIENCE_S, limits=limits
        ) as client,
        asyncio.TaskGroup() as listeners,
    ):
        await client.get(address)
        known = (await client.get("/api/chat")).raise_for_status().json()["seats"]
        for number in range(len(known) + 1, SEATS + 1):
            await client.post("/api/seats", json={"name": f"{number}"})
        people, tasks = [Person(client, number) for number in range(1, SEATS + 1)], []
        for person in people:
            await person.enter()
            listening = asyncio.Event()
            tasks.append(listeners.create_task(person.listen(listening)))
            await asyncio.wait_for(listening.wait(), PATIENCE_S)
        try:
            yield people
        finally:
            for task in tasks:
                task.cancel()


def answered_message(message: Message) -> int | None:
    """The message that one of the bot's answers, by what it replies to or by its buttons."""
    if "reply_to_message" in message:
        return int(message["reply_to_message"]["message_id"])
    for button in _buttons(message):
        named = _NAMED_IN_BUTTON.search(button)
        if named:
            return int(named[1])
    return None


def _buttons(message: Message) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def _message_id(sent: Message) -> int:
    return int(sent["message"]["message_id"])
