"""What every part of the memory does: find a person's row and key, insert once."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.encryption import SealedBox
from storage.key_store import KeyStore
from storage.records import AgeBand, Language, Person
from storage.tables import PersonRow, Table


class NoSuchPerson(LookupError):
    """Nobody with this chat is registered."""


class SealedRows:
    """The rows of one transaction and the keys that open them, each looked up once."""

    def __init__(self, session: Session, keys: KeyStore) -> None:
        self._session = session
        self._keys = keys
        self._boxes: dict[str, SealedBox] = {}

    def _row(self, chat_id: int) -> PersonRow:
        row = self._session.get(PersonRow, chat_id)
        if row is None:
            raise NoSuchPerson
        return row

    def _box(self, chat_id: int) -> SealedBox:
        key_id = self._row(chat_id).key_id
        if key_id not in self._boxes:
            self._boxes[key_id] = self._keys.box(key_id)
        return self._boxes[key_id]

    def _seal(self, chat_id: int, content: Mapping[str, Any]) -> bytes:
        return self._box(chat_id).seal(json.dumps(content, ensure_ascii=False))

    def _open(self, chat_id: int, sealed: bytes) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self._box(chat_id).open(sealed))
        return content

    def _insert_once(self, row: Table) -> bool:
        try:
            with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError:
            return False
        return True


def person_of(row: PersonRow) -> Person:
    """The person that a row holds."""
    return Person(
        chat_id=row.chat_id,
        language=Language(row.language),
        age_band=AgeBand(row.age_band),
        started_at=row.started_at,
    )
