"""The questions Todak asks its memory, within one transaction."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from inference.analysis import Emotion, EmotionEstimate, Modality
from storage.care_repository import CareRepository
from storage.encryption import SealedBox
from storage.key_store import KeyStore
from storage.records import AgeBand, Consent, Erasure, Language, Observation, Person, Purpose
from storage.sealed_rows import SealedRows, person_of
from storage.sleep_choices import SleepChoices
from storage.tables import (
    ConsentRow,
    ErasureRow,
    MisheardRow,
    ObservationRow,
    PersonRow,
)


class BeingErased(RuntimeError):
    """What is kept about this chat is still being deleted; nobody is registered meanwhile."""


class Repository(SealedRows):
    """Reads and writes plain values; lives as long as one transaction."""

    def __init__(self, session: Session, keys: KeyStore) -> None:
        super().__init__(session, keys)
        self.care = CareRepository(session, keys)
        self.sleep = SleepChoices(session, keys)

    def person(self, chat_id: int) -> Person | None:
        """The person of this chat, or None."""
        row = self._session.get(PersonRow, chat_id)
        return None if row is None else person_of(row)

    def may_register(self, chat_id: int) -> bool:
        """Whether nobody is registered under this chat yet.

        Raises:
            BeingErased: a deletion of this chat is not finished.
        """
        if self.person(chat_id) is not None:
            return False
        if self.erasing(chat_id):
            raise BeingErased
        return True

    def add_person(self, person: Person, key_id: str) -> bool:
        """Register somebody whose data key this is; False if they were, and nothing changes.

        Raises:
            BeingErased: a deletion of this chat is not finished.
        """
        return self.may_register(person.chat_id) and self._insert_once(
            PersonRow(
                chat_id=person.chat_id,
                key_id=key_id,
                language=person.language.value,
                age_band=person.age_band.value,
                started_at=person.started_at,
            )
        )

    def set_language(self, chat_id: int, language: Language) -> None:
        """Todak speaks `language` to this person from now on."""
        self._row(chat_id).language = language.value

    def set_age_band(self, chat_id: int, age_band: AgeBand) -> None:
        """This person is of these ages from now on."""
        self._row(chat_id).age_band = age_band.value

    def begin_erasure(self, chat_id: int, now: datetime) -> str:
        """Delete the person with all rows and note what is left to do; their key's id, or ""."""
        person = self._session.get(PersonRow, chat_id)
        key_id = "" if person is None else person.key_id
        self._session.execute(delete(PersonRow).where(PersonRow.chat_id == chat_id))
        self.care.forget_chat(chat_id)
        self._session.expire_all()
        row = self._session.get(ErasureRow, chat_id)
        if row is None:
            self._session.add(ErasureRow(chat_id=chat_id, key_id=key_id, requested_at=now))
        else:
            row.requested_at = now
        return key_id

    def erasing(self, chat_id: int) -> bool:
        """Whether a deletion of this chat is not finished."""
        return self._session.get(ErasureRow, chat_id) is not None

    def erasures(self) -> list[Erasure]:
        """The deletions that are not finished."""
        rows = self._session.scalars(select(ErasureRow).order_by(ErasureRow.requested_at))
        return [Erasure(row.chat_id, row.key_id, row.requested_at) for row in rows]

    def end_erasure(self, erasure: Erasure) -> None:
        """Nothing is left of this chat; not even that it was deleted is kept."""
        same = ErasureRow.requested_at == erasure.requested_at
        self._session.execute(
            delete(ErasureRow).where(ErasureRow.chat_id == erasure.chat_id, same)
        )

    def add_consent(self, chat_id: int, consent: Consent) -> None:
        """Append a decision to the person's consents."""
        self._session.add(
            ConsentRow(
                chat_id=chat_id,
                purpose=consent.purpose.value,
                version=consent.version,
                granted=consent.granted,
                decided_at=consent.decided_at,
            )
        )

    def consents(self, chat_id: int) -> Mapping[Purpose, Consent]:
        """The newest decision about each purpose; a purpose never asked about is absent."""
        return {decision.purpose: decision for decision in self.consent_decisions(chat_id)}

    def consent_decisions(self, chat_id: int) -> list[Consent]:
        """Every decision the person ever made, oldest first."""
        rows = self._session.scalars(
            select(ConsentRow).where(ConsentRow.chat_id == chat_id).order_by(ConsentRow.id)
        )
        return [
            Consent(Purpose(row.purpose), row.version, row.granted, row.decided_at) for row in rows
        ]

    def add_observation(self, observation: Observation) -> bool:
        """Store an observation; False if this message was already counted, and nothing changes."""
        if self._observation_row(observation.chat_id, observation.message_id) is not None:
            return False
        return self._insert_once(
            ObservationRow(
                chat_id=observation.chat_id,
                message_id=observation.message_id,
                observed_at=observation.observed_at,
                model_version=observation.model_version,
                sealed=self._box(observation.chat_id).seal(_observation_json(observation)),
            )
        )

    def join_observation(self, first_message_id: int, joint: Observation) -> bool:
        """Count a message as one with an earlier one; False if that one is not stored alone.

        `joint` is what was heard in both, under the second message. Joined again, nothing changes.
        """
        row = self._observation_row(joint.chat_id, first_message_id)
        if row is None:
            return False
        if row.also_message_id is not None:
            return row.also_message_id == joint.message_id
        box = self._box(joint.chat_id)
        first = _observation(row, box)
        words = "\n".join(text for text in (first.words, joint.words) if text) or None
        heard = joint.transcript or first.transcript
        both = replace(joint, words=words, transcript=heard, corrected=first.corrected)
        row.also_message_id = joint.message_id
        row.sealed = box.seal(_observation_json(both))
        return True

    def observed_messages(self, chat_id: int, since: datetime) -> list[int]:
        """The ids of the messages heard from `since` on; opens nothing that is sealed."""
        query = select(ObservationRow.message_id, ObservationRow.also_message_id).where(
            ObservationRow.chat_id == chat_id, ObservationRow.observed_at >= since
        )
        rows = self._session.execute(query)
        return [message_id for row in rows for message_id in row if message_id is not None]

    def observation(self, chat_id: int, message_id: int) -> Observation | None:
        """What was heard in one message, alone or together with another, or None."""
        row = self._observation_row(chat_id, message_id)
        return None if row is None else _observation(row, self._box(chat_id))

    def observations(self, chat_id: int, since: datetime) -> list[Observation]:
        """What was heard from `since` on, oldest first."""
        rows = self._session.scalars(
            select(ObservationRow)
            .where(ObservationRow.chat_id == chat_id, ObservationRow.observed_at >= since)
            .order_by(ObservationRow.observed_at, ObservationRow.id)
        ).all()
        if not rows:
            return []
        box = self._box(chat_id)
        return [_observation(row, box) for row in rows]

    def correct_observation(self, chat_id: int, message_id: int, feeling: str) -> bool:
        """Put the person's own choice beside the guess; False if the message was never stored."""
        row = self._observation_row(chat_id, message_id)
        if row is None:
            return False
        box = self._box(chat_id)
        corrected = replace(_observation(row, box), corrected=feeling)
        row.sealed = box.seal(_observation_json(corrected))
        return True

    def ask_what_was_said(self, chat_id: int, message_id: int, now: datetime) -> bool:
        """The next words tell what was said in a voice note; False where nobody is registered."""
        if self.person(chat_id) is None:
            return False
        self._session.merge(
            MisheardRow(chat_id=chat_id, message_id=message_id, asked_at=now, answered_by=None)
        )
        return True

    def told_what_was_said(self, chat_id: int, message_id: int, since: datetime) -> int | None:
        """The voice note whose words a message tells, if that was asked from `since` on.

        One message answers; handled again, it gets the same.
        """
        row = self._session.get(MisheardRow, chat_id)
        if row is None:
            return None
        if row.asked_at < since or row.answered_by not in (None, message_id):
            self._session.delete(row)
            return None
        row.answered_by = message_id
        return row.message_id

    def put_right(self, voice_note: int, told: Observation) -> bool:
        """Put what was told in the place of what was heard; False if that was never stored."""
        row = self._observation_row(told.chat_id, voice_note)
        if row is None:
            return False
        box = self._box(told.chat_id)
        heard = _observation(row, box)
        right = replace(
            heard, modalities=told.modalities, estimate=told.estimate, transcript=told.words
        )
        row.sealed = box.seal(_observation_json(right))
        return True

    def forget_observations(self, chat_id: int) -> int:
        """Delete all that was recorded of this person's messages; how many they were."""
        deleted = self._session.execute(
            delete(ObservationRow)
            .where(ObservationRow.chat_id == chat_id)
            .returning(ObservationRow.id)
        )
        return len(deleted.all())

    def forget_observations_before(self, moment: datetime) -> int:
        """Delete what was heard before `moment`, of everybody; how many they were."""
        deleted = self._session.execute(
            delete(ObservationRow)
            .where(ObservationRow.observed_at < moment)
            .returning(ObservationRow.id)
        )
        return len(deleted.all())

    def _observation_row(self, chat_id: int, message_id: int) -> ObservationRow | None:
        return self._session.scalar(
            select(ObservationRow).where(
                ObservationRow.chat_id == chat_id,
                or_(
                    ObservationRow.message_id == message_id,
                    ObservationRow.also_message_id == message_id,
                ),
            )
        )


def _observation_json(observation: Observation) -> str:
    estimate = observation.estimate
    return json.dumps(
        {
            "modalities": observation.modalities,
            "posterior": None if estimate is None else dict(estimate.posterior),
            "present": None if estimate is None else estimate.present,
            "sure": None if estimate is None else estimate.sure,
            "words": observation.words,
            "corrected": observation.corrected,
            "transcript": observation.transcript,
        },
        ensure_ascii=False,
    )


def _observation(row: ObservationRow, box: SealedBox) -> Observation:
    content = json.loads(box.open(row.sealed))
    estimate = None
    if content["posterior"] is not None:
        estimate = EmotionEstimate(
            posterior={Emotion(key): value for key, value in content["posterior"].items()},
            present=tuple(Emotion(key) for key in content["present"]),
            sure=content["sure"],
        )
    return Observation(
        chat_id=row.chat_id,
        message_id=row.message_id,
        observed_at=row.observed_at,
        modalities=tuple(Modality(key) for key in content["modalities"]),
        estimate=estimate,
        words=content["words"],
        model_version=row.model_version,
        corrected=content["corrected"],
        also_message_id=row.also_message_id,
        transcript=content.get("transcript"),  # older rows know none
    )
