"""Train the small Whisper on synthetic speech: `todak train whisper`.

No pretrained Whisper can be shipped here, so this trains one of Whisper's own shape on what
espeak-ng says. It proves the path from sound to words end to end. It does not recognise people,
and the product does not use it.

Sentences come from `models/train/sentences`, the test's from `tests/sentences`; the test's voices
are spoken in by none of the training's. Batches are drawn from shards of spoken clips in `--work`,
made once; the short ones come first. Weights are averaged over time; those with the least error on
the sentences and voices held out for choosing are kept.
"""

import argparse
import copy
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import mul
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from whisper.model import ModelDimensions, Whisper  # type: ignore[import-untyped]

from inference import checkpoints
from inference.whisper_vocabulary import SymbolVocabulary
from models.train.spoken_sentences import (
    Clip,
    load_clips,
    splits,
    write_shard,
)
from models.train.synthetic_speech import NoSynthesizer
from models.train.texts import expect_tests
from models.train.whisper_card import card
from models.train.whisper_choosing import choosing_clips, choosing_error, training_lines
from models.train.whisper_evaluation import measured_on_test
from models.train.whisper_objective import (
    HELPING_WEIGHTS,
    Helpers,
    batch_of,
    losses,
    phoneme_names,
    symbols_of,
)

N_SHARDS = 12
CLIPS_A_SHARD = 1000
BATCH_SIZE = 16
N_BATCHES = 6000
LEARNING_RATE = 1.5e-3
WARM_UP = 300  # batches
EMA_DECAY = 0.998
CHECK_EVERY = 250  # batches

WEIGHTS = Path(__file__).parents[1] / "weights" / "whisper_synthetic.safetensors"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long is learned: `n_batches` shape the schedule; the clock may end it before."""

    n_batches: int
    seed: int
    deadline_s: float
    work: Path


@dataclass(slots=True)
class Progress:
    """All that a training goes on from."""

    net: Whisper
    averaged: Whisper
    helpers: Helpers
    optimizer: torch.optim.Optimizer
    n_done: int
    best_error: float
    best: Mapping[str, Tensor]


def dimensions(n_vocab: int) -> ModelDimensions:
    """Whisper's shape at a size that two cores can train."""
    return ModelDimensions(
        n_mels=80,
        n_audio_ctx=1500,
        n_audio_state=128,
        n_audio_head=4,
        n_audio_layer=3,
        n_vocab=n_vocab,
        n_text_ctx=192,
        n_text_state=128,
        n_text_head=4,
        n_text_layer=2,
    )


def new_whisper(dims: ModelDimensions) -> Whisper:
    """A Whisper with random weights; its class leaves the text positions unset."""
    net = Whisper(dims)
    nn.init.normal_(net.decoder.positional_embedding, std=0.02)
    nn.init.normal_(net.decoder.token_embedding.weight, std=0.05)
    return net


def speak_shards(work: Path, n_shards: int, seed: int) -> None:
    """Make the shards that are not in `work` yet."""
    learned, _ = splits(training_lines())
    for i in range(n_shards):
        path = shard_path(work, i)
        if not path.exists():
            print(f"speaking shard {i + 1}/{n_shards}", file=sys.stderr, flush=True)
            write_shard(path, learned, CLIPS_A_SHARD, (seed, i))


def shard_path(work: Path, i: int) -> Path:
    """Where shard `i` lies."""
    return work / f"shard{i:02d}.safetensors"


def batches(clips: Sequence[Clip], plan: Plan) -> list[list[int]]:
    """Which clips stand together, of like length; the first pass goes from short to long."""
    rng = np.random.default_rng((plan.seed, 2_000))
    planned: list[list[int]] = []
    lengths = np.array([clip.facts.n_frames for clip in clips])
    while len(planned) < plan.n_batches:
        order = np.argsort(lengths + rng.uniform(0, 40, len(lengths)))
        together = [
            order[i : i + BATCH_SIZE].tolist()
            for i in range(0, len(order) - BATCH_SIZE + 1, BATCH_SIZE)
        ]
        # The shortest half first, at random, then all: attention finds its way in short clips.
        half = len(together) // 2
        if not planned:
            first = [together[i] for i in rng.permutation(half)]
            planned += first
        planned += [together[i] for i in rng.permutation(len(together))]
    return planned[: plan.n_batches]


def learning_rate(n_done: int, plan: Plan) -> float:
    """Up over the first batches, then down along half a cosine to a hundredth."""
    if n_done < WARM_UP:
        return LEARNING_RATE * (n_done + 1) / WARM_UP
    part = min(1.0, (n_done - WARM_UP) / max(1, plan.n_batches - WARM_UP))
    return LEARNING_RATE * (0.01 + 0.99 * 0.5 * (1.0 + float(np.cos(np.pi * part))))


def begin(vocabulary: SymbolVocabulary, n_phonemes: int, plan: Plan) -> Progress:
    """A training at its beginning, or where it was left in the work folder."""
    torch.manual_seed(plan.seed)
    net = new_whisper(dimensions(len(vocabulary)))
    helpers = Helpers(net.dims.n_audio_state, len(vocabulary), n_phonemes)
    learned = [*net.parameters(), *helpers.parameters()]
    optimizer = torch.optim.AdamW(learned, LEARNING_RATE, betas=(0.9, 0.98), weight_decay=1e-2)
    progress = Progress(net, copy.deepcopy(net), helpers, optimizer, 0, float("inf"), {})
    path = plan.work / "progress.pt"
    if path.exists():
        kept = torch.load(path, weights_only=True)
        net.load_state_dict(kept["net"])
        progress.averaged.load_state_dict(kept["averaged"])
        helpers.load_state_dict(kept["helpers"])
        optimizer.load_state_dict(kept["optimizer"])
        progress.n_done, progress.best_error = kept["n_done"], kept["best_error"]
        progress.best = kept["best"]
    return progress


