"""Batches, damage and losses of the sound detectors."""

import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from inference.analysis import SoundKind
from inference.emergency import KINDS
from models.train import emergency_bands, emergency_fitting
from models.train.emergency_bands import fit_bands, statistics_of
from models.train.emergency_corpus import Corpus, Note, Sort
from models.train.emergency_fitting import (
    BATCH_SIZE,
    SHARES,
    Plan,
    batches,
    both_losses,
    chances_of,
    damaged,
    fit,
    logits_of,
    together,
)
from models.train.emergency_recordings import Recording
from models.train.speech_emotion import OutOfTime

INDOOR, HELP = KINDS.index(SoundKind.INDOOR), KINDS.index(SoundKind.HELP)


def recording(collection: str, label: str, kind: SoundKind, emergency: bool) -> Recording:
    return Recording(Path("x"), collection, label, "", kind, emergency, False, False, label)


@pytest.fixture
def corpus() -> Corpus:
    """Screams are loud in the upper bands, everything else in the lower ones."""
    generator = torch.Generator().manual_seed(0)
    recordings = [
        recording("iesc", "scream", SoundKind.HELP, True),
        recording("fsdd", "digit", SoundKind.INDOOR, False),
        recording("blanket", "rain", SoundKind.OUTDOOR, False),
    ]
    notes, log_mels = [], []
    for i in range(60):
        of = (0, 1, 1, 1, 2)[i % 5]
        kind = KINDS.index(recordings[of].kind)
        notes.append(Note(Sort.RECORDED, kind, i % 3, of))
        log_mel = 0.2 * torch.rand(80, 100 + i, generator=generator)
        log_mel[50 : 70 if of == 0 else 50] = 2.0
        log_mel[5:20] = 2.0 if of else 0.1
        log_mels.append(log_mel.half())
    notes.append(Note(Sort.MADE, KINDS.index(SoundKind.GAS), 0, -1))
    log_mels.append(torch.ones(80, 100).half())
    return Corpus(recordings, notes, log_mels)


class Loudness(nn.Module):
    """A net of one linear layer over the mean of each band."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(80, len(KINDS))

    def forward(self, log_mel: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(log_mel.mean(dim=2))
        return logits


def test_each_sort_is_drawn_as_often_as_it_shall_be(corpus: Corpus) -> None:
    everything = np.arange(len(corpus.notes))

    chances = chances_of(corpus, everything)

    real = np.array([note.recording for note in corpus.notes])
    assert chances.sum() == pytest.approx(1.0)
    screams, ordinary, made = (chances[real == 0], chances[real > 0], chances[real == -1])
    assert screams.sum() / ordinary.sum() == pytest.approx(
        SHARES["scream"] / SHARES["real ordinary"]
    )
    assert made.sum() / ordinary.sum() == pytest.approx(
        SHARES["made emergency"] / SHARES["real ordinary"]
    )
    # A rare collection counts more than its size.
    assert chances[real == 2][0] > chances[real == 1][0]


def test_batches_hold_notes_of_one_length(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency_fitting, "BATCHES_AN_EPOCH", 20)
    everything = np.arange(len(corpus.notes))
    rng = np.random.default_rng(0)

    spread = [
        np.ptp([corpus.log_mels[i].shape[1] for i in batch])
        for batch in batches(corpus, everything, chances_of(corpus, everything), rng)
    ]

    assert len(spread) == 20
    assert np.mean(spread) < 35


def test_shorter_notes_get_silence_after_them(corpus: Corpus) -> None:
    log_mel = together(corpus, np.array([0, 50]))

    assert log_mel.shape == (2, 80, 150)
    assert log_mel[0, :, 100:].abs().max() == 0
    assert torch.equal(log_mel[1], corpus.log_mels[50].float())
    assert together(corpus, np.array([50]), 40).shape == (1, 80, 40)


def test_damage_keeps_range_and_what_is_loudest(corpus: Corpus) -> None:
    log_mel = together(corpus, np.arange(32))
    others = torch.zeros_like(log_mel)

    made = damaged(log_mel, others, np.random.default_rng(0))

    assert made.shape == log_mel.shape
    assert made.min() >= 0.0 and made.max() <= 2.0
    assert not torch.isnan(made).any()
    whole = made[0].mean(1)
    assert whole[55:65].median() > whole[20:50].median()


def test_both_losses_in_their_shares() -> None:
    logits = torch.full((1, len(KINDS)), -20.0)
    logits[0, KINDS.index(SoundKind.FIRE)] = 20.0
    kinds = torch.tensor([HELP])

    # Right that it is an emergency, wrong of which kind.
    assert both_losses(logits, kinds, 1.0) == pytest.approx(0.0, abs=1e-4)
    assert both_losses(logits, kinds, 0.0) > 10.0
    assert both_losses(logits, kinds, 0.5) > 5.0


def test_a_net_learns_what_differs(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency_fitting, "BATCHES_AN_EPOCH", 30)
    torch.manual_seed(0)
    plan = Plan(3, 3e-2, 0.5, 0.0, 1, float("inf"))
    everything = np.arange(len(corpus.notes))

    net, epoch = fit(Loudness(), corpus, everything, plan, "test", stop_after=3)

    logits = logits_of(net, corpus, everything)
    kinds = torch.tensor([note.kind for note in corpus.notes])
    assert epoch == 3
    assert (logits.argmax(1) == kinds)[kinds == HELP].all()
    assert (logits.argmax(1)[kinds == INDOOR] != HELP).all()


def test_the_epoch_of_the_least_inner_loss_is_taken(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emergency_fitting, "BATCHES_AN_EPOCH", 2)
    told = iter([0.3, 0.1, 0.2])
    plan = Plan(6, 1e-3, 0.5, 0.0, 1, float("inf"))

    _, epoch = fit(
        Loudness(), corpus, np.arange(40), plan, "test", inner_loss=lambda _: next(told)
    )

    assert epoch == 5


def test_statistics_are_learned_before_the_encoder(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emergency_bands, "BAND_BATCHES", 30)
    torch.manual_seed(0)
    statistics = statistics_of(corpus, 1, tmp_path)
    everything = np.arange(len(corpus.notes))
    perceptron = nn.Sequential(nn.BatchNorm1d(570), nn.Linear(570, len(KINDS)))

    fit_bands(perceptron, corpus, statistics, everything, Plan(1, 1.0, 0.5, 0.0, 1, 0.0))

    assert statistics.shape == (len(corpus.notes), 1 + emergency_bands.COPIES, 570)
    with torch.inference_mode():
        heard = perceptron.eval()(statistics[:, 0].float()).argmax(dim=1)
    kinds = torch.tensor([note.kind for note in corpus.notes])
    assert ((heard == HELP) == (kinds == HELP)).all()
    # Made once: a second call reads them.
    assert torch.equal(statistics_of(corpus, 1, tmp_path), statistics)


def test_it_ends_when_time_is_over(corpus: Corpus) -> None:
    plan = Plan(3, 1e-3, 0.5, 0.0, 1, time.monotonic() - 1)

    with pytest.raises(OutOfTime):
        fit(Loudness(), corpus, np.arange(BATCH_SIZE), plan, "test", stop_after=3)
