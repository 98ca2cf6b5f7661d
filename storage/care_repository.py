"""What Todak knows so that it can bring help: `memory.care`, in the same transaction."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select, update

from storage.care_codes import SameCode, code_digest, matches
from storage.care_guardians import Guardians
from storage.care_incidents import Incidents
from storage.care_records import (
    INVITATION_EXPLAINED,
    POSITION_KEPT,
    QUESTION_OPEN,
    Code,
    Guarded,
    Home,
    Position,
    Question,
)
from storage.care_tables import (
    DisclosureRow,
    GuardianRow,
    HomeRow,
    IncidentRow,
    InvitationRow,
    PositionRow,
    QuestionRow,
)
from storage.sealed_rows import person_of
from storage.tables import PersonRow, Table


class CareRepository(Guardians, Incidents):
    """Guardians and incidents, and of each chat its home, last position and open question."""

    def guarded(self, chat_id: int) -> Guarded | None:
        """A person with their guardians, home and position; None where nobody is registered."""
        row = self._session.get(PersonRow, chat_id)
        if row is None:
            return None
        guardians = tuple(self.guardians(chat_id))
        return Guarded(person_of(row), guardians, self.home(chat_id), self.position(chat_id))

    def fingerprints(self) -> dict[int, bytes]:
        """For each person with guardians a digest that changes with anything `guarded` gives.

        Opens nothing that is sealed.
        """
        theirs = select(GuardianRow.chat_id)
        digests: dict[int, hashlib.blake2b] = {}
        for row in (PersonRow, GuardianRow, HomeRow, PositionRow):
            table = Table.metadata.tables[row.__tablename__]
            query = select(table).where(row.chat_id.in_(theirs)).order_by(*table.primary_key)
            for found in self._session.execute(query):
                digest = digests.setdefault(found.chat_id, hashlib.blake2b(digest_size=16))
                digest.update(repr((table.name, *found)).encode())
        return {chat_id: digest.digest() for chat_id, digest in digests.items()}

    def home(self, chat_id: int) -> Home:
        """What the person set, or the defaults."""
        row = self._session.get(HomeRow, chat_id)
        return Home() if row is None else Home(**self._open(chat_id, row.sealed))

    def set_home(self, chat_id: int, home: Home) -> None:
        """Keep all of it in the place of what was set.

        Raises:
            NoSuchPerson: nobody is registered under this chat.
        """
        sealed = self._seal(chat_id, asdict(home))
        self._session.merge(HomeRow(chat_id=chat_id, sealed=sealed))
        self.revoked.add(chat_id)

    def set_code(self, chat_id: int, code: Code, typed: str | None) -> None:
        """Set one of the codes, or end it; a duress code ends with the cancel code.

        Raises:
            CodeTooShort: it would be typed by chance.
            SameCode: it is what the other code is.
            NoSuchPerson: nobody is registered under this chat.
        """
        home = self.home(chat_id)
        digest = None if typed is None else code_digest(typed)
        duress = code is Code.DURESS
        other = home.cancel_code_digest if duress else home.duress_code_digest
        if typed is not None and matches(typed, other):
            raise SameCode
        if duress:
            home = replace(home, duress_code_digest=digest)
        elif digest is None:
            home = replace(home, cancel_code_digest=None, duress_code_digest=None)
        else:
            home = replace(home, cancel_code_digest=digest)
        self.set_home(chat_id, home)

    def position(self, chat_id: int) -> Position | None:
        """Where the person was last, or None."""
        row = self._session.get(PositionRow, chat_id)
        if row is None:
            return None
        content = self._open(chat_id, row.sealed)
        return Position(content["latitude"], content["longitude"], row.shared_at, row.live_until)

    def set_position(self, chat_id: int, position: Position) -> bool:
        """Keep a position in the place of an older one; False where a newer one is kept.

        Raises:
            NoSuchPerson: nobody is registered under this chat.
        """
        row = self._session.get(PositionRow, chat_id)
        if row is not None and row.shared_at > position.shared_at:
            return False
        content = {"latitude": position.latitude, "longitude": position.longitude}
        self._session.merge(
            PositionRow(
                chat_id=chat_id,
                shared_at=position.shared_at,
                live_until=position.live_until,
                sealed=self._seal(chat_id, content),
            )
        )
        return True

    def forget_position(self, chat_id: int) -> None:
        """Keep no position of this person."""
        self._session.execute(delete(PositionRow).where(PositionRow.chat_id == chat_id))
        self.revoked.add(chat_id)

    def ask(
        self,
        chat_id: int,
        question: str,
        content: Mapping[str, Any] | None,
        now: datetime,
        asked_by: int | None = None,
        open_for: timedelta = QUESTION_OPEN,
    ) -> None:
        """Make this the one open question of a chat; `asked_by` is the message being handled.

        Raises:
            NoSuchPerson: there is content, and nobody is registered whose key would seal it.
        """
        sealed = None if content is None else self._seal(chat_id, content)
        row = self._session.get(QuestionRow, chat_id)
        before, before_sealed = None, None
        if row is not None:
            again = asked_by is not None and row.asked_by == asked_by
            if again:
                before, before_sealed = row.before, row.before_sealed
            elif row.answered_by in (None, asked_by) and row.lapses_at > now:
                before, before_sealed = row.question, row.sealed
        self._session.merge(
            QuestionRow(
                chat_id=chat_id,
                question=question,
                sealed=sealed,
                asked_at=now,
                lapses_at=now + open_for,
                asked_by=asked_by,
                answered_by=None,
                before=before,
                before_sealed=before_sealed,
            )
        )

    def asked(self, chat_id: int, message_id: int, now: datetime) -> Question | None:
        """The question that a message answers, if one is open; handled again, it gets the same."""
        row = self._session.get(QuestionRow, chat_id)
        if row is None or row.lapses_at <= now or row.answered_by not in (None, message_id):
            return None
        question, sealed = row.question, row.sealed
        if row.asked_by == message_id:
            if row.before is None:
                return None
            question, sealed = row.before, row.before_sealed
        content = None if sealed is None else self._open(chat_id, sealed)
        return Question(chat_id, question, content, row.asked_at, row.lapses_at)

    def open_question(self, chat_id: int, now: datetime) -> Question | None:
        """The question that is open in a chat, whatever is said next."""
        row = self._session.get(QuestionRow, chat_id)
        if row is None or row.lapses_at <= now or row.answered_by is not None:
            return None
        content = None if row.sealed is None else self._open(chat_id, row.sealed)
        return Question(chat_id, row.question, content, row.asked_at, row.lapses_at)

    def answered(self, chat_id: int, message_id: int) -> None:
        """The open question is answered by this message; the next one meets none."""
        row = self._session.get(QuestionRow, chat_id)
        if row is not None and row.asked_by != message_id:
            row.answered_by = message_id

    def drop_question(self, chat_id: int) -> None:
        """Nothing is asked any more."""
        self._session.execute(delete(QuestionRow).where(QuestionRow.chat_id == chat_id))

    def forget_lapsed(self, now: datetime) -> int:
        """Delete links and questions that are over, and old positions; how many.

        A position stays while an incident of its person is open.
        """
        needed = exists().where(
            IncidentRow.chat_id == PositionRow.chat_id, IncidentRow.ended_at.is_(None)
        )
        old = PositionRow.shared_at <= now - POSITION_KEPT
        return sum(
            len(self._session.execute(query).all())
            for query in (
                delete(InvitationRow)
                .where(InvitationRow.expires_at <= now - INVITATION_EXPLAINED)
                .returning(InvitationRow.token_digest),
                delete(QuestionRow)
                .where(QuestionRow.lapses_at <= now)
                .returning(QuestionRow.chat_id),
                delete(PositionRow).where(old, ~needed).returning(PositionRow.chat_id),
            )
        )

    def forget_chat(self, chat_id: int) -> None:
        """Whatever names this chat without being its person's: it guards nobody any more."""
        self.revoked.add(chat_id)
        self.leave(chat_id)
        self.drop_question(chat_id)
        for column in (DisclosureRow.guardian_chat_id, InvitationRow.used_by):
            named = update(column.class_).where(column == chat_id)
            self._session.execute(named.values({column: None}))
