"""How good the text model is, and the calibration of its probabilities."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import (  # type: ignore[import-untyped]
    average_precision_score,
    confusion_matrix,
    roc_auc_score,
)

from inference.analysis import Emotion
from inference.checkpoints import load
from inference.text_emotion import CLS, SEP, Language, Pieces, batch, known_rows, ngrams, normalise
from models.text_emotion import NgramReader, TextEmotionConfig, TextEmotionNet
from models.train.texts import (
    N_GOEMOTIONS,
    Example,
    present_of,
    read_development,
    read_goemotions,
    read_kote,
    read_tests,
)

Array = NDArray[Any]
Interval = dict[str, float]

RIGHT_WHEN_SURE: Final = 0.9
FEWEST_SURE: Final = 30  # held-out sentences a threshold must be judged on
N_RESAMPLES: Final = 1000
N_BINS: Final = 15
SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
PRESENT: Final = tuple(n / 100 for n in range(15, 51))
HEADS: Final = ("emotion", "core", "goemotions")
NGRAMS: Final = {
    "emotion": "feeling_ngrams",
    "core": "core_ngrams",
    "goemotions": "goemotions_ngrams",
}
EMOTIONS: Final = tuple(Emotion)


def row_of(
    pieces: Pieces, text: str, longest: int = 128, skip: float = 0.0, rng: Random | None = None
) -> list[int]:
    """Pieces of a text as it was written, with their marks, `longest` at most."""
    return [CLS, *pieces.cut(normalise(text)[:500], skip, rng)[: longest - 2], SEP]


@torch.inference_mode()
def logits(net: TextEmotionNet, pieces: Pieces, texts: Sequence[str]) -> dict[str, Array]:
    """Logits of every head for the beginning of each text, by head name."""
    rows = [row_of(pieces, text) for text in texts]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    heads: dict[str, list[Array]] = {head: [] for head in HEADS}
    for start in range(0, len(order), 128):
        output = net(batch([rows[i] for i in order[start : start + 128]]))
        for head, parts in heads.items():
            parts.append(getattr(output, head).double().numpy())
    back = np.argsort(order)
    found = {head: np.concatenate(parts)[back] for head, parts in heads.items()}
    hashed = [ngrams(normalise(text)[:500]) for text in texts]
    for name, reader in net.named_children():
        if isinstance(reader, NgramReader):
            numbers = reader.numbers()
            found[name] = reader(batch([known_rows(row, numbers) for row in hashed])).numpy()
    return found


def softmax(scores: Array, temperature: float) -> Array:
    """Rows of probabilities."""
    scaled = scores / temperature
    shifted = np.exp(scaled - scaled.max(1, keepdims=True))
    out: Array = shifted / shifted.sum(1, keepdims=True)
    return out


def best_temperature(scores: Array, labels: Array) -> float:
    """The temperature of the least negative log-likelihood (Guo et al. 2017)."""
    tried = np.geomspace(0.2, 5.0, 81)
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


def summed(found: Mapping[str, Array], head: str, share: float) -> Array:
    """Logits of a head, those of its n-grams weighed by `share`."""
    out: Array = found[head] + share * found[NGRAMS[head]]
    return out


def best_share(found: Mapping[str, Array], labels: Array) -> float:
    """How much the n-grams should count beside the pieces for the seven classes."""
    losses = []
    for share in SHARES:
        scores = summed(found, "emotion", share)
        posterior = softmax(scores, best_temperature(scores, labels))
        losses.append(-np.log(posterior[np.arange(len(labels)), labels] + 1e-12).mean())
    return SHARES[int(np.argmin(losses))]


def best_present(posterior: Array, wanted: Array) -> float:
    """The probability from which on a feeling beside the best one is present: highest micro F1."""
    said_first = np.eye(len(EMOTIONS))[posterior.argmax(1)][:, :-1] > 0
    scores = []
    for threshold in PRESENT:
        said = said_first | (posterior[:, :-1] >= threshold)
        scores.append(2 * (said & (wanted > 0)).sum() / (said.sum() + wanted.sum()))
    return PRESENT[int(np.argmax(scores))]


def of_labels(found: Mapping[str, Array], head: str, share: float) -> Array:
    """Probabilities of independent labels, pieces and n-grams together."""
    return sigmoid(summed(found, head, share) / (1.0 + share))


def labels_calibrated(found: Mapping[str, Array], head: str, wanted: Array) -> dict[str, Any]:
    """Share of the n-grams and thresholds for one head of independent labels."""
    scores = [
        average_precision_score(wanted, of_labels(found, head, share), average="macro")
        for share in SHARES
    ]
    share = SHARES[int(np.argmax(scores))]
    return {"ngrams": share, "thresholds": best_thresholds(of_labels(found, head, share), wanted)}


def calibrated(
    net: TextEmotionNet, pieces: Pieces, kept: Sequence[Example], data: Path
) -> dict[str, Any]:
    """Shares, temperatures and thresholds, fitted on what was not learned.

    The probabilities of the seven classes are fitted on sentences of an author who wrote none to
    learn from: the held-out ones, written at the borders of the classes, made them too low. KOTE's
    are fitted on the held-out comments, GoEmotions' on its dev rows.
    """
    out: dict[str, Any] = {}
    for language in Language:
        natural = read_development(language)
        labels = _labels(natural)
        found = logits(net, pieces, [e.text for e in natural])
        share = best_share(found, labels)
        temperature = best_temperature(summed(found, "emotion", share), labels)
        # Hard and natural sentences together, so that being sure is right in both.
        every = [*natural, *(e for e in kept if e.language is language and e.present is not None)]
        found = logits(net, pieces, [e.text for e in every])
        posterior = softmax(summed(found, "emotion", share), temperature)
        present = np.array([present_of(e.present) for e in every if e.present is not None])
        out[language] = {
            "ngrams": share,
            "temperature": temperature,
            "sure": sure_from(posterior, _labels(every)),
            "present": best_present(posterior, present),
        }
    comments = [e for e in kept if e.core is not None]
    found = logits(net, pieces, [e.text for e in comments])
    core = np.array([present_of(e.core) for e in comments if e.core is not None])
    dev = read_goemotions(data, Language.ENGLISH, "dev")
    posts = logits(net, pieces, [e.text for e in dev])
    return {
        "calibration": out,
        "core": labels_calibrated(found, "core", core),
        "goemotions": labels_calibrated(posts, "goemotions", posts_of(dev)),
    }


def _labels(examples: Sequence[Example]) -> Array:
    return np.array([EMOTIONS.index(e.emotion) for e in examples if e.emotion])


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
    posterior = softmax(
        summed(found, "emotion", calibration["ngrams"]), calibration["temperature"]
    )
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
        examples = read_tests(language)
        found = logits(net, pieces, [e.text for e in examples])
        calibration = extra["calibration"][language]
        out[f"own_{language}_test"] = on_sentences(found, examples, calibration)
    comments = read_kote(data, "test")
    core = np.array([present_of(e.core) for e in comments if e.core is not None])
    found = logits(net, pieces, [e.text for e in comments])
    likely = of_labels(found, "core", extra["core"]["ngrams"])
    said = likely >= np.array(extra["core"]["thresholds"])
    out["kote_test_core_macro_f1"] = interval(lambda w: macro_f1(said, core, w), len(core))
    out["kote_test_core_macro_auroc"] = interval(lambda w: areas(likely, core, w), len(core))
    posts = read_goemotions(data, Language.ENGLISH, "test")
    found = logits(net, pieces, [e.text for e in posts])
    likely_28 = of_labels(found, "goemotions", extra["goemotions"]["ngrams"])
    told, wanted = likely_28 >= np.array(extra["goemotions"]["thresholds"]), posts_of(posts)
    out["goemotions_en_test_macro_f1"] = interval(lambda w: macro_f1(told, wanted, w), len(posts))
    return out


def areas(scores: Array, wanted: Array, weights: Array) -> Array:
    """Macro area under the ROC curve for up to 200 rows of `weights`."""
    return np.array(
        [roc_auc_score(wanted, scores, sample_weight=row) for row in weights[:200]], float
    )
