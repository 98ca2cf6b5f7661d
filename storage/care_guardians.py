"""Guardians and the links that invite them."""

import contextlib
import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from storage.care_duties import Duties
from storage.care_records import (
    ASKED_AGAIN_AFTER,
    CHOICE_VERSION,
    CONFIRMATION_EVERY,
    INVITATION_VALID,
    MOST_GUARDIANS,
    Choice,
    ChoiceDecision,
    Guardian,
    Invitation,
    Refusal,
)
from storage.care_tables import GuardianRow, InvitationRow
from storage.key_store import KeyDestroyed
from storage.records import Language
from storage.sealed_rows import NoSuchPerson
from storage.tables import PersonRow

TOKEN_BYTES = 16


class TooManyGuardians(Exception):
    """The person has `MOST_GUARDIANS` already."""


def token_digest(token: str) -> str:
    """What is stored of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Guardians(Duties):
    """Questions about guardians; whoever is named by `chat_id` is the person they guard."""

    def invite(self, chat_id: int, name: str, now: datetime) -> str:
        """A new single-use token of 128 bits for somebody the person calls `name`.

        Raises:
            NoSuchPerson: nobody is registered under this chat.
            TooManyGuardians: there is no room for another.
        """
        if self._n_guardians(chat_id) >= MOST_GUARDIANS:
            raise TooManyGuardians
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._session.add(
            InvitationRow(
                token_digest=token_digest(token),
                chat_id=chat_id,
                expires_at=now + INVITATION_VALID,
                used_by=None,
                sealed=self._seal(chat_id, {"name": name}),
            )
        )
        return token

    def invitation(self, token: str) -> Invitation | None:
        """The invitation of a token, also a used one or one that is over; None if unknown."""
        row = self._session.get(InvitationRow, token_digest(token))
        return None if row is None else self._invitation(row)

    def invitations(self, chat_id: int, now: datetime) -> list[Invitation]:
        """A person's links that may still be accepted."""
        rows = self._session.scalars(
            select(InvitationRow)
            .where(
                InvitationRow.chat_id == chat_id,
                InvitationRow.used_by.is_(None),
                InvitationRow.expires_at > now,
            )
            .order_by(InvitationRow.expires_at)
        )
        return [self._invitation(row) for row in rows.all()]

    def withdraw(self, token: str) -> bool:
        """End a link that nobody accepted: withdrawn or declined; False if there is none."""
        ended = self._session.execute(
            delete(InvitationRow)
            .where(
                InvitationRow.token_digest == token_digest(token), InvitationRow.used_by.is_(None)
            )
            .returning(InvitationRow.token_digest)
        )
        return len(ended.all()) == 1

    def take_back(self, chat_id: int, digest_begins: str, now: datetime) -> str | None:
        """The person ends an open link of their own; the name in it, None if there is none."""
        for invitation in self.invitations(chat_id, now):
            if invitation.token_digest.startswith(digest_begins):
                self._session.delete(self._session.get_one(InvitationRow, invitation.token_digest))
                return invitation.name
        return None

    def accept(
        self, token: str, guardian_chat_id: int, language: Language, now: datetime
    ) -> Guardian | Refusal:
        """Whoever taps becomes a guardian; the first one wins, and tapping again says the same.

        `Refusal.GONE` where the link never was, is over or was used by somebody else.
        """
        digest = token_digest(token)
        chat_id = self._session.scalar(
            select(InvitationRow.chat_id).where(InvitationRow.token_digest == digest)
        )
        # One after another for each person: neither the link nor the last place goes to two.
        if chat_id is None or not self._locked(chat_id):
            return Refusal.GONE
        row = self._session.get(InvitationRow, digest, populate_existing=True)
        if row is None or row.expires_at <= now or row.used_by not in (None, guardian_chat_id):
            return Refusal.GONE
        if chat_id == guardian_chat_id:
            return Refusal.ONESELF
        guardian = self._of(chat_id, GuardianRow.guardian_chat_id == guardian_chat_id)
        if row.used_by is not None:
            return Refusal.GONE if guardian is None else guardian  # removed since, or said twice
        if guardian is not None:
            return Refusal.ALREADY
        if self._n_guardians(chat_id) >= MOST_GUARDIANS:
            return Refusal.FULL
        row.used_by = guardian_chat_id
        name = self._open(chat_id, row.sealed)["name"]
        added = GuardianRow(
            chat_id=chat_id,
            guardian_chat_id=guardian_chat_id,
            language=language.value,
            position=self._last_position(chat_id) + 1,
            paused=False,
            accepted_at=now,
            confirmed_at=now,
            sealed=self._seal(chat_id, {"name": name, "decisions": []}),
        )
        self._session.add(added)
        self._take_in(chat_id, guardian_chat_id)
        self._session.flush()
        return self._guardian(added)

    def guardians(self, chat_id: int) -> list[Guardian]:
        """A person's guardians in their order, paused ones too."""
        rows = self._session.scalars(
            select(GuardianRow)
            .where(GuardianRow.chat_id == chat_id)
            .order_by(GuardianRow.position, GuardianRow.id)
        )
        return [self._guardian(row) for row in rows.all()]

    def guardian(self, chat_id: int, guardian_id: int) -> Guardian | None:
        """One guardian of this person, or None."""
        return self._of(chat_id, GuardianRow.id == guardian_id)

    def guardian_by_chat(self, chat_id: int, guardian_chat_id: int) -> Guardian | None:
        """What this chat is to the person, or None."""
        return self._of(chat_id, GuardianRow.guardian_chat_id == guardian_chat_id)

    def guarded_by(self, guardian_chat_id: int) -> list[Guardian]:
        """As whom this chat was accepted, once for each person it guards."""
        rows = self._session.scalars(
            select(GuardianRow)
            .where(GuardianRow.guardian_chat_id == guardian_chat_id)
            .order_by(GuardianRow.id)
        )
        return [self._guardian(row) for row in rows.all()]

    def set_choice(
        self, chat_id: int, guardian_id: int, choice: Choice, granted: bool, now: datetime
    ) -> bool:
        """Switch one choice; False where this person has no such guardian."""
        row = self._guardian_row(chat_id, guardian_id)
        if row is None:
            return False
        content = self._open(chat_id, row.sealed)
        content["decisions"].append([choice.value, CHOICE_VERSION, granted, now.isoformat()])
        row.sealed = self._seal(chat_id, content)
        if not granted:
            self.revoked.add(chat_id)
        return True

    def choice_decisions(self, chat_id: int) -> list[ChoiceDecision]:
        """Every switch about the guardians there are now, oldest first for each."""
        rows = self._session.scalars(
            select(GuardianRow).where(GuardianRow.chat_id == chat_id).order_by(GuardianRow.id)
        )
        found = [(row.id, self._open(chat_id, row.sealed)) for row in rows.all()]
        return [
            ChoiceDecision(
                guardian_id,
                content["name"],
                Choice(choice),
                version,
                granted,
                datetime.fromisoformat(decided_at),
            )
            for guardian_id, content in found
            for choice, version, granted, decided_at in content["decisions"]
        ]

    def rename(self, chat_id: int, guardian_id: int, name: str) -> bool:
        """The person calls a guardian something else; False where there is no such guardian."""
        row = self._guardian_row(chat_id, guardian_id)
        if row is None:
            return False
        row.sealed = self._seal(chat_id, self._open(chat_id, row.sealed) | {"name": name})
        return True

    def move(self, chat_id: int, guardian_id: int, position: int) -> bool:
        """Put a guardian at a place in the order, 0 the first; False where there is none."""
        if not self._locked(chat_id):
            return False
        rows = self._session.scalars(
            select(GuardianRow)
            .where(GuardianRow.chat_id == chat_id)
            .order_by(GuardianRow.position, GuardianRow.id)
        ).all()
        moved = next((row for row in rows if row.id == guardian_id), None)
        if moved is None:
            return False
        order = [row for row in rows if row is not moved]
        order.insert(max(0, position), moved)
        for place, row in enumerate(order):
            row.position = place
        return True

    def pause(self, chat_id: int, guardian_id: int, paused: bool) -> bool:
        """Tell a guardian nothing for a while, or again; False where there is none."""
        row = self._guardian_row(chat_id, guardian_id)
        if row is None:
            return False
        row.paused = paused
        if paused:
            self.revoked.add(chat_id)
        return True

    def remove(self, chat_id: int, guardian_id: int) -> bool:
        """Take a guardian out, at once and without their being told; False where there is none."""
        return self._take_out(GuardianRow.chat_id == chat_id, GuardianRow.id == guardian_id) == 1

    def remove_all(self, chat_id: int) -> int:
        """Take out every guardian and every open link; how many guardians they were."""
        open_links = InvitationRow.used_by.is_(None), InvitationRow.chat_id == chat_id
        self._session.execute(delete(InvitationRow).where(*open_links))
        return self._take_out(GuardianRow.chat_id == chat_id)

    def confirm(self, chat_id: int, guardian_id: int, now: datetime) -> bool:
        """The person said that a guardian should stay; False where there is none."""
        row = self._guardian_row(chat_id, guardian_id)
        if row is None:
            return False
        row.confirmed_at = now
        return True

    def due_confirmations(self, now: datetime) -> list[Guardian]:
        """Guardians to ask their person about; each is given to one caller only.

        Due after `CONFIRMATION_EVERY`, and once more `ASKED_AGAIN_AFTER` a question without
        answer.
        """
        claimed = self._session.scalars(
            update(GuardianRow)
            .where(
                GuardianRow.confirmed_at <= now - CONFIRMATION_EVERY,
                or_(
                    GuardianRow.asked_at.is_(None), GuardianRow.asked_at <= now - ASKED_AGAIN_AFTER
                ),
            )
            .values(asked_at=now)
            .returning(GuardianRow.id)
            .execution_options(synchronize_session=False)
        ).all()
        rows = self._session.scalars(
            select(GuardianRow)
            .where(GuardianRow.id.in_(claimed))
            .order_by(GuardianRow.chat_id, GuardianRow.position, GuardianRow.id)
            .execution_options(populate_existing=True)
        )
        return list(self._still_there(rows.all()))

    def _still_there(self, rows: Iterable[GuardianRow]) -> Iterable[Guardian]:
        """Those whose person is not being deleted this moment."""
        for row in rows:
            with contextlib.suppress(KeyDestroyed, NoSuchPerson):
                yield self._guardian(row)

    def _locked(self, chat_id: int) -> bool:
        found = select(PersonRow.chat_id).where(PersonRow.chat_id == chat_id).with_for_update()
        return self._session.scalar(found) is not None

    def _n_guardians(self, chat_id: int) -> int:
        theirs = select(func.count()).where(GuardianRow.chat_id == chat_id)
        return self._session.scalar(theirs) or 0

    def _last_position(self, chat_id: int) -> int:
        last = self._session.scalar(
            select(func.max(GuardianRow.position)).where(GuardianRow.chat_id == chat_id)
        )
        return -1 if last is None else last

    def _guardian_row(self, chat_id: int, guardian_id: int) -> GuardianRow | None:
        return self._session.scalar(
            select(GuardianRow)
            .where(GuardianRow.chat_id == chat_id, GuardianRow.id == guardian_id)
            .with_for_update()
        )

    def _of(self, chat_id: int, which: ColumnElement[bool]) -> Guardian | None:
        row = self._session.scalar(
            select(GuardianRow).where(GuardianRow.chat_id == chat_id, which)
        )
        return None if row is None else self._guardian(row)

    def _invitation(self, row: InvitationRow) -> Invitation:
        name = self._open(row.chat_id, row.sealed)["name"]
        return Invitation(
            row.token_digest, row.chat_id, name, row.expires_at, row.used_by is not None
        )

    def _guardian(self, row: GuardianRow) -> Guardian:
        content = self._open(row.chat_id, row.sealed)
        return Guardian(
            id=row.id,
            chat_id=row.chat_id,
            guardian_chat_id=row.guardian_chat_id,
            name=content["name"],
            language=Language(row.language),
            position=row.position,
            paused=row.paused,
            choices=_granted(content["decisions"]),
            accepted_at=row.accepted_at,
            confirmed_at=row.confirmed_at,
        )


def _granted(decisions: Iterable[list[Any]]) -> frozenset[Choice]:
    """The choices whose newest decision grants the wording of today."""
    newest = {
        choice: granted and version == CHOICE_VERSION for choice, version, granted, _ in decisions
    }
    return frozenset(Choice(choice) for choice, granted in newest.items() if granted)
