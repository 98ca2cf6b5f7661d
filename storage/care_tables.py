"""The tables of guardians, home, incidents and open questions; `sealed` as in `tables.py`."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Table, UtcDateTime


def _of_person(*, key: bool = False) -> Mapped[int]:
    person = ForeignKey("person.chat_id", ondelete="CASCADE")
    if key:
        return mapped_column(BigInteger, person, primary_key=True, autoincrement=False)
    return mapped_column(BigInteger, person, nullable=False)


class GuardianRow(Table):
    """One guardian of one person; `asked_at` is when it was last asked whether they stay."""

    __tablename__ = "guardian"
    __table_args__ = (
        UniqueConstraint("chat_id", "guardian_chat_id"),
        {"sqlite_autoincrement": True},  # a disclosure keeps the number of a guardian who is gone
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = _of_person()
    guardian_chat_id: Mapped[int] = mapped_column(BigInteger, index=True)
    language: Mapped[str] = mapped_column(String(8))
    position: Mapped[int]
    paused: Mapped[bool]
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class FormerGuardianRow(Table):
    """Somebody whom the person removed without their being told: to them nothing has changed.

    `guardian_id` is what their number in `guardian` was.
    """

    __tablename__ = "former_guardian"
    __table_args__ = (UniqueConstraint("chat_id", "guardian_chat_id"),)

    guardian_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = _of_person()
    guardian_chat_id: Mapped[int] = mapped_column(BigInteger, index=True)
    language: Mapped[str] = mapped_column(String(8))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InvitationRow(Table):
    """A link that was handed out; `used_by` is the chat that accepted it."""

    __tablename__ = "invitation"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    chat_id: Mapped[int] = _of_person()
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_by: Mapped[int | None] = mapped_column(BigInteger)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class HomeRow(Table):
    """Address, shown name, codes and quiet mode of one person, all sealed."""

    __tablename__ = "home"

    chat_id: Mapped[int] = _of_person(key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PositionRow(Table):
    """Where a person was last."""

    __tablename__ = "position"

    chat_id: Mapped[int] = _of_person(key=True)
    shared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    live_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class IncidentRow(Table):
    """One incident."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_chat_id", "chat_id", "opened_at"),)

    id: Mapped[str] = mapped_column(String(96), primary_key=True)
    chat_id: Mapped[int] = _of_person()
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class DisclosureRow(Table):
    """One guardian told in one round of an incident.

    Not bound to the guardian's row, which may be gone while the disclosure stays on record.
    """

    __tablename__ = "disclosure"
    __table_args__ = (UniqueConstraint("incident_id", "guardian_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(
        String(96), ForeignKey("incident.id", ondelete="CASCADE"), nullable=False
    )
    chat_id: Mapped[int] = _of_person()
    guardian_id: Mapped[int]
    guardian_chat_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    round: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(16))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class QuestionRow(Table):
    """The open question of a chat, and the one before it.

    The chat need not be a registered person's; then nothing is sealed. `asked_by` is the message
    whose handling asked, `answered_by` the one that answered: handled again, a message meets the
    question that it met the first time.
    """

    __tablename__ = "question"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lapses_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = mapped_column(BigInteger)
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    before: Mapped[str | None] = mapped_column(String(64))
    before_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
