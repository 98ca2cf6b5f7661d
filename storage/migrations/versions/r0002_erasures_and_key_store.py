"""Data keys move to the key store; deletions that are under way are noted."""

import secrets

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Hand each person's wrapped key to the key store and keep only its id."""
    op.create_table(
        "erasure",
        sa.Column("chat_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    )
    key_id = sa.Column("key_id", sa.String(32), nullable=False, server_default="")
    op.add_column("person", key_id)
    person = sa.table(
        "person",
        sa.column("chat_id", sa.BigInteger()),
        sa.column("data_key", sa.LargeBinary()),
        sa.column("key_id", sa.String()),
    )
    connection = op.get_bind()
    adopt_key = context.config.attributes["adopt_key"]
    for chat_id, data_key in connection.execute(sa.select(person.c.chat_id, person.c.data_key)):
        fresh = secrets.token_hex(16)
        adopt_key(fresh, bytes(data_key))
        # Emptied as well: PostgreSQL leaves the bytes of a dropped column where they are.
        moved = sa.update(person).where(person.c.chat_id == chat_id)
        connection.execute(moved.values(key_id=fresh, data_key=b""))
    # Not in a batch: SQLite would make the table anew, and dropping the old one would cascade.
    op.execute("ALTER TABLE person DROP COLUMN data_key")


def downgrade() -> None:
    """Refuse: the keys of people deleted since then are gone, and are not to come back.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("There is no way back from 0002; restore the copy made before upgrading.")
