"""Spectral features in torch, batched, equal to librosa's, from one Fourier transform."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above.
HZ_PER_MEL = 200.0 / 3.0
BREAK_HZ = 1000.0
BREAK_MEL = BREAK_HZ / HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27.0

POWER_FLOOR = 1e-10


@dataclass(frozen=True, slots=True)
class MelConfig:
    """How sound is turned into a log-mel spectrogram; frequencies in Hz, lengths in samples."""

    sample_rate: int = 16_000
    n_fft: int = 1024
    hop_length: int = 256
    n_mels: int = 64
    f_min_hz: float = 0.0
    f_max_hz: float = 8000.0

    @property
    def frame_s(self) -> float:
        """Seconds from one frame to the next."""
        return self.hop_length / self.sample_rate


def power_spectrogram(waveforms: Tensor, config: MelConfig) -> Tensor:
    """Return |STFT|^2 under a Hann window, centred frames, zeros beyond the ends.

    Args:
        waveforms: shape (batch, n_samples).
        config: `n_fft` and `hop_length` are used.

    Returns:
        shape (batch, n_fft // 2 + 1, 1 + n_samples // hop_length).
    """
    spectrum = torch.stft(
        waveforms,
        config.n_fft,
        config.hop_length,
        window=_hann(config.n_fft),
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    # Faster than viewing both parts as one tensor and summing over its last, short axis.
    return spectrum.real.square() + spectrum.imag.square()


def log_mel(power: Tensor, config: MelConfig) -> Tensor:
    """Return the mel spectrogram in dB, at least -100 (librosa: power_to_db with top_db=None).

    Args:
        power: shape (..., n_fft // 2 + 1, n_frames), from `power_spectrogram`.
        config: the one `power` was made with.

    Returns:
        shape (..., n_mels, n_frames), dB relative to a power of 1.
    """
    mel = mel_filters(config) @ power
    return 10.0 * torch.log10(torch.clamp(mel, min=POWER_FLOOR))


@lru_cache(maxsize=8)
def mel_filters(config: MelConfig) -> Tensor:
    """Return triangular filters of equal area (Slaney), shape (n_mels, n_fft // 2 + 1)."""
    edges_mel = np.linspace(
        _hz_to_mel(config.f_min_hz), _hz_to_mel(config.f_max_hz), config.n_mels + 2
    )
    edges_hz = _mel_to_hz(edges_mel)
    bins_hz = np.fft.rfftfreq(config.n_fft, 1.0 / config.sample_rate)
    slopes = (bins_hz[None, :] - edges_hz[:, None]) / np.diff(edges_hz, append=np.inf)[:, None]
    rising = slopes[:-2]
    falling = 1.0 - slopes[1:-1]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    area = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return torch.from_numpy((triangles * area[:, None]).astype(np.float32))


@lru_cache(maxsize=8)
def _hann(n_fft: int) -> Tensor:
    return torch.hann_window(n_fft)


def _hz_to_mel(hz: float) -> float:
    if hz < BREAK_HZ:
        return hz / HZ_PER_MEL
    return float(BREAK_MEL + np.log(hz / BREAK_HZ) / LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(
        mel < BREAK_MEL,
        mel * HZ_PER_MEL,
        BREAK_HZ * np.exp(LOG_STEP * (np.maximum(mel, BREAK_MEL) - BREAK_MEL)),
    )
