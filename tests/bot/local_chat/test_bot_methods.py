from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode, ReactionEmoji
from telegram.error import BadRequest, Forbidden, InvalidToken

from bot.local_chat.bot_errors import BotApiError
from bot.local_chat.bot_methods import SENDING_METHODS
from bot.local_chat.conversation import Conversation
from bot.local_chat.parameters import Parameters
from bot.local_chat.serve import LocalChat


def call(conversation: Conversation, method: str, **values: Any) -> Any:
    return SENDING_METHODS[method](conversation, Parameters(values, {}))


async def test_get_me(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (1, True, "todak_bot")


async def test_a_message_arrives_as_it_was_sent(bot: Bot, started: Any) -> None:
    sent = await bot.send_message(
        1001, "<b>속상함</b> 82 % 😀", parse_mode=ParseMode.HTML, protect_content=True
    )
    assert sent.text == "속상함 82 % 😀"
    assert sent.entities == (MessageEntity(MessageEntity.BOLD, 0, 3),)
    assert sent.has_protected_content
    assert sent.from_user is not None and sent.from_user.id == bot.id
    assert (sent.chat.id, sent.chat.type, sent.chat.first_name) == (1001, "private", "나")
    shown = (await started.messages())[-1]
    assert shown["message_id"] == sent.message_id
    assert (shown["text"], shown["outgoing"], shown["protected"]) == (sent.text, False, True)


async def test_json_urlencoded_and_query_bodies(chat: LocalChat, started: Any) -> None:
    url = f"{chat.base_url}{chat.token}/sendMessage"
    message = {
        "chat_id": 1001,
        "text": "안녕",
        "entities": [{"type": "bold", "offset": 0, "length": 2}],
    }
    async with httpx.AsyncClient() as client:
        as_json = await client.post(url, json=message)
        form = message | {"entities": '[{"type":"bold","offset":0,"length":2}]'}
        as_form = await client.post(url, data=form)
        as_query = await client.get(url, params={"chat_id": "1001", "text": "안녕"})
    bodies = [answer.json()["result"] for answer in (as_json, as_form, as_query)]
    assert [body["text"] for body in bodies] == ["안녕"] * 3
    assert bodies[0]["entities"] == bodies[1]["entities"]
    assert isinstance(bodies[0]["date"], int)


@pytest.mark.parametrize(
    ("chat_id", "text", "reason"),
    [
        (4242, "x", "Chat not found"),
        ("@nobody", "x", "Chat not found"),
        (1001, " \n ", "Message text is empty"),
        (1001, "가" * 4097, "Message is too long"),
    ],
)
async def test_what_cannot_be_sent(
    bot: Bot, started: Any, chat_id: int | str, text: str, reason: str
) -> None:
    with pytest.raises(BadRequest, match=rf"(?i){reason}"):
        await bot.send_message(chat_id, text)


async def test_the_longest_message_is_sent(bot: Bot, started: Any) -> None:
    assert len((await bot.send_message(1001, "가" * 4096)).text or "") == 4096


async def test_wrong_markup_is_refused(bot: Bot, started: Any) -> None:
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await bot.send_message(1001, "<b>x", parse_mode=ParseMode.HTML)
    with pytest.raises(BadRequest, match=r"(?i)parse mode MarkdownV2 is not read"):
        await bot.send_message(1001, "*x*", parse_mode=ParseMode.MARKDOWN_V2)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("예", callback_data="x" * 65)]])
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(1001, "x", reply_markup=keyboard)


async def test_a_person_who_never_wrote_cannot_be_written_to(bot: Bot, me: Any) -> None:
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(1001, "x")
    await me.start()
    await bot.send_message(1001, "x")


async def test_a_person_who_blocked_the_bot_is_left_alone(bot: Bot, started: Any) -> None:
    await started.call("PATCH", "/", json={"blocked": True})
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1001, "x")
    with pytest.raises(Forbidden):
        await bot.send_chat_action(1001, ChatAction.TYPING)
    await started.call("PATCH", "/", json={"blocked": False})
    await bot.send_message(1001, "x")


