"""Which sounds tingle, learned from pairs heard one after the other: plain arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRIOR_DEVIATION: Final = 1.5
AGREEMENT: Final = 0.3
"""How much rarer "both" and "neither" are than if the two sounds were judged each by itself."""

MOST_STEPS: Final = 50
SMALLEST_STEP: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two different kinds that were heard, and whether each of them tingled."""

    first: str
    second: str
    first_tingled: bool
    second_tingled: bool


@dataclass(frozen=True, slots=True)
class Tingling:
    """How much each kind tingles, around 0: most likely values and how uncertain they are."""

    values: dict[str, float]
    deviations: dict[str, float]


def tingling(kinds: Sequence[str], heard: Sequence[Comparison]) -> Tingling:
    """Estimate how much each kind tingles from the answers so far.

    With values u of the two kinds, "first" has the weight exp(u1), "second" exp(u2), "both"
    AGREEMENT exp(u1 + u2) and "neither" AGREEMENT. Between "first" and "second" this is the model
    of Bradley and Terry (Biometrika 39, 1952); that a tie has a weight of its own is Davidson's
    (JASA 65, 1970), here with one for liking and one for disliking both. The prior of each u is
    normal with mean 0 and PRIOR_DEVIATION. The logarithm of the posterior is concave: Newton's
    method finds its top, and its curvature there gives the deviations (Laplace's approximation).
    """
    at = {kind: index for index, kind in enumerate(kinds)}
    prior = np.eye(len(kinds)) / PRIOR_DEVIATION**2
    values, precision = np.zeros(len(kinds)), prior
    for _ in range(MOST_STEPS):
        slope, precision = -prior @ values, prior.copy()
        for each in heard:
            pair = [at[each.first], at[each.second]]
            expected, covariance = _expected(values[pair])
            slope[pair] += np.array([each.first_tingled, each.second_tingled]) - expected
            precision[np.ix_(pair, pair)] += covariance
        step = np.linalg.solve(precision, slope)
        values = values + step
        if np.abs(step).max() < SMALLEST_STEP:
            break
    deviations = np.sqrt(np.diag(np.linalg.inv(precision)))
    return Tingling(
        dict(zip(kinds, map(float, values), strict=True)),
        dict(zip(kinds, map(float, deviations), strict=True)),
    )


def next_pair(
    kinds: Sequence[str], heard: Sequence[Comparison], random: np.random.Generator
) -> tuple[str, str]:
    """Choose the two kinds to be heard next, in a random order.

    Those two that may still be the best: the highest sums of value and deviation, as in upper
    confidence bounds (Auer et al., Machine Learning 47, 2002). What was not heard yet is
    uncertain and comes early; what was refused is not asked about again and again. A pair is
    heard once. Chance decides between equals.
    """
    known = tingling(kinds, heard)
    done = {frozenset((each.first, each.second)) for each in heard}
    pairs = [pair for pair in combinations(kinds, 2) if frozenset(pair) not in done]
    bounds = {kind: known.values[kind] + known.deviations[kind] for kind in kinds}
    highest = max(bounds[one] + bounds[other] for one, other in pairs)
    equal = [pair for pair in pairs if bounds[pair[0]] + bounds[pair[1]] > highest - 1e-6]
    one, other = equal[random.integers(len(equal))]
    return (one, other) if random.integers(2) else (other, one)


def best_two(kinds: Sequence[str], heard: Sequence[Comparison]) -> tuple[str, ...]:
    """Return the one or two kinds that tingle most, the best first; none where none is above 0."""
    values = tingling(kinds, heard).values
    ranked = sorted(kinds, key=lambda kind: -values[kind])
    return tuple(kind for kind in ranked[:2] if values[kind] > 0.0)


def _expected(values: Floats) -> tuple[Floats, Floats]:
    """Return how likely each of the two is to tingle, (2,), and the covariance, (2, 2)."""
    first, second = np.exp(values)
    weights = np.array([first, second, AGREEMENT * first * second, AGREEMENT])
    only_first, only_second, both, _ = weights / weights.sum()
    expected = np.array([only_first + both, only_second + both])
    covariance = np.diag(expected) - np.outer(expected, expected)
    covariance[0, 1] += both
    covariance[1, 0] += both
    return expected, covariance
