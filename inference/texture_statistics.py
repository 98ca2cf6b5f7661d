"""What the ear keeps of a texture: statistics after McDermott and Simoncelli (Neuron, 2011).

Sound goes through 30 bands as wide as the cochlea's, each band's envelope is compressed, and only
time-averaged statistics are kept: of each envelope, of pairs of them, and of how fast they move.
Two recordings of rain differ sample by sample and agree in these.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inference.bands import SAMPLE_RATE, Array

N_BANDS = 30
LOWEST_HZ, HIGHEST_HZ = 50.0, 7600.0
ENVELOPE_RATE = 400  # Hz
COMPRESSION = 0.3
CORRELATED_AT = (1, 2, 3, 5, 8, 11)  # bands apart
N_MODULATIONS = 10
MODULATIONS_HZ = (0.5, 200.0)
WIDEST = 4  # the widest band takes less than a quarter of all frequencies
LARGEST_Z = 6.0  # one statistic, however far off, counts no more than this

Statistics = NDArray[np.float64]


def statistics_of(samples: Array) -> dict[str, Statistics]:
    """Return the statistics of some seconds of 16 kHz mono, by group.

    `level` is each band's mean (in dB of the loudest), `moments` variation, skewness and kurtosis
    of each envelope, `correlation` between bands, `modulation` the power in each modulation band.
    """
    envelopes = _envelopes(samples) + 1e-6
    mean = envelopes.mean(axis=1)
    spread = envelopes.std(axis=1) + 1e-9
    z = (envelopes - mean[:, None]) / spread[:, None]
    moments = np.stack([spread / mean, (z**3).mean(axis=1), np.log((z**4).mean(axis=1))])
    correlation = np.concatenate([(z[k:] * z[:-k]).mean(axis=1) for k in CORRELATED_AT])
    level = 20.0 / COMPRESSION * np.log10(mean / mean.max())
    return {
        "level": np.maximum(level, -60.0),
        "moments": moments.ravel(),
        "correlation": correlation,
        "modulation": _modulation(z).ravel(),
    }


@dataclass(frozen=True, slots=True)
class Scale:
    """The mean and the deviation of each statistic over real recordings of every kind."""

    mean: dict[str, Statistics]
    deviation: dict[str, Statistics]

    @classmethod
    def of(cls, many: list[dict[str, Statistics]]) -> "Scale":
        """Fit to the statistics of many pieces."""
        stacked = {name: np.stack([one[name] for one in many]) for name in many[0]}
        return cls(
            {name: values.mean(axis=0) for name, values in stacked.items()},
            {name: values.std(axis=0) + 1e-6 for name, values in stacked.items()},
        )

    def scaled(self, one: dict[str, Statistics]) -> dict[str, Statistics]:
        """Return the statistics in deviations."""
        return {
            name: np.clip(
                (one[name] - self.mean[name]) / self.deviation[name], -LARGEST_Z, LARGEST_Z
            )
            for name in one
        }

    def vector(self, one: dict[str, Statistics]) -> Statistics:
        """Return all of them in deviations, one after the other."""
        return np.concatenate(list(self.scaled(one).values()))


def distance(a: dict[str, Statistics], b: dict[str, Statistics]) -> float:
    """Return the mean over groups of the root mean square difference of scaled statistics."""
    return float(np.mean([np.sqrt(np.mean(np.square(a[name] - b[name]))) for name in a]))


def _envelopes(samples: Array) -> NDArray[np.float64]:
    """Return compressed envelopes at 400 Hz, (30, n)."""
    n = len(samples)
    spectrum = np.fft.rfft(samples)
    length = round(n * ENVELOPE_RATE / SAMPLE_RATE)
    n_wide = n // WIDEST
    found = np.empty((N_BANDS, length))
    for band, of_band in enumerate(_filters(n)):
        # Shifted down in frequency a band has the same envelope at a quarter of the rate.
        bins = np.flatnonzero(of_band)
        low = np.zeros(n_wide, np.complex128)
        low[: len(bins)] = spectrum[bins] * of_band[bins]
        magnitude = np.abs(np.fft.ifft(low)) ** COMPRESSION
        found[band] = np.fft.irfft(np.fft.rfft(magnitude)[: length // 2 + 1], length)
    return np.maximum(found * (length / n_wide), 0.0)


@lru_cache(maxsize=4)
def _filters(n: int) -> NDArray[np.float64]:
    """Return half-cosine bands on the scale of equivalent rectangular bandwidths, (30, bins)."""
    hertz = np.fft.rfftfreq(n, 1.0 / SAMPLE_RATE)
    erbs = 9.265 * np.log1p(hertz / (24.7 * 9.265))
    lowest, highest = (9.265 * np.log1p(f / (24.7 * 9.265)) for f in (LOWEST_HZ, HIGHEST_HZ))
    edges = np.linspace(lowest, highest, N_BANDS + 2)
    width = edges[1] - edges[0]
    distance_erbs = np.clip((erbs[None] - edges[1:-1, None]) / width, -1.0, 1.0)
    return np.where(np.abs(distance_erbs) < 1.0, np.cos(0.5 * np.pi * distance_erbs), 0.0)


def _modulation(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log of the share of an envelope's power in each modulation band, (30, 10)."""
    power = np.abs(np.fft.rfft(z * np.hanning(z.shape[1]))) ** 2
    hertz = np.fft.rfftfreq(z.shape[1], 1.0 / ENVELOPE_RATE)
    edges = np.geomspace(*MODULATIONS_HZ, N_MODULATIONS + 1)
    total = power.sum(axis=1)
    shares = [
        power[:, (hertz >= low) & (hertz < high)].sum(axis=1) / total
        for low, high in pairwise(edges)
    ]
    return np.log10(np.stack(shares, axis=1) + 1e-4)
