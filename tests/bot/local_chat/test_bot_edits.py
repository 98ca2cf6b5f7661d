from collections.abc import Callable
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import BadRequest

from bot.local_chat.bot_edits import EDITING_METHODS
from bot.local_chat.bot_errors import BotApiError
from bot.local_chat.bot_methods import SENDING_METHODS
from bot.local_chat.conversation import Conversation
from bot.local_chat.parameters import Parameters

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("맞아요", callback_data="yes")]])


async def test_a_text_and_its_buttons_change(bot: Bot, started: Any) -> None:
    sent = await bot.send_message(1001, "슬픔", reply_markup=KEYBOARD)
    edited = await bot.edit_message_text("<i>기쁨</i>", 1001, sent.message_id, parse_mode="HTML")
    assert isinstance(edited, Message)
    assert edited.text == "기쁨" and edited.edit_date is not None
    assert edited.reply_markup is None
    shown = (await started.messages())[-1]
    assert (shown["text"], shown["edited"]) == ("기쁨", True)
    assert "reply_markup" not in shown


async def test_only_the_buttons_change(bot: Bot, started: Any) -> None:
    sent = await bot.send_message(1001, "슬픔")
    await bot.edit_message_reply_markup(1001, sent.message_id, reply_markup=KEYBOARD)
    shown = (await started.messages())[-1]
    assert shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "yes"
    assert shown["edited"] is False


async def test_a_caption_changes(bot: Bot, started: Any, png: Callable[[int, int], bytes]) -> None:
    sent = await bot.send_photo(1001, png(4, 3), caption="하나")
    edited = await bot.edit_message_caption(1001, sent.message_id, caption="둘")
    assert isinstance(edited, Message) and edited.caption == "둘"
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.edit_message_caption(1001, sent.message_id, caption="가" * 1025)
    text = await bot.send_message(1001, "x")
    with pytest.raises(BadRequest, match=r"(?i)there is no caption"):
        await bot.edit_message_caption(1001, text.message_id, caption="둘")
    with pytest.raises(BadRequest, match=r"(?i)there is no text"):
        await bot.edit_message_text("x", 1001, sent.message_id)


async def test_what_cannot_be_edited(bot: Bot, started: Any) -> None:
    sent = await bot.send_message(1001, "같은 말", reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text("같은 말", 1001, sent.message_id, reply_markup=KEYBOARD)
    await bot.edit_message_text("다른 말", 1001, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text("다른 말", 1001, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("x", 1001, 1)
    said = await started.send(text="내 말")
    with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
        await bot.edit_message_text("x", 1001, said["message_id"])


async def test_a_live_location_moves_and_stops(bot: Bot, started: Any) -> None:
    sent = await bot.send_location(1001, 37.5, 127.0, live_period=600)
    moved = await bot.edit_message_live_location(
        1001, sent.message_id, latitude=37.6, longitude=127.1
    )
    assert isinstance(moved, Message) and moved.location is not None
    assert (moved.location.latitude, moved.location.longitude) == (37.6, 127.1)
    assert moved.to_dict()["location"]["live_period"] == 600
    stopped = await bot.stop_message_live_location(1001, sent.message_id)
    assert isinstance(stopped, Message) and stopped.location is not None
    assert "live_period" not in stopped.to_dict()["location"]
    with pytest.raises(BadRequest, match=r"(?i)no live location"):
        await bot.stop_message_live_location(1001, sent.message_id)


def test_a_live_location_ends_with_its_period(conversation: Conversation, clock: Any) -> None:
    place = {"chat_id": 1001, "latitude": 1, "longitude": 2}
    send, edit = SENDING_METHODS["sendLocation"], EDITING_METHODS["editMessageLiveLocation"]
    sent = send(conversation, Parameters(place | {"live_period": 60}, {}))
    moved = Parameters(place | {"latitude": 3, "message_id": sent["message_id"]}, {})
    edit(conversation, moved)
    clock.now_s += 61
    with pytest.raises(BotApiError, match="no live location"):
        edit(conversation, moved)
