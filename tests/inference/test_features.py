"""Features against librosa, and against what they mean."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from inference.features import MelConfig, log_mel, mel_filters, power_spectrogram

CONFIGS = [
    pytest.param(MelConfig(), id="64 bands"),
    pytest.param(MelConfig(n_fft=512, hop_length=160, n_mels=80), id="80 bands, 10 ms"),
    pytest.param(MelConfig(n_mels=40, f_min_hz=60.0, f_max_hz=7600.0), id="60 to 7600 Hz"),
]


@pytest.fixture
def sweep() -> NDArray[np.float32]:
    time_s = np.arange(2 * 16_000) / 16_000
    noise = 0.01 * np.random.default_rng(3).standard_normal(len(time_s))
    return (0.5 * np.sin(2 * np.pi * (100 + 1500 * time_s) * time_s) + noise).astype(np.float32)


@pytest.mark.parametrize("config", CONFIGS)
def test_log_mel_equals_librosa(config: MelConfig, sweep: NDArray[np.float32]) -> None:
    librosa = pytest.importorskip("librosa")
    expected = librosa.power_to_db(
        librosa.feature.melspectrogram(
            y=sweep,
            sr=config.sample_rate,
            n_fft=config.n_fft,
            hop_length=config.hop_length,
            n_mels=config.n_mels,
            fmin=config.f_min_hz,
            fmax=config.f_max_hz,
            pad_mode="constant",
        ),
        top_db=None,
    )

    found = log_mel(power_spectrogram(torch.from_numpy(sweep)[None], config), config)[0]

    assert found.shape == expected.shape
    assert np.max(np.abs(found.numpy() - expected)) < 1e-3


@pytest.mark.parametrize("config", CONFIGS)
def test_filters_equal_librosa(config: MelConfig) -> None:
    librosa = pytest.importorskip("librosa")
    expected = librosa.filters.mel(
        sr=config.sample_rate,
        n_fft=config.n_fft,
        n_mels=config.n_mels,
        fmin=config.f_min_hz,
        fmax=config.f_max_hz,
    )

    assert np.allclose(mel_filters(config).numpy(), expected, atol=1e-7)


def test_a_batch_is_its_rows(sweep: NDArray[np.float32]) -> None:
    config = MelConfig()
    rows = torch.from_numpy(np.stack([sweep, sweep[::-1], np.zeros_like(sweep)]))

    together = log_mel(power_spectrogram(rows, config), config)

    for row, features in zip(rows, together, strict=True):
        alone = log_mel(power_spectrogram(row[None], config), config)[0]
        assert torch.allclose(alone, features, atol=1e-4)


def test_shape_and_floor_of_silence() -> None:
    config = MelConfig()

    silence = log_mel(power_spectrogram(torch.zeros(2, 16_000), config), config)

    assert silence.shape == (2, config.n_mels, 1 + 16_000 // config.hop_length)
    assert torch.all(silence == -100.0)


def test_ten_decibels_louder_is_ten_decibels_more(sweep: NDArray[np.float32]) -> None:
    config = MelConfig()
    waveform = torch.from_numpy(sweep)[None]

    quiet = log_mel(power_spectrogram(waveform, config), config)
    loud = log_mel(power_spectrogram(waveform * 10**0.5, config), config)

    assert torch.allclose(loud - quiet, torch.full_like(quiet, 10.0), atol=1e-2)
