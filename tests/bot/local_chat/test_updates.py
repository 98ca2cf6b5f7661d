import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict

from bot.local_chat.serve import LocalChat


class Receiver:
    """A webhook on this machine that answers as it is told and keeps what came."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.received: asyncio.Queue[tuple[dict[str, str], Any]] = asyncio.Queue()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        pairs = [line.split(": ", 1) for line in head.split("\r\n")[1:] if line]
        headers = {name.lower(): value for name, value in pairs}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        status = self.statuses.pop(0) if self.statuses else 200
        answer = f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(answer.encode())
        await writer.drain()
        writer.close()
        await self.received.put((headers, body))


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield made


async def test_a_long_poll_ends_with_the_update(bot: Bot, started: Any) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await started.send(text="안녕")
    (update,) = await poll
    assert update.message is not None and update.message.text == "안녕"


async def test_updates_stay_until_they_are_confirmed(bot: Bot, started: Any) -> None:
    for text in ("하나", "둘", "셋"):
        await started.send(text=text)
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["하나", "둘"]
    assert await bot.get_updates(limit=2) == first
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["셋"]
    assert (await bot.get_webhook_info()).pending_update_count == 1
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()


async def test_a_second_poller_takes_over(bot: Bot, other_bot: Bot, started: Any) -> None:
    polls = {asyncio.create_task(each.get_updates(timeout=30)) for each in (bot, other_bot)}
    done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
    assert len(done) == 1
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        done.pop().result()
    await started.send(text="누가 들어요?")
    (update,) = await waiting.pop()
    assert update.message is not None and update.message.text == "누가 들어요?"


async def test_only_wanted_kinds_are_kept(bot: Bot, started: Any) -> None:
    said = await started.send(text="하나")
    reaction = {"message_id": said["message_id"], "emoji": "👍"}
    await started.call("POST", "/reactions", json=reaction)
    assert [update.message_reaction for update in await bot.get_updates()] == [None]
    await bot.get_updates(allowed_updates=["message_reaction"], offset=-1)
    await started.call("POST", "/reactions", json=reaction | {"emoji": None})
    await started.send(text="둘")
    update = (await bot.get_updates())[-1]
    assert update.message_reaction is not None
    assert update.message_reaction.new_reaction == ()
    assert (await bot.get_webhook_info()).allowed_updates == ("message_reaction",)
    await bot.get_updates(allowed_updates=[])
    assert not (await bot.get_webhook_info()).allowed_updates


async def test_the_webhook_gets_updates_in_order_with_the_secret(
    bot: Bot, started: Any, receiver: Receiver
) -> None:
    await started.send(text="먼저")
    await bot.set_webhook(receiver.url, secret_token="s3cret", max_connections=7)
    await started.send(text="다음")
    texts = []
    for _ in range(2):
        headers, body = await asyncio.wait_for(receiver.received.get(), 10)
        assert headers["x-telegram-bot-api-secret-token"] == "s3cret"
        update = Update.de_json(body, bot)
        assert update.message is not None
        texts.append(update.message.text)
    assert texts == ["먼저", "다음"]
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == (receiver.url, 7)
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    await bot.get_updates()


async def test_the_webhook_is_tried_again(bot: Bot, started: Any, receiver: Receiver) -> None:
    receiver.statuses = [503, 500, 200]
    await bot.set_webhook(receiver.url)
    await started.send(text="꼭 받아요")
    bodies = [(await asyncio.wait_for(receiver.received.get(), 10))[1] for _ in range(3)]
    assert bodies[0] == bodies[1] == bodies[2]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Said"


async def test_a_webhook_ends_an_open_poll(bot: Bot, other_bot: Bot, receiver: Receiver) -> None:
    polls = {asyncio.create_task(each.get_updates(timeout=30)) for each in (bot, other_bot)}
    done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
    with pytest.raises(Conflict):
        done.pop().result()
    await bot.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await waiting.pop()


async def test_a_wrong_webhook_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)an HTTP or HTTPS URL"):
        await bot.set_webhook("ftp://a.example")
    with pytest.raises(BadRequest, match=r"(?i)unallowed characters"):
        await bot.set_webhook("https://a.example", secret_token="비밀")


async def test_dropping_what_waits(bot: Bot, started: Any) -> None:
    await started.send(text="하나")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_updates_are_plain_telegram_json(chat: LocalChat, started: Any) -> None:
    await started.send(text="안녕")
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{chat.base_url}{chat.token}/getUpdates")
    update = answer.json()["result"][-1]
    assert set(update) == {"update_id", "message"}
    assert set(update["message"]) == {"message_id", "from", "chat", "date", "text"}
    assert update["message"]["from"] == {
        "id": 1001,
        "is_bot": False,
        "first_name": "나",
        "language_code": "ko",
    }
