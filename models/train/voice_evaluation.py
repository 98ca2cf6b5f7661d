"""How well a voice model does on speakers it never heard, and the calibration that follows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.analysis import Emotion, EmotionEstimate
from inference.emotion_fusion import FUSION_WEIGHTS, LateFusion
from inference.speech_emotion import HEARD_AS, hearing

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Names = NDArray[np.str_]

EMOTIONS = tuple(Emotion)
WEIGHTS = Path(__file__).parents[1] / "weights"
SURE_PRECISION = 0.75  # what is called sure is to be right at least this often
PRECISION_MARGIN = 0.02  # asked for on top while choosing the threshold: other speakers differ
N_BOOTSTRAP = 1000
N_BINS = 10
# Halves of the circumplex of affect (Russell, 1980) that actors were asked to play. What lies near
# the dividing axis is in neither: disgust of arousal; neutral, calm, bored, surprised of valence.
HALVES = {
    "arousal": (("happy", "angry", "fearful", "surprised"), ("neutral", "calm", "sad", "bored")),
    "valence": (("happy",), ("sad", "angry", "fearful", "disgust")),
}
NEUTRAL_WORDS = EmotionEstimate(
    {e: 0.82 if e == Emotion.NEUTRAL else 0.03 for e in EMOTIONS}, (), True
)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What the nets said of clips whose speakers they did not hear.

    `logits` (n_clips, n_played), `played` and `fold` (n_clips,): the true emotion as an index, and
    the training that the clip was held out of. `corpus` and `speaker` (n_clips,) are names.
    """

    names: tuple[str, ...]
    logits: Floats
    played: Labels
    fold: Labels
    corpus: Names
    speaker: Names

    @property
    def felt(self) -> Labels:
        """The true Todak class as an index into EMOTIONS, -1 where the emotion has none."""
        told = [EMOTIONS.index(HEARD_AS[n]) if n in HEARD_AS else -1 for n in self.names]
        return np.array(told)[self.played]

    def posterior(self, temperature: Floats | float) -> Floats:
        """Probabilities of the seven classes, (n_clips, 7); one temperature or one a clip."""
        scaled = self.logits / np.reshape(temperature, (-1, 1))
        weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        shares = weights / weights.sum(axis=1, keepdims=True)
        return np.asarray(shares @ hearing(self.names).double().numpy())

    def only(self, chosen: NDArray[np.bool_]) -> "HeldOut":
        """Return the chosen clips."""
        return HeldOut(
            self.names,
            self.logits[chosen],
            self.played[chosen],
            self.fold[chosen],
            self.corpus[chosen],
            self.speaker[chosen],
        )


def uar(guess: Labels, truth: Labels) -> float:
    """Unweighted average recall: the mean over the true classes of the share that was found."""
    return float(np.mean([np.mean(guess[truth == k] == k) for k in np.unique(truth)]))


def interval(measure: Callable[[NDArray[np.intp]], float], speaker: Names) -> list[float]:
    """Bootstrap 95 % interval of `measure(indices of clips)`, drawing whole speakers."""
    rng = np.random.default_rng(0)
    clips = [np.flatnonzero(speaker == name) for name in np.unique(speaker)]
    values = [
        measure(np.concatenate([clips[i] for i in rng.integers(0, len(clips), len(clips))]))
        for _ in range(N_BOOTSTRAP)
    ]
    return [round(float(value), 3) for value in np.percentile(values, (2.5, 97.5))]


