"""What a sleep sound is made from: kinds, strength, length, seed and fades. Plain values."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHORTEST_S: Final = 1.0
LONGEST_MINUTES: Final = 24 * 60.0
LONGEST_FADE_IN_S: Final = 8.0
LONGEST_FADE_OUT_S: Final = 600.0
LARGEST_SEED: Final = 2**63 - 1


class Strength(StrEnum):
    """How much of a sound is there, from just present to deep; and one for concentration."""

    FAINT = "faint"
    SOFT = "soft"
    FULL = "full"
    DEEP = "deep"
    FOCUS = "focus"


class Blend(StrEnum):
    """How several kinds become one: side by side, or drawn from between them in the latent."""

    MIXED = "mixed"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make. `kinds` are pairs of a kind and its weight; the same recipe, the same sound.

    Raises:
        ValueError: a weight, a length, a fade or a seed that cannot be.
    """

    kinds: tuple[tuple[str, float], ...]
    minutes: float
    seed: int
    strength: Strength = Strength.FULL
    blend: Blend = Blend.MIXED
    fade_in_s: float | None = None  # None: a quarter of the length, at most eight seconds
    fade_out_s: float | None = None  # None: a third of the length, at most ten minutes

    def __post_init__(self) -> None:
        """Refuse what cannot be made."""
        if not self.kinds or any(not 0.0 < weight < math.inf for _, weight in self.kinds):
            raise ValueError("a recipe needs kinds, each with a weight above 0")
        if len({kind for kind, _ in self.kinds}) < len(self.kinds):
            raise ValueError("a kind is named twice")
        if not SHORTEST_S <= 60.0 * self.minutes <= 60.0 * LONGEST_MINUTES:
            raise ValueError("a sound lasts from one second to 24 hours")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ValueError(f"a seed is a whole number from 0 to {LARGEST_SEED}")
        fades_s = self.opening_s + self.ending_s
        if self.opening_s < 0 or self.ending_s < 0 or not fades_s <= self.duration_s:
            raise ValueError("the fades are longer than the sound")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return 60.0 * self.minutes

    @property
    def opening_s(self) -> float:
        """Seconds over which the sound rises."""
        if self.fade_in_s is not None:
            return self.fade_in_s
        return min(LONGEST_FADE_IN_S, self.duration_s / 4.0)

    @property
    def ending_s(self) -> float:
        """Seconds over which the sound dies away."""
        if self.fade_out_s is not None:
            return self.fade_out_s
        return min(LONGEST_FADE_OUT_S, (self.duration_s - self.opening_s) / 3.0)

    @property
    def weights(self) -> dict[str, float]:
        """The kinds' shares, summing to 1."""
        total = sum(weight for _, weight in self.kinds)
        return {kind: weight / total for kind, weight in self.kinds}


def fade(seconds: NDArray[np.float64], recipe: Recipe) -> NDArray[np.float64]:
    """Return the gain at each time: up like a half cosine, down like a parabola to nothing."""
    gain = np.ones(len(seconds))
    if recipe.opening_s > 0:
        rising = np.clip(seconds / recipe.opening_s, 0.0, 1.0)
        gain *= 0.5 - 0.5 * np.cos(np.pi * rising)
    if recipe.ending_s > 0:
        gain *= np.clip((recipe.duration_s - seconds) / recipe.ending_s, 0.0, 1.0) ** 2
    return gain
