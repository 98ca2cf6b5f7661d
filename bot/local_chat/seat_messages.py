"""What a person sends from a seat, made into messages and into updates for the bot."""

import secrets
from typing import Any

from sqlalchemy.engine import Row

from bot.local_chat.bot_media import media_of
from bot.local_chat.bot_methods import MOST_TEXT, read_caption, read_location
from bot.local_chat.conversation import Conversation, private_chat, seat_user
from bot.local_chat.entities import clean, detect_in
from bot.local_chat.files import FOLDERS, describe
from bot.local_chat.parameters import Parameters
from bot.local_chat.sendings import is_key, note_sent, sent_before
from bot.local_chat.store import Json

MOST_SEAT_UPLOAD_BYTES = 60 << 20
FORWARDED_AGE_S = 30 * 86400


class SeatError(Exception):
    """The page asked for something that cannot be done: a status, a key and a sentence."""

    def __init__(self, code: int, error: str, description: str) -> None:
        """`error` is a key the page may word itself; `description` says it in English."""
        super().__init__(description)
        self.code = code
        self.error = error
        self.description = description


def wrong(description: str) -> SeatError:
    """400: the request cannot be read."""
    return SeatError(400, "bad_request", description)


def own_message(conversation: Conversation, seat: Row[Any], message_id: int) -> Row[Any]:
    """A message in the seat's chat.

    Raises:
        SeatError: 404, there is none.
    """
    row = conversation.find(seat.user_id, message_id)
    if row is None or row.hidden:
        raise SeatError(404, "no_message", "There is no such message in this chat.")
    return row


def say(
    conversation: Conversation,
    seat: Row[Any],
    content: Json,
    *,
    reply_to: int | None = None,
    file: Row[Any] | None = None,
) -> Row[Any]:
    """Add a message of the person and queue its update.

    Raises:
        SeatError: 409, the person blocked the bot; 404, no message to reply to.
    """
    if seat.blocked:
        raise SeatError(
            409, "blocked", "This seat has blocked the bot. Unblock it or press Start."
        )
    if reply_to is not None:
        own_message(conversation, seat, reply_to)
    if not seat.started:
        conversation.store.change_seat(seat.user_id, started=True)
    row = conversation.add(seat, content, outgoing=True, reply_to=reply_to, file=file)
    if "text" in content and (seat.reply_keyboard or {}).get("one_time_keyboard"):
        conversation.set_reply_keyboard(seat, None)
    conversation.store.add_update("message", conversation.view(row, seat))
    return row


def text_contents(text: str) -> list[Json]:
    """A typed text as messages of at most 4096 characters, as Telegram's clients split it.

    Raises:
        SeatError: 400, there is nothing but white space.
    """
    whole = clean(text).strip()
    pieces = [whole[i : i + MOST_TEXT].strip() for i in range(0, len(whole), MOST_TEXT)]
    if not any(pieces):
        raise wrong("The text is empty.")
    contents = []
    for formatted in (detect_in(piece) for piece in pieces if piece):
        entities = {"entities": formatted.entities} if formatted.entities else {}
        contents.append({"text": formatted.text, **entities})
    return contents


def kind_content(conversation: Conversation, seat: Row[Any], values: Json) -> Json:
    """The content of a JSON message that is no text: location, contact, poll or dice.

    Raises:
        SeatError, BotApiError: 400, something is missing or out of range.
    """
    kind = values.get("kind")
    if kind == "location":
        named = values | {"horizontal_accuracy": values.get("accuracy")}
        return {"location": read_location(Parameters(named, {}))}
    if kind == "contact":
        return {"contact": _contact(seat, values)}
    if kind == "poll":
        return {"poll": _poll(values)}
    if kind == "dice":
        return {"dice": {"emoji": "🎲", "value": secrets.randbelow(6) + 1}}
    raise wrong("kind must be location, contact, poll or dice, or text must be given.")


def _contact(seat: Row[Any], values: Json) -> Json:
    names = ("phone_number", "first_name", "last_name")
    contact: Json = {name: str(values[name]) for name in names if values.get(name)}
    if "phone_number" not in contact:
        raise wrong("A contact needs phone_number.")
    contact.setdefault("first_name", seat.name)
    return contact | ({"user_id": seat.user_id} if values.get("own") else {})


def _poll(values: Json) -> Json:
    options = values.get("options")
    if not values.get("question") or not isinstance(options, list) or len(options) < 2:
        raise wrong("A poll needs a question and two options.")
    return {
        "id": str(secrets.randbits(62)),
        "question": str(values["question"]),
        "options": [
            {"persistent_id": str(place), "text": str(option), "voter_count": 0}
            for place, option in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }


def client_key(value: Any) -> str | None:
    """The page's own key of a sending, None where it gives none.

    Raises:
        SeatError: 400, it is no such key.
    """
    if not is_key(value):
        raise wrong("client_key must be a short text.")
    key: str | None = value
    return key


async def upload(
    conversation: Conversation, seat: Row[Any], parameters: Parameters
) -> list[Row[Any]]:
    """Send a file as it came: its bytes and its type stay as they are; nothing is sent twice.

    Raises:
        SeatError: 400, no file, an unknown kind or key; 409 as in `say`.
        BotApiError: 400, a photo that is no picture.
    """
    kind = parameters.text("kind")
    file = parameters.files.get("file")
    if kind not in FOLDERS or file is None:
        raise wrong(f"An upload needs a file and a kind, one of {', '.join(FOLDERS)}.")
    key = client_key(parameters.text("client_key") or None)
    kept = await conversation.files.keep(file, kind, parameters.text("file_name"))
    try:
        with conversation.store.transaction():
            sent = sent_before(conversation, seat, key)
            if sent is not None:
                conversation.files.discard(kept)
                return sent
            media = media_of(kind, parameters, kept)
            row = conversation.files.add(kept, kind, media, from_seat=True)
            content = describe(row) | read_caption(parameters)
            if parameters.flag("forwarded"):
                content["forward_origin"] = {
                    "type": "hidden_user",
                    "sender_user_name": "someone",
                    "date": conversation.store.now() - FORWARDED_AGE_S,
                }
            reply_to = parameters.integer("reply_to") or None
            rows = [say(conversation, seat, content, reply_to=reply_to, file=row)]
            note_sent(conversation, seat, key, rows)
            return rows
    except BaseException:
        conversation.files.discard(kept)
        raise


def set_blocked(conversation: Conversation, seat: Row[Any], blocked: bool) -> None:
    """Block or unblock the bot and tell it, as Telegram does."""
    if seat.blocked == blocked:
        return
    store = conversation.store
    store.change_seat(seat.user_id, blocked=blocked)
    bot = conversation.bot_user()
    member = {"user": bot, "status": "member"}
    kicked = {"user": bot, "status": "kicked", "until_date": 0}
    store.add_update(
        "my_chat_member",
        {
            "chat": private_chat(seat),
            "from": seat_user(seat),
            "date": store.now(),
            "old_chat_member": member if blocked else kicked,
            "new_chat_member": kicked if blocked else member,
        },
    )
