"""Whom Todak asked what they said in a voice note."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "misheard",
        sa.Column(
            "chat_id",
            sa.BigInteger(),
            sa.ForeignKey("person.chat_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("misheard")
