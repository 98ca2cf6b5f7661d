"""Building blocks of made sounds: shaped noise, impacts, tones and voices, at 16 kHz.

None of them is a recording. They stand where no recording is at hand, and a figure on them says
little about the real thing.
"""

import numpy as np
from numpy.typing import NDArray

from inference.audio import SAMPLE_RATE

Samples = NDArray[np.float32]
Rng = np.random.Generator

VOWELS_HZ = ((730, 1090, 2440), (530, 1840, 2480), (570, 840, 2410), (440, 1020, 2240))
FORMANT_WIDTH_HZ = 160.0
MOST_HARMONICS = 40
PERIOD = 8192  # points of the one period that a tone repeats


def shaped_noise(n: int, low_hz: float, high_hz: float, slope_db: float, rng: Rng) -> Samples:
    """Noise between two frequencies that falls by `slope_db` an octave; root mean square 1."""
    spectrum = np.fft.rfft(rng.standard_normal(n))
    hz = np.fft.rfftfreq(n, 1.0 / SAMPLE_RATE)
    gain = np.maximum(hz, 20.0) ** (-slope_db / 6.02)
    gain /= 1.0 + (np.maximum(low_hz, 1.0) / np.maximum(hz, 1.0)) ** 6
    gain /= 1.0 + (hz / high_hz) ** 8
    return levelled(np.fft.irfft(spectrum * gain, n))


def levelled(samples: NDArray[np.floating]) -> Samples:
    """The sound at a root mean square of 1."""
    return np.asarray(samples / (np.sqrt(np.mean(np.square(samples))) + 1e-9), np.float32)


def wandering(n: int, rate_hz: float, rng: Rng) -> Samples:
    """A curve between 0 and 1 that changes its mind `rate_hz` times a second."""
    n_points = max(2, int(n / SAMPLE_RATE * rate_hz) + 2)
    places = np.linspace(0.0, n_points - 1.0, n)
    return np.interp(places, np.arange(n_points), rng.random(n_points)).astype(np.float32)


def impact(decay_s: float, low_hz: float, high_hz: float, ringing: float, rng: Rng) -> Samples:
    """One blow: a burst of noise and modes that ring `ringing` times as loud; peak 1."""
    n = max(64, int(5.0 * decay_s * SAMPLE_RATE))
    t = np.arange(n) / SAMPLE_RATE
    sound = rng.standard_normal(n) * np.exp(-t / (0.2 * decay_s))
    for _ in range(int(rng.integers(3, 8))):
        hz = np.exp(rng.uniform(np.log(low_hz), np.log(high_hz)))
        phase = rng.uniform(0.0, 6.28)
        mode = np.sin(6.2832 * hz * t + phase) * np.exp(-t / (decay_s * rng.uniform(0.3, 1.0)))
        sound += ringing * rng.uniform(0.2, 1.0) * mode
    spectrum = np.fft.rfft(sound)
    hz_of = np.fft.rfftfreq(n, 1.0 / SAMPLE_RATE)
    spectrum /= 1.0 + (0.4 * low_hz / np.maximum(hz_of, 1.0)) ** 2
    spectrum /= 1.0 + (hz_of / (2.0 * high_hz)) ** 4
    sound = np.fft.irfft(spectrum, n)
    return np.asarray(sound / (np.max(np.abs(sound)) + 1e-9), np.float32)


def scattered(n: int, onsets: NDArray[np.integer], sounds: list[Samples], rng: Rng) -> Samples:
    """Sounds drawn from `sounds` at `onsets`, each of another loudness."""
    made = np.zeros(n, np.float32)
    for onset in onsets:
        sound = sounds[int(rng.integers(len(sounds)))][: n - int(onset)]
        made[onset : onset + len(sound)] += sound * rng.uniform(0.15, 1.0) ** 1.5
    return made


def at_random(n: int, rate_hz: float, rng: Rng) -> NDArray[np.integer]:
    """Moments of a Poisson process, in samples; at least one."""
    count = max(1, int(rng.poisson(rate_hz * n / SAMPLE_RATE)))
    return np.asarray(np.sort(rng.integers(0, n, count)))


