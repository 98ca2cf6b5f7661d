"""Sounds made by arithmetic, in the files people send."""

import io
import struct

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray


def wav(seconds: float = 1.0, rate: int = 16_000, level: int = 8_000, channels: int = 1) -> bytes:
    """A WAV file of a low buzz with pauses; silent at level 0."""
    n_samples = int(seconds * rate)
    i = np.arange(n_samples)
    loud = ((i // 40) % 2 == 1) & ((i // (rate // 5)) % 2 == 1)
    samples = np.where(loud, level, -level // 8).astype("<i2")
    return _wav(samples, rate, channels)


def _wav(samples: NDArray[np.int16], rate: int, channels: int = 1) -> bytes:
    body = np.repeat(samples, channels).tobytes()
    content = io.BytesIO()
    content.write(b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt ")
    frame = 2 * channels
    content.write(struct.pack("<IHHIIHH", 16, 1, channels, rate, frame * rate, frame, 16))
    content.write(b"data" + struct.pack("<I", len(body)) + body)
    return content.getvalue()


def encoded(container: str, codec: str, rate: int = 48_000, seconds: float = 1.0) -> bytes:
    """The same buzz as a browser ("webm", "libopus") or a phone ("mp4", "aac") records it."""
    return _encoded(wav(seconds, rate), container, codec, rate)


def music() -> bytes:
    """Eight seconds of a melody over four chords, with a bass drum and a hi-hat; in Ogg Opus."""
    rate, beat_s = 48_000, 0.5
    beat = np.arange(int(rate * beat_s)) / rate
    noise = np.random.default_rng(5).standard_normal(len(beat))
    chords = ((0, 4, 7), (-3, 0, 4), (-7, -3, 0), (-5, -1, 2))
    melody = (12, 16, 19, 16, 12, 9, 12, 16, 17, 12, 9, 12, 14, 11, 14, 19)
    beats = []
    for i, note in enumerate(melody):
        sound = 0.3 * _tone(note, beat) * np.exp(-3 * beat)
        sound += 0.1 * sum(_tone(each, beat) for each in chords[i // 4])
        sound += 0.5 * np.sin(2 * np.pi * 60 * beat) * np.exp(-20 * beat) * (i % 2 == 0)
        sound += 0.1 * noise * np.exp(-60 * beat)
        beats.append(sound)
    samples = (np.concatenate(beats) * 20_000).astype("<i2")
    return _encoded(_wav(samples, rate), "ogg", "libopus", rate)


def _tone(semitones: int, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """A note so many half tones above middle C, with three overtones."""
    frequency_hz = 261.6 * 2 ** (semitones / 12)
    tone: NDArray[np.float64] = sum(
        (np.sin(2 * np.pi * frequency_hz * n * t) / n**2 for n in range(1, 5)), np.zeros_like(t)
    )
    return tone


def _encoded(sound: bytes, container: str, codec: str, rate: int) -> bytes:
    content = io.BytesIO()
    with (
        av.open(io.BytesIO(sound), "r") as source,
        av.open(content, "w", format=container) as target,
    ):
        stream = target.add_stream(codec, rate=rate)
        assert isinstance(stream, AudioStream)
        for frame in source.decode(audio=0):
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return content.getvalue()
