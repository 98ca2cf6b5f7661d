"""Bot API methods that carry files: a new upload or one the server has, by its file_id."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.engine import Row
from starlette.datastructures import UploadFile

from bot.local_chat.bot_errors import bad_request
from bot.local_chat.bot_methods import deliver, reachable, read_caption
from bot.local_chat.conversation import Conversation
from bot.local_chat.files import KeptBytes, describe, file_path
from bot.local_chat.images import picture_size
from bot.local_chat.parameters import Parameters
from bot.local_chat.store import Json

MOST_DOWNLOAD_BYTES = 20 << 20
MOST_PHOTO_BYTES = 10 << 20
LONGEST_S = 2**31 - 1
_UNCAPTIONED = frozenset({"video_note", "sticker"})

MediaMethod = Callable[[Conversation, Parameters], Awaitable[Json]]


def _sender(kind: str) -> MediaMethod:
    async def send(conversation: Conversation, parameters: Parameters) -> Json:
        with conversation.store.transaction():
            reachable(conversation, parameters)
            known = _known_file(conversation, parameters, kind)
        if known is not None:
            return _send(conversation, parameters, kind, known)
        upload = _upload(parameters, kind)
        kept = await conversation.files.keep(upload, kind)
        cover = await _keep_cover(conversation, parameters, kind)
        try:
            return _send(conversation, parameters, kind, kept, cover)
        except BaseException:
            for each in (kept, cover):
                if each is not None:
                    conversation.files.discard(each)
            raise

    return send


async def _keep_cover(
    conversation: Conversation, parameters: Parameters, kind: str
) -> KeptBytes | None:
    """The picture that a sound was sent with; what is no picture is ignored."""
    part = parameters.text("thumbnail").removeprefix("attach://") or "thumbnail"
    upload = parameters.files.get(part)
    if kind != "audio" or upload is None:
        return None
    kept = await conversation.files.keep(upload, "photo")
    if picture_size(kept.head) is None:
        conversation.files.discard(kept)
        return None
    return kept


def _send(
    conversation: Conversation,
    parameters: Parameters,
    kind: str,
    file: Row[Any] | KeptBytes,
    cover: KeptBytes | None = None,
) -> Json:
    with conversation.store.transaction():
        seat = reachable(conversation, parameters)
        if isinstance(file, KeptBytes):
            media = media_of(kind, parameters, file)
            if cover is not None:
                shown = media_of("photo", parameters, cover)
                row = conversation.files.add(cover, "photo", shown, from_seat=False)
                media["thumbnail"] = describe(row)["photo"][0]
            file = conversation.files.add(file, kind, media, from_seat=False)
        content = describe(file)
        if kind not in _UNCAPTIONED:
            content |= read_caption(parameters)
        return deliver(conversation, parameters, seat, content, file)


def _known_file(conversation: Conversation, parameters: Parameters, kind: str) -> Row[Any] | None:
    """The file named by its file_id; None when bytes were sent.

    Raises:
        BotApiError: 400, no such file, one of another kind, or an address on the web.
    """
    named = parameters.text(kind)
    if kind in parameters.files or named.startswith("attach://"):
        return None
    if not named:
        raise bad_request(f"there is no {kind} in the request")
    if named.lower().startswith(("http://", "https://")):
        raise bad_request(
            "wrong file identifier/HTTP URL specified: the local chat fetches nothing from the "
            "web, upload the file"
        )
    row = conversation.files.by_file_id(named)
    if row is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if row.kind != kind:
        raise bad_request(f"can't use file of type {_named(row.kind)} as {_named(kind)}")
    return row


def _named(kind: str) -> str:
    return kind.title().replace("_", "")


def _upload(parameters: Parameters, kind: str) -> UploadFile:
    part = parameters.text(kind).removeprefix("attach://") or kind
    upload = parameters.files.get(part)
    if upload is None:
        raise bad_request(f"there is no part {part} in the request")
    if not upload.size:
        raise bad_request("file must be non-empty")
    return upload


def media_of(kind: str, parameters: Parameters, kept: KeptBytes) -> Json:
    """What a kind of file carries besides its bytes, from the request or from the bytes.

    Raises:
        BotApiError: 400, a photo that is no picture or is over 10 MB.
    """
    if kind == "photo":
        size = picture_size(kept.head)
        if size is None or kept.size > MOST_PHOTO_BYTES:
            raise bad_request("IMAGE_PROCESS_FAILED" if size is None else "PHOTO_TOO_BIG")
        return {"width": size[0], "height": size[1]}
    if kind == "document":
        return {}
    if kind == "sticker":
        side = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
        return side | {"type": "regular", "emoji": parameters.text("emoji", "🙂")}
    media: Json = {"duration": min(max(parameters.integer("duration"), 0), LONGEST_S)}
    if kind == "audio":
        names = ("performer", "title")
        media |= {name: parameters.text(name) for name in names if parameters.text(name)}
    if kind == "video":
        media |= {"width": parameters.integer("width"), "height": parameters.integer("height")}
    if kind == "video_note":
        media["length"] = parameters.integer("length", 240)
    return media


async def _get_file(conversation: Conversation, parameters: Parameters) -> Json:
    with conversation.store.transaction():
        row = conversation.files.by_file_id(parameters.text("file_id"))
    if row is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if row.file_size > MOST_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {
        "file_id": row.file_id,
        "file_unique_id": row.file_unique_id,
        "file_size": row.file_size,
        "file_path": file_path(row),
    }


MEDIA_METHODS: dict[str, MediaMethod] = {
    "sendPhoto": _sender("photo"),
    "sendAudio": _sender("audio"),
    "sendVoice": _sender("voice"),
    "sendDocument": _sender("document"),
    "sendVideo": _sender("video"),
    "sendVideoNote": _sender("video_note"),
    "sendSticker": _sender("sticker"),
    "getFile": _get_file,
}