async def test_a_wrong_token(chat: LocalChat) -> None:
    wrong = Bot("1:wrong", base_url=chat.base_url, base_file_url=chat.base_file_url)
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()


async def test_an_unknown_method_is_named(bot: Bot, started: Any) -> None:
    with pytest.raises(InvalidToken, match="method sendPoll is not implemented by the local chat"):
        await bot.send_poll(1001, "?", ["a", "b"])


async def test_a_reply_shows_what_it_answers(bot: Bot, started: Any) -> None:
    asked = await started.send(text="듣고 있어?")
    answer = await bot.send_message(
        1001, "네", reply_parameters=ReplyParameters(asked["message_id"])
    )
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "듣고 있어?"
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(1001, "네", reply_parameters=ReplyParameters(1))
    alone = ReplyParameters(1, allow_sending_without_reply=True)
    assert (await bot.send_message(1001, "네", reply_parameters=alone)).reply_to_message is None


async def test_reply_keyboards_come_and_go(bot: Bot, started: Any) -> None:
    keyboard = ReplyKeyboardMarkup([["기뻐요", "슬퍼요"]], one_time_keyboard=True)
    await bot.send_message(1001, "기분은?", reply_markup=keyboard)
    shown = await started.call("GET", "/messages")
    assert shown["reply_keyboard"]["keyboard"][0][0] == {"text": "기뻐요"}
    assert "reply_markup" not in shown["messages"][-1]
    await started.send(text="기뻐요")
    assert (await started.call("GET", "/messages"))["reply_keyboard"] is None
    await bot.send_message(1001, "또?", reply_markup=ReplyKeyboardMarkup([["네"]]))
    await bot.send_message(1001, "그만", reply_markup=ReplyKeyboardRemove())
    assert (await started.call("GET", "/messages"))["reply_keyboard"] is None


async def test_location_and_contact(bot: Bot, started: Any) -> None:
    sent = await bot.send_location(1001, 37.5, 127.0, live_period=60, horizontal_accuracy=20)
    assert sent.location is not None
    assert (sent.location.latitude, sent.location.longitude) == (37.5, 127.0)
    assert sent.location.horizontal_accuracy == 20
    contact = (await bot.send_contact(1001, "109", "자살예방상담전화")).contact
    assert contact is not None and contact.phone_number == "109"
    with pytest.raises(BadRequest, match="out of range"):
        await bot.send_location(1001, 91, 0)
    with pytest.raises(BadRequest, match="live location period"):
        await bot.send_location(1001, 1, 1, live_period=59)


async def test_deleting(bot: Bot, started: Any) -> None:
    first = await bot.send_message(1001, "하나")
    second = await bot.send_message(1001, "둘")
    third = await started.send(text="셋")
    assert await bot.delete_message(1001, first.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await bot.delete_message(1001, first.message_id)
    assert await bot.delete_messages(1001, [1, second.message_id, third["message_id"]])
    texts = [message.get("text") for message in await started.messages()]
    assert not {"하나", "둘", "셋"} & set(texts)


def test_after_two_days_a_message_stays(conversation: Conversation, clock: Any) -> None:
    old = call(conversation, "sendMessage", chat_id=1001, text="x")["message_id"]
    clock.now_s += 48 * 3600 + 1
    with pytest.raises(BotApiError, match="message can't be deleted for everyone"):
        call(conversation, "deleteMessage", chat_id=1001, message_id=old)
    assert call(conversation, "deleteMessages", chat_id=1001, message_ids=[old])
    assert conversation.find(1001, old) is not None


async def test_a_callback_is_answered_once(bot: Bot, started: Any) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("예", callback_data="yes")]])
    sent = await bot.send_message(1001, "?", reply_markup=keyboard)
    pressed = await started.call(
        "POST", "/callbacks", json={"message_id": sent.message_id, "data": "yes"}
    )
    assert await bot.answer_callback_query(pressed["callback_query_id"], "고마워요")
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(pressed["callback_query_id"])


def test_a_callback_is_too_old_after_ten_minutes(conversation: Conversation, clock: Any) -> None:
    query = conversation.store.add_callback(1001)
    clock.now_s += 601
    with pytest.raises(BotApiError, match="query is too old"):
        call(conversation, "answerCallbackQuery", callback_query_id=query)


