"""Bot API methods that send, delete, forward and answer. All run inside one transaction."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Row
from telegram.constants import ChatAction, ReactionEmoji

from bot.local_chat.bot_errors import bad_request, forbidden
from bot.local_chat.conversation import Conversation, content_of, private_chat
from bot.local_chat.entities import format_text
from bot.local_chat.markup import checked_markup, links_only
from bot.local_chat.parameters import Parameters
from bot.local_chat.store import Json

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_ANSWER = 200
CALLBACK_LIFETIME_S = 600
DELETABLE_S = 48 * 3600
ENDLESS_LIVE_PERIOD_S = 0x7FFFFFFF
_CHAT_ACTIONS = frozenset(action.value for action in ChatAction)
REACTIONS = frozenset(emoji.value for emoji in ReactionEmoji)

Method = Callable[[Conversation, Parameters], Any]


def chat_of(conversation: Conversation, parameters: Parameters, name: str = "chat_id") -> Row[Any]:
    """The seat whose chat is meant.

    Raises:
        BotApiError: 400, there is no such chat.
    """
    if name not in parameters:
        raise bad_request(f"{name} is empty")
    try:
        seat = conversation.store.find_chat(int(parameters.text(name)))
    except ValueError:
        seat = None
    if seat is None:
        raise bad_request("chat not found")
    return seat


def reachable(conversation: Conversation, parameters: Parameters) -> Row[Any]:
    """As `chat_of`, of a chat the bot may write to.

    Raises:
        BotApiError: 400, no such chat; 403, the person never wrote or blocked the bot.
    """
    seat = chat_of(conversation, parameters)
    if seat.blocked:
        raise forbidden("bot was blocked by the user")
    if not seat.started:
        raise forbidden("bot can't initiate conversation with a user")
    return seat


def read_text(parameters: Parameters) -> Json:
    """The text of a message with its entities.

    Raises:
        BotApiError: 400, the text is empty, too long or its markup cannot be read.
    """
    formatted = format_text(
        parameters.text("text"), parameters.text("parse_mode"), parameters.array("entities")
    )
    if not formatted.text:
        raise bad_request("message text is empty")
    if len(formatted.text) > MOST_TEXT:
        raise bad_request("message is too long")
    entities = {"entities": formatted.entities} if formatted.entities else {}
    return {"text": formatted.text, **entities}


def read_caption(parameters: Parameters) -> Json:
    """The caption of a message with its entities; nothing where there is none.

    Raises:
        BotApiError: 400, the caption is too long or its markup cannot be read.
    """
    formatted = format_text(
        parameters.text("caption"),
        parameters.text("parse_mode"),
        parameters.array("caption_entities"),
    )
    if len(formatted.text) > MOST_CAPTION:
        raise bad_request("message caption is too long")
    if not formatted.text:
        return {}
    entities = {"caption_entities": formatted.entities} if formatted.entities else {}
    return {"caption": formatted.text, **entities}


def deliver(
    conversation: Conversation,
    parameters: Parameters,
    seat: Row[Any],
    content: Json,
    file: Row[Any] | None = None,
) -> Json:
    """Add the bot's message with what every sending method may carry.

    Raises:
        BotApiError: 400, the markup is wrong or the answered message is not there.
    """
    row = conversation.add(
        seat,
        content,
        outgoing=False,
        reply_to=_answered(conversation, parameters, seat),
        markup=checked_markup(parameters.json("reply_markup")),
        protected=parameters.flag("protect_content"),
        file=file,
    )
    return conversation.view(row, seat)


def _answered(conversation: Conversation, parameters: Parameters, seat: Row[Any]) -> int | None:
    reply = parameters.object("reply_parameters")
    message_id = Parameters(reply, {}).integer("message_id")
    message_id = message_id or parameters.integer("reply_to_message_id")
    if not message_id:
        return None
    if conversation.find(seat.user_id, message_id) is not None:
        return message_id
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _get_me(conversation: Conversation, _: Parameters) -> Json:
    return conversation.bot_user() | {
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def _send_message(conversation: Conversation, parameters: Parameters) -> Json:
    seat = reachable(conversation, parameters)
    return deliver(conversation, parameters, seat, read_text(parameters))


def _send_location(conversation: Conversation, parameters: Parameters) -> Json:
    seat = reachable(conversation, parameters)
    return deliver(conversation, parameters, seat, {"location": read_location(parameters)})


def read_location(parameters: Parameters) -> Json:
    """A point on the earth, in degrees; live for `live_period` seconds where that is given.

    Raises:
        BotApiError: 400, a coordinate or the period is out of range.
    """
    latitude, longitude = parameters.number("latitude"), parameters.number("longitude")
    if latitude is None or longitude is None:
        raise bad_request("latitude and longitude must be non-empty")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong location: latitude or longitude is out of range")
    location: Json = {"latitude": latitude, "longitude": longitude}
    accuracy = parameters.number("horizontal_accuracy")
    if accuracy is not None:
        location["horizontal_accuracy"] = accuracy
    live_period_s = parameters.integer("live_period")
    if live_period_s:
        if not 60 <= live_period_s <= 86400 and live_period_s != ENDLESS_LIVE_PERIOD_S:
            raise bad_request("wrong live location period specified")
        location["live_period"] = live_period_s
    return location


def _send_contact(conversation: Conversation, parameters: Parameters) -> Json:
    seat = reachable(conversation, parameters)
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: parameters.text(name) for name in names if parameters.text(name)}
    if "phone_number" not in contact or "first_name" not in contact:
        raise bad_request("contact phone number and first name must be non-empty")
    return deliver(conversation, parameters, seat, {"contact": contact})


def _delete_message(conversation: Conversation, parameters: Parameters) -> bool:
    seat = chat_of(conversation, parameters)
    row = conversation.find(seat.user_id, parameters.integer("message_id"))
    if row is None:
        raise bad_request("message to delete not found")
    if row.body["date"] + DELETABLE_S < conversation.store.now():
        raise bad_request("message can't be deleted for everyone")
    conversation.remove(row)
    return True


def _delete_messages(conversation: Conversation, parameters: Parameters) -> bool:
    seat = chat_of(conversation, parameters)
    for message_id in parameters.array("message_ids") or []:
        number = Parameters({"message_id": message_id}, {}).integer("message_id")
        row = conversation.find(seat.user_id, number)
        if row is not None and row.body["date"] + DELETABLE_S >= conversation.store.now():
            conversation.remove(row)
    return True


def _answer_callback_query(conversation: Conversation, parameters: Parameters) -> bool:
    if len(parameters.text("text")) > MOST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    callback_query_id = parameters.text("callback_query_id")
    chat_id = conversation.store.take_callback(callback_query_id, CALLBACK_LIFETIME_S)
    if chat_id is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    answer = {
        "callback_query_id": callback_query_id,
        "text": parameters.text("text"),
        "show_alert": parameters.flag("show_alert"),
    }
    conversation.store.add_event(chat_id, "callback_answer", body=answer)
    return True


def _send_chat_action(conversation: Conversation, parameters: Parameters) -> bool:
    seat = reachable(conversation, parameters)
    action = parameters.text("action")
    if action not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    conversation.store.show_action(seat.user_id, action)
    return True


def _set_message_reaction(conversation: Conversation, parameters: Parameters) -> bool:
    seat = reachable(conversation, parameters)
    row = conversation.find(seat.user_id, parameters.integer("message_id"))
    if row is None:
        raise bad_request("message to react not found")
    reactions = parameters.objects("reaction")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in reactions:
        if reaction.get("type") != "emoji" or reaction.get("emoji") not in REACTIONS:
            raise bad_request("REACTION_INVALID")
    conversation.react(row, reactions, outgoing=False)
    return True


def _source(conversation: Conversation, parameters: Parameters, verb: str) -> Row[Any]:
    origin = chat_of(conversation, parameters, "from_chat_id")
    row = conversation.find(origin.user_id, parameters.integer("message_id"))
    if row is None:
        raise bad_request(f"message to {verb} not found")
    if row.body.get("has_protected_content"):
        raise bad_request(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return row


def _copy_message(conversation: Conversation, parameters: Parameters) -> Json:
    seat = reachable(conversation, parameters)
    row = _source(conversation, parameters, "copy")
    content = content_of(row)
    if "caption" in parameters and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= read_caption(parameters)
    file = conversation.file_of(row)
    copied = deliver(conversation, parameters, seat, content, file)
    return {"message_id": copied["message_id"]}


def _forward_message(conversation: Conversation, parameters: Parameters) -> Json:
    seat = reachable(conversation, parameters)
    row = _source(conversation, parameters, "forward")
    source = chat_of(conversation, parameters, "from_chat_id")
    content = content_of(row) | {"forward_origin": conversation.origin(row, source)}
    forwarded = conversation.add(
        seat,
        content,
        outgoing=False,
        markup=links_only(row.body.get("reply_markup")),
        protected=parameters.flag("protect_content"),
        file=conversation.file_of(row),
    )
    return conversation.view(forwarded, seat)


def _get_chat(conversation: Conversation, parameters: Parameters) -> Json:
    seat = chat_of(conversation, parameters)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    return private_chat(seat) | {
        "accent_color_id": 0,
        "max_reaction_count": 1,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
    }


def _leave_server(_: Conversation, __: Parameters) -> bool:
    return True


SENDING_METHODS: dict[str, Method] = {
    "getMe": _get_me,
    "sendMessage": _send_message,
    "sendLocation": _send_location,
    "sendContact": _send_contact,
    "sendChatAction": _send_chat_action,
    "deleteMessage": _delete_message,
    "deleteMessages": _delete_messages,
    "answerCallbackQuery": _answer_callback_query,
    "setMessageReaction": _set_message_reaction,
    "copyMessage": _copy_message,
    "forwardMessage": _forward_message,
    "getChat": _get_chat,
    "logOut": _leave_server,
    "close": _leave_server,
}
