"""Guardians as they see it themselves: what they took on, whether or not they were removed."""

from sqlalchemy import ColumnElement, delete, select, true
from sqlalchemy.orm import Session

from storage.care_records import Duty
from storage.care_tables import FormerGuardianRow, GuardianRow
from storage.key_store import KeyStore
from storage.records import Language
from storage.sealed_rows import SealedRows


class Duties(SealedRows):
    """Removal is silent: who is removed goes on reading of the same duties until they leave.

    `revoked` gathers the persons of whom guardians may be told less since this transaction, so
    that it counts at once wherever what they had allowed is remembered.
    """

    def __init__(self, session: Session, keys: KeyStore) -> None:
        super().__init__(session, keys)
        self.revoked: set[int] = set()

    def duties(self, guardian_chat_id: int) -> list[Duty]:
        """What this chat took on and did not leave, oldest first."""
        guardian, former = GuardianRow, FormerGuardianRow
        now = select(guardian.id, guardian.chat_id, guardian.language, guardian.accepted_at)
        then = select(former.guardian_id, former.chat_id, former.language, former.accepted_at)
        rows = [
            *self._session.execute(now.where(guardian.guardian_chat_id == guardian_chat_id)),
            *self._session.execute(then.where(former.guardian_chat_id == guardian_chat_id)),
        ]
        return [
            Duty(guardian_id, chat_id, Language(language), accepted_at)
            for guardian_id, chat_id, language, accepted_at in sorted(rows, key=lambda row: row[0])
        ]

    def leave(self, guardian_chat_id: int, chat_id: int | None = None) -> int:
        """A guardian stops guarding one person, or everybody; how many they did guard."""
        for_whom = true() if chat_id is None else FormerGuardianRow.chat_id == chat_id
        theirs = FormerGuardianRow.guardian_chat_id == guardian_chat_id
        self._session.execute(delete(FormerGuardianRow).where(theirs, for_whom))
        for_whom = true() if chat_id is None else GuardianRow.chat_id == chat_id
        theirs = GuardianRow.guardian_chat_id == guardian_chat_id
        left = delete(GuardianRow).where(theirs, for_whom).returning(GuardianRow.chat_id)
        guarded = self._session.scalars(left).all()
        self.revoked.update(guarded)
        return len(guarded)

    def _take_out(self, *which: ColumnElement[bool]) -> int:
        """Remove guardians without their being told; how many they were."""
        rows = self._session.scalars(select(GuardianRow).where(*which).with_for_update()).all()
        for row in rows:
            self.revoked.add(row.chat_id)
            self._session.delete(row)
            self._session.add(
                FormerGuardianRow(
                    guardian_id=row.id,
                    chat_id=row.chat_id,
                    guardian_chat_id=row.guardian_chat_id,
                    language=row.language,
                    accepted_at=row.accepted_at,
                )
            )
        self._session.flush()
        return len(rows)

    def _take_in(self, chat_id: int, guardian_chat_id: int) -> None:
        """Somebody who was removed accepts again."""
        same = (
            FormerGuardianRow.chat_id == chat_id,
            FormerGuardianRow.guardian_chat_id == guardian_chat_id,
        )
        self._session.execute(delete(FormerGuardianRow).where(*same))
