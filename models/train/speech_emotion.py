"""Train the voice emotion model: `todak train speech-emotion`.

Two corpora of acted emotions are learned together: RAVDESS (English, eight emotions) and EmoDB
(German, seven). One head tells nine emotions; a clip is scored only among those its corpus has.
Eight trainings measure the model, each on speakers it never heard: training k leaves out EmoDB's
speaker k and, for k up to 5, RAVDESS's published fold k; three more speakers choose its epoch. The
weights that are shipped are then trained on every speaker for the median of those epochs. Beside
the net a linear model over statistics of the whole voice is fitted on the same clips.
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
from inference.features import MelConfig
from inference.speech_emotion import windows
from models.speech_emotion import SpeechEmotionConfig, SpeechEmotionNet, VoiceEmotionNet
from models.train.precision import autocast
from models.train.recordings import load_features, read_clips
from models.train.voice_card import card
from models.train.voice_corpus import (
    N_FOLDS,
    NOT_PLAYED_IN,
    PLAYED,
    Corpus,
    Indices,
    draw_batch,
    split,
)
from models.train.voice_evaluation import (
    HeldOut,
    fit_sure_probability,
    fit_temperature,
    report,
)
from models.train.voice_statistics import StatisticsOf, fit_statistics

N_VARIANTS = 5  # damaged copies of each clip, beside itself
EPOCHS = 40
BATCH_SIZE = 16
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-2
EMA_DECAY = 0.99

WEIGHTS = Path(__file__).parents[1] / "weights" / "speech_emotion.safetensors"


class OutOfTime(Exception):
    """The minutes allowed are over."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one net is trained: `n_epochs` shape the schedule, `deadline_s` is of the clock."""

    n_epochs: int
    seed: int
    deadline_s: float
    mel: MelConfig


@dataclass(frozen=True, slots=True)
class Trained:
    """A net with averaged weights, and the epoch (from 1) it was taken at."""

    net: SpeechEmotionNet
    epoch: int


def logits_of(net: SpeechEmotionNet, corpus: Corpus, chosen: Indices, mel: MelConfig) -> Tensor:
    """Return what the product would make of undamaged clips, (n_chosen, n_played)."""
    net.eval()
    with torch.inference_mode():
        return torch.stack(
            [net(*windows(corpus.variants[i][0].float(), mel)).mean(0) for i in chosen]
        )


def train(
    corpus: Corpus,
    learned: Indices,
    plan: Plan,
    name: str,
    inner_loss: Callable[[SpeechEmotionNet], float] | None = None,
    stop_after: int | None = None,
) -> Trained:
    """Train one net on the clips `learned`, with averaged weights.

    With `inner_loss` the net is taken at the epoch of the schedule's second half where that is
    least, otherwise after epoch `stop_after`.

    Raises:
        OutOfTime: the plan's deadline has passed.
    """
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    config = SpeechEmotionConfig(len(PLAYED), plan.mel.n_mels)
    net = SpeechEmotionNet(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    averaged = copy.deepcopy(net)
    best, least = Trained(averaged, 0), float("inf")
    optimizer = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    n_batches = len(learned) // BATCH_SIZE
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=plan.n_epochs * n_batches + 1, pct_start=0.2
    )
    for epoch in range(1, (stop_after or plan.n_epochs) + 1):
        net.train()
        total = 0.0
        order = rng.permutation(learned)[: n_batches * BATCH_SIZE]
        for chosen in order.reshape(n_batches, BATCH_SIZE):
            features, n_frames, targets = draw_batch(corpus, chosen, rng)
            with autocast():
                logits = net(features, n_frames)
            scores = (logits.float() + corpus.allowed[chosen]).log_softmax(dim=1)
            loss = -(targets * scores).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
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

    def inner_loss(net: SpeechEmotionNet) -> float:
        scores = logits_of(net, corpus, choosing, plan.mel) + corpus.allowed[choosing]
        losses = functional.cross_entropy(scores, corpus.played[choosing], reduction="none")
        of_corpus = [losses[corpus.corpus[choosing] == name].mean() for name in NOT_PLAYED_IN]
        return float(sum(of_corpus)) / len(of_corpus)

    trained = train(corpus, learned, plan, f"fold {fold}", inner_loss)
    logits = logits_of(trained.net, corpus, test, plan.mel)
    return {"epoch": trained.epoch, "clips": test.tolist(), "logits": logits.tolist()}


def measure_folds(
    corpus: Corpus, described: StatisticsOf, plan: Plan, work: Path
) -> tuple[HeldOut, int]:
    """Train the folds that are not in `work` yet; return all their logits and the median epoch."""
    config = SpeechEmotionConfig(len(PLAYED), plan.mel.n_mels)
    folds = []
    for fold in range(1, N_FOLDS + 1):
        kept = work / f"fold{fold}-seed{plan.seed}-epochs{plan.n_epochs}.json"
        if not kept.exists():
            kept.write_text(json.dumps(train_fold(corpus, fold, plan)))
        held = json.loads(kept.read_text())
        learned, choosing, test = split(corpus, fold)
        statistical = fit_statistics(
            corpus, described, np.concatenate([learned, choosing]), config
        )
        with torch.inference_mode():
            more = config.statistics_weight * statistical(described.undamaged[test])
        held["logits"] = (np.array(held["logits"]) + more.numpy()).tolist()
        folds.append(held)
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
    corpus: Corpus,
    described: StatisticsOf,
    plan: Plan,
    held: HeldOut,
    n_epochs: int,
    measured: dict[str, Any],
    out: Path,
) -> None:
    """Train on every clip, calibrate by the folds, and write the weights and their card."""
    everything = np.arange(len(corpus.variants))
    config = SpeechEmotionConfig(len(PLAYED), plan.mel.n_mels)
    net = VoiceEmotionNet(config)
    net.convolutional = train(corpus, everything, plan, "all speakers", stop_after=n_epochs).net
    net.statistical = fit_statistics(corpus, described, everything, config)
    temperature = fit_temperature(held)
    extra = {
        "played": PLAYED,
        "mel": asdict(plan.mel),
        "temperature": temperature,
        "sure_probability": fit_sure_probability(held, temperature),
    }
    checkpoints.save(out, net, config, extra)
    n_parameters = sum(parameter.numel() for parameter in net.parameters())
    out.with_suffix(".md").write_text(
        card(measured, extra, n_parameters, plan.seed, plan.n_epochs, n_epochs), encoding="utf-8"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure by folds, then train on everything and write weights and card.

    The measured values go to standard output as one line of JSON. Exit code 1 if the minutes were
    over before the end, 2 without recordings.
    """
    arguments = _parsed(argv)
    torch.set_num_threads(1)
    deadline_s = time.monotonic() + 60.0 * arguments.limit_minutes
    plan = Plan(arguments.epochs, arguments.seed, deadline_s, MelConfig())
    arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        clips = [clip for name in NOT_PLAYED_IN for clip in read_clips(arguments.data, name)]
    except FileNotFoundError as error:
        print(f"no recordings at {error.filename}", file=sys.stderr)
        return 2
    cache = arguments.work / f"spectrograms-seed{plan.seed}.safetensors"
    corpus = Corpus(clips, load_features(clips, N_VARIANTS, plan.mel, plan.seed, cache))
    described = StatisticsOf.clips(corpus)
    try:
        held, n_epochs = measure_folds(corpus, described, plan, arguments.work)
        measured = report(held)
        print(json.dumps(measured))
        if not arguments.evaluate:
            write_model(corpus, described, plan, held, n_epochs, measured, arguments.out)
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
