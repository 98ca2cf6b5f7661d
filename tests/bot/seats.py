"""A person at the chat page, as tests play them."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import httpx

PATIENCE_S = 15.0


class Seat:
    """A person at the page who waits for answers as people do."""

    def __init__(self, client: httpx.AsyncClient, number: int) -> None:
        self.client = client
        self.number = number
        self.chat_id = 1000 + number

    async def call(self, method: str, path: str, **options: Any) -> Any:
        response = await self.client.request(method, f"/seats/{self.number}{path}", **options)
        assert response.status_code in (200, 201), response.text
        return response.json()

    async def messages(self) -> list[dict[str, Any]]:
        found = await self.call("GET", "/messages", params={"limit": 200})
        messages: list[dict[str, Any]] = found["messages"]
        return messages

    async def start(self) -> None:
        await self.call("POST", "/start", json={})

    async def write(self, text: str) -> int:
        sent = await self.call("POST", "/messages", json={"text": text})
        return int(sent["message"]["message_id"])

    async def send(self, **content: Any) -> None:
        await self.call("POST", "/messages", json=content)

    async def upload(self, kind: str, content: bytes, **fields: Any) -> int:
        name, content_type = fields.pop("name", "note.ogg"), fields.pop("type", "audio/ogg")
        files = {"file": (name, content, content_type)}
        sent = await self.call("POST", "/messages", data={"kind": kind, **fields}, files=files)
        return int(sent["message"]["message_id"])

    async def edit(self, message_id: int, text: str) -> None:
        await self.call("POST", "/edits", json={"message_id": message_id, "text": text})

    async def until(
        self, found: Callable[[list[dict[str, Any]]], Any], patience_s: float = PATIENCE_S
    ) -> Any:
        """The first true value of `found(messages)`; fails with what was there instead."""
        deadline = asyncio.get_running_loop().time() + patience_s
        while True:
            messages = await self.messages()
            value = found(messages)
            if value:
                return value
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError([m.get("text") or m.get("contact") for m in messages])
            await asyncio.sleep(0.02)

    async def answer(self, part: str, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """The newest message of the bot that holds `part`."""

        def newest(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
            said = [m for m in messages if not m["outgoing"] and part in m.get("text", "")]
            return said[-1] if said else None

        return cast(dict[str, Any], await self.until(newest, patience_s))

    async def tap(self, message: dict[str, Any], label: str) -> None:
        await self.press(message["message_id"], action_of(message, label))

    async def press(self, message_id: int, data: str) -> None:
        await self.call("POST", "/callbacks", json={"message_id": message_id, "data": data})

    async def introduce_oneself(self, *, voice: bool = True, history: bool = True) -> None:
        """From /start to the question how the day was."""
        await self.start()
        await self.tap(await self.answer("AI이고"), "한국어")
        await self.tap(await self.answer("나이를"), "만 19살 이상")
        for part, agrees in (("1. 글", True), ("2. 목소리", voice), ("3. 기록", history)):
            await self.tap(await self.answer(part), "동의해요" if agrees else "지금은 말고요")
        await self.answer("이제 다 됐어요")


def labels(message: dict[str, Any]) -> list[str]:
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in keyboard for button in row]


def action_of(message: dict[str, Any], label: str) -> str:
    for row in message["reply_markup"]["inline_keyboard"]:
        for button in row:
            if button["text"] == label:
                return str(button["callback_data"])
    raise AssertionError(f"no button {label!r} among {labels(message)}")
