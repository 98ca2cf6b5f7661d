"""Excerpts of notes inside other recordings."""

import numpy as np
import pytest
import torch

from models.train import emergency_pasting
from models.train.emergency_pasting import LENGTH_FRAMES, loudest, pasted

N_FRAMES = 300


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency_pasting, "PASTED_SHARE", 1.0)


def screams() -> torch.Tensor:
    """Two notes that are loud in the upper bands for a second and nearly silent otherwise."""
    notes = torch.zeros(2, 80, N_FRAMES)
    notes[:, 60:70, 40:140] = 2.0
    return notes


def hums() -> torch.Tensor:
    """Two notes that are loud in the lowest bands all the time."""
    notes = torch.zeros(2, 80, N_FRAMES)
    notes[:, :10] = 1.5
    return notes


def test_the_loudest_frames_are_found() -> None:
    found = loudest(10.0 ** (4.0 * screams()[0]), 100)

    assert found.shape == (80, 100)
    assert bool((found[60:70] == 10.0**8).all())


def test_a_second_of_a_note_is_heard_inside_another_recording() -> None:
    found = pasted(screams(), hums(), torch.tensor([True, True]), np.random.default_rng(3))

    for note in found:
        audible = note[60:70].mean(dim=0) > note[60:70].min() + 0.5
        assert LENGTH_FRAMES[0] <= int(audible.sum()) <= 100, "of a second no more is to be had"
        hum = note[:10].mean(dim=0)
        assert float(hum.std()) < 0.01, "what it is pasted into goes on all the time"


def test_the_excerpt_is_as_loud_as_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency_pasting, "ABOVE_DB", (10.0, 10.0))
    monkeypatch.setattr(emergency_pasting, "LENGTH_FRAMES", (100, 101))
    found = pasted(screams(), hums(), torch.tensor([True, True]), np.random.default_rng(3))

    power = 10.0 ** (4.0 * found[0])
    scream, hum = power[60:70].sum(dim=0).max(), power[:10].sum(dim=0).min()
    assert float(10.0 * (scream / hum).log10()) == pytest.approx(10.0, abs=0.1)


def test_what_is_made_stays_as_it_is() -> None:
    notes = screams()
    found = pasted(notes, hums(), torch.tensor([False, True]), np.random.default_rng(3))

    assert torch.equal(found[0], notes[0])
    assert not torch.equal(found[1], notes[1])
