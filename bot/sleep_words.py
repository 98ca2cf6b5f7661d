"""A sleep sound in a person's own words: `rain:2 waves soft 30`, as it stands behind `/sleep`."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from bot.sleep_buttons import (
    KINDS,
    LENGTHS_MINUTES,
    MOST_KINDS,
    NIGHT_MINUTES,
    in_lowest_terms,
)
from bot.wording import Wording
from inference.sound_recipe import Recipe, Strength
from storage.records import Language

_BETWEEN = re.compile(r"[\s,+]+")
_MINUTES = re.compile(r"([0-9]{1,4})\s*(?:min(?:utes)?|분)(?=[\s,+]|\Z)")
_HOUR = re.compile(r"(?<![^\s,+])(?:1\s*(?:hour|h|시간)|한\s*시간|an hour)(?=[\s,+]|\Z)")
_NIGHT = re.compile(
    r"(?<![^\s,+])(?:(?:all night|밤새)(?:\s*\(8\s*(?:h|시간)\))?|8\s*(?:hours|h|시간))"
    r"(?=[\s,+]|\Z)"
)
_SAYS_NOTHING = frozenset({"소리", "sound", "sounds", "and", "그리고"})
_KIND = re.compile(r"([^:]+)(?::([1-9]))?")


class NotRead(ValueError):
    """A word that says nothing about a sound, or says again what was said."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class TooManyKinds(ValueError):
    """More kinds than a sound may have."""


def recipe_of(text: str, opened: Recipe) -> Recipe:
    """The sound that somebody wrote; what they left out is as in `opened`.

    Kinds with weights from 1 to 9 (`rain:2`), a strength and a length, in any order, in the names
    that the menu shows in either language.

    Raises:
        NotRead: with the first word that cannot be read.
        TooManyKinds: there are more than `MOST_KINDS`.
    """
    weights: dict[str, int] = {}
    strength: Strength | None = None
    minutes: int | None = None
    for word in _words(text):
        if word.isascii() and word.isdigit():
            if minutes is not None or int(word) not in LENGTHS_MINUTES:
                raise NotRead(word)
            minutes = int(word)
        elif (named := _strengths().get(word)) is not None:
            if strength is not None:
                raise NotRead(word)
            strength = named
        else:
            kind, weight = _kind(word)
            if kind in weights:
                raise NotRead(word)
            weights[kind] = weight
    if len(weights) > MOST_KINDS:
        raise TooManyKinds
    return replace(
        opened,
        kinds=in_lowest_terms(weights) if weights else opened.kinds,
        strength=strength or opened.strength,
        minutes=float(minutes or opened.minutes),
    )


def _words(text: str) -> Iterator[str]:
    """One by one; a phone may write 비：２ with wide signs, and a Mac 비 in two halves."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _NIGHT.sub(str(NIGHT_MINUTES), _HOUR.sub("60", plain))
    plain = _MINUTES.sub(r"\1", plain)
    return (word for word in _BETWEEN.split(plain) if word and word not in _SAYS_NOTHING)


def _kind(word: str) -> tuple[str, int]:
    written = _KIND.fullmatch(word)
    kind = None if written is None else _kinds().get(written[1])
    if written is None or kind is None:
        raise NotRead(word)
    return kind, int(written[2] or 1)


@cache
def _kinds() -> dict[str, str]:
    """Kinds by their names; 파도소리 and 빗소리 are 파도 and 비, a wave is waves."""
    names = {say(f"sleep-kind-{kind}"): kind for kind in KINDS for say in map(Wording, Language)}
    names |= {kind: kind for kind in KINDS} | {"빗소리": "rain"}
    longer = {f"{name}소리": kind for name, kind in names.items() if not name.isascii()}
    one_of_many = {kind.removesuffix("s"): kind for kind in KINDS}
    return longer | one_of_many | names


@cache
def _strengths() -> dict[str, Strength]:
    names = {
        say(f"sleep-strength-{strength}"): strength
        for strength in Strength
        for say in map(Wording, Language)
    }
    return names | {strength.value: strength for strength in Strength}
