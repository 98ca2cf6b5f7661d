import os
from pathlib import Path

import numpy as np
import pytest

from inference.audio import SAMPLE_RATE, Waveform, decode
from inference.speech_activity import SpeechActivity

RECORDINGS = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio"


@pytest.fixture(scope="module")
def activity() -> SpeechActivity:
    return SpeechActivity()


def waveform(samples: np.ndarray) -> Waveform:
    return Waveform(samples.astype(np.float32), SAMPLE_RATE)


def test_noise_and_tones_are_no_speech(activity: SpeechActivity) -> None:
    seconds = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    noise = np.random.default_rng(0).normal(0, 0.1, len(seconds))
    chord = np.sum([np.sin(2 * np.pi * pitch * seconds) for pitch in (262, 330, 392)], 0) / 6
    assert not activity.has_speech(waveform(noise))
    assert not activity.has_speech(waveform(chord))
    assert activity.spans(waveform(noise)) == activity.spans(waveform(chord)) == []


def test_less_than_a_frame_is_no_speech(activity: SpeechActivity) -> None:
    assert not activity.has_speech(waveform(np.zeros(100)))


def test_another_rate_is_refused(activity: SpeechActivity) -> None:
    with pytest.raises(ValueError, match="16000 Hz"):
        activity.has_speech(Waveform(np.zeros(8000, np.float32), 8000))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "least", "most"),
    [
        ("ravdess", 0.95, 1.0),
        ("emodb2s", 0.95, 1.0),
        ("esc10", 0.0, 0.05),
        ("noisekun", 0.0, 0.05),
    ],
)
def test_real_recordings(activity: SpeechActivity, folder: str, least: float, most: float) -> None:
    clips = sorted((RECORDINGS / folder / "clips").glob("*"))[::10]
    if not clips:
        pytest.skip(f"no recordings in {RECORDINGS / folder}")
    heard = [activity.has_speech(decode(clip.read_bytes())) for clip in clips]
    assert least <= sum(heard) / len(heard) <= most


@pytest.mark.slow
def test_real_speech_is_found_between_silences(activity: SpeechActivity) -> None:
    clips = sorted((RECORDINGS / "ravdess" / "clips").glob("*"))[:10]
    if not clips:
        pytest.skip(f"no recordings in {RECORDINGS / 'ravdess'}")
    for clip in clips:
        spoken = decode(clip.read_bytes()).samples
        silence = np.zeros(2 * SAMPLE_RATE)
        spans = activity.spans(waveform(np.concatenate([silence, spoken, silence])))
        assert spans[0][0] > 1.5 and spans[-1][1] < 2.5 + len(spoken) / SAMPLE_RATE
        assert all(onset_s < offset_s for onset_s, offset_s in spans)
