"""forgetChat, the local chat's own method: an empty seat under another id, and no trace."""

import asyncio
from pathlib import Path
from typing import Any

from telegram import Bot, MenuButtonCommands
from telegram.error import BadRequest

from bot.local_chat.serve import LocalChat
from tests.bot.remains import in_files

OGG = b"OggS" + b"a sound that nobody else makes" * 20
WORDS = "카나리아zqxv"


async def forget(bot: Bot, chat_id: int) -> Any:
    return await bot.do_api_request("forgetChat", {"chat_id": chat_id})


async def place(seat: Any) -> int:
    number: int = (await seat.call("GET", "/messages"))["last_event"]
    return number


async def shown(seat: Any) -> dict[str, Any]:
    seats = (await seat.client.get("/api/chat")).json()["seats"]
    found: dict[str, Any] = seats[seat.number - 1]
    return found


async def test_no_byte_of_a_chat_is_left(
    bot: Bot, chat: LocalChat, started: Any, guardian: Any, tmp_path: Path
) -> None:
    await guardian.start()
    await guardian.send(text="이웃의 말")
    said = await started.send(text=WORDS, client_key=WORDS)
    await started.upload("voice", OGG, caption=WORDS)
    await bot.send_document(1001, WORDS.encode() * 50, filename="기록.txt")
    kept = await bot.send_message(1001, WORDS)
    await bot.send_voice(1002, OGG)
    await bot.set_chat_menu_button(1001, MenuButtonCommands())
    await started.call("POST", "/forwards", json={"message_id": said["message_id"], "to_seat": 2})
    folder = tmp_path / "chat"

    def files() -> list[Path]:
        return [path for path in folder.rglob("*") if path.is_file()]

    assert in_files(files(), [WORDS]) and any(path.read_bytes() == OGG for path in files())
    n_files = len(list((folder / "files").iterdir()))
    assert n_files == 3
    assert await forget(bot, 1001) is True
    assert in_files(files(), [WORDS, "zqxv"]) == []
    left = list((folder / "files").iterdir())
    assert len(left) == 1, "the neighbour's voice note is all that is left"
    assert await started.messages() == []
    assert [m["text"] for m in await guardian.messages() if "text" in m] == ["/start", "이웃의 말"]
    waiting = await bot.get_updates()
    assert {update.effective_chat.id for update in waiting if update.effective_chat} == {1002}
    try:
        await bot.edit_message_text("zu spät", 1001, kept.message_id)
    except BadRequest as error:
        assert "chat not found" in error.message.lower()
    else:
        raise AssertionError("the chat is known no more")
    assert await forget(bot, 1001) is True, "a second time there is nothing to forget"


async def test_the_seat_begins_again_under_a_fresh_id(bot: Bot, started: Any) -> None:
    ids = {1001}
    for _ in range(3):
        await forget(bot, (await shown(started))["user_id"])
        seat = await shown(started)
        assert seat["user_id"] not in ids and seat["user_id"] > 1002 and not seat["started"]
        ids.add(seat["user_id"])
        await started.start()
        updates = await bot.get_updates()
        assert updates[-1].effective_chat is not None
        assert updates[-1].effective_chat.id == seat["user_id"]
        await bot.send_message(seat["user_id"], "다시 만나서 반가워요")
        assert [m["text"] for m in await started.messages()] == ["/start", "다시 만나서 반가워요"]


async def test_an_open_page_hears_that_it_is_empty_now(bot: Bot, started: Any) -> None:
    after = await place(started)
    path = f"/seats/1/events?after={after}"
    async with started.client.stream("GET", path) as response:
        lines = response.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        await forget(bot, 1001)
        async with asyncio.timeout(10):
            assert [line async for line in lines if line] == [], "the old stream ends"
    assert await started.events(1, after) == [{"type": "forgotten"}]
