"""The sentence encoder of the text emotion model, taught what danger is."""

import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.distress import CLASSES, UNKNOWN, numbered
from inference.text_emotion import Pieces
from models.distress import DistressNet
from models.sentence_encoder import PADDING
from models.train.distress_lines import Line

BATCH = 64
SORTED_BATCHES = 50  # batches of like lengths are cut from so many at a time
ENCODER_RATE, HEAD_RATE = 3e-4, 1e-3
WARM_UP_STEPS = 100
SOFTNESS = 0.02  # how far from 0 and 1 the wanted probabilities are
HIDDEN_PIECES = 0.1  # share of word pieces that are made unreadable
KINDS_WEIGHT = 0.3
ORDINARY_WEIGHT = 0.9
PROGRESS_STEPS = 200


def tune(
    net: DistressNet, vocabulary: Pieces, lines: Sequence[Line], n_epochs: int, seed: int
) -> None:
    """Teach `net.encoder` and `net.head` in place: any danger, and its kind; prints progress."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    texts = [line.text for line in lines]
    danger = torch.tensor([float(line.danger) for line in lines])
    kinds = torch.tensor(
        [CLASSES.index((line.kind, line.level)) if line.danger else -1 for line in lines]
    )
    weights = torch.tensor(
        [1.0 if line.danger or line.look_alike else ORDINARY_WEIGHT for line in lines]
    )
    weights = torch.where(danger > 0, weights * float((1 - danger).sum() / danger.sum()), weights)
    n_steps = n_epochs * (len(texts) // BATCH + 1)
    parameters = [
        {"params": net.encoder.parameters(), "lr": ENCODER_RATE},
        {"params": net.head.parameters(), "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(parameters, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1.0, (step + 1) / WARM_UP_STEPS) * max(0.02, 1 - step / n_steps),
    )
    net.train()
    began, step = time.monotonic(), 0
    for epoch in range(n_epochs):
        for batch in _batches(texts, rng):
            pieces = numbered(vocabulary, [texts[i] for i in batch])
            logits = net.reading(_with_some_hidden(pieces))
            loss = _loss(logits, danger[batch], kinds[batch], weights[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % PROGRESS_STEPS == 0:
                minutes = (time.monotonic() - began) / 60
                print(
                    f"epoch {epoch + 1} step {step} of {n_steps}: loss {loss.item():.3f}, "
                    f"{minutes:.1f} min",
                    flush=True,
                )
    net.eval()


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


def _batches(texts: Sequence[str], rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Numbers of texts in random batches, each of texts about equally long."""
    lengths = np.array([len(text) for text in texts])
    order = rng.permutation(len(texts))
    for start in range(0, len(order), BATCH * SORTED_BATCHES):
        chunk = order[start : start + BATCH * SORTED_BATCHES]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        batches = [chunk[at : at + BATCH] for at in range(0, len(chunk), BATCH)]
        for number in rng.permutation(len(batches)):
            yield batches[number]
