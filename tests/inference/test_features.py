"""Features against librosa, and against what they mean."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from inference.features import (
    MelConfig,
    chroma,
    chroma_filters,
    delta,
    log_mel,
    mel_filters,
    mel_power,
    mfcc,
    power_spectrogram,
)

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


def test_mel_power_equals_librosa(sweep: NDArray[np.float32]) -> None:
    librosa = pytest.importorskip("librosa")
    config = MelConfig(n_mels=128)
    expected = librosa.feature.melspectrogram(
        y=sweep,
        sr=config.sample_rate,
        n_fft=config.n_fft,
        hop_length=config.hop_length,
        n_mels=config.n_mels,
    )

    found = mel_power(power_spectrogram(torch.from_numpy(sweep)[None], config), config)[0]

    assert np.max(np.abs(found.numpy() - expected)) < 1e-3


def test_cepstra_equal_librosa(sweep: NDArray[np.float32]) -> None:
    librosa = pytest.importorskip("librosa")
    config = MelConfig()
    pause = np.concatenate([sweep, np.zeros(8_000, np.float32)])
    in_db = log_mel(power_spectrogram(torch.from_numpy(pause)[None], config), config)
    bounded = np.maximum(in_db[0].numpy(), in_db.max().item() - 80.0)

    found = mfcc(in_db, 40)[0]

    assert found.shape == (40, in_db.shape[2])
    assert np.max(np.abs(found.numpy() - librosa.feature.mfcc(S=bounded, n_mfcc=40))) < 1e-3


@pytest.mark.parametrize("order", [1, 2])
def test_slopes_equal_librosa(order: int) -> None:
    librosa = pytest.importorskip("librosa")
    rows = np.random.default_rng(5).normal(0.0, 20.0, (2, 13, 40)).astype(np.float32)

    found = delta(torch.from_numpy(rows), order)

    expected = librosa.feature.delta(rows, order=order, axis=-1)
    assert np.max(np.abs(found.numpy() - expected)) < 1e-3


def test_a_slope_needs_nine_frames() -> None:
    assert delta(torch.arange(9.0))[4] == pytest.approx(1.0, abs=1e-6)
    with pytest.raises(ValueError, match="9 frames"):
        delta(torch.zeros(3, 8))


@pytest.mark.parametrize("config", CONFIGS)
def test_chroma_equals_librosa(config: MelConfig, sweep: NDArray[np.float32]) -> None:
    librosa = pytest.importorskip("librosa")
    magnitudes = power_spectrogram(torch.from_numpy(sweep)[None], config).sqrt()
    expected = librosa.feature.chroma_stft(
        S=magnitudes[0].numpy(), sr=config.sample_rate, tuning=0.0
    )

    found = chroma(magnitudes, config)[0]

    filters = librosa.filters.chroma(sr=config.sample_rate, n_fft=config.n_fft, tuning=0.0)
    assert np.allclose(chroma_filters(config).numpy(), filters, atol=1e-6)
    assert np.max(np.abs(found.numpy() - expected)) < 1e-3


def test_a_note_is_its_pitch_class() -> None:
    config = MelConfig()
    time_s = torch.arange(16_000) / 16_000
    note = torch.sin(2 * torch.pi * 440.0 * time_s)

    found = chroma(power_spectrogram(note[None], config), config)[0]

    assert torch.all(found[:, 5:-5].argmax(dim=0) == 9)  # A, from C
    assert torch.all(chroma(torch.zeros(1, 513, 3), config) == 0.0)


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
