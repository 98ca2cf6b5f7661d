"""Recordings as bytes: nothing, music, and a voice where the data has one."""

import io
import os
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

ACTORS = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio/ravdess/clips"
RATE = 16_000


def wav(samples: NDArray[np.floating]) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 30_000).astype("<i2").tobytes())
    return content.getvalue()


def silence(seconds: float = 2.0) -> bytes:
    return wav(np.zeros(round(seconds * RATE)))


def chord(seconds: float = 3.0) -> bytes:
    """Music, in which nobody speaks."""
    at_s = np.arange(round(seconds * RATE)) / RATE
    return wav(np.sum([np.sin(2 * np.pi * pitch * at_s) for pitch in (262, 330, 392)], 0) / 6)


def voice() -> bytes:
    """An actor's sentence; the test is skipped where the data is not."""
    found = sorted(ACTORS.glob("*"))
    if not found:
        pytest.skip(f"no recordings in {ACTORS}")
    return found[0].read_bytes()
