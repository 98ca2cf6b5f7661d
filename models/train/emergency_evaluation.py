"""How well the sound detectors do on notes whose groups they never heard, and their thresholds."""

import errno
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from scipy.special import expit  # type: ignore[import-untyped]

from inference.emergency import KINDS, N_EMERGENCIES, Judge
from models.train.emergency_card import DETECTORS
from models.train.emergency_corpus import Note, Sort
from models.train.emergency_recordings import N_FOLDS, Recording
from models.train.voice_evaluation import area_under_curve

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

ASK_RATE: Final = 0.01  # of ordinary recordings, at most, are asked about
ALARM_MARGIN: Final = 0.25  # log-odds above the highest ordinary recording of all
N_BOOTSTRAP: Final = 1000
SILENT: Final = -20.0  # log-odds of a recording with no window that is not silent


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What nets said of notes of groups they did not learn from.

    `logits` are log-probabilities of the nineteen kinds, (n_notes, 19) for each detector.
    """

    recordings: Sequence[Recording]
    notes: Sequence[Note]
    logits: Mapping[str, Floats]

    def scores(self, detector: str) -> Floats:
        """Log-odds of an emergency in each recording, that of its worst window, (n,)."""
        odds = emergency_odds(self.logits[detector])
        found = np.full(len(self.recordings), SILENT)
        for note, value in zip(self.notes, odds, strict=True):
            if note.sort is Sort.RECORDED:
                found[note.recording] = max(found[note.recording], value)
        return found


def save_held_out(path: Path, held: HeldOut) -> None:
    """Write what figures are made from, so that they can be made again without training."""
    notes = [{**asdict(note), "spoken": ""} for note in held.notes]
    tensors = {
        name: torch.from_numpy(np.ascontiguousarray(held.logits[name])).half()
        for name in ("cnn", "encoder")
    }
    save_file(tensors, path, {"notes": json.dumps(notes)})
    path.chmod(0o644)  # safetensors writes for the owner alone


def load_held_out(path: Path, recordings: Sequence[Recording]) -> HeldOut:
    """Read what `save_held_out` wrote; `recordings` are those of then.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, "no held-out scores", str(path))
    with safe_open(path, framework="pt") as file:
        facts = json.loads(file.metadata()["notes"])
        cnn, encoder = (file.get_tensor(name).double().numpy() for name in ("cnn", "encoder"))
    notes = [Note(**{**fact, "sort": Sort(fact["sort"])}) for fact in facts]
    return HeldOut(recordings, notes, with_together(cnn, encoder))


def with_together(cnn: Floats, encoder: Floats) -> dict[str, Floats]:
    """Log-probabilities of both nets, of (n, 19) logits, and their mean."""
    each = {"cnn": log_softmax(cnn), "encoder": log_softmax(encoder)}
    return each | {"together": (each["cnn"] + each["encoder"]) / 2.0}


def log_softmax(logits: Floats) -> Floats:
    """Rows of log-probabilities."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def emergency_odds(logits: Floats) -> Floats:
    """Log-odds of the fourteen emergencies against the rest, as the product takes them."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(
        np.log(weights[:, :N_EMERGENCIES].sum(1) + 1e-12)
        - np.log(weights[:, N_EMERGENCIES:].sum(1) + 1e-12)
    )


def fit_judge(scores: Floats, emergency: Booleans) -> Judge:
    """Calibrate scores of recordings and choose both thresholds by the ordinary ones."""
    scale, offset = fit_logistic(scores, emergency)
    ordinary = np.sort(scores[~emergency])
    ask = ordinary[-int(ASK_RATE * len(ordinary)) - 1] + 1e-6  # as many may lie at it or above
    alarm = ordinary[-1] + ALARM_MARGIN

    def probability(score: float) -> float:
        return float(1.0 / (1.0 + np.exp(-(scale * score + offset))))

    return Judge(scale, offset, probability(ask), probability(alarm))


def fit_logistic(scores: Floats, emergency: Booleans) -> tuple[float, float]:
    """Scale > 0 and offset of the logistic that makes scores probabilities (Platt, 1999)."""
    weight = np.array([1.0, 0.0])
    inputs = np.stack([scores, np.ones_like(scores)], axis=1)
    signed = np.where(emergency, 1.0, -1.0)

    def loss(weight: Floats) -> float:
        missed = np.logaddexp(0.0, -signed * (inputs @ weight)).sum()
        return float(missed + 0.5e-3 * weight @ weight)

    for _ in range(50):  # Newton, with shorter steps where a whole one leads away
        told = expit(inputs @ weight)
        slope = inputs.T @ (told - emergency) + 1e-3 * weight
        curve = (inputs * (told * (1.0 - told))[:, None]).T @ inputs + 1e-3 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        while loss(weight - step) > loss(weight) and np.abs(step).max() > 1e-9:
            step = step / 2.0
        weight = weight - step
    return max(float(weight[0]), 1e-3), float(weight[1])


