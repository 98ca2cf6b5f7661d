"""Made sounds: every kind has one, they differ, and they are where they are said to be."""

import numpy as np
import pytest

from inference.analysis import SoundKind
from inference.audio import SAMPLE_RATE
from models.train.emergency_signals import beeps, harmonics, impact, shaped_noise
from models.train.emergency_sounds import SOUNDS_OF, made_sound, scream, smoke_alarm


def spectrum(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    power = np.abs(np.fft.rfft(samples)) ** 2
    return np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), power


@pytest.mark.parametrize("kind", SoundKind)
def test_every_kind_sounds(kind: SoundKind) -> None:
    rng = np.random.default_rng(1)

    for n in (SAMPLE_RATE, 2 * SAMPLE_RATE + 137):
        sounds = [made_sound(kind, n, rng) for _ in range(2 * len(SOUNDS_OF[kind]))]
        for sound in sounds:
            assert sound.shape == (n,)
            assert sound.dtype == np.float32
            assert np.isfinite(sound).all()
            assert np.sqrt(np.mean(sound**2)) == pytest.approx(1.0, abs=1e-2)
        assert not np.array_equal(sounds[0], sounds[1])


def test_the_same_seed_makes_the_same_sound() -> None:
    one, other = (made_sound(SoundKind.FALL, 9000, np.random.default_rng(5)) for _ in range(2))

    assert np.array_equal(one, other)


def test_a_smoke_alarm_is_about_three_kilohertz() -> None:
    hz, power = spectrum(smoke_alarm(4 * SAMPLE_RATE, np.random.default_rng(0)))

    assert 2900 <= hz[np.argmax(power)] <= 3500


def test_a_scream_is_high() -> None:
    hz, power = spectrum(scream(3 * SAMPLE_RATE, np.random.default_rng(0)))

    assert power[hz < 300].sum() < 0.05 * power.sum()


def test_three_beeps_and_a_pause() -> None:
    sound = beeps(4 * SAMPLE_RATE, 3000.0, 0.5, 0.5, 3, 1.0)

    halves = np.abs(sound).reshape(8, -1).max(axis=1)
    assert (halves > 0.5).tolist() == [True, False, True, False, True, False, False, False]


def test_noise_stays_in_its_band() -> None:
    hz, power = spectrum(shaped_noise(SAMPLE_RATE, 1000, 3000, 0.0, np.random.default_rng(0)))

    inside = (hz > 700) & (hz < 4000)
    assert power[inside].sum() > 0.95 * power.sum()


def test_a_tone_has_its_pitch() -> None:
    tone = harmonics(np.full(SAMPLE_RATE, 440.0), 12.0, np.random.default_rng(0))

    hz, power = spectrum(tone)
    assert hz[np.argmax(power)] == pytest.approx(440.0, abs=2.0)


def test_an_impact_dies_away() -> None:
    blow = impact(0.05, 200, 2000, 0.5, np.random.default_rng(0))

    half = len(blow) // 2
    assert np.sum(blow[half:] ** 2) < 0.01 * np.sum(blow**2)
