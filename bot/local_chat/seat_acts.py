"""What a person does to messages from a seat: presses, edits, reacts, moves, forwards."""

from typing import Any

from sqlalchemy.engine import Row

from bot.local_chat.bot_edits import is_live
from bot.local_chat.bot_methods import MOST_TEXT, REACTIONS, read_location
from bot.local_chat.conversation import Conversation, content_of, private_chat, seat_user
from bot.local_chat.entities import clean, detect_in
from bot.local_chat.markup import has_callback, links_only
from bot.local_chat.parameters import Parameters
from bot.local_chat.seat_messages import SeatError, own_message, say, set_blocked, wrong
from bot.local_chat.store import Json


def message_number(values: Json) -> int:
    """The message a JSON body means.

    Raises:
        SeatError: 400, it names none.
    """
    number = values.get("message_id")
    if not isinstance(number, int):
        raise wrong("message_id must be a number.")
    return number


def start(conversation: Conversation, seat: Row[Any], values: Json) -> Json:
    """Press Start, with a deep link's payload where one was opened; this also unblocks."""
    payload = str(values.get("payload") or "")
    if len(payload) > 64 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in payload):
        raise wrong("A start payload has at most 64 of A-Z, a-z, 0-9, _ and -.")
    set_blocked(conversation, seat, False)
    seat = conversation.store.seat_of_chat(seat.user_id)
    content = {
        "text": f"/start {payload}".rstrip(),
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }
    return _shown(conversation, seat, say(conversation, seat, content))


def press(conversation: Conversation, seat: Row[Any], values: Json) -> Json:
    """Press an inline button of a message.

    Raises:
        SeatError: 404, no such message; 400, it has no such button; 409, blocked.
    """
    row = own_message(conversation, seat, message_number(values))
    data = str(values.get("data") or "")
    if not has_callback(row.body.get("reply_markup"), data):
        raise SeatError(400, "no_button", "The message has no such button.")
    if seat.blocked:
        raise SeatError(409, "blocked", "This seat has blocked the bot.")
    callback_query_id = conversation.store.add_callback(seat.user_id)
    conversation.store.add_update(
        "callback_query",
        {
            "id": callback_query_id,
            "from": seat_user(seat),
            "message": conversation.view(row, seat),
            "chat_instance": str(seat.user_id),
            "data": data,
        },
    )
    return {"callback_query_id": callback_query_id}


def edit(conversation: Conversation, seat: Row[Any], values: Json) -> Json:
    """Change a text the person wrote.

    Raises:
        SeatError: 404, no such message; 400, it is no own text or the new one is empty or long.
    """
    row = own_message(conversation, seat, message_number(values))
    formatted = detect_in(clean(str(values.get("text") or "")).strip())
    if not row.outgoing or "text" not in row.body or "forward_origin" in row.body:
        raise wrong("Only an own text can be edited.")
    if not 0 < len(formatted.text) <= MOST_TEXT:
        raise wrong("A text has 1 to 4096 characters.")
    body = {key: value for key, value in row.body.items() if key != "entities"}
    body["text"] = formatted.text
    if formatted.entities:
        body["entities"] = formatted.entities
    return _changed(conversation, seat, row, body, edited=True)


def move(conversation: Conversation, seat: Row[Any], message_id: int, values: Json) -> Json:
    """Move or stop a live location the person shares.

    Raises:
        SeatError: 404, no such message; 409, it is no live location any more.
    """
    row = own_message(conversation, seat, message_id)
    if not row.outgoing or not is_live(row, conversation.store.now()):
        raise SeatError(409, "not_live", "This location is not live any more.")
    location = row.body["location"]
    if values.get("stop"):
        location = {key: value for key, value in location.items() if key != "live_period"}
    else:
        kept = {"latitude": values.get("latitude"), "longitude": values.get("longitude")}
        location = location | read_location(Parameters(kept, {}))
    body = row.body | {"location": location}
    return _changed(conversation, seat, row, body, edited=False)


def react(conversation: Conversation, seat: Row[Any], values: Json) -> Json:
    """React to a message with one emoji, or take the reaction back with null.

    Raises:
        SeatError: 404, no such message; 400, no such reaction.
    """
    row = own_message(conversation, seat, message_number(values))
    emoji = values.get("emoji")
    if emoji is not None and str(emoji) not in REACTIONS:
        raise wrong("There is no such reaction.")
    reactions = [{"type": "emoji", "emoji": emoji}] if emoji else []
    conversation.react(row, reactions, outgoing=True)
    conversation.store.add_update(
        "message_reaction",
        {
            "chat": private_chat(seat),
            "message_id": row.message_id,
            "user": seat_user(seat),
            "date": conversation.store.now(),
            "old_reaction": row.seat_reactions,
            "new_reaction": reactions,
        },
    )
    return {}


def forward(conversation: Conversation, seat: Row[Any], values: Json) -> Json:
    """Forward a message: to the own seat it goes to the bot, to another seat it arrives there.

    What one person forwards to another the bot does not see, as on Telegram.

    Raises:
        SeatError: 404, no such message or seat; 403, the message is protected.
    """
    row = own_message(conversation, seat, message_number(values))
    if row.body.get("has_protected_content"):
        raise SeatError(403, "protected", "This message cannot be forwarded.")
    to_seat = values.get("to_seat")
    target = conversation.store.seat(to_seat) if isinstance(to_seat, int) else None
    if target is None:
        raise SeatError(404, "no_seat", "There is no such seat.")
    content = content_of(row) | {"forward_origin": conversation.origin(row, seat)}
    file = conversation.file_of(row)
    if target.seat == seat.seat:
        return _shown(conversation, seat, say(conversation, seat, content, file=file))
    markup = links_only(row.body.get("reply_markup"))
    arrived = conversation.add(target, content, outgoing=False, markup=markup, file=file)
    return {"to_seat": target.seat, "message_id": arrived.message_id}


def _changed(
    conversation: Conversation, seat: Row[Any], row: Row[Any], body: Json, *, edited: bool
) -> Json:
    changed = conversation.change(row, body, edited=edited)
    conversation.store.add_update("edited_message", conversation.view(changed, seat))
    return _shown(conversation, seat, changed)


def _shown(conversation: Conversation, seat: Row[Any], row: Row[Any]) -> Json:
    return {"message": conversation.page_view(row, seat)}
