"""Incidents, and who was told what of them."""

import contextlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update

from storage.care_records import Disclosure, IncidentRecord, Outcome
from storage.care_tables import DisclosureRow, IncidentRow, QuestionRow
from storage.encryption import WrongServiceKey
from storage.key_store import KeyDestroyed
from storage.sealed_rows import NoSuchPerson, SealedRows


class Incidents(SealedRows):
    """Questions about incidents and disclosures."""

    def open_incident(self, incident: IncidentRecord) -> bool:
        """Note an incident; False if it was noted already, and nothing changes.

        The open question of the chat is dropped: what is typed next is about the danger.

        Raises:
            NoSuchPerson: nobody is registered under its chat: there is nobody to tell.
        """
        sealed = self._seal(incident.chat_id, incident.content)
        if self._session.get(IncidentRow, incident.id) is not None:
            return False
        dropped = delete(QuestionRow).where(QuestionRow.chat_id == incident.chat_id)
        self._session.execute(dropped)
        return self._insert_once(
            IncidentRow(
                id=incident.id,
                chat_id=incident.chat_id,
                opened_at=incident.opened_at,
                ended_at=incident.ended_at,
                state=incident.state,
                sealed=sealed,
            )
        )

    def update_incident(self, incident: IncidentRecord) -> bool:
        """Put state, end and content in the place of what was noted; False if it never was."""
        row = self._session.get(IncidentRow, incident.id)
        if row is None:
            return False
        row.state, row.ended_at = incident.state, incident.ended_at
        row.sealed = self._seal(row.chat_id, incident.content)
        return True

    def incident(self, incident_id: str) -> IncidentRecord | None:
        """The incident of this id, or None."""
        row = self._session.get(IncidentRow, incident_id)
        return None if row is None else self._incident(row)

    def incidents(self, chat_id: int) -> list[IncidentRecord]:
        """A person's incidents, newest first."""
        rows = self._session.scalars(
            select(IncidentRow)
            .where(IncidentRow.chat_id == chat_id)
            .order_by(IncidentRow.opened_at.desc(), IncidentRow.id)
        )
        return [self._incident(row) for row in rows.all()]

    def open_incidents(self, chat_id: int) -> list[IncidentRecord]:
        """Those of a person's incidents that have not ended, oldest first."""
        rows = self._session.scalars(
            select(IncidentRow)
            .where(IncidentRow.chat_id == chat_id, IncidentRow.ended_at.is_(None))
            .order_by(IncidentRow.opened_at, IncidentRow.id)
        )
        return [self._incident(row) for row in rows.all()]

    def forget_incidents_before(self, moment: datetime) -> int:
        """Delete incidents that ended before `moment`, with their disclosures; how many."""
        deleted = self._session.execute(
            delete(IncidentRow).where(IncidentRow.ended_at < moment).returning(IncidentRow.id)
        )
        return len(deleted.all())

    def add_disclosure(self, disclosure: Disclosure) -> bool:
        """Record that a guardian is told; False if they were in this round, and nothing changes.

        Raises:
            NoSuchPerson: nobody is registered under its chat.
        """
        if self._disclosure_row(disclosure) is not None:
            return False
        return self._insert_once(
            DisclosureRow(
                incident_id=disclosure.incident_id,
                chat_id=disclosure.chat_id,
                guardian_id=disclosure.guardian_id,
                guardian_chat_id=disclosure.guardian_chat_id,
                round=disclosure.round,
                at=disclosure.at,
                outcome=disclosure.outcome.value,
                acknowledged_at=disclosure.acknowledged_at,
                sealed=self._sealed_disclosure(disclosure),
            )
        )

    def update_disclosure(self, disclosure: Disclosure) -> bool:
        """What came of telling a guardian: outcome, messages, what went along; False if unknown.

        An acknowledgement that came before stays.
        """
        row = self._disclosure_row(disclosure)
        if row is None:
            return False
        row.at, row.outcome = disclosure.at, disclosure.outcome.value
        row.sealed = self._sealed_disclosure(disclosure)
        return True

    def disclosures(self, incident_id: str) -> list[Disclosure]:
        """Who was told of an incident, in the order in which they were."""
        rows = self._session.scalars(
            select(DisclosureRow)
            .where(DisclosureRow.incident_id == incident_id)
            .order_by(DisclosureRow.at, DisclosureRow.id)
        )
        return [self._disclosure(row) for row in rows.all()]

    def disclosures_of(self, chat_id: int) -> list[Disclosure]:
        """Every disclosure about a person that is still on record, oldest first."""
        rows = self._session.scalars(
            select(DisclosureRow)
            .where(DisclosureRow.chat_id == chat_id)
            .order_by(DisclosureRow.at, DisclosureRow.id)
        )
        return [self._disclosure(row) for row in rows.all()]

    def acknowledge(self, incident_id: str, guardian_id: int, at: datetime) -> bool:
        """A guardian takes care; False where they already did or were never told.

        What was passed on between rounds, with a number below 0, asks for no answer.
        """
        changed = self._session.execute(
            update(DisclosureRow)
            .where(
                DisclosureRow.incident_id == incident_id,
                DisclosureRow.guardian_id == guardian_id,
                DisclosureRow.round > 0,
                DisclosureRow.acknowledged_at.is_(None),
            )
            .values(acknowledged_at=at)
            .returning(DisclosureRow.id)
        )
        return len(changed.all()) > 0

    def disclosures_to(self, guardian_chat_id: int, since: datetime) -> list[Disclosure]:
        """What a chat was told of anybody from `since` on, and can still be taken back there."""
        rows = self._session.scalars(
            select(DisclosureRow)
            .where(DisclosureRow.guardian_chat_id == guardian_chat_id, DisclosureRow.at >= since)
            .order_by(DisclosureRow.id)
        )
        return list(self._readable(rows.all()))

    def forget_where_told(self, before: datetime) -> int:
        """Drop the guardians' chats from disclosures made before: nothing is taken back there."""
        dropped = self._session.execute(
            update(DisclosureRow)
            .where(DisclosureRow.at < before, DisclosureRow.guardian_chat_id.is_not(None))
            .values(guardian_chat_id=None)
            .returning(DisclosureRow.id)
        )
        return len(dropped.all())

    def _readable(self, rows: Iterable[DisclosureRow]) -> Iterable[Disclosure]:
        """Those that can be opened; their persons may be about to be deleted."""
        for row in rows:
            with contextlib.suppress(KeyDestroyed, NoSuchPerson, WrongServiceKey):
                yield self._disclosure(row)

    def _disclosure_row(self, disclosure: Disclosure) -> DisclosureRow | None:
        return self._session.scalar(
            select(DisclosureRow).where(
                DisclosureRow.incident_id == disclosure.incident_id,
                DisclosureRow.guardian_id == disclosure.guardian_id,
                DisclosureRow.round == disclosure.round,
            )
        )

    def _sealed_disclosure(self, disclosure: Disclosure) -> bytes:
        return self._seal(
            disclosure.chat_id,
            {
                "guardian_name": disclosure.guardian_name,
                "what": disclosure.what,
                "message_ids": disclosure.message_ids,
                "enclosure_ids": disclosure.enclosure_ids,
                "live_location_id": disclosure.live_location_id,
            },
        )

    def _incident(self, row: IncidentRow) -> IncidentRecord:
        return IncidentRecord(
            id=row.id,
            chat_id=row.chat_id,
            opened_at=row.opened_at,
            ended_at=row.ended_at,
            state=row.state,
            content=self._open(row.chat_id, row.sealed),
        )

    def _disclosure(self, row: DisclosureRow) -> Disclosure:
        content = self._open(row.chat_id, row.sealed)
        return Disclosure(
            incident_id=row.incident_id,
            chat_id=row.chat_id,
            guardian_id=row.guardian_id,
            guardian_chat_id=row.guardian_chat_id,
            guardian_name=content["guardian_name"],
            round=row.round,
            what=tuple(content["what"]),
            at=row.at,
            outcome=Outcome(row.outcome),
            message_ids=tuple(content["message_ids"]),
            enclosure_ids=tuple(content["enclosure_ids"]),
            live_location_id=content.get("live_location_id"),  # not in older rows
            acknowledged_at=row.acknowledged_at,
        )
