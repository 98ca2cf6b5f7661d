"""A running Todak and browser windows in which somebody speaks."""

import os
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inference.audio import SAMPLE_RATE, decode
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.reliability.voices import SPOKEN_SEEDS, voice_note
from tests.whole_product.running import PATIENCE_MS, RunningTodak, Visit, Visitor, expect

RECORDINGS = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio/ravdess/clips"
ANGRY_CLIPS = "03-01-05-02-*-19.ogg"
MADE_S = 6.0


@pytest.fixture
def angry_clips() -> list[Path]:
    """Recordings of an angry voice; none where the data is not here."""
    return sorted(RECORDINGS.glob(ANGRY_CLIPS))


@pytest.fixture
def microphone(angry_clips: list[Path], tmp_path: Path) -> Path:
    """A WAV file that Chromium hears instead of a microphone, over and over.

    An angry voice, or one made by arithmetic of which nobody knows what it feels.
    """
    notes = [clip.read_bytes() for clip in angry_clips] or [voice_note(SPOKEN_SEEDS[0], MADE_S)]
    samples = np.concatenate([decode(note).samples for note in notes])
    path = tmp_path / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples.clip(-1, 1) * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture
def todak(microphone: Path, tmp_path: Path) -> Iterator[RunningTodak]:
    running = RunningTodak(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def visit(microphone: Path) -> Iterator[Visit]:
    """Open an address in a window of its own; at the end no script may have raised."""
    driver = pytest.importorskip("playwright.sync_api")
    faults: list[str] = []
    with driver.sync_playwright() as running:
        arguments = [*ARGUMENTS, f"--use-file-for-fake-audio-capture={microphone}"]
        chromium = running.chromium.launch(executable_path=str(CHROMIUM), args=arguments)

        def open_window(
            address: str, viewport: dict[str, int], locale: str, scheme: str
        ) -> Visitor:
            context = chromium.new_context(
                viewport=viewport, locale=locale, color_scheme=scheme, reduced_motion="reduce"
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto(address)
            return Visitor(page)

        expect.set_options(timeout=PATIENCE_MS)
        yield open_window
        chromium.close()
    assert faults == []
