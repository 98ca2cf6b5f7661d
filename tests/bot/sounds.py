"""Sounds made by arithmetic."""

import io
import struct


def wav(seconds: float = 1.0, rate: int = 16_000, level: int = 8_000) -> bytes:
    """A WAV file of a low buzz with pauses; silent at level 0."""
    n_samples = int(seconds * rate)
    samples = [
        level if (i // 40) % 2 and (i // (rate // 5)) % 2 else -level // 8
        for i in range(n_samples)
    ]
    body = struct.pack(f"<{n_samples}h", *samples)
    content = io.BytesIO()
    content.write(b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt ")
    content.write(struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16))
    content.write(b"data" + struct.pack("<I", len(body)) + body)
    return content.getvalue()
