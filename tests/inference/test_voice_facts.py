"""Voice facts, against tones and pauses of known pitch and length, and against real voices."""

import os
from pathlib import Path

import numpy as np
import pytest

from inference.analysis import VoiceFacts
from inference.audio import SAMPLE_RATE, Waveform, decode
from inference.features import MelConfig
from inference.voice import hear
from inference.voice_facts import voice_facts

DATA = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio"


def facts(samples: np.ndarray) -> VoiceFacts:
    waveform = Waveform(np.asarray(samples, np.float32), SAMPLE_RATE)
    return voice_facts(waveform, hear(waveform, MelConfig()))


def tone(hz: float | np.ndarray, duration_s: float, level: float = 0.1) -> np.ndarray:
    n_samples = round(duration_s * SAMPLE_RATE)
    phase = 2.0 * np.pi * np.cumsum(np.broadcast_to(hz, n_samples)) / SAMPLE_RATE
    return np.asarray(level * sum(np.sin(k * phase) / k for k in range(1, 8)))


def pause(duration_s: float) -> np.ndarray:
    return 1e-4 * np.random.default_rng(0).standard_normal(round(duration_s * SAMPLE_RATE))


def test_pauses_are_measured() -> None:
    spoken = np.concatenate(
        [tone(150.0, 1.0), pause(0.5), tone(150.0, 1.0), pause(1.2), tone(150.0, 1.0)]
    )

    found = facts(spoken)

    assert found.duration_s == pytest.approx(4.7)
    assert found.longest_pause_s == pytest.approx(1.2, abs=0.08)
    assert found.pause_share == pytest.approx(1.7 / 4.7, abs=0.04)
    assert found.voiced_share == pytest.approx(3.0 / 4.7, abs=0.05)
    assert found.pitch_median_hz == pytest.approx(150.0, rel=0.01)


def test_pauses_are_found_under_noise() -> None:
    spoken = np.concatenate([tone(150.0, 1.0), np.zeros(SAMPLE_RATE), tone(150.0, 1.0)])
    noisy = spoken + 0.01 * np.random.default_rng(1).standard_normal(len(spoken))

    assert facts(noisy).longest_pause_s == pytest.approx(1.0, abs=0.08)


def test_the_gap_of_a_consonant_is_no_pause() -> None:
    spoken = np.concatenate([tone(150.0, 0.5), pause(0.1), tone(150.0, 0.5)])

    assert facts(spoken).pause_share == 0.0


def test_pitch_range_spans_most_of_a_glide() -> None:
    octave = facts(tone(np.geomspace(120.0, 240.0, 2 * SAMPLE_RATE), 2.0))
    steady = facts(tone(180.0, 2.0))

    assert octave.pitch_range_semitones == pytest.approx(0.9 * 12.0, abs=0.7)
    assert octave.pitch_median_hz == pytest.approx(170.0, rel=0.03)
    assert steady.pitch_range_semitones == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("rate_per_s", [2.0, 4.0])
def test_the_rate_counts_peaks_of_loudness(rate_per_s: float) -> None:
    time_s = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    syllables = 0.05 + np.square(np.sin(np.pi * rate_per_s * time_s))

    found = facts(tone(150.0, 4.0) * syllables)

    assert found.speech_rate_per_s == pytest.approx(rate_per_s, rel=0.15)


def test_twenty_decibels_softer_is_twenty_decibels_less() -> None:
    loud, soft = facts(tone(150.0, 1.0, 0.3)), facts(tone(150.0, 1.0, 0.03))

    assert loud.level_dbfs - soft.level_dbfs == pytest.approx(20.0, abs=0.1)
    assert soft.pitch_median_hz == pytest.approx(150.0, rel=0.01)


@pytest.mark.parametrize("n_samples", [800, 16_000])
def test_silence_has_no_pitch(n_samples: int) -> None:
    found = facts(np.zeros(n_samples))

    assert found.pitch_median_hz is None and found.pitch_range_semitones is None
    assert found.voiced_share == found.speech_rate_per_s == found.pause_share == 0.0


@pytest.mark.skipif(not (DATA / "ravdess").exists(), reason="needs recordings in $TODAK_DATA")
def test_real_voices_are_where_such_voices_are() -> None:
    clips = DATA / "ravdess" / "clips"
    man = decode((clips / "03-01-01-01-01-01-05.ogg").read_bytes())
    woman = decode((clips / "03-01-01-01-01-01-04.ogg").read_bytes())
    low, high = (voice_facts(voice, hear(voice, MelConfig())) for voice in (man, woman))

    assert low.pitch_median_hz is not None and 70.0 < low.pitch_median_hz < 140.0
    assert high.pitch_median_hz is not None and 160.0 < high.pitch_median_hz < 300.0
    for found in (low, high):  # "Kids are talking by the door": seven syllables
        assert 2.0 < found.speech_rate_per_s < 6.0
        assert found.pause_share < 0.3
        assert found.pitch_range_semitones is not None
        assert 1.0 < found.pitch_range_semitones < 20.0
