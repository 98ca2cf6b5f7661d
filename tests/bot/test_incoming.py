from datetime import UTC, datetime

import pytest
from telegram import Chat, Message, User

from bot.incoming import COMMANDS, incoming_from
from storage.records import Language


def written(text: str, code: str = "ko") -> Message:
    person = User(7, "사람", is_bot=False, language_code=code)
    return Message(1, datetime.now(UTC), Chat(7, "private"), from_user=person, text=text)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("form", ["/{}", "/{}@todak_bot", "/{} "])
def test_a_command_alone_says_nothing(command: str, form: str) -> None:
    for text in (form.format(command), form.format(command.upper())):
        incoming = incoming_from(written(text))
        assert incoming.words is None and incoming.language is Language.KOREAN


@pytest.mark.parametrize(
    "text", ["/help me he has a knife", "/start 죽고 싶어", "/helpme", "/살려줘", "help", "/ help"]
)
def test_what_is_written_with_a_command_or_like_one_is_heard(text: str) -> None:
    assert incoming_from(written(text)).words == text
