"""How good the text model is, and the calibration of its probabilities."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, roc_auc_score  # type: ignore[import-untyped]

from inference.analysis import Emotion
from inference.checkpoints import load
from inference.text_emotion import CLS, SEP, Language, Pieces, batch, normalise, signs
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train.texts import (
    N_GOEMOTIONS,
    Example,
    present_of,
    read_goemotions,
    read_kote,
    read_sentences,
)

Array = NDArray[Any]
Interval = dict[str, float]

RIGHT_WHEN_SURE: Final = 0.9
FEWEST_SURE: Final = 30  # held-out sentences a threshold must be judged on
N_RESAMPLES: Final = 1000
N_BINS: Final = 15
SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
N_SIGNS: Final = TextEmotionConfig(1, 1).n_signs
HEADS: Final = ("emotion", "present", "core", "goemotions", "signs")
EMOTIONS: Final = tuple(Emotion)
TESTS: Final = Path(__file__).parents[2] / "tests/sentences"


def rows_of(
    pieces: Pieces, text: str, longest: int = 128, skip: float = 0.0, rng: Random | None = None
) -> tuple[list[int], list[int]]:
    """Pieces (with their marks, `longest` at most) and signs of a text as it was written."""
    folded = normalise(text)[:500]
    read = pieces.cut(folded, skip, rng)[: longest - 2]
    return [CLS, *read, SEP], signs(folded, N_SIGNS)


@torch.inference_mode()
def logits(net: TextEmotionNet, pieces: Pieces, texts: Sequence[str]) -> dict[str, Array]:
    """Logits of every head for the beginning of each text, by head name."""
    rows = [rows_of(pieces, text) for text in texts]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]))
    heads: dict[str, list[Array]] = {h: [] for h in HEADS}
    for start in range(0, len(order), 128):
        these = [rows[i] for i in order[start : start + 128]]
        output = net(batch([row for row, _ in these]), batch([hashes for _, hashes in these]))
        for head, found in heads.items():
            found.append(getattr(output, head).double().numpy())
    back = np.argsort(order)
    return {head: np.concatenate(found)[back] for head, found in heads.items()}


def softmax(scores: Array, temperature: float) -> Array:
    """Rows of probabilities."""
    scaled = scores / temperature
    shifted = np.exp(scaled - scaled.max(1, keepdims=True))
    out: Array = shifted / shifted.sum(1, keepdims=True)
    return out


def best_temperature(scores: Array, labels: Array) -> float:
    """The temperature of the least negative log-likelihood (Guo et al. 2017)."""
    tried = np.geomspace(0.3, 3.0, 47)
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(scores, t)[rows, labels] + 1e-12).mean() for t in tried]
    return float(tried[int(np.argmin(losses))])


def sure_from(posterior: Array, labels: Array) -> float:
    """The lowest probability from which on the best class is right often enough; 1.0 if none."""
    highest, right = posterior.max(1), posterior.argmax(1) == labels
    order = np.argsort(-highest)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share >= RIGHT_WHEN_SURE)
    good = good[good >= FEWEST_SURE - 1]
    return float(highest[order][good[-1]]) if len(good) else 1.0


def best_thresholds(probabilities: Array, wanted: Array) -> list[float]:
    """For each column the threshold of the highest F1."""
    tried = np.linspace(0.02, 0.9, 89)
    found = []
    for column in range(wanted.shape[1]):
        said = probabilities[:, column, None] >= tried
        true = wanted[:, column, None] > 0
        hits = (said & true).sum(0)
        scores = 2 * hits / np.maximum(said.sum(0) + true.sum(), 1)
        found.append(float(tried[int(np.argmax(scores))]))
    return found


def summed(found: Mapping[str, Array], share: float) -> Array:
    """Logits of the seven classes, with the signs' part weighed by `share`."""
    out: Array = found["emotion"] + (share - 1.0) * found["signs"][:, : len(EMOTIONS)]
    return out


def best_share(found: Mapping[str, Array], labels: Array) -> float:
    """How much the signs should count beside the pieces, judged on held-out examples.

    Each was trained to be right alone; the sum of both is best at other weights.
    """
    losses = []
    for share in SHARES:
        scores = summed(found, share)
        posterior = softmax(scores, best_temperature(scores, labels))
        losses.append(-np.log(posterior[np.arange(len(labels)), labels] + 1e-12).mean())
    return SHARES[int(np.argmin(losses))]


def calibrated(
    net: TextEmotionNet, pieces: Pieces, kept: Sequence[Example], data: Path
) -> dict[str, Any]:
    """Temperatures and thresholds by language, fitted on held-out examples and GoEmotions dev."""
    out: dict[str, Any] = {}
    for language in Language:
        own = [e for e in kept if e.language is language and e.emotion and e.present is not None]
        found = logits(net, pieces, [e.text for e in own])
        labels = np.array([EMOTIONS.index(e.emotion) for e in own if e.emotion])
        share = best_share(found, labels)
        scores = summed(found, share)
        temperature = best_temperature(scores, labels)
        present = np.array([present_of(e.present) for e in own if e.present is not None])
        out[language] = {
            "signs": share,
            "temperature": temperature,
            "sure": sure_from(softmax(scores, temperature), labels),
            "present": best_thresholds(sigmoid(found["present"]), present),
        }
    comments = [e for e in kept if e.core is not None]
    found = logits(net, pieces, [e.text for e in comments])
    core = np.array([present_of(e.core) for e in comments if e.core is not None])
    dev = read_goemotions(data, Language.ENGLISH, "dev")
    posts = logits(net, pieces, [e.text for e in dev])
    return {
        "calibration": out,
        "core_thresholds": best_thresholds(sigmoid(found["core"]), core),
        "goemotions_thresholds": best_thresholds(sigmoid(posts["goemotions"]), posts_of(dev)),
    }


