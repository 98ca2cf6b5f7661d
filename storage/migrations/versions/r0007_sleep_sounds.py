"""What people chose among sleep sounds, and the sounds that Telegram has already."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "sleep_choice",
        sa.Column(
            "chat_id",
            sa.BigInteger(),
            sa.ForeignKey("person.chat_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_sleep_choice_chosen_at", "sleep_choice", ["chosen_at"])
    op.create_table(
        "sent_sound",
        sa.Column("bot_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("file_id", sa.String(256), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
    )
    op.create_index("ix_sent_sound_sent_at", "sent_sound", ["sent_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("sent_sound")
    op.drop_table("sleep_choice")
