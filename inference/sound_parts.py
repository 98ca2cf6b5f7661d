"""A night in parts: files of one stream of sound that goes on from each to the next.

Each part is drawn from a seed of its own, so that the third can be made without the two before it.
Its stream begins beneath the end of the part before and has taken that one's place when the next
file begins: where the files meet there is one stream alone.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from inference.sound_recipe import LARGEST_SEED, Recipe

LEAD_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `recipe` makes its stream, whose first `lead_s` are heard in the part before."""

    recipe: Recipe
    lead_s: float

    @property
    def duration_s(self) -> float:
        """How long the part itself lasts, in seconds."""
        return self.recipe.duration_s - self.lead_s


def parts_of(whole: Recipe, n_parts: int) -> tuple[Part, ...]:
    """Divide a sound into equally long parts; a single one is the whole sound itself.

    Only the first rises and only the last dies away.

    Raises:
        ValueError: parts shorter than a second, or fades longer than their part.
    """
    if n_parts == 1:
        return (Part(whole, 0.0),)
    duration_s = whole.duration_s / n_parts
    parts = []
    for number in range(n_parts):
        lead_s = min(LEAD_S, duration_s / 4.0) if number else 0.0
        recipe = replace(
            whole,
            minutes=(lead_s + duration_s) / 60.0,
            seed=_seed(whole.seed, number),
            fade_in_s=0.0 if number else whole.fade_in_s,
            fade_out_s=whole.fade_out_s if number == n_parts - 1 else 0.0,
        )
        parts.append(Part(recipe, lead_s))
    return tuple(parts)


def _seed(seed: int, number: int) -> int:
    """The first part keeps the seed: two minutes of the whole are its beginning."""
    if not number:
        return seed
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") & LARGEST_SEED
