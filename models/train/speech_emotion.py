"""Train the voice emotion model: `todak train speech-emotion`.

Two corpora of acted emotions are learned together: RAVDESS (English, eight emotions) and EmoDB
(German, seven). One head tells nine emotions; a clip is scored only among those its corpus has.
Eight trainings measure the model, each on speakers it never heard: training k leaves out EmoDB's
speaker k and, for k up to 5, RAVDESS's published fold k. In each, three more speakers choose the
epoch, and then the networks learn from them too, for as long. The weights that are shipped are
trained on every speaker for the median of those epochs.
"""

import argparse
import copy
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference import checkpoints
from inference.audio import Waveform
from inference.features import MelConfig
from inference.voice import hear, n_statistics_of, statistics_of
from models.speech_emotion import SpeechEmotionConfig, VoiceEmotionNet
from models.train.recordings import load_variants, read_clips
from models.train.voice_card import card
from models.train.voice_corpus import N_FOLDS, NOT_PLAYED_IN, PLAYED, Corpus, Indices, split
from models.train.voice_evaluation import (
    HeldOut,
    fit_sure_probability,
    fit_temperature,
    report,
)

N_VARIANTS = 1  # damaged copies of each clip, beside itself
EPOCHS = 16
BATCH_SIZE = 128
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 5e-2
LABEL_SMOOTHING = 0.05
EMA_DECAY = 0.99
SMALLEST_DEVIATION = 1e-3

MEL = MelConfig()
WEIGHTS = Path(__file__).parents[1] / "weights" / "speech_emotion.safetensors"


class OutOfTime(Exception):
    """The minutes allowed are over."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How networks are trained: `n_epochs` shape the schedule, `deadline_s` is of the clock."""

    n_epochs: int
    seed: int
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Trained:
    """Networks with averaged weights, and the epoch (from 1) they were taken at."""

    net: VoiceEmotionNet
    epoch: int


def described(waveform: Waveform) -> Tensor:
    """Return the statistics of one recording, (n_statistics,)."""
    with torch.inference_mode():
        return statistics_of(hear(waveform, MEL))


def logits_of(net: VoiceEmotionNet, corpus: Corpus, chosen: Indices) -> Tensor:
    """Return what the product would make of undamaged clips, (n_chosen, n_played)."""
    net.eval()
    with torch.inference_mode():
        logits: Tensor = net(torch.stack([corpus.variants[i][0] for i in chosen]))
        return logits


def train(
    corpus: Corpus,
    learned: Indices,
    plan: Plan,
    name: str,
    inner_loss: Callable[[VoiceEmotionNet], float] | None = None,
    stop_after: int | None = None,
) -> Trained:
    """Train on the clips `learned` and their damaged copies, with averaged weights.

    With `inner_loss` the networks are taken at the epoch of the schedule's second half where that
    is least, otherwise after epoch `stop_after`.

    Raises:
        OutOfTime: the plan's deadline has passed.
    """
    torch.manual_seed(plan.seed)
    copies = len(corpus.variants[0])
    statistics = torch.stack([corpus.variants[i][j] for j in range(copies) for i in learned])
    targets = _targets(corpus, learned).repeat(copies, 1)
    allowed = corpus.allowed[learned].repeat(copies, 1)
    net = VoiceEmotionNet(SpeechEmotionConfig(len(PLAYED), statistics.shape[1]))
    net.mean.copy_(statistics.mean(dim=0))
    net.deviation.copy_(statistics.std(dim=0) + SMALLEST_DEVIATION)
    averaged = copy.deepcopy(net)
    best, least = Trained(averaged, 0), float("inf")
    optimizer = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    n_batches = -(-len(statistics) // BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=plan.n_epochs * n_batches + 1, pct_start=0.2
    )
    for epoch in range(1, (stop_after or plan.n_epochs) + 1):
        net.train()
        total = 0.0
        for chosen in torch.randperm(len(statistics)).chunk(n_batches):
            scores = (net.each(statistics[chosen]) + allowed[chosen]).log_softmax(dim=-1)
            loss = -(targets[chosen] * scores).sum(dim=-1).mean(dim=1).sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) / len(scores)
            average(
                averaged, net, min(EMA_DECAY, schedule.last_epoch / (schedule.last_epoch + 10))
            )
        told = f"{name} epoch {epoch}/{plan.n_epochs} loss {total / n_batches:.3f}"
        if inner_loss is not None and epoch > plan.n_epochs // 2:
            held_out_loss = inner_loss(averaged)
            told += f" inner {held_out_loss:.3f}"
            if held_out_loss < least:
                least, best = held_out_loss, Trained(copy.deepcopy(averaged), epoch)
        print(told, file=sys.stderr, flush=True)
        if time.monotonic() > plan.deadline_s:
            raise OutOfTime
    return best if inner_loss is not None else Trained(averaged, stop_after or plan.n_epochs)


def _targets(corpus: Corpus, learned: Indices) -> Tensor:
    """Smoothed labels, weighted so that each emotion of a corpus counts alike, (n, n_played)."""
    possible = (corpus.allowed[learned] == 0).float()
    played = corpus.played[learned]
    targets = functional.one_hot(played, len(PLAYED)) * (1.0 - LABEL_SMOOTHING)
    targets = targets + LABEL_SMOOTHING * possible / possible.sum(1, keepdim=True)
    kinds = [
        f"{name} {emotion}"
        for name, emotion in zip(corpus.corpus[learned], played.tolist(), strict=True)
    ]
    _, kind, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    weights = torch.from_numpy(1.0 / counts[kind]).float()
    for name in NOT_PLAYED_IN:
        inside = torch.from_numpy(corpus.corpus[learned] == name)
        weights[inside] /= weights[inside].mean()
    return targets * weights[:, None]


