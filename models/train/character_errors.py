"""Character error rate: how many characters must change to make what was heard what was said."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

N_RESAMPLED = 2_000


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Errors a character of what was said, with a 95 % bootstrap interval over recordings."""

    rate: float
    low: float
    high: float
    n_recordings: int


def compared(text: str) -> str:
    """Letters and digits alone, lower case: spacing and punctuation are no matter of hearing."""
    return "".join(mark for mark in unicodedata.normalize("NFC", text).lower() if mark.isalnum())


def character_errors(said: str, heard: str) -> tuple[int, int]:
    """Least number of insertions, deletions and substitutions, and the characters said."""
    want, have = compared(said), compared(heard)
    row = list(range(len(have) + 1))
    for i, wanted in enumerate(want, 1):
        diagonal, row[0] = row[0], i
        for j, given in enumerate(have, 1):
            diagonal, row[j] = (
                row[j],
                min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != given)),
            )
    return row[-1], len(want)


def error_rate(counts: Sequence[tuple[int, int]], seed: int = 1) -> ErrorRate:
    """The rate over all recordings together; `counts` are of `character_errors`, not empty."""
    table = np.array(counts, np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(table), (N_RESAMPLED, len(table)))
    sums = table[drawn].sum(axis=1)
    low, high = np.percentile(sums[:, 0] / np.maximum(sums[:, 1], 1.0), [2.5, 97.5])
    wrong, said = table.sum(axis=0)
    return ErrorRate(float(wrong / max(said, 1.0)), float(low), float(high), len(table))
