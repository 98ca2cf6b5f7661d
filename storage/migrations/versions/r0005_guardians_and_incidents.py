"""Guardians, invitations, home, position, incidents, disclosures and open questions."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def _of_person(*, key: bool = False) -> sa.Column[int]:
    person = sa.ForeignKey("person.chat_id", ondelete="CASCADE")
    if key:
        return sa.Column("chat_id", sa.BigInteger(), person, primary_key=True, autoincrement=False)
    return sa.Column("chat_id", sa.BigInteger(), person, nullable=False)


def _sealed() -> sa.Column[bytes]:
    return sa.Column("sealed", sa.LargeBinary(), nullable=False)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "guardian",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of_person(),
        sa.Column("guardian_chat_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        _sealed(),
        sa.UniqueConstraint("chat_id", "guardian_chat_id"),
        sqlite_autoincrement=True,  # a disclosure keeps the number of a guardian who is gone
    )
    op.create_index("ix_guardian_guardian_chat_id", "guardian", ["guardian_chat_id"])
    op.create_table(
        "invitation",
        sa.Column("token_digest", sa.String(64), primary_key=True),
        _of_person(),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        _sealed(),
    )
    op.create_table("home", _of_person(key=True), _sealed())
    op.create_table(
        "position",
        _of_person(key=True),
        sa.Column("shared_at", MOMENT, nullable=False),
        sa.Column("live_until", MOMENT, nullable=True),
        _sealed(),
    )
    op.create_table(
        "question",
        sa.Column("chat_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("lapses_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("before", sa.String(64), nullable=True),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=True),
    )
    _add_incidents()


def _add_incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.String(96), primary_key=True),
        _of_person(),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        _sealed(),
    )
    op.create_index("ix_incident_chat_id", "incident", ["chat_id", "opened_at"])
    incident = sa.ForeignKey("incident.id", ondelete="CASCADE")
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.String(96), incident, nullable=False),
        _of_person(),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("guardian_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        _sealed(),
        sa.UniqueConstraint("incident_id", "guardian_id", "round"),
    )
    op.create_index("ix_disclosure_guardian_chat_id", "disclosure", ["guardian_chat_id"])


def downgrade() -> None:
    """Drop them."""
    for table in (
        "disclosure",
        "incident",
        "question",
        "position",
        "home",
        "invitation",
        "guardian",
    ):
        op.drop_table(table)
