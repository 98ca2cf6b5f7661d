from typing import Any

import pytest

from bot.local_chat.bot_errors import BotApiError
from bot.local_chat.markup import checked_markup, has_callback, inline_only, links_only


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "예", **button}]]}


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (inline(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (inline(callback_data="밤" * 22), "BUTTON_DATA_INVALID"),
        (inline(callback_data=""), "BUTTON_DATA_INVALID"),
        (inline(), "Text buttons are unallowed"),
        (inline(callback_data="a", url="https://a.example"), "Text buttons are unallowed"),
        (inline(url="javascript:alert(1)"), "Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]}, "must not be empty"),
        (inline(web_app="x"), "Wrong HTTP URL"),
        (inline(web_app={}), "Wrong HTTP URL"),
        ({"inline_keyboard": "x"}, "Array of Arrays"),
        ({"keyboard": [[{"text": ""}]]}, "must not be empty"),
        ({"else": 1}, "reply keyboard markup"),
        ("x", "object expected"),
    ],
)
def test_a_wrong_keyboard_is_refused(markup: Any, reason: str) -> None:
    with pytest.raises(BotApiError, match=reason):
        checked_markup(markup)


def test_sixty_four_bytes_of_data_are_allowed() -> None:
    markup = inline(callback_data="밤" * 21 + "x")
    assert checked_markup(markup) == markup
    assert has_callback(markup, "밤" * 21 + "x")
    assert not has_callback(markup, "밤")
    assert not has_callback(None, "밤")


def test_an_empty_inline_keyboard_is_none() -> None:
    assert checked_markup({"inline_keyboard": [[]]}) is None
    assert checked_markup(None) is None


def test_plain_strings_are_reply_buttons() -> None:
    markup = {"keyboard": [["좋아요"]], "one_time_keyboard": True}
    assert checked_markup(markup) == markup | {"keyboard": [[{"text": "좋아요"}]]}
    assert inline_only(markup) is None


def test_only_links_go_along_with_a_forwarded_message() -> None:
    link = {"text": "열기", "url": "https://t.me/todak_bot?start=abc"}
    markup = {"inline_keyboard": [[{"text": "예", "callback_data": "y"}], [link]]}
    assert links_only(markup) == {"inline_keyboard": [[link]]}
    assert links_only(inline(callback_data="y")) is None
