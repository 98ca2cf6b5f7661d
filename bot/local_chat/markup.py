"""Keyboards under messages, checked as Telegram checks them."""

from typing import Any
from urllib.parse import urlsplit

from bot.local_chat.bot_errors import bad_request
from bot.local_chat.store import Json

MOST_CALLBACK_DATA_BYTES = 64
_ACTIONS = ("callback_data", "url", "web_app", "copy_text")


def checked_markup(markup: Any) -> Json | None:
    """A reply markup the chat can show; an inline keyboard without buttons is none.

    Raises:
        BotApiError: 400, with the button's fault in Telegram's words.
    """
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = [
            [_inline_button(button) for button in row] for row in _rows(markup, "inline_keyboard")
        ]
        rows = [row for row in rows if row]
        return {"inline_keyboard": rows} if rows else None
    if "keyboard" in markup:
        rows = [[_reply_button(button) for button in row] for row in _rows(markup, "keyboard")]
        return markup | {"keyboard": rows}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    raise bad_request("can't parse reply keyboard markup JSON object")


def inline_only(markup: Json | None) -> Json | None:
    """The markup that stays on a message: only an inline keyboard does."""
    return markup if markup and "inline_keyboard" in markup else None


def links_only(markup: Json | None) -> Json | None:
    """The buttons that go along when a message is forwarded: links do, questions do not."""
    rows = [
        [button for button in row if "url" in button]
        for row in (markup or {}).get("inline_keyboard", [])
    ]
    rows = [row for row in rows if row]
    return {"inline_keyboard": rows} if rows else None


def has_callback(markup: Json | None, data: str) -> bool:
    """Whether an inline keyboard has a button with this callback data."""
    return any(
        button.get("callback_data") == data
        for row in (markup or {}).get("inline_keyboard", [])
        for button in row
    )


def _rows(markup: Json, key: str) -> list[list[Any]]:
    rows = markup[key]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{key}" of the markup must be an Array of Arrays')
    return rows


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must not be empty')
    actions = [action for action in _ACTIONS if action in button]
    if len(actions) != 1:
        raise bad_request("Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button:
        size = len(str(button["callback_data"]).encode())
        if not 1 <= size <= MOST_CALLBACK_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    web_app = button.get("web_app")
    url = web_app.get("url", "") if isinstance(web_app, dict) else button.get("url", web_app)
    if url is not None and not _is_address(str(url)):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return button


def _reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse keyboard button: Field "text" must not be empty')
    return button


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    named = bool(parts.netloc) or url.lower().startswith("t.me/")
    return named and parts.scheme in {"http", "https", "tg", ""}
