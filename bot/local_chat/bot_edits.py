"""Bot API methods that change a message the bot has sent."""

from typing import Any

from sqlalchemy.engine import Row

from bot.local_chat.bot_errors import bad_request
from bot.local_chat.bot_methods import (
    ENDLESS_LIVE_PERIOD_S,
    Method,
    reachable,
    read_caption,
    read_location,
    read_text,
)
from bot.local_chat.conversation import Conversation
from bot.local_chat.files import FOLDERS
from bot.local_chat.markup import checked_markup, inline_only
from bot.local_chat.parameters import Parameters
from bot.local_chat.store import Json


def _own_message(conversation: Conversation, parameters: Parameters) -> tuple[Row[Any], Row[Any]]:
    """The seat and the bot's message that is meant.

    Raises:
        BotApiError: 400, there is none or somebody else wrote it.
    """
    seat = reachable(conversation, parameters)
    row = conversation.find(seat.user_id, parameters.integer("message_id"))
    if row is None:
        raise bad_request("message to edit not found")
    if row.outgoing or "forward_origin" in row.body:
        raise bad_request("message can't be edited")
    return seat, row


def _replace(
    conversation: Conversation,
    parameters: Parameters,
    seat: Row[Any],
    row: Row[Any],
    body: Json,
    *,
    edited: bool,
) -> Json:
    """Store the new content with the new markup (none takes the buttons away).

    Raises:
        BotApiError: 400, nothing would change.
    """
    body = {key: value for key, value in body.items() if key != "reply_markup"}
    markup = inline_only(checked_markup(parameters.json("reply_markup")))
    if markup:
        body["reply_markup"] = markup
    if body == row.body:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    return conversation.view(conversation.change(row, body, edited=edited), seat)


def _edit_message_text(conversation: Conversation, parameters: Parameters) -> Json:
    seat, row = _own_message(conversation, parameters)
    if "text" not in row.body:
        raise bad_request("there is no text in the message to edit")
    body = {key: value for key, value in row.body.items() if key != "entities"}
    body |= read_text(parameters)
    return _replace(conversation, parameters, seat, row, body, edited=True)


def _edit_message_caption(conversation: Conversation, parameters: Parameters) -> Json:
    seat, row = _own_message(conversation, parameters)
    if not (FOLDERS.keys() - {"sticker", "video_note"}) & row.body.keys():
        raise bad_request("there is no caption in the message to edit")
    dropped = {"caption", "caption_entities"}
    body = {key: value for key, value in row.body.items() if key not in dropped}
    body |= read_caption(parameters)
    return _replace(conversation, parameters, seat, row, body, edited=True)


def _edit_message_reply_markup(conversation: Conversation, parameters: Parameters) -> Json:
    seat, row = _own_message(conversation, parameters)
    return _replace(conversation, parameters, seat, row, row.body, edited=False)


def _live_message(conversation: Conversation, parameters: Parameters) -> tuple[Row[Any], Row[Any]]:
    seat, row = _own_message(conversation, parameters)
    if not is_live(row, conversation.store.now()):
        raise bad_request("message can't be edited: there is no live location in it")
    return seat, row


def is_live(row: Row[Any], now: int) -> bool:
    """Whether the message shows a location that still moves at `now`."""
    period_s = row.body.get("location", {}).get("live_period")
    if not period_s:
        return False
    return bool(period_s == ENDLESS_LIVE_PERIOD_S or row.body["date"] + period_s > now)


def _edit_message_live_location(conversation: Conversation, parameters: Parameters) -> Json:
    seat, row = _live_message(conversation, parameters)
    location = row.body["location"] | read_location(parameters)
    body = row.body | {"location": location}
    return _replace(conversation, parameters, seat, row, body, edited=False)


def _stop_message_live_location(conversation: Conversation, parameters: Parameters) -> Json:
    seat, row = _live_message(conversation, parameters)
    stopped = {key: row.body["location"][key] for key in ("latitude", "longitude")}
    body = row.body | {"location": stopped}
    return _replace(conversation, parameters, seat, row, body, edited=False)


EDITING_METHODS: dict[str, Method] = {
    "editMessageText": _edit_message_text,
    "editMessageCaption": _edit_message_caption,
    "editMessageReplyMarkup": _edit_message_reply_markup,
    "editMessageLiveLocation": _edit_message_live_location,
    "stopMessageLiveLocation": _stop_message_live_location,
}
