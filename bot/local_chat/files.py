"""Files of the chat: a row each in the store, their bytes in a folder beside it."""

import asyncio
import mimetypes
import re
import secrets
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.engine import Row
from starlette.datastructures import UploadFile

from bot.local_chat import tables
from bot.local_chat.entities import clean
from bot.local_chat.store import Json, Store

FOLDERS = {
    "photo": "photos",
    "audio": "music",
    "voice": "voice",
    "document": "documents",
    "video": "videos",
    "video_note": "video_notes",
    "sticker": "stickers",
}
_DEFAULT_TYPES = {"voice": "audio/ogg", "audio": "audio/mpeg", "photo": "image/jpeg"}
_HEAD_BYTES = 1 << 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_MEDIA_TYPE = re.compile(
    r"[\w.+-]{1,64}/[\w.+-]{1,64}(?:; *[\w-]{1,32}=\"?[\w.+,-]{1,64}\"?)?", re.ASCII
)
# Built once, as in `bot/local_chat/store.py`.
_ADD = insert(tables.files).returning(tables.files)
_BY_ID = select(tables.files).where(tables.files.c.file_id == bindparam("file_id"))
_BY_UNIQUE_ID = select(tables.files).where(
    tables.files.c.file_unique_id == bindparam("file_unique_id")
)
_UNIQUE_ID = re.compile(r"[A-Za-z0-9_-]{10,40}")


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """An upload on disk that no row names yet."""

    file_unique_id: str
    size: int
    head: bytes
    file_name: str
    mime_type: str


class Files:
    """Keeps, describes, finds and removes files. Rows need an open store transaction."""

    def __init__(self, store: Store) -> None:
        """Use the folder `files` beside the store; bytes that no row names are removed."""
        self._store = store
        self._folder = store.folder / "files"
        self._folder.mkdir(exist_ok=True, mode=0o700)
        with store.transaction():
            known = set(store.connection.scalars(select(tables.files.c.file_unique_id)))
        for path in self._folder.iterdir():
            if path.name not in known:
                path.unlink()

    async def keep(self, upload: UploadFile, kind: str, file_name: str = "") -> KeptBytes:
        """Write an upload's bytes as they are, off the event loop."""
        file_unique_id = secrets.token_urlsafe(12)
        size, head = await asyncio.to_thread(_write, upload, self._folder / file_unique_id)
        name = Path((file_name or upload.filename or kind).replace("\\", "/")).name[:200] or kind
        name = clean(name)
        announced = (upload.content_type or "").strip()
        # It becomes a header when the file is fetched: a line break in it would begin another.
        known = _MEDIA_TYPE.fullmatch(announced) is not None
        if not known or announced == "application/octet-stream":
            guessed = mimetypes.guess_type(name)[0]
            announced = guessed or _DEFAULT_TYPES.get(kind, "application/octet-stream")
        return KeptBytes(file_unique_id, size, head, name, announced)

    def discard(self, kept: KeptBytes) -> None:
        """Remove bytes that became no message."""
        self.path(kept.file_unique_id).unlink(missing_ok=True)

    def add(self, kept: KeptBytes, kind: str, media: Json, *, from_seat: bool) -> Row[Any]:
        """Name kept bytes; `media` holds what its kind adds: duration, width, title…"""
        row = {
            "file_unique_id": kept.file_unique_id,
            "file_id": f"{kind}-{secrets.token_urlsafe(24)}",
            "kind": kind,
            "mime_type": kept.mime_type,
            "file_name": kept.file_name,
            "file_size": kept.size,
            "from_seat": from_seat,
            "media": media,
        }
        return self._store.connection.execute(_ADD, row).one()

    def by_file_id(self, file_id: str) -> Row[Any] | None:
        """The file a bot names by its file_id."""
        return self._store.connection.execute(_BY_ID, {"file_id": file_id}).one_or_none()

    def by_unique_id(self, file_unique_id: str) -> Row[Any] | None:
        """The file of that unique id; anything that is no such id finds nothing."""
        if not _UNIQUE_ID.fullmatch(file_unique_id):
            return None
        key = {"file_unique_id": file_unique_id}
        return self._store.connection.execute(_BY_UNIQUE_ID, key).one_or_none()

    def path(self, file_unique_id: str) -> Path:
        """Where the bytes of a known file lie."""
        return self._folder / file_unique_id

    def remove_unused(self, file_unique_id: str) -> None:
        """Remove what a seat sent once no message shows it; the bot's stay for reuse."""
        row = self.by_unique_id(file_unique_id)
        shown = self._store.connection.scalar(
            select(tables.messages.c.message_id)
            .where(tables.messages.c.file_unique_id == file_unique_id)
            .limit(1)
        )
        if row is None or not row.from_seat or shown is not None:
            return
        self._store.connection.execute(
            delete(tables.files).where(tables.files.c.file_unique_id == file_unique_id)
        )
        path = self.path(file_unique_id)
        self._store.after_commit(partial(path.unlink, missing_ok=True))


def describe(row: Row[Any]) -> Json:
    """The part of a Message that shows this file: `{"voice": {…}}`, `{"photo": [{…}]}`."""
    described: Json = {
        "file_id": row.file_id,
        "file_unique_id": row.file_unique_id,
        "file_size": row.file_size,
        **row.media,
    }
    if row.kind in {"voice", "audio", "document", "video"}:
        described["mime_type"] = row.mime_type
    if row.kind in {"audio", "document", "video"}:
        described["file_name"] = row.file_name
    return {row.kind: [described] if row.kind == "photo" else described}


def file_path(row: Row[Any]) -> str:
    """What getFile calls the path: the kind's folder, the unique id and a suffix."""
    suffix = Path(row.file_name).suffix
    if row.kind == "voice" and row.mime_type == "audio/ogg":
        suffix = ".oga"
    elif not _SUFFIX.fullmatch(suffix):
        suffix = mimetypes.guess_extension(row.mime_type.partition(";")[0]) or ""
    return f"{FOLDERS[row.kind]}/{row.file_unique_id}{suffix}"


def _write(upload: UploadFile, path: Path) -> tuple[int, bytes]:
    upload.file.seek(0)
    head = upload.file.read(_HEAD_BYTES)
    with path.open("wb") as target:
        target.write(head)
        shutil.copyfileobj(upload.file, target)
        size = target.tell()
    return size, head
