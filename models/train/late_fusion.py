"""Fits the late fusion: weights and temperatures, and when it is sure or sees contradiction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from inference.analysis import EmotionEstimate
from inference.emotion_fusion import LateFusion, contradiction, row
from models.train.fusion_situations import Pairs

Floats = NDArray[np.float64]

HAND_SET = LateFusion(
    words_temperature=1.0,
    voice_temperature=1.0,
    voice_weight=0.3,
    neutral_weight=1.3,
    unspoken_offset=0.0,
    unspoken_slope=1.0,
    sure_probability=0.5,
    contradiction=0.6,
)
RIGHT_WHEN_SURE = 0.9
FALSE_ALARMS = 0.05  # of agreeing pairs that may be called a contradiction
LEAST = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Posteriors:
    """What words and voice say of pairs, (n, 7) each, and what the pairs are to be called (n,).

    `words_sure` and `voice_sure` (n,) are whether each is sure by itself.
    """

    words: Floats
    voice: Floats
    truth: NDArray[np.int64]
    words_sure: NDArray[np.bool_]
    voice_sure: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        pairs: Pairs,
        words: Mapping[str, EmotionEstimate | None],
        voices: Sequence[EmotionEstimate],
    ) -> "Posteriors":
        """Those of pairs whose words can be read; `words` by text, `voices` by clip."""
        found = [
            (said, voices[clip], truth)
            for text, clip, truth in zip(pairs.texts, pairs.clips, pairs.truth, strict=True)
            if (said := words[text]) is not None
        ]
        return cls(
            np.stack([row(said) for said, _, _ in found]),
            np.stack([row(voice) for _, voice, _ in found]),
            np.array([truth for _, _, truth in found]),
            np.array([said.sure for said, _, _ in found]),
            np.array([voice.sure for _, voice, _ in found]),
        )


def fit(situations: Sequence[Posteriors]) -> LateFusion:
    """Weights and temperatures of the best likelihood; every situation counts the same."""

    def loss(logs: Floats) -> float:
        fusion = _with(logs)
        losses = []
        for found in situations:
            pooled = fusion.pool(found.words, found.voice)
            right = pooled[np.arange(len(pooled)), found.truth]
            losses.append(-np.log(np.maximum(right, LEAST)).mean())
        return float(np.mean(losses))

    positive = [1.0, 1.0, HAND_SET.voice_weight, HAND_SET.unspoken_slope]
    start = np.array([*np.log(positive), HAND_SET.unspoken_offset])
    options = {"xatol": 1e-3, "fatol": 1e-5, "maxiter": 2_000, "adaptive": True}
    found = minimize(loss, start, method="Nelder-Mead", options=options)
    fitted = _with(found.x)
    return replace(fitted, sure_probability=_sure_from(fitted, situations))


def _with(logs: Floats) -> LateFusion:
    """The fusion of five numbers, the first four given by their logarithms.

    How much neutral is preferred is not fitted: in the corpora of actors every emotion is as
    frequent, in life it is not.
    """
    *positive, offset = logs.tolist()
    words, voice, weight, slope = np.exp(positive).tolist()
    return replace(
        HAND_SET,
        words_temperature=words,
        voice_temperature=voice,
        voice_weight=weight,
        neutral_weight=1.0,
        unspoken_offset=offset,
        unspoken_slope=slope,
    )


def _sure_from(fusion: LateFusion, situations: Sequence[Posteriors]) -> float:
    """The lowest pooled probability from which on what one side is sure of is right often."""
    confidence, right = [], []
    for found in situations:
        pooled = fusion.pool(found.words, found.voice)
        label = pooled.argmax(1)
        backed = found.words_sure & (found.words.argmax(1) == label)
        backed |= found.voice_sure & (found.voice.argmax(1) == label)
        confidence.append(pooled.max(1)[backed])
        right.append((label == found.truth)[backed])
    order = np.argsort(-np.concatenate(confidence))
    share = np.cumsum(np.concatenate(right)[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= RIGHT_WHEN_SURE)
    return float(np.concatenate(confidence)[order[enough[-1]]]) if len(enough) else 1.0


def fit_contradiction(agreeing: Sequence[Posteriors]) -> float:
    """The probability of contradiction that few agreeing pairs reach; situations count alike."""
    each = [np.quantile(contradiction(a.words, a.voice), 1.0 - FALSE_ALARMS) for a in agreeing]
    return float(max(each))
