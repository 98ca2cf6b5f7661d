"""What a message says, in the product's own terms."""

import re

from telegram import Message

from bot.exchange import Incoming
from bot.todak import language_of_words
from inference.analysis import Utterance

COMMANDS = (
    "start",
    "help",
    "sleep",
    "settings",
    "guardians",
    "home",
    "drill",
    "incidents",
    "leave",
    "language",
    "privacy",
    "export",
    "delete",
)
_COMMAND = re.compile(rf"/({'|'.join(COMMANDS)})(@\w+)?\s*", re.IGNORECASE)

RECORDINGS = ("voice", "video_note", "audio")
"""What Telegram plays as a sound, and a bot can pass on as what it is."""


def incoming_from(message: Message) -> Incoming:
    """What a message says, without its recording."""
    passed_on = message.forward_origin
    uploaded = message.audio or message.video or message.document
    text = _own_words(message)
    file_kind = next((kind for kind in RECORDINGS if getattr(message, kind)), None)
    return Incoming(
        chat_id=message.chat_id,
        message_id=message.message_id,
        sent_at=message.date,
        language=language_of_words(text, message.from_user),
        utterance=Utterance(text=_encodable(text)),
        edited_at=message.edit_date,
        own=passed_on is None,
        recorded_here=passed_on is None and uploaded is None,
        beside=_encodable(_poll(message)),
        names=_encodable(_names(message)),
        file_id=None if file_kind is None else getattr(message, file_kind).file_id,
        file_kind=file_kind,
        first_sent_at=None if passed_on is None else passed_on.date,
    )


def _own_words(message: Message) -> str | None:
    """What was written; nothing for a command of ours alone: `/help` sounds like danger."""
    if message.text is not None and _COMMAND.fullmatch(message.text):
        return None
    return message.text or message.caption


def _poll(message: Message) -> str | None:
    if (poll := message.poll) is None:
        return None
    options = [option.text for option in poll.options]
    return _joined([poll.question, poll.description, *options, poll.explanation])


def _names(message: Message) -> str | None:
    """Nobody's own words: of contacts, venues and files hotlines and emergency rooms have some."""
    names: list[str | None] = []
    if message.venue is not None:
        names.append(message.venue.title)
    if message.contact is not None:
        names += [message.contact.first_name, message.contact.last_name]
    if message.document is not None:
        names.append(message.document.file_name)
    return _joined(names)


def _joined(parts: list[str | None]) -> str | None:
    return "\n".join(filter(None, parts)) or None


def _encodable(text: str | None) -> str | None:
    """The text without halves of characters, which JSON may hold and nothing can store."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")
