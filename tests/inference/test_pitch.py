"""The pitch track, against tones and voices whose pitch is known."""

import numpy as np
import pytest
import torch

from inference.features import MelConfig, power_spectrogram
from inference.pitch import PitchTrack, track_pitch

CONFIG = MelConfig()


def harmonics(hz: np.ndarray, sample_rate: int = 16_000) -> np.ndarray:
    """Seven harmonics of a pitch that may change with every sample."""
    phase = 2.0 * np.pi * np.cumsum(hz) / sample_rate
    return np.asarray(0.1 * sum(np.sin(k * phase) / k for k in range(1, 8)), np.float32)


def track(samples: np.ndarray) -> PitchTrack:
    waveform = torch.from_numpy(samples.astype(np.float32))
    return track_pitch(power_spectrogram(waveform[None], CONFIG)[0], CONFIG)


@pytest.mark.parametrize("hz", [70.0, 110.0, 200.0, 330.0, 520.0])
def test_a_steady_tone_has_its_pitch(hz: float) -> None:
    found = track(harmonics(np.full(16_000, hz)))

    inner = slice(4, -4)
    assert torch.all(found.voiced[inner])
    assert torch.all((found.hz[inner] / hz - 1.0).abs() < 0.01)
    assert float(found.strength[inner].min()) > 0.9


def test_it_survives_noise_and_a_telephone_band() -> None:
    rng = np.random.default_rng(0)
    tone = harmonics(np.full(32_000, 120.0))
    spectrum = np.fft.rfft(tone)
    hz = np.fft.rfftfreq(len(tone), 1 / 16_000)
    spectrum[(hz < 300) | (hz > 3400)] = 0.0  # the fundamental itself is missing
    noisy = np.fft.irfft(spectrum) + 0.01 * rng.standard_normal(len(tone))

    found = track(noisy)

    assert float(found.voiced.float().mean()) > 0.9
    assert float(found.hz[found.voiced].median()) == pytest.approx(120.0, rel=0.01)


def test_a_glide_is_followed() -> None:
    hz = np.linspace(150.0, 300.0, 32_000)

    found = track(harmonics(hz))

    expected = torch.from_numpy(hz[:: CONFIG.hop_length].astype(np.float32))
    inner = slice(4, -4)
    assert torch.all((found.hz[: len(expected)][inner] / expected[inner] - 1.0).abs() < 0.02)


def test_noise_and_silence_have_no_pitch() -> None:
    noise = track(0.1 * np.random.default_rng(1).standard_normal(16_000))
    assert float(noise.voiced.float().mean()) < 0.1

    silence = track(np.zeros(16_000))
    assert not torch.any(silence.voiced)
    assert torch.all(torch.isfinite(silence.hz))


def test_a_pause_is_not_loud() -> None:
    tone = harmonics(np.full(16_000, 200.0))
    found = track(np.concatenate([tone, np.zeros(16_000), tone]))

    middle = len(found.hz) // 2
    assert not torch.any(found.loud[middle - 20 : middle + 20])
    assert torch.all(found.voiced[10:50])


def test_one_frame_is_enough() -> None:
    assert track(harmonics(np.full(200, 200.0))).hz.shape == (1,)
