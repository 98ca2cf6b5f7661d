"""Statistics of a voice: what they count, and that nothing breaks them."""

import pytest
import torch
from torch import Tensor

from models.voice_statistics import (
    MODULATIONS_HZ,
    N_MOVEMENTS,
    N_RHYTHM,
    n_statistics,
    voice_statistics,
)

N_CONTOURS = 5
N_MODULATIONS = 9 * (len(MODULATIONS_HZ) - 1)
FRAME_S = 0.016


def described(
    log_mel: Tensor,
    contours: Tensor | None = None,
    loud: Tensor | None = None,
    voiced: Tensor | None = None,
) -> Tensor:
    n_frames = log_mel.shape[1]
    contours = torch.zeros(N_CONTOURS, n_frames) if contours is None else contours
    loud = torch.ones(n_frames, dtype=torch.bool) if loud is None else loud
    voiced = loud if voiced is None else voiced
    return voice_statistics(log_mel, contours, loud, voiced, FRAME_S)


@pytest.mark.parametrize("n_frames", [3, 9, 300, 1500])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_any_length_gives_the_same_statistics(n_frames: int, share: float) -> None:
    torch.manual_seed(0)
    loud = torch.rand(n_frames) < share

    found = described(torch.randn(64, n_frames), torch.randn(N_CONTOURS, n_frames), loud)

    assert found.shape == (n_statistics(64, N_CONTOURS),)
    assert bool(found.isfinite().all())


def test_quiet_frames_are_left_out_of_the_bands() -> None:
    torch.manual_seed(0)
    loud = torch.randn(64, 50) * 0.1 + 2.0
    with_pause = torch.cat([loud, torch.full((64, 50), -2.0)], dim=1)

    assert torch.allclose(described(loud)[:64], described(with_pause)[:64], atol=0.05)


def test_pitch_counts_only_where_there_is_one() -> None:
    contours = torch.zeros(N_CONTOURS, 60)
    contours[0, :30] = 12.0
    voiced = torch.arange(60) < 30

    found = described(torch.zeros(64, 60), contours, voiced=voiced)

    first_contour = 11 * (64 + 20 + 1)
    assert found[first_contour] == 12.0


def test_a_rise_and_a_fall_are_told_apart() -> None:
    rising = torch.zeros(N_CONTOURS, 40)
    rising[0] = torch.linspace(0.0, 10.0, 40)
    start = n_statistics(64, N_CONTOURS) - N_MODULATIONS - N_RHYTHM - N_MOVEMENTS
    up = described(torch.zeros(64, 40), rising)[start : start + N_MOVEMENTS]
    down = described(torch.zeros(64, 40), rising.flip(1))[start : start + N_MOVEMENTS]

    step = 10.0 / 39
    assert up[2] == pytest.approx(step, abs=1e-4) and up[4] == 0.0 and up[6] == 1.0
    assert down[2] == 0.0 and down[4] == pytest.approx(-step, abs=1e-4) and down[6] == 0.0
    assert up[7] == pytest.approx(0.0, abs=1e-4)  # nothing trembles
    assert up[11] == pytest.approx(5.0, abs=1e-3) and down[11] == pytest.approx(-5.0, abs=1e-3)


def test_rhythm_counts_starts_and_lengths() -> None:
    n_frames = 100
    voiced = torch.arange(n_frames) % 20 < 10  # five runs of ten frames
    start = n_statistics(64, N_CONTOURS) - N_MODULATIONS - N_RHYTHM
    rhythm = described(torch.zeros(64, n_frames), voiced=voiced)[start : start + N_RHYTHM]

    assert rhythm[1] == pytest.approx(0.5)
    assert rhythm[3] == pytest.approx(5 / (n_frames * FRAME_S))
    assert rhythm[4] == pytest.approx(10 * FRAME_S) and rhythm[5] == pytest.approx(0.0, abs=1e-6)


def test_a_rate_of_rise_and_fall_lands_in_its_band() -> None:
    time_s = torch.arange(400) * FRAME_S
    log_mel = torch.sin(2 * torch.pi * 5.5 * time_s).expand(64, -1)

    found = described(log_mel)[-N_MODULATIONS:].view(9, -1)

    assert torch.all(found.argmax(dim=1) == MODULATIONS_HZ.index(4.5))
