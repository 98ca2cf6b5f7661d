"""The sentence encoder of the text emotion model, taught what danger is."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.distress import CLASSES, UNKNOWN, numbered
from inference.text_emotion import Pieces, normalise
from models.distress import DistressNet
from models.sentence_encoder import PADDING
from models.train.distress_lines import Line, varied

BATCH = 64
SORTED_BATCHES = 50  # batches of like lengths are cut from so many at a time
ENCODER_RATE, HEAD_RATE = 3e-4, 1e-3
WARM_UP_STEPS = 100
SOFTNESS = 0.02  # how far from 0 and 1 the wanted probabilities are
HIDDEN_PIECES = 0.1  # share of word pieces that are made unreadable
KINDS_WEIGHT = 0.3
ORDINARY_WEIGHT = 0.9
PROGRESS_STEPS = 50


def tune(
    net: DistressNet,
    vocabulary: Pieces,
    lines: Sequence[Line],
    turns: NDArray[np.int64],
    n_epochs: int,
    seed: int,
    unfinished: Path,
) -> None:
    """Teach `net.encoder` and `net.head` in place: any danger, and its kind; prints progress.

    A line is read in one epoch of so many as `turns` (n,) says. What is learnt goes to
    `unfinished` now and then, and a later call with the same lines goes on from there as if it
    had not been stopped.
    """
    texts = [line.text for line in lines]
    danger = torch.tensor([float(line.danger) for line in lines])
    kinds = torch.tensor(
        [CLASSES.index((line.kind, line.level)) if line.danger else -1 for line in lines]
    )
    weights = torch.tensor(
        [1.0 if line.danger or line.look_alike else ORDINARY_WEIGHT for line in lines]
    )
    weights = torch.where(danger > 0, weights * float((1 - danger).sum() / danger.sum()), weights)
    lengths = np.array([len(vocabulary.cut(normalise(text))) for text in texts])
    batches = _batches(lengths, turns, n_epochs, seed)
    optimizer, schedule = _optimizer(net, len(batches))
    parts = {"net": net, "optimizer": optimizer, "schedule": schedule}
    begun_with = f"{seed} {len(batches)} {crc32(''.join(texts).encode())}"
    first = _resume(unfinished, parts, begun_with)
    net.train()
    began = time.monotonic()
    for step in range(first, len(batches)):
        batch = batches[step]
        torch.manual_seed(1_000_003 * seed + step)
        rng = np.random.default_rng((seed, step))
        pieces = numbered(vocabulary, [varied(texts[i], rng) for i in batch])
        logits = net.reading(_with_some_hidden(pieces))
        loss = _loss(logits, danger[batch], kinds[batch], weights[batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if (step + 1) % PROGRESS_STEPS == 0:
            minutes = (time.monotonic() - began) / 60
            told = f"step {step + 1} of {len(batches)}: loss {loss.item():.3f}, {minutes:.1f} min"
            print(told, flush=True)
            _keep(unfinished, parts, begun_with, step + 1)
    unfinished.unlink(missing_ok=True)
    net.eval()


def _optimizer(
    net: DistressNet, n_steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    parameters = [
        {"params": net.encoder.parameters(), "lr": ENCODER_RATE},
        {"params": net.head.parameters(), "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(parameters, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1.0, (step + 1) / WARM_UP_STEPS) * max(0.02, 1 - step / n_steps),
    )
    return optimizer, schedule


def _keep(path: Path, parts: Mapping[str, Any], begun_with: str, n_done: int) -> None:
    states = {name: part.state_dict() for name, part in parts.items()}
    partial = path.with_name(path.name + ".part")
    torch.save({**states, "begun_with": begun_with, "n_done": n_done}, partial)
    partial.replace(path)


def _resume(path: Path, parts: Mapping[str, Any], begun_with: str) -> int:
    """Fill the parts from what was kept of the same training; the number of steps done."""
    if not path.is_file():
        return 0
    kept = torch.load(path, weights_only=True)
    if kept["begun_with"] != begun_with:
        print(f"{path} is of another training; this one begins anew", flush=True)
        return 0
    for name, part in parts.items():
        part.load_state_dict(kept[name])
    return int(kept["n_done"])


def _loss(logits: Tensor, danger: Tensor, kinds: Tensor, weights: Tensor) -> Tensor:
    wanted = SOFTNESS + (1 - 2 * SOFTNESS) * danger
    each = nn.functional.binary_cross_entropy_with_logits(logits[:, 0], wanted, reduction="none")
    loss: Tensor = (each * weights).mean()
    known = kinds >= 0
    if known.any():
        naming = nn.functional.cross_entropy(logits[known, 1:], kinds[known])
        loss = loss + KINDS_WEIGHT * naming
    return loss


def _with_some_hidden(pieces: Tensor) -> Tensor:
    hidden = (torch.rand(pieces.shape) < HIDDEN_PIECES) & (pieces > UNKNOWN)
    return pieces.masked_fill(hidden, UNKNOWN).masked_fill(pieces == PADDING, PADDING)


def _batches(
    lengths: NDArray[np.int64], turns: NDArray[np.int64], n_epochs: int, seed: int
) -> list[NDArray[np.int64]]:
    """Numbers of lines in random batches, each of lines of about as many pieces, of all epochs."""
    found: list[NDArray[np.int64]] = []
    first = np.random.default_rng(seed).integers(turns)
    for epoch in range(n_epochs):
        rng = np.random.default_rng((seed, epoch))
        order = rng.permutation(np.flatnonzero(epoch % turns == first))
        for start in range(0, len(order), BATCH * SORTED_BATCHES):
            chunk = order[start : start + BATCH * SORTED_BATCHES]
            chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
            batches = [chunk[at : at + BATCH] for at in range(0, len(chunk), BATCH)]
            found += [batches[number] for number in rng.permutation(len(batches))]
    return found
