"""What a message says, in the product's own terms."""

from telegram import Message

from bot.responder import Incoming
from bot.todak import language_of_words
from inference.analysis import Utterance

RECORDINGS = ("voice", "video_note", "audio")
"""What Telegram plays as a sound, and a bot can pass on as what it is."""


def incoming_from(message: Message) -> Incoming:
    """What a message says, without its recording; a poll speaks through its question."""
    uploaded = message.audio or message.video or message.document
    asked = None if message.poll is None else message.poll.question
    file_kind = next((kind for kind in RECORDINGS if getattr(message, kind)), None)
    return Incoming(
        chat_id=message.chat_id,
        message_id=message.message_id,
        sent_at=message.date,
        language=language_of_words(message.text or message.caption, message.from_user),
        utterance=Utterance(text=_encodable(message.text or message.caption or asked)),
        own=message.forward_origin is None and uploaded is None,
        file_id=None if file_kind is None else getattr(message, file_kind).file_id,
        file_kind=file_kind,
    )


def _encodable(text: str | None) -> str | None:
    """The text without halves of characters, which JSON may hold and nothing can store."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")
