"""The fourth stage of the text model's recipe: the readers of n-grams.

Each is a logistic regression over the most frequent n-grams of its texts, of which the rarer ones
weigh more by their inverse document frequency.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from inference.analysis import Emotion
from inference.text_emotion import Language, known_rows, ngrams, normalise
from models.text_emotion import NgramReader
from models.train.texts import Example, present_of

EMOTIONS = tuple(Emotion)
FEELINGS_C, LABELS_C = 1.0, 1.0  # inverse strengths of the penalty
POSITIVE_WEIGHT = 3.0  # of a label's positive rows: nearly all rows are negative
N_FEELING, N_CORE, N_GOEMOTIONS = 80_000, 28_000, 35_000  # n-grams known at most
FEWEST = 2  # texts an n-gram must be in

Array = NDArray[np.float64]


class _Texts:
    """Texts as rows of their `n_known` most frequent n-grams."""

    def __init__(self, texts: Sequence[str], n_known: int) -> None:
        self._hashed = [ngrams(normalise(text)[:500]) for text in texts]
        counts = Counter(number for row in self._hashed for number in row)
        frequent = [(h, n) for h, n in counts.most_common(n_known) if n >= FEWEST]
        self.hashes = np.array([h for h, _ in frequent], np.int64)
        self.counts = np.array([n for _, n in frequent], float)

    @property
    def rarity(self) -> Array:
        """Inverse document frequency of each n-gram."""
        rarity: Array = (np.log(len(self._hashed) / self.counts) + 1.0) / 5.0
        return rarity

    def matrix(self) -> csr_matrix:
        """Rarities over the root of the number of n-grams, shape (n_texts, n_ngrams)."""
        numbers = {number: column for column, number in enumerate(self.hashes.tolist())}
        rows = [known_rows(row, numbers) for row in self._hashed]
        lengths = np.array([len(row) for row in rows])
        columns = np.concatenate([np.array(row, np.int32) for row in rows])
        values = self.rarity[columns] / np.repeat(np.sqrt(np.maximum(lengths, 1)), lengths)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        return csr_matrix((values, columns, starts), shape=(len(rows), len(numbers)))

    def reader(self, coefficients: Array, intercepts: Array) -> NgramReader:
        """The network's part; the rarities go into its weights."""
        reader = NgramReader(len(self.hashes) + 1, len(coefficients))
        with torch.no_grad():
            reader.weights.weight[1:] = torch.from_numpy((coefficients * self.rarity).T)
            reader.bias.copy_(torch.from_numpy(intercepts))
        reader.hashes[1:] = torch.from_numpy(self.hashes)
        return reader


def feeling_reader(
    labelled: Sequence[Example], weights: Mapping[tuple[Language, Emotion | None], float]
) -> NgramReader:
    """Fit the seven classes on the examples that have one; `weights` by language and class."""
    mine = [e for e in labelled if e.emotion]
    wanted = [EMOTIONS.index(e.emotion) for e in mine if e.emotion]
    of_row = [weights[e.language, e.emotion] for e in mine]
    texts = _Texts([e.text for e in mine], N_FEELING)
    model = LogisticRegression(C=FEELINGS_C, max_iter=300)
    model.fit(texts.matrix(), wanted, of_row)
    return texts.reader(model.coef_, model.intercept_)


def core_reader(labelled: Sequence[Example]) -> NgramReader:
    """Fit KOTE's six core classes."""
    mine = [e for e in labelled if e.core is not None]
    wanted = np.array([present_of(e.core) for e in mine if e.core is not None])
    return _fit_labels(_Texts([e.text for e in mine], N_CORE), wanted)


def goemotions_reader(examples: Sequence[Example], wanted: Array) -> NgramReader:
    """Fit the 28 labels, `wanted` (n, 28)."""
    return _fit_labels(_Texts([e.text for e in examples], N_GOEMOTIONS), wanted)


def _fit_labels(texts: _Texts, wanted: Array) -> NgramReader:
    """A regression for each label."""
    rows = texts.matrix()
    model = LogisticRegression(
        C=LABELS_C,
        solver="liblinear",
        dual=True,
        max_iter=30,
        tol=0.02,
        class_weight={0: 1.0, 1: POSITIVE_WEIGHT},
        random_state=0,
    )
    fitted = []
    for column in range(wanted.shape[1]):
        model.fit(rows, wanted[:, column])
        fitted.append((model.coef_[0].copy(), float(model.intercept_[0])))
    return texts.reader(np.stack([c for c, _ in fitted]), np.array([i for _, i in fitted]))
