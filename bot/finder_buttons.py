"""The search for sounds that tingle, as values: what a button says, written and read.

Everything stands in the buttons. A tap is two letters, one for each kind that was heard, a capital
where it tingled: `aBcd` says that of the first pair the second did, and of the next neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sleep_buttons import KINDS
from inference.sound_pairs import Comparison
from inference.sound_recipe import Recipe, Strength

MOST_TAPS = 10
SAMPLE_MINUTES = 1 / 6
SAMPLE_SEED = 20260301
"""Everybody hears the same ten seconds of a kind, made once for each language."""

LETTERS = "abcdefgh"
TAPS = rf"(?:[{LETTERS}{LETTERS.upper()}]{{2}}){{0,{MOST_TAPS}}}"
HEARD = rf"[0-9]{{1,18}}:[0-9]{{1,3}}:{TAPS}"
"""The form of what a button under a pair holds: `heard_in` says whether it is that."""

FARTHEST = 999
ANSWERS = {
    "first": (True, False),
    "second": (False, True),
    "both": (True, True),
    "neither": (False, False),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard so far, and the two messages with sounds that go once it is answered.

    `first_id` is 0 where there are none; `second_id` is 0 where it is not known.
    """

    comparisons: tuple[Comparison, ...] = ()
    first_id: int = 0
    second_id: int = 0


def heard_text(heard: Heard) -> str:
    """What was heard as a button holds it."""
    apart = heard.second_id - heard.first_id
    return f"{heard.first_id}:{apart if 0 < apart <= FARTHEST else 0}:{_taps(heard.comparisons)}"


def heard_in(text: str) -> Heard | None:
    """What a button holds; None for anything that the search would not have written."""
    fields = text.split(":")
    if len(fields) != 3 or not (fields[0].isdecimal() and fields[1].isdecimal()):
        return None
    first_id, apart, taps = int(fields[0]), int(fields[1]), fields[2]
    if len(taps) % 2 or len(taps) > 2 * MOST_TAPS or not set(taps.lower()) <= set(LETTERS):
        return None
    comparisons = tuple(
        Comparison(_kind(one), _kind(other), one.isupper(), other.isupper())
        for one, other in zip(taps[::2], taps[1::2], strict=True)
    )
    if any(each.first == each.second for each in comparisons):
        return None
    heard = Heard(comparisons, first_id, first_id + apart if apart else 0)
    return heard if heard_text(heard) == text else None


def sample(kind: str) -> Recipe:
    """The ten seconds by which a kind is judged."""
    return Recipe(((kind, 1.0),), SAMPLE_MINUTES, SAMPLE_SEED, Strength.FULL)


def _taps(comparisons: Sequence[Comparison]) -> str:
    return "".join(
        _letter(each.first, each.first_tingled) + _letter(each.second, each.second_tingled)
        for each in comparisons
    )


def _letter(kind: str, tingled: bool) -> str:
    letter = LETTERS[KINDS.index(kind)]
    return letter.upper() if tingled else letter


def _kind(letter: str) -> str:
    return KINDS[LETTERS.index(letter.lower())]
