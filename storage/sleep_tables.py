"""The tables of sleep sounds; `sealed` as in `tables.py`."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Table, UtcDateTime


class SleepChoiceRow(Table):
    """What one person chose, liked and keeps; `chosen_at` is when any of it last changed."""

    __tablename__ = "sleep_choice"

    chat_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("person.chat_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SentSoundRow(Table):
    """A whole sound that Telegram has already, by the bot that sent it; names no person."""

    __tablename__ = "sent_sound"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    file_id: Mapped[str] = mapped_column(String(256))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
