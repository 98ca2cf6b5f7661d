"""The tables. Columns named `sealed` hold JSON encrypted under the person's data key.

`docs/encryption.md` lists what is encrypted and what is not.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time: a naive one is refused, and UTC is put back where the database drops it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A stored time needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored time, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """What all tables share: their metadata."""


def _chat_id() -> Mapped[int]:
    return mapped_column(
        BigInteger, ForeignKey("person.chat_id", ondelete="CASCADE"), nullable=False
    )


class PersonRow(Table):
    """One person, keyed by their private chat with the bot; `key_id` names their data key."""

    __tablename__ = "person"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key_id: Mapped[str] = mapped_column(String(32), server_default="")
    language: Mapped[str] = mapped_column(String(8))
    age_band: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsentRow(Table):
    """One decision about one purpose; the newest of a purpose counts, none is overwritten."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = _chat_id()
    purpose: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    granted: Mapped[bool]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ObservationRow(Table):
    """What was heard in one message, counted once however often it is delivered.

    `also_message_id` is a second message that was heard together with it.
    """

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint("chat_id", "message_id"),
        Index("ix_observation_also_message_id", "chat_id", "also_message_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = _chat_id()
    message_id: Mapped[int] = mapped_column(BigInteger)
    also_message_id: Mapped[int | None] = mapped_column(BigInteger)
    observed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    model_version: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class MisheardRow(Table):
    """A person was asked to write what they said in a voice note.

    `answered_by` is the message that told it: handled again, it tells it again.
    """

    __tablename__ = "misheard"

    chat_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("person.chat_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    message_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column(BigInteger)


class ErasureRow(Table):
    """Somebody asked to be deleted; gone itself once nothing of theirs is left."""

    __tablename__ = "erasure"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key_id: Mapped[str] = mapped_column(String(32))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