def regular(n: int, rate_hz: float, jitter: float, rng: Rng) -> NDArray[np.integer]:
    """Moments that follow each other at about one rate, in samples."""
    period = SAMPLE_RATE / rate_hz
    places = np.arange(rng.uniform(0.0, period), n, period)
    places += rng.uniform(-jitter, jitter, len(places)) * period
    return np.asarray(np.clip(places, 0, n - 1), np.int64)


def harmonics(f0_hz: NDArray[np.floating], falling_db: float, rng: Rng) -> Samples:
    """A tone that follows `f0_hz`, each harmonic `falling_db` an octave weaker; rms 1."""
    phase = np.cumsum(f0_hz) / SAMPLE_RATE
    n_harmonics = int(min(MOST_HARMONICS, 7600.0 / float(np.max(f0_hz))))
    k = np.arange(1, max(1, n_harmonics) + 1)
    amplitudes = k ** (-falling_db / 6.02) * rng.uniform(0.5, 1.0, len(k))
    period = np.zeros(PERIOD)
    turn = np.arange(PERIOD) / PERIOD
    for amplitude, number, shift in zip(amplitudes, k, rng.random(len(k)), strict=True):
        period += amplitude * np.sin(6.2832 * (number * turn + shift))
    return levelled(period[(phase * PERIOD).astype(np.int64) % PERIOD])


def beeps(n: int, hz: float, on_s: float, off_s: float, group: int, pause_s: float) -> Samples:
    """A piezo sounder: groups of beeps with a pause after each; peak about 1."""
    cycle = np.concatenate(
        [np.r_[np.ones(int(on_s * SAMPLE_RATE)), np.zeros(int(off_s * SAMPLE_RATE))]] * group
        + [np.zeros(int(pause_s * SAMPLE_RATE))]
    )
    gate = np.resize(cycle, n)
    t = np.arange(n) / SAMPLE_RATE
    tone = np.sin(6.2832 * hz * t) + 0.3 * np.sin(2 * 6.2832 * hz * t + 1.0)
    return np.asarray(gate * tone, np.float32)


def voiced(f0_hz: NDArray[np.floating], openness: float, rng: Rng) -> Samples:
    """A vowel at a pitch that moves: harmonics through three formants; rms 1.

    `openness` from 0 (falls off steeply) to 1 (pressed, as in shouting).
    """
    source = harmonics(f0_hz, 14.0 - 10.0 * openness, rng)
    source += 0.05 * rng.standard_normal(len(source)).astype(np.float32)
    n_fft = 400 * -(-len(source) // 400)  # quick to transform
    spectrum = np.fft.rfft(source, n_fft)
    hz = np.fft.rfftfreq(n_fft, 1.0 / SAMPLE_RATE)
    size = rng.uniform(0.9, 1.25)  # children and women have shorter tracts
    gain = np.full(len(hz), 0.05 + 0.1 * openness)
    for centre in VOWELS_HZ[int(rng.integers(len(VOWELS_HZ)))]:
        gain += 1.0 / (1.0 + ((hz - centre * size) / FORMANT_WIDTH_HZ) ** 2)
    return levelled(np.fft.irfft(spectrum * gain, n_fft)[: len(source)])


def pitch(n: int, low_hz: float, high_hz: float, rate_hz: float, rng: Rng) -> NDArray[np.float64]:
    """A pitch that wanders between two frequencies, with a little jitter."""
    curve = low_hz * (high_hz / low_hz) ** wandering(n, rate_hz, rng)
    return np.asarray(curve * (1.0 + 0.01 * (wandering(n, 90.0, rng) - 0.5)), np.float64)


def swelling(n: int, attack_s: float, release_s: float) -> Samples:
    """An envelope that rises, holds and falls."""
    t = np.arange(n) / SAMPLE_RATE
    rise = np.minimum(1.0, t / max(attack_s, 1e-3))
    fall = np.minimum(1.0, (n / SAMPLE_RATE - t) / max(release_s, 1e-3))
    return np.asarray(np.clip(rise * fall, 0.0, 1.0), np.float32)
