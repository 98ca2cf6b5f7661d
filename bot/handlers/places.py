"""A person shares where they are."""

from telegram import Update
from telegram.ext import ContextTypes

from bot.handlers.talk import Handler
from bot.todak import Todak


class Places:
    """Positions, shared once or live."""

    def __init__(self, todak: Todak, otherwise: Handler) -> None:
        """`otherwise` answers positions that are not kept."""
        self._todak = todak
        self._otherwise = otherwise

    async def shared(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A position, or the first of a live location."""
        self._todak.confidential.note(update.update_id)
        await self._otherwise(update, context)

    async def moved(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A live location moved or ended; nothing is said to that."""
        self._todak.confidential.note(update.update_id)
