"""What is said to a person: text, buttons, contacts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button; `action` is at most 64 bytes and names no person."""

    text: str
    action: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A message in Telegram's HTML, rows of buttons, and numbers sent as contacts after it."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()


def shorten(text: str, most: int) -> str:
    """A text cut after at most `most` characters, with a mark that it goes on."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
