"""The training loop of the LSTM and of encoders: early stopping, progress, resuming.

The epoch is the one of the highest macro F1 on sentences held out of training; the source
document's own model went on to 0.809 on what it learnt from and 0.635 on what it had not seen.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from sklearn.metrics import f1_score  # type: ignore[import-untyped]
from torch import Tensor, nn
from torch.nn import functional as F

from inference.analysis import Emotion
from inference.text_emotion import Language
from inference.text_recognizer import ScoreCalibration
from models.train.precision import autocast
from models.train.text_classes import Sentences
from models.train.text_metrics import best_present, best_temperature, softmax, sure_from
from models.train.texts import Example, present_of

SMOOTHED = 0.1
WARM_UP = 0.1  # share of all steps in which the rates rise
STEEPEST = 1.0  # norm that gradients are cut to
UNSURE = 1.01  # no probability is as high: never sure
Inputs = Callable[[Sequence[str], Random | None], Mapping[str, Tensor]]
Parameters = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long; training ends after `patience` epochs that were no better than the best.

    `bfloat16` allows multiplying in it, where the processor does.
    """

    n_epochs: int
    patience: int
    seed: int
    rows: int = 32
    bfloat16: bool = False


@dataclass(frozen=True, slots=True)
class Epoch:
    """Figures of one epoch: what was learnt from (under dropout), and what was held out."""

    learnt_loss: float
    learnt_accuracy: float
    kept_accuracy: float
    kept_macro_f1: float


@dataclass(frozen=True, slots=True, eq=False)
class Learner:
    """A network, how texts become its inputs, what it tells apart, and its learning rates.

    `parameters` are groups for the optimiser, each with its highest rate under "lr".
    """

    net: nn.Module
    inputs: Inputs
    classes: Sequence[Emotion]
    parameters: Parameters

    @torch.inference_mode()
    def scores(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """Logits (n, n_classes) of texts."""
        self.net.eval()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        out = np.zeros((len(texts), len(self.classes)))
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            out[rows] = self.net(**self.inputs([texts[i] for i in rows], None)).double().numpy()
        return out

    def labels(self, examples: Sequence[Example]) -> list[int]:
        """The column of each example's feeling."""
        return [self.classes.index(e.emotion) for e in examples if e.emotion is not None]


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)


def fit(learner: Learner, sentences: Sentences, plan: Plan, work: Path) -> list[Epoch]:
    """Train in place to the best epoch; what is finished lies in `work` and is gone on from."""
    optim = torch.optim.AdamW(learner.parameters, weight_decay=0.01)
    n_steps = plan.n_epochs * -(-len(sentences.learnt) // plan.rows)
    rates = torch.optim.lr_scheduler.LambdaLR(optim, partial(_rate_at, n_steps=n_steps))
    work.mkdir(parents=True, exist_ok=True)
    state, best = work / "epoch.pt", work / "best.safetensors"
    settings = json.dumps([asdict(plan), *map(str, learner.classes), len(sentences.learnt)])
    saved = {"net": learner.net, "optim": optim, "rates": rates}
    history = _resumed(saved, state, settings)
    while len(history) < plan.n_epochs and not _ended(history, plan.patience):
        began = time.monotonic()
        history.append(_epoch(learner, optim, rates, sentences, plan, len(history)))
        if _best(history) == len(history) - 1:
            save_file({n: t.contiguous() for n, t in learner.net.state_dict().items()}, best)
        _keep(saved, state, settings, history)
        now = history[-1]
        say(
            f"epoch {len(history)}/{plan.n_epochs}: loss {now.learnt_loss:.3f}, accuracy learnt "
            f"{now.learnt_accuracy:.3f}, held out {now.kept_accuracy:.3f}, macro F1 "
            f"{now.kept_macro_f1:.3f}, {time.monotonic() - began:.0f} s"
        )
    learner.net.load_state_dict(load_file(best))
    learner.net.eval()
    return history


def _epoch(
    learner: Learner,
    optim: torch.optim.Optimizer,
    rates: torch.optim.lr_scheduler.LambdaLR,
    sentences: Sentences,
    plan: Plan,
    number: int,
) -> Epoch:
    """One pass over what is learnt from; the same whether or not training was interrupted."""
    torch.manual_seed(1_000 * plan.seed + number)
    rng, cuts = np.random.default_rng((plan.seed, number)), Random(1_000 * plan.seed + number)
    texts = [e.text for e in sentences.learnt]
    labels = torch.tensor(learner.labels(sentences.learnt))
    counts = torch.bincount(labels, minlength=len(learner.classes)).clamp(min=1)
    weights = len(labels) / (len(learner.classes) * counts)
    losses, n_right = 0.0, 0
    learner.net.train()
    for rows in _batches(texts, plan.rows, rng):
        inputs = learner.inputs([texts[i] for i in rows], cuts)
        with autocast() if plan.bfloat16 else nullcontext():
            logits = learner.net(**inputs)
        loss = F.cross_entropy(logits.float(), labels[rows], weights, label_smoothing=SMOOTHED)
        optim.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learner.net.parameters(), STEEPEST)
        optim.step()
        rates.step()
        losses += loss.item() * len(rows)
        n_right += int((logits.argmax(1) == labels[rows]).sum())
    said = learner.scores([e.text for e in sentences.kept]).argmax(1)
    wanted = np.array(learner.labels(sentences.kept))
    macro_f1 = f1_score(
        wanted, said, average="macro", labels=range(len(learner.classes)), zero_division=0
    )
    accuracy = float((said == wanted).mean())
    return Epoch(losses / len(texts), n_right / len(texts), accuracy, float(macro_f1))


