"""Reading labelled clips, and damaging sound as rooms, noise and codecs do."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from inference.audio import SAMPLE_RATE
from models.train.recordings import (
    Samples,
    damaged,
    read_clips,
    resampled,
    stretched,
    with_noise,
    with_opus,
    with_room,
)

LABELS = """file,label,emotion,speaker,fold
clips/a.ogg,neutral,neutral,s1,2
clips/b.ogg,scream_help,fearful,s1,
clips/c.ogg,speech_yes,happy,,
clips/d.ogg,speech_no,,s2,
clips/e.ogg,speech_go,angry,s2,
"""


@pytest.fixture
def tone() -> Samples:
    time_s = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    return (0.3 * np.sin(2 * np.pi * 500.0 * time_s)).astype(np.float32)


def strongest_hz(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / len(samples)


def test_only_voices_with_a_known_speaker_and_emotion_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "audio" / "street"
    folder.mkdir(parents=True)
    (folder / "labels.csv").write_text(LABELS, encoding="utf-8")

    clips = read_clips(tmp_path, "street")

    assert [clip.path.name for clip in clips] == ["a.ogg", "e.ogg"]
    assert [clip.fold for clip in clips] == [2, 0]
    assert clips[1].speaker == "s2"


@pytest.mark.parametrize("factor", [0.88, 1.0, 1.14])
def test_faster_is_higher_and_shorter(tone: Samples, factor: float) -> None:
    changed = resampled(tone, factor)

    real_factor = len(tone) / len(changed)
    assert real_factor == pytest.approx(factor, rel=0.1)
    heard = changed[: int(len(tone) / 1.2)]
    assert strongest_hz(heard) == pytest.approx(500.0 * factor, rel=0.05)
    assert np.max(np.abs(heard[1000:-1000])) == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("factor", [0.88, 1.0, 1.14])
def test_faster_speech_keeps_its_pitch(tone: Samples, factor: float) -> None:
    changed = stretched(tone, factor)

    assert len(tone) / len(changed) == pytest.approx(factor, rel=0.03)
    assert strongest_hz(changed) == pytest.approx(500.0, rel=0.01)
    assert np.max(np.abs(changed[1000:-1000])) == pytest.approx(0.3, abs=0.05)


def test_a_room_lets_sound_linger(tone: Samples) -> None:
    click = np.zeros(SAMPLE_RATE, np.float32)
    click[100] = 1.0

    wet = with_room(click, np.random.default_rng(0))

    assert len(wet) == len(click)
    assert wet[100] == pytest.approx(1.0, abs=1e-3)
    assert np.max(np.abs(wet[101:2000])) > 0.001
    assert np.max(np.abs(wet[:100])) < 1e-6


def test_noise_is_5_to_35_decibels_below(tone: Samples) -> None:
    for seed in range(10):
        noise = with_noise(tone, np.random.default_rng(seed)) - tone
        ratio_db = 10 * np.log10(np.mean(np.square(tone)) / np.mean(np.square(noise)))
        assert 4.9 < ratio_db < 35.1


def test_opus_keeps_the_sound_and_its_length(tone: Samples) -> None:
    coded = with_opus(tone, 16_000)

    assert len(coded) == pytest.approx(len(tone), rel=0.05)
    assert strongest_hz(coded) == pytest.approx(500.0, abs=5.0)


def test_damage_is_endless_varied_and_repeatable(tone: Samples) -> None:
    first = list(islice(damaged(tone, np.random.default_rng(7)), 6))
    again = list(islice(damaged(tone, np.random.default_rng(7)), 6))

    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert len({len(variant) for variant in first}) > 1
    for variant in first:
        assert np.all(np.isfinite(variant))
        assert 0.01 < np.max(np.abs(variant)) <= 1.2
