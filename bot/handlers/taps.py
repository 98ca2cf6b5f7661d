"""A tap on an inline button, taken apart."""

import re

from telegram import CallbackQuery, Update

CRISIS_TAP = re.compile(
    r"^crisis:(thoughts|in_progress|cry):([0-9]{1,18}):"
    r"(safe|call-hard|called|misread|stop|not-safe|need-help|fine|tell)\Z"
)
"""Level, message id and answer of a button under a question about danger."""


def tapped(update: Update) -> tuple[CallbackQuery, int]:
    """The query and the chat it came from; the chat is Telegram's word, never the button's."""
    assert update.callback_query is not None and update.effective_chat is not None
    return update.callback_query, update.effective_chat.id


def parts(query: CallbackQuery) -> list[str]:
    """The fields of the button's action; the routing table has checked their form."""
    assert query.data is not None
    return query.data.split(":")