def probability_of(judge: Judge, scores: Floats) -> Floats:
    """Calibrated probabilities of log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-(judge.scale * scores + judge.offset))))


def wilson(n_hits: int, n: int) -> list[float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    if n == 0:
        return [0.0, 1.0]
    z, share = 1.96, n_hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return [round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)]


def share(hits: Booleans) -> dict[str, Any]:
    """A share with its interval."""
    n_hits, n = int(hits.sum()), len(hits)
    return {"value": round(n_hits / max(1, n), 4), "interval_95": wilson(n_hits, n), "notes": n}


def area(scores: Floats, positive: Booleans, groups: NDArray[np.str_]) -> dict[str, Any]:
    """The area under the curve with a bootstrap interval over groups."""
    rng = np.random.default_rng(0)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    drawn = []
    for _ in range(N_BOOTSTRAP):
        chosen = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        drawn.append(area_under_curve(scores[chosen], positive[chosen]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {
        "value": round(area_under_curve(scores, positive), 4),
        "interval_95": [round(float(low), 4), round(float(high), 4)],
        "notes": len(scores),
    }


def report(held: HeldOut) -> dict[str, Any]:
    """Every figure of each detector, and what the two together hear of each collection."""
    figures: dict[str, Any] = {name: detector_report(held, name) for name in DETECTORS}
    scores = held.scores("together")
    learned = np.array([one.learned for one in held.recordings])
    emergency = np.array([one.emergency for one in held.recordings])
    judge = fit_judge(scores[learned], emergency[learned])
    probability = probability_of(judge, scores)
    figures["within"] = within_collections(held, scores)
    figures["heard_as"] = {
        name: {
            "ask": share(probability[chosen] >= judge.ask),
            "alarm": share(probability[chosen] >= judge.alarm),
        }
        for name, chosen in named_parts(held.recordings).items()
    }
    return figures


def detector_report(held: HeldOut, detector: str) -> dict[str, Any]:
    """Figures of one detector; thresholds are those of all folds, and those of the others."""
    scores = held.scores(detector)
    learned = np.array([one.learned for one in held.recordings])
    emergency = np.array([one.emergency for one in held.recordings])
    parts = named_parts(held.recordings)
    ordinary, screams = parts["all ordinary"], parts["screams"]
    judge = fit_judge(scores[learned], emergency[learned])
    probability = probability_of(judge, scores)
    speech = screams | parts["iesc ordinary speech"]
    groups = np.array([one.group for one in held.recordings])
    fold = fold_of_recordings(held)
    nested = {"ask": np.zeros(len(scores), bool), "alarm": np.zeros(len(scores), bool)}
    for k in range(N_FOLDS):
        others = fit_judge(scores[learned & (fold != k)], emergency[learned & (fold != k)])
        told = probability_of(others, scores[fold == k])
        nested["ask"][fold == k] = told >= others.ask
        nested["alarm"][fold == k] = told >= others.alarm
    return {
        "screams_auc": area(scores[speech], screams[speech], groups[speech]),
        "screams_at_ask": share(probability[screams] >= judge.ask),
        "screams_at_alarm": share(probability[screams] >= judge.alarm),
        "ordinary_at_ask": share(probability[ordinary] >= judge.ask),
        "ordinary_at_alarm": share(probability[ordinary] >= judge.alarm),
        "thresholds_of_other_folds": {
            f"{part}_at_{level}": share(nested[level][parts[name]])
            for part, name in (("screams", "screams"), ("ordinary", "all ordinary"))
            for level in ("ask", "alarm")
        },
        "spoken_at_ask": share(probability_of(judge, spoken_odds(held, detector)) >= judge.ask),
        "made": made_report(held, detector),
        "balanced_error": round(balanced_error(scores[learned], emergency[learned]), 4),
    }


def spoken_odds(held: HeldOut, detector: str) -> Floats:
    """Log-odds of an emergency in harmless sentences of synthetic voices, in a quiet room."""
    spoken = np.array([note.sort is Sort.SPOKEN for note in held.notes], bool)
    return emergency_odds(held.logits[detector][spoken])


def made_report(held: HeldOut, detector: str) -> dict[str, Any]:
    """The nineteen kinds of made notes, whose sentences no training had."""
    made = np.array([note.sort is Sort.MADE for note in held.notes])
    kinds = np.array([note.kind for note in held.notes])[made]
    logits = held.logits[detector][made]
    right = logits.argmax(1) == kinds
    return {
        "kinds": share(right),
        "binary": share((emergency_odds(logits) > 0) == (kinds < N_EMERGENCIES)),
        "recall": {
            kind.value: round(float(right[kinds == k].mean()), 3)
            for k, kind in enumerate(KINDS)
            if (kinds == k).any()
        },
    }


def balanced_error(scores: Floats, emergency: Booleans) -> float:
    """The least mean of misses and false alarms at any threshold."""
    order = np.argsort(scores)
    missed = np.cumsum(emergency[order]) / max(1, emergency.sum())
    false = 1.0 - np.cumsum(~emergency[order]) / max(1, (~emergency).sum())
    return float(np.min((missed + false) / 2.0))


def within_collections(held: HeldOut, scores: Floats) -> dict[str, Any]:
    """Emergencies against ordinary recordings of the same collection, so that what tells the
    collections apart is of no use.
    """
    parts = named_parts(held.recordings)
    groups = np.array([one.group for one in held.recordings])
    compared = {
        "iesc: screams, ordinary speech of unknown speakers": (
            parts["screams"],
            parts["iesc ordinary, unknown speaker"],
        ),
        "iesc: screams, background without a word": (
            parts["screams"],
            parts["iesc background"],
        ),
        "iesc: glass and shots, all ordinary": (
            parts["glass and shots"],
            parts["iesc ordinary speech"] | parts["iesc background"],
        ),
        "esc10: fire, the other nine": (parts["fire (esc10)"], parts["esc10 ordinary"]),
    }
    return {
        name: area(scores[first | second], first[first | second], groups[first | second])
        for name, (first, second) in compared.items()
        if first.any() and second.any()
    }


def named_parts(recordings: Sequence[Recording]) -> dict[str, Booleans]:
    """Recordings that are told of apart."""

    def chosen(of: Callable[[Recording], bool]) -> Booleans:
        return np.array([of(one) for one in recordings], bool)

    def ordinary(one: Recording) -> bool:
        return not one.emergency and one.learned

    def acted(emotion: str) -> Booleans:
        return chosen(lambda one: ordinary(one) and one.emotion == emotion)

    iesc = chosen(lambda one: one.collection == "iesc")
    background = chosen(lambda one: one.label.startswith("speech_background"))
    plain = chosen(ordinary)
    screams = chosen(lambda one: one.label == "scream" and one.learned)
    unknown = chosen(lambda one: one.group.startswith("iesc_unknown"))
    voices = chosen(lambda one: one.collection in ("ravdess", "emodb2s"))
    return {
        "all ordinary": plain,
        "screams": screams,
        "screams without a word": screams
        & chosen(lambda one: one.path.name.startswith("scream_background")),
        "glass and shots": chosen(lambda one: one.label in ("glass_break", "gunshot")),
        "fire (esc10)": chosen(lambda one: one.label == "fire_crackling"),
        "thunderstorms": chosen(lambda one: one.label == "thunderstorm"),
        "iesc ordinary speech": iesc & plain & ~background,
        "iesc ordinary, unknown speaker": iesc & plain & unknown & ~background,
        "iesc background": background,
        "acted anger": voices & acted("angry"),
        "acted sadness": voices & acted("sad"),
        "acted fear": voices & acted("fearful"),
        "baby cries": chosen(
            lambda one: one.collection == "donateacry" or one.label == "baby_cry"
        ),
        "household": chosen(lambda one: one.collection == "household_timgrau"),
        "esc10 ordinary": chosen(lambda one: one.collection == "esc10" and ordinary(one)),
        "spoken cries, fearful or angry": chosen(
            lambda one: one.spoken_cry and one.emotion in ("fearful", "angry")
        ),
        "spoken cries, calm or happy": chosen(
            lambda one: one.spoken_cry and one.emotion not in ("fearful", "angry")
        ),
    }


def fold_of_recordings(held: HeldOut) -> NDArray[np.intp]:
    """The fold of each recording that has a note; 0 where all of it is silent."""
    fold = np.zeros(len(held.recordings), np.intp)
    for note in held.notes:
        if note.sort is Sort.RECORDED:
            fold[note.recording] = note.fold
    return fold


def detector_judges(held: HeldOut) -> dict[str, Judge]:
    """Calibration and thresholds of each detector and of both together, by all held-out scores."""
    learned = np.array([one.learned for one in held.recordings])
    emergency = np.array([one.emergency for one in held.recordings])
    return {name: fit_judge(held.scores(name)[learned], emergency[learned]) for name in DETECTORS}
