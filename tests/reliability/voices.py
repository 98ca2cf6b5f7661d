"""Voice notes made by arithmetic, which the speech detector takes for speech."""

import io

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from numpy.typing import NDArray

RATE = 48_000
SYLLABLES_PER_S = 4.0
SPOKEN_SEEDS = (0, 2, 3, 4, 6, 8)
"""Seeds whose voices are heard as speech; some others sound like a machine."""

VOWELS_HZ = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
)
"""The first three formants of five vowels (Peterson and Barney, 1952)."""

BANDWIDTHS_HZ = (80, 90, 120)


def voice_note(seed: int, seconds: float = 2.0) -> bytes:
    """An Opus file in an Ogg container, as Telegram's clients record it."""
    samples = (_speech(seed, seconds) * 32_767).astype("<i2")
    content = io.BytesIO()
    with av.open(content, "w", format="ogg") as target:
        stream = target.add_stream("libopus", rate=RATE)
        assert isinstance(stream, AudioStream)
        frame = AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return content.getvalue()


def _speech(seed: int, seconds: float) -> NDArray[np.float64]:
    """Glottal pulses through the formants of one random vowel a syllable; peaks at 0.5."""
    random = np.random.default_rng(seed)
    seconds_in = np.arange(int(seconds * RATE)) / RATE
    melody = 0.15 * np.sin(2 * np.pi * 0.7 * seconds_in + random.uniform(0, 6))
    pitch_hz = random.uniform(100, 220) * (1 + melody)
    pulses = (np.diff(np.floor(np.cumsum(pitch_hz) / RATE), prepend=0) > 0).astype(float)
    source = pulses + random.normal(0, 0.02, len(pulses))
    n_syllable = int(RATE / SYLLABLES_PER_S)
    syllables = [
        _vowel(source[i : i + n_syllable], VOWELS_HZ[random.integers(len(VOWELS_HZ))])
        for i in range(0, len(source), n_syllable)
    ]
    whole = np.concatenate(syllables)
    return np.asarray(whole / np.abs(whole).max() * 0.5)


def _vowel(source: NDArray[np.float64], formants_hz: tuple[int, ...]) -> NDArray[np.float64]:
    frequencies_hz = np.fft.rfftfreq(len(source), 1 / RATE)
    response = np.ones(len(frequencies_hz), dtype=complex)
    for formant_hz, width_hz in zip(formants_hz, BANDWIDTHS_HZ, strict=True):
        pole = complex(-np.pi * width_hz, 2 * np.pi * formant_hz)
        laplace = 2j * np.pi * frequencies_hz
        response *= abs(pole) ** 2 / ((laplace - pole) * (laplace - pole.conjugate()))
    voiced = np.fft.irfft(np.fft.rfft(source) * response, len(source))
    return voiced * np.sqrt(np.sin(np.pi * np.arange(len(source)) / len(source)))