def _rate_at(step: int, n_steps: int) -> float:
    """Share of the highest rate: up for the first tenth of the steps, then down to nothing."""
    n_rising = max(1.0, WARM_UP * n_steps)
    return max(0.0, min((step + 1) / n_rising, (n_steps - step) / max(1.0, n_steps - n_rising)))


def _batches(texts: Sequence[str], n_rows: int, rng: np.random.Generator) -> list[list[int]]:
    """Numbers of texts of about one length, so that little is padding, in random order."""
    lengths = np.array([len(text) for text in texts]) * rng.uniform(0.8, 1.2, len(texts))
    order = np.argsort(lengths).tolist()
    batches = [order[start : start + n_rows] for start in range(0, len(order), n_rows)]
    return [batches[i] for i in rng.permutation(len(batches))]


def _best(history: Sequence[Epoch]) -> int:
    return max(range(len(history)), key=lambda i: history[i].kept_macro_f1)


def _ended(history: Sequence[Epoch], patience: int) -> bool:
    return bool(history) and len(history) - 1 - _best(history) >= patience


def _keep(saved: Mapping[str, Any], state: Path, settings: str, history: Sequence[Epoch]) -> None:
    unfinished = state.with_suffix(".part")
    states = {name: part.state_dict() for name, part in saved.items()}
    epochs = [asdict(epoch) for epoch in history]
    torch.save({**states, "settings": settings, "history": epochs}, unfinished)
    unfinished.replace(state)


def _resumed(saved: Mapping[str, Any], state: Path, settings: str) -> list[Epoch]:
    """What an interrupted training with the same settings had reached; else nothing."""
    if not state.is_file():
        return []
    kept = torch.load(state, weights_only=True)
    if kept["settings"] != settings:
        say(f"{state} is of another training; this one begins anew")
        return []
    for name, part in saved.items():
        part.load_state_dict(kept[name])
    return [Epoch(**values) for values in kept["history"]]


def calibrated(learner: Learner, kept: Sequence[Example]) -> dict[Language, ScoreCalibration]:
    """Temperature and thresholds of each language among the held-out sentences."""
    found = {}
    for language in Language:
        own = [example for example in kept if example.language is language]
        if own:
            scores = learner.scores([example.text for example in own])
            found[language] = calibration_of(scores, own, learner.classes)
    return found


def calibration_of(
    scores: np.ndarray[Any, Any], examples: Sequence[Example], classes: Sequence[Emotion]
) -> ScoreCalibration:
    """Temperature and thresholds for scores (n, n_classes) of sentences that were not learnt."""
    labels = np.array([classes.index(e.emotion) for e in examples if e.emotion is not None])
    temperature = best_temperature(scores, labels)
    posterior = softmax(scores, temperature)
    sure = sure_from(posterior, labels)
    of_seven = np.zeros((len(examples), len(Emotion)))
    of_seven[:, [list(Emotion).index(c) for c in classes]] = posterior
    present = np.array([present_of(e.present) for e in examples if e.present is not None])
    return ScoreCalibration(
        temperature, UNSURE if sure >= 1.0 else sure, best_present(of_seven, present)
    )
