"""Sound as levels of frequency bands over time: fine in time for textures, in pitch for voices."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference.features import MelConfig, mel_filters, power_spectrogram

SAMPLE_RATE: Final = 16_000  # Hz
RANGE_DB: Final = 60.0  # what lies farther below the mean of a recording is not heard beside it

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bands:
    """How finely sound is seen: `n_fft` and `hop_length` in samples at 16 kHz.

    With `mel` the bands are mel filters, otherwise equally wide ones side by side.
    """

    n_fft: int
    hop_length: int
    n_bands: int
    mel: bool

    @property
    def frames_per_s(self) -> float:
        """How many frames a second has."""
        return SAMPLE_RATE / self.hop_length

    @property
    def n_bins(self) -> int:
        """How many frequencies the Fourier transform of a frame has."""
        return self.n_fft // 2 + 1


# A drop of rain lasts some milliseconds: a frame every 4 ms keeps drops apart, every 16 ms makes
# them a hiss. A bird's whistle is narrower than a mel band: it needs the finer frequencies.
TEXTURE: Final = Bands(n_fft=256, hop_length=64, n_bands=40, mel=True)
TONAL: Final = Bands(n_fft=512, hop_length=128, n_bands=128, mel=False)


def levels_of(samples: Array, bands: Bands) -> Array:
    """Return band levels in dB relative to the mean power, at least -60, (n_frames, n_bands).

    Args:
        samples: 16 kHz mono, shape (n_samples,), not all zero.
        bands: how finely to look.
    """
    config = MelConfig(SAMPLE_RATE, bands.n_fft, bands.hop_length, bands.n_bands)
    power = power_spectrogram(torch.from_numpy(samples)[None], config)[0].numpy().T
    in_bands = power @ _filters(bands).T
    relative = in_bands / in_bands.mean()
    return np.asarray(
        10.0 * np.log10(np.maximum(relative, 10.0 ** (-RANGE_DB / 10.0))), np.float32
    )


def amplitudes_of(levels_db: Array, bands: Bands) -> Array:
    """Return the magnitude of every frequency, (n_frames, n_bins), for (n_frames, n_bands)."""
    power = np.exp(np.float32(np.log(10.0) / 10.0) * levels_db) @ _inverse(bands)
    return np.asarray(np.sqrt(np.maximum(power, 1e-10, out=power), out=power))


def frequencies_hz(bands: Bands) -> Array:
    """Return the frequency of every bin, (n_bins,)."""
    return np.fft.rfftfreq(bands.n_fft, 1.0 / SAMPLE_RATE).astype(np.float32)


@lru_cache(maxsize=4)
def _filters(bands: Bands) -> Array:
    """Which bins a band gathers, (n_bands, n_bins)."""
    if bands.mel:
        config = MelConfig(SAMPLE_RATE, bands.n_fft, bands.hop_length, bands.n_bands)
        return np.asarray(mel_filters(config).numpy())
    width = (bands.n_bins - 1) // bands.n_bands
    filters = np.zeros((bands.n_bands, bands.n_bins), np.float32)
    for band in range(bands.n_bands):
        filters[band, 1 + band * width : 1 + (band + 1) * width] = 1.0 / width
    return filters


@lru_cache(maxsize=4)
def _inverse(bands: Bands) -> Array:
    """How the power of bands is spread over bins, (n_bands, n_bins)."""
    return np.ascontiguousarray(np.linalg.pinv(_filters(bands)).T, np.float32)
