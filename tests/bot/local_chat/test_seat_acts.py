from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import UpdateType

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("맞아요", callback_data="yes")],
        [InlineKeyboardButton("초대", url="https://t.me/todak_bot?start=abc")],
    ]
)


async def test_start_with_a_payload(bot: Bot, me: Any) -> None:
    assert (await me.start("inv_abc-1"))["text"] == "/start inv_abc-1"
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "/start inv_abc-1"
    assert update.message.entities[0].type == "bot_command"
    seats = (await me.client.get("/api/chat")).json()["seats"]
    assert [seat["started"] for seat in seats] == [True, False, False]
    await me.call("POST", "/start", 400, json={"payload": "나쁜 값"})
    await me.call("POST", "/start", 400, json={"payload": "x" * 65})


async def test_a_press_reaches_the_bot(bot: Bot, started: Any) -> None:
    sent = await bot.send_message(1001, "슬픔", reply_markup=KEYBOARD)
    press = {"message_id": sent.message_id, "data": "yes"}
    pressed = await started.call("POST", "/callbacks", json=press)
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (
        pressed["callback_query_id"],
        "yes",
        1001,
    )
    assert isinstance(query.message, Message)
    assert query.message.reply_markup == KEYBOARD
    await query.answer("고마워요")
    refused = await started.call("POST", "/callbacks", 400, json=press | {"data": "no"})
    assert refused["error"] == "no_button"
    await started.call("POST", "/callbacks", 404, json=press | {"message_id": 1})
    await started.call("POST", "/callbacks", 400, json={"data": "yes"})


async def test_an_edited_text(bot: Bot, started: Any) -> None:
    said = await started.send(text="좋아")
    change = {"message_id": said["message_id"], "text": "안 좋아 /help"}
    shown = (await started.call("POST", "/edits", json=change))["message"]
    assert shown["edited"] is True
    edited = (await bot.get_updates())[-1].edited_message
    assert edited is not None and edited.text == "안 좋아 /help"
    assert edited.entities[0].type == "bot_command"
    sent = await bot.send_message(1001, "x")
    other = {"message_id": sent.message_id, "text": "y"}
    await started.call("POST", "/edits", 400, json=other)
    await started.call("POST", "/edits", 400, json=change | {"text": " "})


async def test_a_live_location_moves_and_stops(bot: Bot, started: Any) -> None:
    shared = await started.send(kind="location", latitude=1, longitude=2, live_period=600)
    path = f"/live_locations/{shared['message_id']}"
    await started.call("POST", path, json={"latitude": 1.5, "longitude": 2.5})
    moved = (await bot.get_updates())[-1].edited_message
    assert moved is not None and moved.location is not None
    assert (moved.location.latitude, moved.location.to_dict()["live_period"]) == (1.5, 600)
    await started.call("POST", path, json={"stop": True})
    stopped = (await bot.get_updates())[-1].edited_message
    assert stopped is not None and stopped.location is not None
    assert "live_period" not in stopped.location.to_dict()
    await started.call("POST", path, 409, json={"latitude": 1, "longitude": 2})


async def test_reactions_reach_a_bot_that_asked_for_them(bot: Bot, started: Any) -> None:
    await bot.get_updates(allowed_updates=[UpdateType.MESSAGE_REACTION])
    sent = await bot.send_message(1001, "잘 자요")
    react = {"message_id": sent.message_id, "emoji": "👍"}
    await started.call("POST", "/reactions", json=react)
    reaction = (await bot.get_updates())[-1].message_reaction
    assert reaction is not None and reaction.user is not None
    assert reaction.user.id == 1001
    assert [new.to_dict()["emoji"] for new in reaction.new_reaction] == ["👍"]
    shown = (await started.messages())[-1]["reactions"]
    assert shown == [{"type": "emoji", "emoji": "👍", "from": "seat"}]
    await started.call("POST", "/reactions", json=react | {"emoji": None})
    assert (await started.messages())[-1]["reactions"] == []
    await started.call("POST", "/reactions", 400, json=react | {"emoji": "x"})


async def test_deleting_from_the_own_view(bot: Bot, started: Any) -> None:
    sent = await bot.send_message(1001, "지워질 말")
    await started.call("DELETE", f"/messages/{sent.message_id}")
    assert sent.message_id not in [shown["message_id"] for shown in await started.messages()]
    await bot.edit_message_text("아직 있어요", 1001, sent.message_id)
    await started.call("DELETE", f"/messages/{sent.message_id}", 404)


async def test_forwarding_to_another_person(bot: Bot, started: Any, guardian: Any) -> None:
    sent = await bot.send_message(1001, "초대장", reply_markup=KEYBOARD)
    before = len(await bot.get_updates())
    forward = {"message_id": sent.message_id, "to_seat": 2}
    await started.call("POST", "/forwards", json=forward)
    (arrived,) = await guardian.messages()
    assert (arrived["text"], arrived["outgoing"]) == ("초대장", False)
    assert arrived["forward_origin"]["sender_user"]["username"] == "todak_bot"
    (row,) = arrived["reply_markup"]["inline_keyboard"]
    assert row[0]["url"] == "https://t.me/todak_bot?start=abc"
    assert len(await bot.get_updates()) == before
    assert not (await guardian.client.get("/api/chat")).json()["seats"][1]["started"]
    await started.call("POST", "/forwards", 404, json=forward | {"to_seat": 9})


async def test_forwarding_to_the_bot(bot: Bot, started: Any) -> None:
    said = await started.upload("voice", b"\x1aE\xdf\xa3")
    forward = {"message_id": said["message_id"], "to_seat": 1}
    await started.call("POST", "/forwards", json=forward)
    received = (await bot.get_updates())[-1].message
    assert received is not None and received.voice is not None
    assert received.forward_origin is not None
    assert received.voice.file_unique_id == said["voice"]["file_unique_id"]


async def test_protected_messages_are_not_forwarded(bot: Bot, started: Any) -> None:
    sent = await bot.send_message(1001, "여기만", protect_content=True)
    forward = {"message_id": sent.message_id, "to_seat": 2}
    refused = await started.call("POST", "/forwards", 403, json=forward)
    assert refused["error"] == "protected"
