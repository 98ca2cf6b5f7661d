"""Which language a text is in, and whether it can be read: what is known without a model."""

from enum import StrEnum


class Language(StrEnum):
    """A language the models were trained on."""

    KOREAN = "ko"
    ENGLISH = "en"


class Readability(StrEnum):
    """Whether a text can be judged, and if not, why."""

    READABLE = "readable"
    NO_WORDS = "no_words"
    TOO_SHORT = "too_short"
    UNKNOWN_LANGUAGE = "unknown_language"


def language_of(text: str) -> Language:
    """Name the language of a readable text: the one with more letters."""
    hangul = sum("ㄱ" <= c <= "ㆎ" or "가" <= c <= "힣" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    return Language.KOREAN if 2 * hangul >= latin else Language.ENGLISH  # a syllable is 2 letters
