"""What a sound is like in seven words of timbre, each a number with a published definition.

The words are those that people search sounds by (Pearce, Brookes and Mason, 2017); their package
is no longer kept. Here each is measured by a definition that stands by itself, instead of a
regression on listeners that cannot be repeated: what is compared is this sound with another one.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

SHORTEST_S: Final = 0.25
SILENT: Final = 1e-6  # root mean square
N_FFT: Final = 2048
LOUDNESS_EXPONENT: Final = 0.23  # of power: Zwicker's specific loudness far above threshold
BARK_STEP: Final = 0.5
LOW_HZ: Final = 20.0
DEEP_HZ: Final = 200.0
BRIGHT_FROM_HZ: Final = 100.0
BOOMING_HZ: Final = 280.0
BASS_HZ: Final = (88.0, 354.0)  # the octaves around 125 and 250 Hz
MIDDLE_HZ: Final = (354.0, 1414.0)  # those around 500 and 1000 Hz
RISE_S: Final = 0.005
FLOOR_DB: Final = -60.0  # below the loudest moment nothing rises
HARDEST: Final = 99.0  # percentile: one click in a minute is not the sound
PARTIALS: Final = 20
PARTIALS_WITHIN_DB: Final = 40.0


@dataclass(frozen=True, slots=True)
class Timbre:
    """Seven words about a sound; none depends on its level.

    Attributes:
        hardness: steepness of the steepest attacks, dB a millisecond.
        depth: power from 20 to 200 Hz against all, dB.
        brightness: centre of gravity of the power above 100 Hz, Hz (Schubert and Wolfe, 2006).
        roughness: beating of partials, without a unit (Vassilakis, 2001).
        warmth: bass ratio, the octaves at 125 and 250 Hz against those at 500 and 1000 Hz, dB
            (Beranek, 1962).
        sharpness: acum; a narrow noise at 1 kHz has 1 (DIN 45692, von Bismarck, 1974).
        boominess: share of the loudness below 280 Hz (the bands of Hatano and Hashimoto, 2000).
    """

    hardness: float
    depth: float
    brightness: float
    roughness: float
    warmth: float
    sharpness: float
    boominess: float


def timbre(samples: NDArray[np.floating], sample_rate: int) -> Timbre:
    """Measure a sound, mono, (n_samples,).

    Raises:
        ValueError: it is silent or shorter than a quarter of a second.
    """
    sound = np.asarray(samples, np.float64)
    level = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
    if len(sound) < SHORTEST_S * sample_rate or level < SILENT:
        raise ValueError("there is not enough sound to say what it is like")
    sound = sound / level
    frames = _frames(sound)
    hertz = np.fft.rfftfreq(N_FFT, 1.0 / sample_rate)
    power = np.square(frames).mean(axis=0)
    barks, loudness = specific_loudness(power, hertz)
    return Timbre(
        hardness=_steepest_rise(sound, sample_rate),
        depth=_decibels(_between(power, hertz, LOW_HZ, DEEP_HZ), power.sum()),
        brightness=_centroid(power, hertz),
        roughness=float(np.mean([_roughness(frame, hertz) for frame in frames])),
        warmth=_decibels(_between(power, hertz, *BASS_HZ), _between(power, hertz, *MIDDLE_HZ)),
        sharpness=_sharpness(barks, loudness),
        boominess=float(loudness[barks < bark(BOOMING_HZ)].sum() / loudness.sum()),
    )


def bark(hertz: float | Floats) -> Floats:
    """Critical-band rate (Zwicker and Terhardt, 1980)."""
    khz = np.asarray(hertz) / 1000.0
    return np.asarray(13.0 * np.arctan(0.76 * khz) + 3.5 * np.arctan(np.square(khz / 7.5)))


def specific_loudness(power: Floats, hertz: Floats) -> tuple[Floats, Floats]:
    """Middles of half-Bark bands and the loudness in each, up to a factor; (n_bands,) both."""
    rates = bark(hertz)
    edges = np.arange(0.0, rates[-1] + BARK_STEP, BARK_STEP)
    summed, _ = np.histogram(rates, edges, weights=power)
    return (edges[:-1] + edges[1:]) / 2.0, summed**LOUDNESS_EXPONENT


def _frames(sound: Floats) -> Floats:
    """Magnitudes of half-overlapping windows, (n_frames, N_FFT / 2 + 1)."""
    padded = np.pad(sound, (0, max(0, N_FFT - len(sound))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[:: N_FFT // 2]
    return np.asarray(np.abs(np.fft.rfft(windows * np.hanning(N_FFT), axis=1)))


def _between(power: Floats, hertz: Floats, low_hz: float, high_hz: float) -> float:
    return float(power[(hertz >= low_hz) & (hertz < high_hz)].sum())


def _decibels(part: float, whole: float) -> float:
    return float(10.0 * np.log10((part + 1e-12) / (whole + 1e-12)))


def _centroid(power: Floats, hertz: Floats) -> float:
    heard = power * (hertz >= BRIGHT_FROM_HZ)
    return float((heard * hertz).sum() / (heard.sum() + 1e-12))


def _sharpness(barks: Floats, loudness: Floats) -> float:
    high = 0.15 * np.exp(0.42 * (barks - 15.8)) + 0.85
    weight = np.where(barks > 15.8, high, 1.0)
    return float(0.11 * (loudness * weight * barks).sum() / loudness.sum())


def _steepest_rise(sound: Floats, sample_rate: int) -> float:
    step = round(RISE_S * sample_rate)
    blocks = np.square(sound[: len(sound) // step * step]).reshape(-1, step).mean(axis=1)
    levels_db = 10.0 * np.log10(blocks / blocks.max() + 1e-12).clip(FLOOR_DB / 10.0)
    rises = np.diff(levels_db).clip(min=0.0) / (1000.0 * RISE_S)
    return float(np.percentile(rises, HARDEST))


def _roughness(magnitudes: Floats, hertz: Floats) -> float:
    """Of all pairs of the strongest partials of one frame."""
    middle = magnitudes[1:-1]
    peaks = 1 + np.flatnonzero((middle > magnitudes[:-2]) & (middle >= magnitudes[2:]))
    loudest = magnitudes[peaks].max(initial=0.0)
    peaks = peaks[magnitudes[peaks] > loudest * 10.0 ** (-PARTIALS_WITHIN_DB / 20.0)]
    peaks = np.sort(peaks[np.argsort(-magnitudes[peaks])[:PARTIALS]])
    if len(peaks) < 2:
        return 0.0
    one, other = np.triu_indices(len(peaks), 1)
    strength = magnitudes[peaks] / loudest
    weaker = np.minimum(strength[one], strength[other])
    both = strength[one] + strength[other]
    low_hz, apart_hz = hertz[peaks][one], hertz[peaks][other] - hertz[peaks][one]
    scaled = 0.24 * apart_hz / (0.0207 * low_hz + 18.96)
    beating = np.exp(-3.5 * scaled) - np.exp(-5.75 * scaled)
    depth = (2.0 * weaker / both) ** 3.11
    return float(((strength[one] * strength[other]) ** 0.1 * 0.5 * depth * beating).sum())
