"""People at the page, and what became of what they sent."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bot.wording import Wording
from storage.records import FEELINGS, Language
from tests.bot.seats import Seat
from tests.reliability.processes import RunningChat

PAGE_MESSAGES = 200
ABOUT = re.compile(r"^(?:right|feel|again):(\d+)|^crisis:\w+:(\d+):")

Message = dict[str, Any]


@asynccontextmanager
async def people(chat: RunningChat, n_people: int) -> AsyncIterator[list[Seat]]:
    """So many people, each at a seat of their own."""
    headers = {"Origin": chat.origin}
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(
        base_url=chat.origin, headers=headers, limits=limits, timeout=30, trust_env=False
    ) as client:
        await client.get(chat.address)
        n_seats = len((await client.get("/api/chat")).json()["seats"])
        for number in range(n_seats, n_people):
            await client.post("/api/seats", json={"name": f"Seat {number + 1}"})
        for number in range(1, n_people + 1):
            (await client.post(f"/seats/{number}/enter")).raise_for_status()
        yield [Seat(client, number) for number in range(1, n_people + 1)]


async def whole_conversation(seat: Seat) -> list[Message]:
    """Every message of a chat, oldest first."""
    messages: list[Message] = []
    before = 0
    while True:
        parameters = {"limit": PAGE_MESSAGES, "before": before}
        found = await seat.call("GET", "/messages", params=parameters)
        messages[:0] = found["messages"]
        if len(found["messages"]) < PAGE_MESSAGES:
            return messages
        before = messages[0]["message_id"]


def about(message: Message) -> int | None:
    """The message that an answer of the bot is about, which its buttons name."""
    if message["outgoing"]:
        return None
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            if found := ABOUT.match(button.get("callback_data", "")):
                return int(found[1] or found[2])
    return None


def is_crisis(message: Message) -> bool:
    """Whether an answer gives help numbers."""
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    return any(b.get("callback_data", "").startswith("crisis:") for row in keyboard for b in row)


def plain(html_text: str) -> str:
    """Text as a chat shows it."""
    return html.unescape(re.sub(r"<[^>]+>", "", html_text))


class Sameness:
    """What is left of an answer when the numbering of messages is taken away.

    Which of three wordings names a feeling depends on the message's number, which depends on
    what else happened in the chat before.
    """

    def __init__(self, language: Language = Language.KOREAN) -> None:
        say = Wording(language)
        self._first_wording = {
            plain(say(f"named-{feeling}", variant=variant)): plain(
                say(f"named-{feeling}", variant=0)
            )
            for feeling in FEELINGS
            if feeling != "other"
            for variant in range(3)
        }
        self.apology = plain(say("fallback", numbers="")).split("\n")[0]

    def of(self, message: Message) -> tuple[str, tuple[str, ...]]:
        """Words and buttons, for comparison with another run's."""
        text = message.get("text", "")
        for wording, first in self._first_wording.items():
            text = text.replace(wording, first)
        keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
        actions = [button.get("callback_data", "") for row in keyboard for button in row]
        return text, tuple(re.sub(r":\d+", ":#", action) for action in actions)

    def is_apology(self, message: Message) -> bool:
        return not message["outgoing"] and self.apology in message.get("text", "")
