"""Spectral features in torch, batched, equal to librosa's, from one Fourier transform."""

import math
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
TOP_DB = 80.0  # librosa's cepstra keep this much below the loudest value

N_CHROMA = 12
A0_HZ = 27.5
SEMITONES_A_TO_C = 3
CHROMA_CENTRE_OCTAVE = 5.0  # librosa's: octaves far from the fifth above A0 count less,
CHROMA_WIDTH_OCTAVES = 2.0  # by a Gaussian of this deviation

DELTA_WIDTH = 9  # frames a slope is fitted to


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
    return decibels(mel_power(power, config))


def mel_power(power: Tensor, config: MelConfig) -> Tensor:
    """Return the power in each mel band, (..., n_mels, n_frames), of (..., n_bins, n_frames)."""
    return mel_filters(config) @ power


def decibels(power: Tensor) -> Tensor:
    """Return power in dB relative to 1, at least -100."""
    return 10.0 * torch.log10(torch.clamp(power, min=POWER_FLOOR))


def mfcc(log_mel: Tensor, n_mfcc: int) -> Tensor:
    """Return cepstral coefficients: an orthonormal cosine transform over the bands.

    Args:
        log_mel: shape (batch, n_mels, n_frames), in dB; what is more than 80 dB below the loudest
            value of its recording is raised to that, as librosa does.
        n_mfcc: how many, from the zeroth; at most n_mels.

    Returns:
        shape (batch, n_mfcc, n_frames).
    """
    floor = log_mel.amax(dim=(1, 2), keepdim=True) - TOP_DB
    return _cosines(n_mfcc, log_mel.shape[1]) @ torch.maximum(log_mel, floor)


def chroma(spectrum: Tensor, config: MelConfig) -> Tensor:
    """Return the share of each pitch class, C first, the strongest of each frame 1.

    The bands stand where A is 440 Hz (librosa: tuning=0): a voice has no tuning to estimate.

    Args:
        spectrum: shape (..., n_fft // 2 + 1, n_frames), magnitudes or powers.
        config: the one the spectrum was made with.

    Returns:
        shape (..., 12, n_frames); 0 where a frame is empty.
    """
    bands = chroma_filters(config) @ spectrum
    strongest = bands.amax(dim=-2, keepdim=True)
    empty = strongest < torch.finfo(bands.dtype).tiny
    return bands / strongest.masked_fill(empty, 1.0)


def delta(features: Tensor, order: int = 1) -> Tensor:
    """Return slopes (order 1) or curvatures (order 2) over time, per frame.

    A polynomial of that order is fitted to nine frames around each (Savitzky and Golay, 1964); the
    first and the last four are read off the fits of the first and the last nine.

    Args:
        features: shape (..., n_frames).
        order: 1 or 2.

    Raises:
        ValueError: fewer than nine frames.
    """
    n_frames = features.shape[-1]
    if n_frames < DELTA_WIDTH:
        raise ValueError(f"a slope needs {DELTA_WIDTH} frames")
    inner = features.unfold(-1, DELTA_WIDTH, 1) @ _savitzky_golay(order)
    half = DELTA_WIDTH // 2
    shape = (*inner.shape[:-1], half)
    return torch.cat([inner[..., :1].expand(shape), inner, inner[..., -1:].expand(shape)], dim=-1)


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
def chroma_filters(config: MelConfig) -> Tensor:
    """Return how much each bin counts for each pitch class (Ellis, 2007), (12, n_bins)."""
    bins_hz = np.arange(1, config.n_fft) * config.sample_rate / config.n_fft
    semitones = N_CHROMA * np.log2(bins_hz / A0_HZ)
    semitones = np.concatenate([[semitones[0] - 1.5 * N_CHROMA], semitones])
    width = np.append(np.maximum(np.diff(semitones), 1.0), 1.0)
    half = N_CHROMA // 2
    distance = semitones[None] - np.arange(N_CHROMA)[:, None]
    distance = np.remainder(distance + half, N_CHROMA) - half
    bumps = np.exp(-0.5 * np.square(2.0 * distance / width))
    bumps /= np.linalg.norm(bumps, axis=0)
    octaves = semitones / N_CHROMA - CHROMA_CENTRE_OCTAVE
    bumps *= np.exp(-0.5 * np.square(octaves / CHROMA_WIDTH_OCTAVES))
    from_c = np.roll(bumps, -SEMITONES_A_TO_C, axis=0)[:, : config.n_fft // 2 + 1]
    return torch.from_numpy(np.ascontiguousarray(from_c, np.float32))


@lru_cache(maxsize=8)
def _cosines(n_mfcc: int, n_mels: int) -> Tensor:
    """Rows of the orthonormal discrete cosine transform (type 2), (n_mfcc, n_mels)."""
    angles = np.pi / n_mels * np.outer(np.arange(n_mfcc), np.arange(n_mels) + 0.5)
    rows = np.sqrt(2.0 / n_mels) * np.cos(angles)
    rows[0] /= np.sqrt(2.0)
    return torch.from_numpy(rows.astype(np.float32))


@lru_cache(maxsize=2)
def _savitzky_golay(order: int) -> Tensor:
    """What nine frames count for the derivative of the polynomial fitted to them, (9,).

    The order-th derivative of a polynomial of that order is the same at each frame.
    """
    places = np.arange(DELTA_WIDTH) - DELTA_WIDTH // 2
    fitted = np.linalg.pinv(places[:, None].astype(np.float64) ** np.arange(order + 1))
    return torch.from_numpy((math.factorial(order) * fitted[order]).astype(np.float32))


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
