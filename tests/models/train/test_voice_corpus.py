"""Splits that never share a speaker, and spectrograms that are warped."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.train.recordings import Clip
from models.train.voice_corpus import (
    N_FOLDS,
    NOT_PLAYED_IN,
    PLAYED,
    Corpus,
    split,
    warped,
)


@pytest.fixture
def corpus() -> Corpus:
    clips = []
    for name, speakers in (
        ("ravdess", [(f"actor{i:02d}{'MF'[i % 2]}", i // 4 + 1) for i in range(20)]),
        ("emodb2s", [(f"german{i}", 0) for i in range(N_FOLDS)]),
    ):
        played = [emotion for emotion in PLAYED if emotion not in NOT_PLAYED_IN[name]]
        for speaker, fold in speakers:
            clips += [Clip(Path("x"), name, emotion, speaker, fold) for emotion in played]
    generator = torch.Generator().manual_seed(0)
    lengths = (40, 200)
    variants = [[torch.randn(64, n, generator=generator).half() for n in lengths] for _ in clips]
    return Corpus(clips, variants)


@pytest.mark.parametrize("fold", range(1, N_FOLDS + 1))
def test_no_speaker_stands_on_two_sides(corpus: Corpus, fold: int) -> None:
    learned, choosing, test = split(corpus, fold)

    sides = [set(corpus.speaker[part]) for part in (learned, choosing, test)]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]
    assert sum(map(len, sides)) == 28
    assert len(sides[1]) == 3
    assert {s[-1] for s in sides[1] if s.startswith("actor")} == {"F", "M"}


def test_every_clip_is_measured_once(corpus: Corpus) -> None:
    measured = np.concatenate([split(corpus, fold)[2] for fold in range(1, N_FOLDS + 1)])

    assert sorted(measured) == list(range(len(corpus.variants)))


def test_warping_moves_and_masks_and_keeps_shape() -> None:
    features = torch.zeros(64, 64, 128)
    features[:, 30, :] = 1.0

    moved, n_frames = warped(features, torch.full((64,), 100), np.random.default_rng(1))

    assert moved.shape == features.shape
    assert torch.all((n_frames >= 85) & (n_frames <= 116))
    masked = moved.sum((1, 2)) == 0
    assert masked.float().mean() < 0.5
    strongest = moved[~masked].sum(2).argmax(1)
    assert torch.all((strongest - 30).abs() <= 4)
    assert len(set(strongest.tolist())) > 2
