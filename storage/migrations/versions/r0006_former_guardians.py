"""Guardians who were removed without their being told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "former_guardian",
        sa.Column("guardian_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column(
            "chat_id",
            sa.BigInteger(),
            sa.ForeignKey("person.chat_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("guardian_chat_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("chat_id", "guardian_chat_id"),
    )
    op.create_index("ix_former_guardian_guardian_chat_id", "former_guardian", ["guardian_chat_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("former_guardian")