def expected_calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Mean gap of confidence and accuracy over ten bins of equally many clips (Naeini, 2015)."""
    bins = np.array_split(np.argsort(confidence), N_BINS)
    gaps = [abs(float(np.mean(confidence[b]) - np.mean(right[b]))) * len(b) for b in bins]
    return sum(gaps) / len(confidence)


def fit_temperature(held: HeldOut) -> float:
    """Return the temperature with the best likelihood of the true classes, where there is one."""
    told = held.only(held.felt >= 0)

    def loss(temperature: float) -> float:
        posterior = told.posterior(temperature)
        return -float(np.mean(np.log(posterior[np.arange(len(posterior)), told.felt])))

    return float(min(np.geomspace(0.25, 4.0, 81), key=loss))


def fit_sure_probability(held: HeldOut, temperature: float) -> float:
    """Return the least probability from which on the best class is right often enough.

    Clips of emotions without a Todak class are counted, and always as wrong.
    """
    posterior = held.posterior(temperature)
    confidence = posterior.max(axis=1)
    order = np.argsort(-confidence)
    right = (posterior.argmax(axis=1) == held.felt)[order]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    enough = np.flatnonzero(precision >= SURE_PRECISION + PRECISION_MARGIN)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


def report(held: HeldOut) -> dict[str, Any]:
    """Measure everything the card says. What is fitted is fitted on the other folds each time."""
    temperature = np.zeros(len(held.played))
    threshold = np.zeros(len(held.played))
    for fold in np.unique(held.fold):
        others = held.only(held.fold != fold)
        temperature[held.fold == fold] = fit_temperature(others)
        threshold[held.fold == fold] = fit_sure_probability(others, fit_temperature(others))
    posterior = held.posterior(temperature)
    guess, confidence = posterior.argmax(axis=1), posterior.max(axis=1)
    felt, told = held.felt, held.felt >= 0
    right, sure = guess == felt, confidence >= threshold
    corpora = {
        str(name): _corpus_report(held, held.corpus == name, guess)
        for name in np.unique(held.corpus)
    }
    return {
        "corpora": corpora,
        "todak_accuracy": _with_interval(lambda i: float(np.mean(right[told][i])), held, told),
        "todak_uar": _with_interval(lambda i: uar(guess[told][i], felt[told][i]), held, told),
        "expected_calibration_error": round(
            expected_calibration_error(confidence[told], right[told]), 3
        ),
        "sure_precision": _with_interval(lambda i: float(np.mean(right[sure][i])), held, sure),
        "sure_coverage": round(float(np.mean(sure)), 3),
        "sure_coverage_of_told": round(float(np.mean(sure[told])), 3),
        "without_a_class": _heard_instead(held, guess, sure),
        "under_neutral_words": _under_neutral_words(posterior, felt),
        "circumplex": {
            half: {
                str(name): _told_apart(held.only(held.corpus == name), *HALVES[half])
                for name in np.unique(held.corpus)
            }
            for half in HALVES
        },
    }


def _with_interval(
    measure: Callable[[NDArray[np.intp]], float], held: HeldOut, chosen: NDArray[np.bool_]
) -> dict[str, object]:
    if not chosen.any():  # nothing was sure: nothing is known of how often that is right
        return {"value": 0.0, "interval_95": [0.0, 1.0], "clips": 0}
    everything = np.arange(int(chosen.sum()))
    return {
        "value": round(measure(everything), 3),
        "interval_95": interval(measure, held.speaker[chosen]),
        "clips": len(everything),
    }


def _corpus_report(held: HeldOut, chosen: NDArray[np.bool_], heard: Labels) -> dict[str, object]:
    """Score one corpus among the emotions that it has, and as Todak classes."""
    part = held.only(chosen)
    present = np.unique(part.played)
    guess = present[part.logits[:, present].argmax(axis=1)]
    told = chosen & (held.felt >= 0)
    return {
        "uar": _with_interval(lambda i: uar(guess[i], part.played[i]), held, chosen),
        "recall": {
            held.names[k]: round(float(np.mean(guess[part.played == k] == k)), 3) for k in present
        },
        "todak_accuracy": round(float(np.mean(heard[told] == held.felt[told])), 3),
        "todak_recall": {
            EMOTIONS[k].value: round(float(np.mean(heard[told & (held.felt == k)] == k)), 3)
            for k in np.unique(held.felt[told])
        },
    }


def area_under_curve(score: Floats, positive: NDArray[np.bool_]) -> float:
    """Return how often a positive scores above a negative; one half is chance, or no pairs."""
    ranks = np.empty(len(score))
    ranks[np.argsort(score)] = np.arange(1, len(score) + 1)
    n_positive = int(positive.sum())
    n_pairs = n_positive * (len(score) - n_positive)
    if n_pairs == 0:
        return 0.5
    return float((ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / n_pairs)


def _told_apart(held: HeldOut, high: tuple[str, ...], low: tuple[str, ...]) -> dict[str, object]:
    """Say how well the net's weight on one half of the played emotions tells it from the other."""
    names = np.array(held.names)
    part = held.only(np.isin(names[held.played], (*high, *low)))
    weights = np.exp(part.logits - part.logits.max(axis=1, keepdims=True))
    upper, lower = (weights[:, np.isin(names, half)].sum(axis=1) for half in (high, low))
    score, positive = np.log(upper) - np.log(lower), np.isin(names[part.played], high)
    return _with_interval(
        lambda i: area_under_curve(score[i], positive[i]),
        part,
        np.ones(len(score), np.bool_),
    )


def _heard_instead(
    held: HeldOut, guess: Labels, sure: NDArray[np.bool_]
) -> dict[str, dict[str, float]]:
    """Say what emotions without a Todak class are taken for, and how often that is sure."""
    result = {}
    for k in np.unique(held.played[held.felt < 0]):
        chosen = held.played == k
        taken = {
            e.value: round(float(np.mean(guess[chosen] == EMOTIONS.index(e))), 3) for e in Emotion
        }
        result[held.names[k]] = taken | {"sure": round(float(np.mean(sure[chosen])), 3)}
    return result


def _under_neutral_words(posterior: Floats, felt: Labels) -> dict[str, float]:
    """Compare the voice alone with its fusion with words that carry nothing."""
    fusion = LateFusion.load(WEIGHTS / FUSION_WEIGHTS)
    alone, fused = [], []
    for row, truth in zip(posterior, felt, strict=True):
        if truth >= 0:
            voice = EmotionEstimate(dict(zip(EMOTIONS, row.tolist(), strict=True)), (), False)
            both = fusion.fuse(NEUTRAL_WORDS, voice).emotion
            alone.append(voice.label == EMOTIONS[truth])
            fused.append(both is not None and both.label == EMOTIONS[truth])
    return {"voice": round(float(np.mean(alone)), 3), "fused": round(float(np.mean(fused)), 3)}
