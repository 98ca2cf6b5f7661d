"""The second stage of the text model's recipe, and what it shares with the third.

Both languages learn the English encoder's sentence vectors; a machine translation has the vector
of its original (Reimers & Gurevych 2020). Korean also learns its words' vectors.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from inference.text_emotion import Pieces, batch
from models.text_emotion import TextEmotionNet
from models.train.precision import autocast
from models.train.text_metrics import row_of
from models.train.text_preparation import Prepared
from models.train.texts import N_GOEMOTIONS

LONGEST = 48  # pieces of a text that training reads
SKIP = 0.1  # share of matches passed over when cutting a training text


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast; the defaults are what the shipped weights were made with."""

    distil_steps: int = 1200
    distil_rate: float = 4e-4
    tune_epochs: int = 3
    tune_rate: float = 2e-4
    sampled_share: float = 0.07  # of the texts without a person's label, in one epoch
    rows: int = 64
    ends_at: float = float("inf")  # of the monotonic clock, in seconds


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)


def read(pieces: Pieces, texts: Sequence[str], cuts: Random | None = None) -> Tensor:
    """A padded batch of the pieces of texts; with `cuts` they vary."""
    return batch([row_of(pieces, text, LONGEST, SKIP if cuts else 0.0, cuts) for text in texts])


def rate_at(step: int, n_steps: int) -> float:
    """Share of the highest learning rate: a tenth of the steps up, then down to nothing."""
    return min((step + 1) / (0.1 * n_steps), (n_steps - step) / (0.9 * n_steps), 1.0)


def optimiser(net: torch.nn.Module, rate: float) -> torch.optim.AdamW:
    """AdamW; what starts from little (embeddings, heads) learns faster than the layers."""
    slow, fast = [], []
    for name, parameter in net.named_parameters():
        if "_ngrams." in name:  # they are fitted by themselves
            continue
        if "layers." in name or "norm." in name or "positions." in name:
            slow.append(parameter)
        else:
            fast.append(parameter)
    groups = [
        {"params": slow, "highest": rate},
        {"params": fast, "highest": 3 * rate},
    ]
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.01, fused=True)


def take_step(
    loss: Tensor, optim: torch.optim.Optimizer, net: torch.nn.Module, share: float
) -> None:
    """One step at `share` of the highest rates."""
    for group in optim.param_groups:
        group["lr"] = group["highest"] * share
    optim.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optim.step()


def endless(texts: Sequence[str], n_rows: int, rng: np.random.Generator) -> Iterator[list[int]]:
    """Batches of text numbers for ever, every text once before any twice."""
    while True:
        yield from by_length(texts, n_rows, rng)


def agreement(found: Tensor, wanted: Tensor) -> Tensor:
    """Cosine distance, and each vector must find its own among the batch's."""
    found, wanted = F.normalize(found, dim=1), F.normalize(wanted, dim=1)
    cosines = found @ wanted.T
    nearest = F.cross_entropy(cosines / 0.05, torch.arange(len(found)))
    return 3.0 * (1.0 - cosines.diagonal().mean()) + 0.5 * nearest


def distil(net: TextEmotionNet, made: Prepared, schedule: Schedule, seed: int) -> None:
    """Stage 2."""
    rng, pieces = np.random.default_rng(seed), made.pieces
    to_words = torch.nn.Linear(net.norm.normalized_shape[0], made.word_vectors.shape[1])
    learning = torch.nn.ModuleDict({"net": net, "to_words": to_words})
    optim = optimiser(learning, schedule.distil_rate)
    labels = many_hot([e.goemotions for e in made.parallel_english], N_GOEMOTIONS)
    pairs = endless([e.text for e in made.parallel_english], schedule.rows, rng)
    others = endless(made.english, schedule.rows // 2, rng)
    korean = endless(made.korean, schedule.rows, rng)
    net.eval()  # without dropout: there is no end of texts, and what is learnt is exact
    began = time.monotonic()
    for step in range(schedule.distil_steps):
        if time.monotonic() > schedule.ends_at:
            break
        pair, other, unlabelled = next(pairs), next(others), next(korean)
        english = [made.parallel_english[i].text for i in pair] + [made.english[i] for i in other]
        translated = [made.parallel_korean[i].text for i in pair]
        unread = [made.korean[i] for i in unlabelled]
        with autocast():
            said = net(read(pieces, english))
            heard = net(read(pieces, translated))
            words = to_words(net(read(pieces, unread)).sentence)
        wanted = torch.from_numpy(made.parallel_vectors[pair]).float()
        more = torch.from_numpy(made.english_vectors[other]).float()
        meant = torch.from_numpy(made.word_vectors[unlabelled]).float()
        n = len(pair)
        loss = agreement(said.sentence.float(), torch.cat([wanted, more]))
        loss = loss + agreement(heard.sentence.float(), wanted)
        loss = loss + agreement(words.float(), meant)
        for output in (said, heard):
            loss = loss + 3.0 * weighed(output.goemotions[:n].float(), labels[pair])
        take_step(loss, optim, learning, rate_at(step, schedule.distil_steps))
        if step % 50 == 0:
            say(
                f"distil {step}/{schedule.distil_steps} {loss.item():.3f} "
                f"{time.monotonic() - began:.0f} s"
            )


def many_hot(sets: Sequence[frozenset[int] | None], n_labels: int) -> Tensor:
    """Rows of zeros and ones; -1 throughout where a set is not known."""
    out = torch.zeros(len(sets), n_labels)
    for row, numbers in enumerate(sets):
        if numbers is None:
            out[row] = -1.0
        else:
            out[row, list(numbers)] = 1.0
    return out


def weighed(logits: Tensor, wanted: Tensor) -> Tensor:
    """Binary cross-entropy over the rows that are labelled, 0 where none is."""
    known = wanted[:, 0] >= 0
    if not known.any():
        return logits.sum() * 0.0
    return F.binary_cross_entropy_with_logits(logits[known], wanted[known])


def by_length(texts: Sequence[str], n_rows: int, rng: np.random.Generator) -> list[list[int]]:
    """Batches in random order, of texts of similar length, so that little is padding."""
    noisy = np.array([len(t) for t in texts]) * rng.uniform(0.8, 1.25, len(texts))
    order = np.argsort(noisy)
    batches = [order[i : i + n_rows].tolist() for i in range(0, len(order), n_rows)]
    return [batches[i] for i in rng.permutation(len(batches))]
