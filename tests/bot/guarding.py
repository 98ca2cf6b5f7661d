"""A person and those who become their guardians, as tests play them at the chat page."""

import re
from typing import Any

from storage.care_records import Guardian
from storage.database import Database
from tests.bot.seats import Seat

LINK = re.compile(r"https://t\.me/\w+\?start=(inv_[\w-]+)")


async def invite(person: Seat, name: str) -> str:
    """The payload of the link in the text that the person may forward."""
    await person.write("/guardians")
    await person.tap(await person.answer("연락받을 분들이에요"), "보호자 초대")
    await person.answer("뭐라고 부를까요")
    await person.write(name)
    ready = await person.answer(f"{name}에게 보낼 초대")

    def payload(messages: list[dict[str, Any]]) -> str | None:
        """Of the link in the message after `ready`."""
        later = [m for m in messages if m["message_id"] > ready["message_id"] and "text" in m]
        found = LINK.search(later[0]["text"]) if later else None
        return None if found is None else found[1]

    return str(await person.until(payload))


async def open_link(guardian: Seat, payload: str) -> None:
    await guardian.call("POST", "/start", json={"payload": payload})


async def accept(guardian: Seat, payload: str) -> None:
    """By somebody who is not registered."""
    await open_link(guardian, payload)
    await guardian.tap(await guardian.answer("맡아 주시겠어요"), "맡을게요")
    await guardian.tap(await guardian.answer("만 19살 이상이신가요"), "네, 만 19살 이상이에요")
    await guardian.answer("맡아 주셔서 고마워요")


async def become_guardian(person: Seat, guardian: Seat, name: str) -> dict[str, Any]:
    """The person's message that it was accepted."""
    await accept(guardian, await invite(person, name))
    return await person.answer(f"맡아 주셨어요: {name}")


def guardians_of(database: Database, person: Seat) -> list[Guardian]:
    with database.transaction() as memory:
        return memory.care.guardians(person.chat_id)


def said(messages: list[dict[str, Any]]) -> list[str]:
    """The texts of the bot."""
    return [m["text"] for m in messages if not m["outgoing"] and "text" in m]
