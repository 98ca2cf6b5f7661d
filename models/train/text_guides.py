"""Soft labels for unlabelled text, from two plain classifiers a language that see more than we do.

One reads the teachers' vectors (sentences in English, words in Korean), the other n-grams; both
learn from the labelled sentences, and what they agree on guides the network on texts nobody has
labelled (knowledge distillation, Hinton et al. 2015). A translated row is judged by its original.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from inference.analysis import Emotion
from inference.text_emotion import Language, normalise
from models.train.text_preparation import Prepared
from models.train.texts import Example

EMOTIONS = tuple(Emotion)
VECTORS_C = {Language.ENGLISH: 0.01, Language.KOREAN: 0.005}  # of standardised vectors
NGRAMS_C = 10.0

Probabilities = NDArray[np.float64]


def guided(
    made: Prepared, labelled: Sequence[Example], left_out: Sequence[Example]
) -> list[Example]:
    """Everything unlabelled, and GoEmotions in both languages, with soft labels.

    The guides learn from `labelled`; a text of `left_out` is not among what they judge.
    """
    said = dict(zip(made.english, made.english_vectors, strict=True))
    meant = dict(zip(made.korean, made.word_vectors, strict=True))
    english = _Guide(Language.ENGLISH, labelled, said)
    korean = _Guide(Language.KOREAN, labelled, meant)
    parallel = english.judge([e.text for e in made.parallel_english], made.parallel_vectors)
    known = {normalise(e.text) for e in [*labelled, *left_out]}
    examples = []
    for rows in (made.parallel_english, made.parallel_korean):
        examples += [
            replace(example, soft=tuple(soft))
            for example, soft in zip(rows, parallel.tolist(), strict=True)
        ]
    for guide, texts, vectors in (
        (english, made.english, made.english_vectors),
        (korean, made.korean, made.word_vectors),
    ):
        examples += [
            Example(text, guide.language, soft=tuple(soft))
            for text, soft in zip(texts, guide.judge(texts, vectors).tolist(), strict=True)
            if normalise(text) not in known
        ]
    return examples


def _wanted(examples: Sequence[Example]) -> list[int]:
    return [EMOTIONS.index(example.emotion) for example in examples if example.emotion]


class _Guide:
    """Two classifiers of one language."""

    def __init__(
        self, language: Language, labelled: Sequence[Example], vectors: dict[str, Any]
    ) -> None:
        self.language = language
        key = normalise if language is Language.KOREAN else str
        mine = [e for e in labelled if e.language is language and e.emotion]
        self._by_vector = make_pipeline(
            StandardScaler(),
            LogisticRegression(C=VECTORS_C[language], max_iter=500, class_weight="balanced"),
        )
        seen = [e for e in mine if key(e.text) in vectors]
        told = np.stack([vectors[key(e.text)] for e in seen])
        self._by_vector.fit(told.astype(float), _wanted(seen))
        self._by_ngram = make_pipeline(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True, min_df=2),
            LogisticRegression(C=NGRAMS_C, max_iter=300, class_weight="balanced"),
        )
        self._by_ngram.fit([normalise(e.text) for e in mine], _wanted(mine))

    def judge(self, texts: Sequence[str], vectors: NDArray[Any]) -> Probabilities:
        """Probabilities (n, 7): the two classifiers' product."""
        by_vector = self._by_vector.predict_log_proba(vectors.astype(float))
        by_ngram = self._by_ngram.predict_log_proba([normalise(text) for text in texts])
        both = np.exp(by_vector + by_ngram)
        out: Probabilities = both / both.sum(1, keepdims=True)
        return out