async def test_a_wrong_chat_action(bot: Bot, started: Any) -> None:
    assert await bot.send_chat_action(1001, ChatAction.RECORD_VOICE)
    with pytest.raises(BadRequest, match=r"(?i)wrong parameter action"):
        await bot.send_chat_action(1001, "dancing")


async def test_the_bots_reaction_is_shown(bot: Bot, started: Any) -> None:
    said = await started.send(text="오늘 좋았어")
    assert await bot.set_message_reaction(
        1001, said["message_id"], ReactionTypeEmoji(ReactionEmoji.RED_HEART)
    )
    shown = (await started.messages())[-1]["reactions"]
    assert shown == [{"type": "emoji", "emoji": "❤", "from": "bot"}]
    await bot.set_message_reaction(1001, said["message_id"])
    assert (await started.messages())[-1]["reactions"] == []
    with pytest.raises(BadRequest, match=r"(?i)reaction_invalid"):
        await bot.set_message_reaction(1001, said["message_id"], "🦖")


async def test_copying_and_forwarding(bot: Bot, started: Any, guardian: Any) -> None:
    await guardian.start()
    said = await started.send(text="전해 주세요")
    forwarded = await bot.forward_message(1002, 1001, said["message_id"])
    assert forwarded.text == "전해 주세요"
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.to_dict()["sender_user"]["id"] == 1001
    copied = await bot.copy_message(1002, 1001, said["message_id"])
    shown = (await guardian.messages())[-1]
    assert shown["message_id"] == copied.message_id
    assert "forward_origin" not in shown
    for method in (bot.forward_message, bot.copy_message):
        with pytest.raises(BadRequest, match=r"(?i)not found"):
            await method(1002, 1001, 1)


async def test_protected_content_stays_where_it_is(bot: Bot, started: Any, guardian: Any) -> None:
    await guardian.start()
    secret = await bot.send_message(1001, "여기만", protect_content=True)
    with pytest.raises(BadRequest, match="can't be forwarded"):
        await bot.forward_message(1002, 1001, secret.message_id)
    with pytest.raises(BadRequest, match="can't be copied"):
        await bot.copy_message(1002, 1001, secret.message_id)


async def test_get_chat_log_out_and_close(bot: Bot, started: Any) -> None:
    found = await bot.get_chat(1001)
    assert (found.id, found.type, found.first_name) == (1001, "private", "나")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.get_chat(5)
    assert await bot.log_out()
    assert await bot.close()


@pytest.mark.parametrize(
    ("method", "values"),
    [
        ("sendMessage", {"chat_id": 10**30, "text": "x"}),
        ("sendMessage", {"chat_id": [], "text": "x"}),
        ("sendMessage", {"text": "x"}),
        ("sendMessage", {"chat_id": 1001, "text": "x", "reply_parameters": "x"}),
        ("sendMessage", {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": "x"}}),
        ("sendMessage", {"chat_id": 1001, "text": "x", "reply_markup": "[1]"}),
        ("sendMessage", {"chat_id": 1001, "text": "x", "entities": [1]}),
        ("sendMessage", {"chat_id": 1001, "text": "x", "entities": {}}),
        ("sendLocation", {"chat_id": 1001, "latitude": "x", "longitude": 1}),
        ("sendVoice", {"chat_id": 1001}),
        ("deleteMessage", {"chat_id": 1001, "message_id": 10**30}),
        ("deleteMessages", {"chat_id": 1001, "message_ids": ["x"]}),
        ("setMessageReaction", {"chat_id": 1001, "message_id": 1, "reaction": [1]}),
        ("setMyCommands", {"commands": ["help"]}),
        ("setMyCommands", {"commands": [], "scope": []}),
        ("getUpdates", {"offset": "x"}),
        ("getUpdates", {"offset": 10**30}),
    ],
)
async def test_nonsense_is_refused_and_not_an_error(
    chat: LocalChat, started: Any, method: str, values: dict[str, Any]
) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{chat.base_url}{chat.token}/{method}", json=values)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error_code"] == 400
