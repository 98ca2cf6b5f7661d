"""Two corpora of acted emotions in memory, their speaker-independent splits, and their batches."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from models.train.recordings import Clip

PLAYED = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised", "bored")
NOT_PLAYED_IN = {"ravdess": ("bored",), "emodb2s": ("calm", "surprised")}
N_FOLDS = 8
NEVER = -1e4

Indices = NDArray[np.intp]


class Corpus:
    """All clips in memory.

    `variants[i]` are spectrograms or statistics of clip i, the undamaged first; `played`
    (n_clips,) are indices into PLAYED; `allowed` (n_clips, n_played), to be added to logits, is 0
    for the emotions that a clip's corpus has and -1e4 for the others.
    """

    def __init__(self, clips: Sequence[Clip], variants: list[list[Tensor]]) -> None:
        self.variants = variants
        self.corpus = np.array([clip.corpus for clip in clips])
        self.speaker = np.array([clip.speaker for clip in clips])
        self.played = torch.tensor([PLAYED.index(clip.emotion) for clip in clips])
        self.allowed = torch.tensor(
            [[NEVER * (e in NOT_PLAYED_IN[clip.corpus]) for e in PLAYED] for clip in clips]
        )
        germans = sorted(set(self.speaker[self.corpus == "emodb2s"]))
        self.fold = np.array([clip.fold or 1 + germans.index(clip.speaker) for clip in clips])


def split(corpus: Corpus, fold: int) -> tuple[Indices, Indices, Indices]:
    """Return clips to learn from, to choose the epoch by, and to be measured on, for one fold.

    The epoch is chosen on a woman and a man of RAVDESS and one speaker of EmoDB.
    """
    test = corpus.fold == fold
    following = fold % N_FOLDS + 1
    nearby = (corpus.corpus == "ravdess") & (corpus.fold == fold % 5 + 1)
    actors = sorted(set(corpus.speaker[nearby]))
    inner = [next(a for a in actors if a.endswith(sex)) for sex in "FM"]
    choosing = np.isin(corpus.speaker, inner)
    choosing |= (corpus.corpus == "emodb2s") & (corpus.fold == following)
    learned = ~test & ~choosing
    return np.flatnonzero(learned), np.flatnonzero(choosing), np.flatnonzero(test)


def warped(features: Tensor, n_frames: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Stretch time by up to 12 % and frequency (the vocal tract) by up to 8 %, then mask bands.

    (B, n_mels, T) and (B,) in and out; bands and spans are masked as in SpecAugment (Park, 2019).
    """
    batch, n_mels, length = features.shape
    pitch = torch.from_numpy(rng.uniform(0.92, 1.08, (batch, 1))).float()
    tempo = torch.from_numpy(rng.uniform(0.88, 1.12, (batch, 1))).float()
    x = torch.linspace(0.0, 2.0, length) * tempo - 1.0
    y = torch.linspace(0.0, 2.0, n_mels) * pitch - 1.0
    size = (batch, n_mels, length)
    grid = torch.stack([x[:, None, :].expand(size), y[:, :, None].expand(size)], dim=-1)
    features = functional.grid_sample(
        features[:, None], grid, align_corners=True, padding_mode="border"
    )[:, 0]
    for row in features:
        for _ in range(2):
            band, span = int(rng.integers(10)), int(rng.integers(20))
            low, onset = int(rng.integers(n_mels - band)), int(rng.integers(length - span))
            row[low : low + band] = 0.0
            row[:, onset : onset + span] = 0.0
    return features, (n_frames / tempo[:, 0]).long().clamp(20, length)
