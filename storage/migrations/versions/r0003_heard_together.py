"""An observation may be of two messages: words and voice that were heard together."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make room for the second message's number."""
    op.add_column("observation", sa.Column("also_message_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_observation_also_message_id",
        "observation",
        ["chat_id", "also_message_id"],
        unique=True,
    )


def downgrade() -> None:
    """Forget which messages were heard together."""
    op.drop_index("ix_observation_also_message_id", "observation")
    op.drop_column("observation", "also_message_id")
