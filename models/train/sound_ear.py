"""A small ear that names the kind of a sound, from recordings that the generator never heard."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.bands import Array
from inference.texture_statistics import Scale, Statistics, statistics_of

WEIGHT_DECAY = 2e-2
STEPS = 80
MIXES_A_PAIR = 6


class SoundEar:
    """Multinomial logistic regression on scaled texture statistics, kinds weighted alike.

    It also learns from two recordings at once, labelled half and half (Tokozume, 2018): else it
    has never heard two sounds together and names one of them with certainty.
    """

    def __init__(self, pieces: Mapping[str, Sequence[Array]], scale: Scale) -> None:
        self.kinds = tuple(pieces)
        self._scale = scale
        vectors, targets, weights = _lessons(pieces, scale)
        known = torch.from_numpy(np.stack(vectors)).float()
        target, weight = torch.tensor(targets), torch.tensor(weights)
        self._net = nn.Linear(known.shape[1], len(self.kinds))
        nn.init.zeros_(self._net.weight)
        nn.init.zeros_(self._net.bias)
        optimizer = torch.optim.LBFGS(
            self._net.parameters(), max_iter=STEPS, line_search_fn="strong_wolfe"
        )

        def loss() -> Tensor:
            optimizer.zero_grad()
            missed = nn.functional.cross_entropy(self._net(known), target, reduction="none")
            total: Tensor = (missed * weight).sum() / weight.sum()
            total = total + WEIGHT_DECAY * self._net.weight.square().sum()
            total.backward()  # type: ignore[no-untyped-call]
            return total

        optimizer.step(loss)  # type: ignore[no-untyped-call]

    @torch.no_grad()
    def hear(self, pieces: Sequence[dict[str, Statistics]]) -> NDArray[np.float32]:
        """Return the probability of each kind for statistics of pieces, (n, n_kinds)."""
        vectors = np.stack([self._scale.vector(one) for one in pieces])
        logits = self._net(torch.from_numpy(vectors).float())
        return np.asarray(logits.softmax(dim=-1).numpy())


def together(a: Array, b: Array) -> Array:
    """Return two pieces of the same level at once."""
    n = min(len(a), len(b))
    return np.asarray((a[:n] + b[:n]) * np.sqrt(0.5), np.float32)


def one_of(pieces: Sequence[Array], rng: np.random.Generator) -> Array:
    """Return one piece by chance."""
    return pieces[int(rng.integers(len(pieces)))]


def _lessons(
    pieces: Mapping[str, Sequence[Array]], scale: Scale
) -> tuple[list[Statistics], list[list[float]], list[float]]:
    """Return vectors, shares of each kind and weights, of single recordings and of pairs."""
    rng = np.random.default_rng(0)
    kinds = list(pieces)
    share = np.eye(len(kinds), dtype=np.float32)
    vectors: list[Statistics] = []
    targets: list[list[float]] = []
    weights: list[float] = []
    for i, kind in enumerate(kinds):
        for piece in pieces[kind]:
            vectors.append(scale.vector(statistics_of(piece)))
            targets.append(share[i].tolist())
            weights.append(1.0 / len(pieces[kind]))
    for i, j in combinations(range(len(kinds)), 2):
        for _ in range(MIXES_A_PAIR):
            a, b = (one_of(pieces[kinds[k]], rng) for k in (i, j))
            vectors.append(scale.vector(statistics_of(together(a, b))))
            targets.append((0.5 * (share[i] + share[j])).tolist())
            weights.append(2.0 / (MIXES_A_PAIR * (len(kinds) - 1)))
    return vectors, targets, weights
