"""Sounds made by arithmetic, in the files people send."""

import io
import struct

import av
import numpy as np
from av.audio.stream import AudioStream


def wav(seconds: float = 1.0, rate: int = 16_000, level: int = 8_000, channels: int = 1) -> bytes:
    """A WAV file of a low buzz with pauses; silent at level 0."""
    n_samples = int(seconds * rate)
    i = np.arange(n_samples)
    loud = ((i // 40) % 2 == 1) & ((i // (rate // 5)) % 2 == 1)
    samples = np.where(loud, level, -level // 8).astype("<i2")
    body = np.repeat(samples, channels).tobytes()
    content = io.BytesIO()
    content.write(b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt ")
    frame = 2 * channels
    content.write(struct.pack("<IHHIIHH", 16, 1, channels, rate, frame * rate, frame, 16))
    content.write(b"data" + struct.pack("<I", len(body)) + body)
    return content.getvalue()


def encoded(container: str, codec: str, rate: int = 48_000, seconds: float = 1.0) -> bytes:
    """The same buzz as a browser ("webm", "libopus") or a phone ("mp4", "aac") records it."""
    content = io.BytesIO()
    with (
        av.open(io.BytesIO(wav(seconds, rate)), "r") as source,
        av.open(content, "w", format=container) as target,
    ):
        stream = target.add_stream(codec, rate=rate)
        assert isinstance(stream, AudioStream)
        for frame in source.decode(audio=0):
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return content.getvalue()
