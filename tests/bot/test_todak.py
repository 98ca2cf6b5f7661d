from datetime import UTC, datetime

import pytest
from telegram import CallbackQuery, Chat, Message, Update, User

from bot.todak import language_of_stranger, language_of_words
from storage.records import Language

KOREAN = User(1, "나", False, language_code="ko")
ENGLISH = User(1, "Me", False, language_code="en")


@pytest.mark.parametrize(
    "text, client, expected",
    [
        ("I had a bad day", KOREAN, Language.ENGLISH),
        ("힘들어", ENGLISH, Language.KOREAN),
        ("ok", KOREAN, Language.KOREAN),
        ("👍", ENGLISH, Language.ENGLISH),
        ("/settings please", KOREAN, Language.KOREAN),
        ("今日はとても疲れました", ENGLISH, Language.ENGLISH),
        (None, KOREAN, Language.KOREAN),
        (None, None, Language.KOREAN),
    ],
)
def test_own_words_come_before_the_client(
    text: str | None, client: User | None, expected: Language
) -> None:
    assert language_of_words(text, client) is expected


def test_a_tap_is_answered_in_the_language_of_the_question() -> None:
    """By somebody of whom nothing is kept, a child or a stranger in danger."""
    for text, client, expected in (
        ("May I ask how old you are?", KOREAN, Language.ENGLISH),
        ("나이를 여쭤봐도 될까요?", ENGLISH, Language.KOREAN),
    ):
        message = Message(5, datetime.now(UTC), Chat(1, "private"), text=text)
        query = CallbackQuery("1", client, "1", message=message, data="x")
        assert language_of_stranger(Update(1, callback_query=query)) is expected
