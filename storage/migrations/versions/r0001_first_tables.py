"""Persons, consents and observations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _chat_id() -> sa.Column[int]:
    person = sa.ForeignKey("person.chat_id", ondelete="CASCADE")
    return sa.Column("chat_id", sa.BigInteger(), person, nullable=False)


def upgrade() -> None:
    """Create the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "person",
        sa.Column("chat_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("age_band", sa.String(16), nullable=False),
        sa.Column("started_at", moment, nullable=False),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), primary_key=True),
        _chat_id(),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("decided_at", moment, nullable=False),
    )
    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), primary_key=True),
        _chat_id(),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", moment, nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("chat_id", "message_id"),
    )
    op.create_index("ix_observation_observed_at", "observation", ["observed_at"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("observation", "consent", "person"):
        op.drop_table(table)
