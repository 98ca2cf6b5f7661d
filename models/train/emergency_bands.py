"""The part of the encoder's head that reads statistics of bands, trained before the whole.

Statistics of a note are a few hundred numbers: those of several damaged copies of all notes are
made once, and a perceptron goes over them many times in the time that the encoder takes for one.
"""

import sys
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from models.emergency_encoder import band_statistics
from models.train.emergency_corpus import Corpus
from models.train.emergency_fitting import (
    BATCH_SIZE,
    Indices,
    Plan,
    both_losses,
    chances_of,
    damaged,
    is_real_ordinary,
    together,
)
from models.train.emergency_pasting import pasted

COPIES: Final = 2  # of each note, damaged, beside itself
BAND_EPOCHS: Final = 8
BAND_BATCH: Final = 128
BAND_BATCHES: Final = 300  # an epoch
BAND_RATE: Final = 2e-3
BAND_DECAY: Final = 3e-2


def statistics_of(corpus: Corpus, seed: int, work: Path) -> Tensor:
    """Statistics of every note and of its damaged copies, (n_notes, 1 + COPIES, n), float16.

    What is put under a note is of its own fold.
    """
    kept = work / f"bands-{len(corpus.notes)}-{COPIES}-seed{seed}.pt"
    if not kept.exists():
        print("statistics of bands", file=sys.stderr, flush=True)
        made = [_made(corpus, copy, (seed, copy)) for copy in range(COPIES + 1)]
        torch.save(torch.stack(made, dim=1), kept)
    found: Tensor = torch.load(kept, weights_only=True)
    return found


@torch.inference_mode()
def _made(corpus: Corpus, copy: int, seed: tuple[int, int]) -> Tensor:
    rng = np.random.default_rng(seed)
    fold = np.array([note.fold for note in corpus.notes])
    ordinary = np.array([is_real_ordinary(note) for note in corpus.notes])
    lengths = np.array([log_mel.shape[1] for log_mel in corpus.log_mels])
    rows: list[Tensor] = [torch.empty(0)] * len(lengths)
    for k in np.unique(fold):
        members = np.flatnonzero(fold == k)
        below = np.flatnonzero((fold == k) & ordinary)
        for chosen in np.array_split(
            members[np.argsort(lengths[members])], -(-len(members) // BATCH_SIZE)
        ):
            # Notes of one length stand together, so that hardly any silence is added.
            log_mel = together(corpus, chosen)
            if copy and len(below):
                under, others = (
                    together(corpus, rng.choice(below, len(chosen)), log_mel.shape[2])
                    for _ in range(2)
                )
                recorded = torch.tensor([corpus.notes[i].recording >= 0 for i in chosen])
                log_mel = pasted(log_mel, under, recorded, rng)
                log_mel = damaged(log_mel, others, rng)
            for i, row in zip(chosen, band_statistics(log_mel).half(), strict=True):
                rows[i] = row
    return torch.stack(rows)


def fit_bands(
    perceptron: nn.Module, corpus: Corpus, statistics: Tensor, learned: Indices, plan: Plan
) -> None:
    """Train a perceptron over `statistics`, in place, on all copies of the notes `learned`."""
    kinds = torch.tensor([note.kind for note in corpus.notes])
    chances = chances_of(corpus, learned)
    rng = np.random.default_rng((plan.seed, 7))
    optimizer = torch.optim.AdamW(perceptron.parameters(), BAND_RATE, weight_decay=BAND_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, BAND_RATE, total_steps=BAND_EPOCHS * BAND_BATCHES + 1, pct_start=0.1
    )
    perceptron.train()
    for epoch in range(1, BAND_EPOCHS + 1):
        told = 0.0
        for chosen in rng.choice(learned, (BAND_BATCHES, BAND_BATCH), p=chances):
            copies = rng.integers(0, statistics.shape[1], BAND_BATCH)
            logits = perceptron(statistics[chosen, copies].float())
            loss = both_losses(logits, kinds[chosen], plan.binary_share)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            told += float(loss.detach()) / BAND_BATCHES
        if epoch % 2 == 0:
            print(
                f"bands epoch {epoch}/{BAND_EPOCHS} loss {told:.3f}", file=sys.stderr, flush=True
            )