def keep(progress: Progress, plan: Plan) -> None:
    """Write what a training goes on from, whole or not at all."""
    path = plan.work / "progress.pt"
    torch.save(
        {
            "net": progress.net.state_dict(),
            "averaged": progress.averaged.state_dict(),
            "helpers": progress.helpers.state_dict(),
            "optimizer": progress.optimizer.state_dict(),
            "n_done": progress.n_done,
            "best_error": progress.best_error,
            "best": dict(progress.best),
        },
        path.with_suffix(".part"),
    )
    path.with_suffix(".part").replace(path)


def train(
    clips: Sequence[Clip], choosing: Sequence[Clip], vocabulary: SymbolVocabulary, plan: Plan
) -> Progress:
    """Learn until the plan or the clock ends."""
    names = {name: i for i, name in enumerate(phoneme_names(clips))}
    progress = begin(vocabulary, len(names), plan)
    net, helpers = progress.net, progress.helpers
    planned = batches(clips, plan)
    told = np.zeros(4)
    while progress.n_done < plan.n_batches and time.monotonic() < plan.deadline_s:
        net.train()
        rng = np.random.default_rng((plan.seed, 3_000, progress.n_done))
        batch = batch_of([clips[i] for i in planned[progress.n_done]], vocabulary, names, rng)
        decoder, *helping = losses(net, helpers, batch)
        loss = decoder + sum(map(mul, HELPING_WEIGHTS, helping))
        progress.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*net.parameters(), *helpers.parameters()], 1.0)
        for group in progress.optimizer.param_groups:
            group["lr"] = learning_rate(progress.n_done, plan)
        progress.optimizer.step()
        progress.n_done += 1
        average(progress)
        told += [float(part.detach()) for part in (decoder, *helping)]
        if progress.n_done % 50 == 0:
            parts = " ".join(f"{part / 50:.3f}" for part in told)
            print(f"batch {progress.n_done}/{plan.n_batches} {parts}", file=sys.stderr, flush=True)
            told[:] = 0
        if progress.n_done % CHECK_EVERY == 0 or progress.n_done == plan.n_batches:
            check(progress, choosing, vocabulary)
            keep(progress, plan)
    check(progress, choosing, vocabulary)
    keep(progress, plan)
    return progress


@torch.no_grad()
def average(progress: Progress) -> None:
    """Move the averaged weights towards the newest."""
    decay = min(EMA_DECAY, progress.n_done / (progress.n_done + 10))
    pairs = zip(progress.averaged.parameters(), progress.net.parameters(), strict=True)
    for kept, new in pairs:
        kept.lerp_(new, 1.0 - decay)


def check(progress: Progress, choosing: Sequence[Clip], vocabulary: SymbolVocabulary) -> None:
    """Keep the averaged weights if they make fewer errors than those kept before."""
    progress.averaged.eval()
    error = choosing_error(progress.averaged, vocabulary, choosing)
    print(f"batch {progress.n_done} choosing error {error:.3f}", file=sys.stderr, flush=True)
    if error < progress.best_error:
        progress.best_error = error
        progress.best = copy.deepcopy(progress.averaged.state_dict())


def main(argv: Sequence[str] | None = None) -> int:
    """Speak, learn, measure, write weights and card.

    The measured values go to standard output as one line of JSON. Exit code 1 if the minutes were
    over before the planned end (what was learned is written all the same), 2 without espeak-ng,
    the test sentences or, to measure, the weights.
    """
    arguments = _parsed(argv)
    torch.set_num_threads(1)
    deadline_s = time.monotonic() + 60.0 * arguments.limit_minutes
    plan = Plan(arguments.batches, arguments.seed, deadline_s, arguments.work)
    plan.work.mkdir(parents=True, exist_ok=True)
    try:
        expect_tests()
        if arguments.evaluate:
            print(json.dumps(measured_on_test(arguments.out, plan.seed), ensure_ascii=False))
            return 0
        speak_shards(plan.work, arguments.shards, plan.seed)
        choosing = choosing_clips(plan.seed)
    except (FileNotFoundError, NoSynthesizer) as error:
        print(error, file=sys.stderr)
        return 2
    clips = [
        clip for i in range(arguments.shards) for clip in load_clips(shard_path(plan.work, i))
    ]
    vocabulary = SymbolVocabulary(symbols_of(clips))
    progress = train(clips, choosing, vocabulary, plan)
    progress.net.load_state_dict(progress.best)
    training = {
        "n_batches": progress.n_done,
        "n_clips": len(clips),
        "choosing_error": round(progress.best_error, 4),
        "seed": plan.seed,
    }
    extra = {"symbols": vocabulary.symbols, "speech": "synthetic", "training": training}
    checkpoints.save(arguments.out, progress.net.half(), progress.net.dims, extra)
    measured = measured_on_test(arguments.out, plan.seed)
    print(json.dumps(measured, ensure_ascii=False))
    n_parameters = sum(parameter.numel() for parameter in progress.net.parameters())
    facts = {**asdict(progress.net.dims), **training, "n_parameters": n_parameters}
    arguments.out.with_suffix(".md").write_text(card(measured, facts), encoding="utf-8")
    return 0 if progress.n_done >= plan.n_batches else 1


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="todak train whisper", description=__doc__)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--work", type=Path, default=Path("build/whisper"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shards", type=int, default=N_SHARDS)
    parser.add_argument("--batches", type=int, default=N_BATCHES)
    parser.add_argument("--evaluate", action="store_true", help="measure the weights at --out")
    parser.add_argument("--limit-minutes", type=float, default=float("inf"))
    return parser.parse_args(argv)
