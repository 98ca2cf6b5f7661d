"""Sounds of no known kind: which filed sounds they are like, and which of them are alike.

Recordings are compared by the statistics of `texture_statistics`, five seconds at a time; nothing
is trained. What a kind is, the library's filed sounds say: each that is filed teaches the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.bands import SAMPLE_RATE, Array
from inference.texture_statistics import N_BANDS, statistics_of

STRETCH_S: Final = 5.0
SHORTEST_S: Final = 1.0  # of what is compared; a shorter sound is repeated until it is as long
MOST_STRETCHES: Final = 6
SILENT: Final = 1e-4  # of full scale

# How far recordings lie apart in each statistic: medians of its deviation over 172 recordings of
# nature and of touch. Fixed, so that a library of three sounds is measured as one of thousands.
LEVEL_DB: Final = 10.39
VARIATION: Final = 0.13
SKEWNESS: Final = 0.9
LOG_KURTOSIS: Final = 0.55
CORRELATION: Final = 0.29
LOG_MODULATION: Final = 0.32

SURE_RATIO: Final = 1.2  # so much farther the second kind lies than the first
ALIKE: Final = 0.8  # of these deviations apart, at most, two recordings are alike

Texture = NDArray[np.float32]
"""Statistics of stretches of one recording, (n_stretches, n_statistics); Euclidean distances
between rows are in root mean square deviations, each group of statistics counting alike."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The filed kind a recording is nearest to; `sure` where no other kind is nearly as near."""

    kind: str
    distance: float
    sure: bool


def texture_of(pieces: Iterable[Array]) -> Texture:
    """The texture of a recording from its pieces of 16 kHz mono.

    At most `MOST_STRETCHES` stretches are used, spread over the pieces; silent ones tell nothing.

    Raises:
        ValueError: all of it is silent.
    """
    length = round(STRETCH_S * SAMPLE_RATE)
    stretches = [
        piece[onset : onset + length] for piece in pieces for onset in range(0, len(piece), length)
    ]
    stretches = [stretch for stretch in stretches if np.abs(stretch).max() > SILENT]
    if not stretches:
        raise ValueError("there is nothing but silence in it")
    shortest = round(SHORTEST_S * SAMPLE_RATE)
    long = [stretch for stretch in stretches if len(stretch) >= shortest]
    long = long or [np.resize(max(stretches, key=len), shortest)]
    if len(long) > MOST_STRETCHES:
        spread = np.linspace(0, len(long) - 1, MOST_STRETCHES).round().astype(int)
        long = [long[i] for i in spread]
    return np.stack([_row(stretch) for stretch in long])


def likeness(texture: Texture, filed: Mapping[str, Sequence[Texture]]) -> Likeness | None:
    """Return which kind a recording is like; None where nothing is filed.

    The distance to a kind is the mean over stretches to the nearest filed one. It is sure where
    the nearest kind holds recordings as alike as those of a group, and the second kind is
    `SURE_RATIO` times as far.
    """
    found = sorted(
        (float(_distances(texture, np.concatenate(list(known))).min(axis=1).mean()), kind)
        for kind, known in filed.items()
    )
    if not found:
        return None
    distance, kind = found[0]
    second = found[1][0] if len(found) > 1 else np.inf
    return Likeness(kind, distance, bool(distance <= ALIKE and second >= SURE_RATIO * distance))


def grouped(textures: Sequence[Texture]) -> list[int]:
    """Return a group's number for each recording, from 0; the largest group comes first.

    Average linkage (Sokal and Michener, 1958): the two groups nearest on average become one, until
    none are within `ALIKE`.
    """
    n = len(textures)
    members = {i: [i] for i in range(n)}
    apart = np.full((n, n), np.inf)
    for i in range(n):
        for j in range(i):
            apart[i, j] = apart[j, i] = _apart(textures[i], textures[j])
    while n and (nearest := apart.min()) <= ALIKE:
        one, other = divmod(int(np.argmax(apart == nearest)), n)
        n_one, n_other = len(members[one]), len(members[other])
        apart[one] = apart[:, one] = (n_one * apart[one] + n_other * apart[other]) / (
            n_one + n_other
        )
        apart[one, one] = np.inf
        apart[other] = apart[:, other] = np.inf
        members[one] += members.pop(other)
    groups = [0] * n
    for number, of_group in enumerate(sorted(members.values(), key=lambda each: -len(each))):
        for i in of_group:
            groups[i] = number
    return groups


def _row(stretch: Array) -> NDArray[np.float32]:
    found = statistics_of(stretch)
    moments = found["moments"].reshape(3, N_BANDS)
    moments = moments / np.array([[VARIATION], [SKEWNESS], [LOG_KURTOSIS]])
    groups = (
        found["level"] / LEVEL_DB,
        moments.ravel(),
        found["correlation"] / CORRELATION,
        found["modulation"] / LOG_MODULATION,
    )
    parts = [group / np.sqrt(len(groups) * len(group)) for group in groups]
    return np.concatenate(parts).astype(np.float32)


def _apart(one: Texture, other: Texture) -> float:
    """How far two recordings are apart: each stretch from the nearest of the other, on average."""
    distances = _distances(one, other)
    return float((distances.min(axis=0).mean() + distances.min(axis=1).mean()) / 2.0)


def _distances(one: Texture, other: Texture) -> NDArray[np.float64]:
    a, b = one.astype(np.float64), other.astype(np.float64)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2.0 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))
