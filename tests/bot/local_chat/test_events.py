import asyncio
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup

from bot.local_chat import events

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("예", callback_data="yes")]])


async def place(seat: Any) -> int:
    number: int = (await seat.call("GET", "/messages"))["last_event"]
    return number


async def test_what_happens_is_told_in_order(bot: Bot, started: Any) -> None:
    after = await place(started)
    sent = await bot.send_message(1001, "하나", reply_markup=KEYBOARD)
    kept = await bot.send_message(1001, "고르세요", reply_markup=ReplyKeyboardMarkup([["네"]]))
    await bot.edit_message_text("둘", 1001, sent.message_id, reply_markup=KEYBOARD)
    pressed = await started.call(
        "POST", "/callbacks", json={"message_id": sent.message_id, "data": "yes"}
    )
    await bot.answer_callback_query(pressed["callback_query_id"], "좋아요", show_alert=True)
    await bot.set_message_reaction(1001, kept.message_id, "👍")
    await bot.set_my_commands([("help", "도움말")])
    await bot.set_chat_menu_button(1001)
    await bot.delete_message(1001, kept.message_id)
    found = await started.events(9 - 1, after)
    assert [event["type"] for event in found] == [
        "message",
        "keyboard",
        "edited",
        "callback_answer",
        "reaction",
        "commands",
        "menu",
        "deleted",
    ]
    assert found[0]["message"]["text"] == "둘"
    assert found[1]["reply_keyboard"]["keyboard"] == [[{"text": "네"}]]
    assert found[3] == {
        "type": "callback_answer",
        "callback_query_id": pressed["callback_query_id"],
        "text": "좋아요",
        "show_alert": True,
    }
    assert found[4]["reactions"] == [{"type": "emoji", "emoji": "👍", "from": "bot"}]
    assert found[6]["menu_button"] == {"type": "commands"}
    assert found[7]["message_id"] == kept.message_id


async def test_an_open_page_hears_at_once(bot: Bot, started: Any) -> None:
    after = await place(started)
    listening = asyncio.create_task(started.events(1, after))
    await bot.send_message(1001, "바로")
    (event,) = await asyncio.wait_for(listening, 10)
    assert event["message"]["text"] == "바로"


async def test_typing_is_told_to_open_pages_only(bot: Bot, started: Any) -> None:
    await bot.send_chat_action(1001, "typing")
    after = await place(started)
    path = f"/seats/1/events?after={after}"
    async with started.client.stream("GET", path) as response:
        lines = response.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        await bot.send_chat_action(1001, "record_voice")
        assert await anext(lines) == ""
        assert await anext(lines) == 'data: {"type": "action", "action": "record_voice"}'


async def test_numbers_rise_and_last_event_id_goes_on_from_there(bot: Bot, started: Any) -> None:
    after = await place(started)
    for text in ("하나", "둘"):
        await bot.send_message(1001, text)
    numbers: list[int] = []
    async with started.client.stream("GET", f"/seats/1/events?after={after}") as response:
        async for line in response.aiter_lines():
            if line.startswith("id: "):
                numbers.append(int(line.removeprefix("id: ")))
            if len(numbers) == 2:
                break
    assert after < numbers[0] < numbers[1]
    headers = {"Last-Event-ID": str(numbers[0])}
    async with started.client.stream(
        "GET", "/seats/1/events?after=0", headers=headers
    ) as response:
        async for line in response.aiter_lines():
            if line.startswith("id: "):
                assert line == f"id: {numbers[1]}"
                break


async def test_one_seat_hears_nothing_of_another(bot: Bot, started: Any, guardian: Any) -> None:
    await guardian.start()
    after = await place(guardian)
    await bot.send_message(1001, "나에게만")
    await bot.send_message(1002, "보호자에게")
    (event,) = await guardian.events(1, after)
    assert event["message"]["text"] == "보호자에게"


async def test_a_quiet_stream_beats(started: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.01)
    async with started.client.stream("GET", "/seats/1/events") as response:
        async for line in response.aiter_lines():
            if line.startswith(":"):
                break


async def test_a_wrong_place(started: Any) -> None:
    await started.call("GET", "/events?after=x", 400)