@torch.no_grad()
def average(averaged: nn.Module, net: nn.Module, decay: float) -> None:
    """Move `averaged` towards `net`; the running statistics are averaged alike."""
    for kept, new in zip(averaged.state_dict().values(), net.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(new, 1.0 - decay)
        else:
            kept.copy_(new)


def train_fold(corpus: Corpus, fold: int, plan: Plan) -> dict[str, Any]:
    """Train without the speakers of `fold`; return its epoch, its clips and their logits."""
    learned, choosing, test = split(corpus, fold)

    def inner_loss(net: VoiceEmotionNet) -> float:
        scores = logits_of(net, corpus, choosing) + corpus.allowed[choosing]
        losses = functional.cross_entropy(scores, corpus.played[choosing], reduction="none")
        of_corpus = [losses[corpus.corpus[choosing] == name].mean() for name in NOT_PLAYED_IN]
        return float(sum(of_corpus)) / len(of_corpus)

    epoch = train(corpus, learned, plan, f"fold {fold}, choosing,", inner_loss).epoch
    everybody = np.concatenate([learned, choosing])
    trained = train(corpus, everybody, plan, f"fold {fold}", stop_after=epoch)
    logits = logits_of(trained.net, corpus, test)
    return {"epoch": epoch, "clips": test.tolist(), "logits": logits.tolist()}


def measure_folds(corpus: Corpus, plan: Plan, work: Path) -> tuple[HeldOut, int]:
    """Train the folds that are not in `work` yet; return all their logits and the median epoch."""
    folds = []
    for fold in range(1, N_FOLDS + 1):
        kept = work / f"fold{fold}-seed{plan.seed}-epochs{plan.n_epochs}.json"
        if not kept.exists():
            kept.write_text(json.dumps(train_fold(corpus, fold, plan)))
        folds.append(json.loads(kept.read_text()))
    clips = np.concatenate([fold["clips"] for fold in folds])
    held = HeldOut(
        PLAYED,
        np.concatenate([fold["logits"] for fold in folds]),
        corpus.played.numpy()[clips],
        corpus.fold[clips],
        corpus.corpus[clips],
        corpus.speaker[clips],
    )
    return held, int(np.median([fold["epoch"] for fold in folds]))


def write_model(
    corpus: Corpus, plan: Plan, held: HeldOut, n_epochs: int, measured: dict[str, Any], out: Path
) -> None:
    """Train on every clip, calibrate by the folds, and write the weights and their card."""
    everything = np.arange(len(corpus.variants))
    net = train(corpus, everything, plan, "all speakers", stop_after=n_epochs).net
    temperature = fit_temperature(held)
    extra = {
        "played": PLAYED,
        "mel": asdict(MEL),
        "temperature": temperature,
        "sure_probability": fit_sure_probability(held, temperature),
    }
    config = SpeechEmotionConfig(len(PLAYED), n_statistics_of(MEL))
    checkpoints.save(out, net, config, extra)
    n_parameters = sum(parameter.numel() for parameter in net.parameters())
    out.with_suffix(".md").write_text(
        card(
            measured,
            extra,
            n_parameters,
            config.n_statistics,
            plan.seed,
            plan.n_epochs,
            n_epochs,
        ),
        encoding="utf-8",
    )


def read_corpus(data: Path, work: Path, seed: int) -> Corpus:
    """Read both corpora; the statistics of their clips are made once and kept in `work`.

    Raises:
        FileNotFoundError: a corpus is not in `data`.
    """
    clips = [clip for name in NOT_PLAYED_IN for clip in read_clips(data, name)]
    cache = work / f"statistics-seed{seed}.safetensors"
    return Corpus(clips, load_variants(clips, N_VARIANTS, described, seed, cache))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure by folds, then train on everything and write weights and card.

    The measured values go to standard output as one line of JSON. Exit code 1 if the minutes were
    over before the end, 2 without recordings.
    """
    arguments = _parsed(argv)
    torch.set_num_threads(1)
    deadline_s = time.monotonic() + 60.0 * arguments.limit_minutes
    plan = Plan(arguments.epochs, arguments.seed, deadline_s)
    arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        corpus = read_corpus(arguments.data, arguments.work, plan.seed)
    except FileNotFoundError as error:
        print(f"no recordings at {error.filename}", file=sys.stderr)
        return 2
    try:
        held, n_epochs = measure_folds(corpus, plan, arguments.work)
        measured = report(held)
        print(json.dumps(measured))
        if not arguments.evaluate:
            write_model(corpus, plan, held, n_epochs, measured, arguments.out)
    except OutOfTime:
        print("out of time; the same command goes on with the next fold", file=sys.stderr)
        return 1
    return 0


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="todak train speech-emotion", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--work", type=Path, default=Path("build/speech_emotion"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--evaluate", action="store_true", help="measure only, write no weights")
    parser.add_argument("--limit-minutes", type=float, default=float("inf"))
    return parser.parse_args(argv)