def sigmoid(scores: Array) -> Array:
    """Probabilities of independent labels."""
    out: Array = 1.0 / (1.0 + np.exp(-scores))
    return out


def posts_of(examples: Sequence[Example]) -> Array:
    """GoEmotions labels, shape (n, 28), zeros and ones."""
    out = np.zeros((len(examples), N_GOEMOTIONS))
    for row, example in enumerate(examples):
        out[row, list(example.goemotions or ())] = 1.0
    return out


def macro_f1(said: Array, wanted: Array, weights: Array) -> Array:
    """Macro F1 for each row of `weights` (n_resamples, n): how often each example counts."""
    hits = weights @ (said * wanted)
    total = weights @ said + weights @ wanted
    out: Array = (2 * hits / np.maximum(total, 1e-9)).mean(1)
    return out


def interval(measure: Callable[[Array], Array], n: int) -> Interval:
    """A measure with its bootstrap 95 % interval; it takes counts (n_resamples, n)."""
    rng = np.random.default_rng(0)
    value = float(measure(np.ones((1, n)))[0])
    drawn = measure(rng.multinomial(n, np.full(n, 1 / n), N_RESAMPLES).astype(float))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}


def calibration_error(posterior: Array, labels: Array) -> float:
    """Expected calibration error over 15 bins of equal width."""
    highest, right = posterior.max(1), posterior.argmax(1) == labels
    bins = np.minimum((highest * N_BINS).astype(int), N_BINS - 1)
    gaps = [
        abs(right[bins == b].mean() - highest[bins == b].mean()) * (bins == b).mean()
        for b in range(N_BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def on_sentences(
    found: Mapping[str, Array], examples: Sequence[Example], calibration: Mapping[str, Any]
) -> dict[str, Any]:
    """Seven-class figures of one language."""
    labels = np.array([EMOTIONS.index(e.emotion) for e in examples if e.emotion])
    posterior = softmax(summed(found, calibration["signs"]), calibration["temperature"])
    best = posterior.argmax(1)
    right = (best == labels).astype(float)
    sure = posterior.max(1) >= calibration["sure"]
    matrix = confusion_matrix(labels, best, labels=range(len(EMOTIONS)))
    recalls = matrix.diagonal() / np.maximum(matrix.sum(1), 1)
    return {
        "n": len(labels),
        "accuracy": interval(lambda w: (w @ right) / w.sum(1), len(labels)),
        "recall": dict(zip(map(str, EMOTIONS), recalls.round(3).tolist(), strict=True)),
        "confusion": matrix.tolist(),
        "ece": round(calibration_error(posterior, labels), 4),
        "sure_coverage": round(float(sure.mean()), 4),
        "sure_right": round(float(right[sure].mean()), 4) if sure.any() else None,
    }


def evaluate(weights: Path, data: Path) -> dict[str, Any]:
    """Every figure of the card, on data the model was never tuned on."""
    checkpoint = load(weights, TextEmotionConfig, TextEmotionNet)
    net, extra = checkpoint.module, checkpoint.extra
    pieces = Pieces(extra["pieces"])
    out: dict[str, Any] = {"parameters": sum(p.numel() for p in net.parameters())}
    for language in Language:
        path = TESTS / f"emotion_{language}_test.tsv"
        if path.is_file():
            examples = read_sentences(path, language)
            found = logits(net, pieces, [e.text for e in examples])
            calibration = extra["calibration"][language]
            out[f"own_{language}_test"] = on_sentences(found, examples, calibration)
    comments = read_kote(data, "test")
    core = np.array([present_of(e.core) for e in comments if e.core is not None])
    likely = sigmoid(logits(net, pieces, [e.text for e in comments])["core"])
    said = likely >= np.array(extra["core_thresholds"])
    out["kote_test_core_macro_f1"] = interval(lambda w: macro_f1(said, core, w), len(core))
    out["kote_test_core_macro_auroc"] = interval(lambda w: areas(likely, core, w), len(core))
    posts = read_goemotions(data, Language.ENGLISH, "test")
    likely_28 = sigmoid(logits(net, pieces, [e.text for e in posts])["goemotions"])
    told, wanted = likely_28 >= np.array(extra["goemotions_thresholds"]), posts_of(posts)
    out["goemotions_en_test_macro_f1"] = interval(lambda w: macro_f1(told, wanted, w), len(posts))
    return out


def areas(scores: Array, wanted: Array, weights: Array) -> Array:
    """Macro area under the ROC curve for up to 200 rows of `weights`."""
    return np.array(
        [roc_auc_score(wanted, scores, sample_weight=row) for row in weights[:200]], float
    )
