"""Seven words of timbre: each grows with what it stands for, and none with the level."""

from dataclasses import astuple, fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.timbre import Timbre, bark, timbre

RATE = 16_000
Samples = NDArray[np.floating]


def noise(low_hz: float = 30.0, high_hz: float = 7000.0, slope_db: float = 0.0) -> Samples:
    """Two seconds of noise between two frequencies, falling by so many dB an octave."""
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal(2 * RATE))
    hertz = np.fft.rfftfreq(2 * RATE, 1 / RATE)
    gain = ((hertz >= low_hz) & (hertz <= high_hz)) * np.maximum(hertz, 1.0) ** (-slope_db / 6.02)
    return np.asarray(np.fft.irfft(spectrum * gain))


def tones(*hertz: float) -> Samples:
    t = np.arange(2 * RATE) / RATE
    return np.asarray(np.sum([np.sin(2 * np.pi * f * t) for f in hertz], axis=0))


def knocks(rise_s: float) -> Samples:
    """Eight bursts of noise that rise in a straight line and die away."""
    t = np.arange(RATE // 4) / RATE
    envelope = np.minimum(t / rise_s, 1.0) * np.exp(-np.maximum(t - rise_s, 0.0) / 0.03)
    grain = np.random.default_rng(2).standard_normal(2 * RATE)
    return np.asarray(np.tile(envelope, 8) * grain)


def of(word: str, sounds: list[Samples]) -> list[float]:
    return [float(getattr(timbre(sound, RATE), word)) for sound in sounds]


def rising(values: list[float]) -> bool:
    return all(one < other for one, other in pairwise(values))


@pytest.mark.parametrize("word", ["brightness", "sharpness"])
def test_more_treble_is_brighter_and_sharper(word: str) -> None:
    assert rising(of(word, [noise(high_hz=high) for high in (500, 1000, 2000, 4000, 7000)]))
    assert rising(of(word, [noise(slope_db=slope) for slope in (9.0, 6.0, 3.0, 0.0, -3.0)]))


@pytest.mark.parametrize("word", ["depth", "boominess", "warmth"])
def test_more_bass_is_deeper_boomier_and_warmer(word: str) -> None:
    assert rising(of(word, [noise(slope_db=slope) for slope in (-3.0, 0.0, 3.0, 6.0)]))


def test_a_narrow_noise_at_one_kilohertz_has_one_acum() -> None:
    assert of("sharpness", [noise(920.0, 1080.0)]) == pytest.approx([1.0], abs=0.12)
    assert float(bark(1000.0)) == pytest.approx(8.5, abs=0.1)


def test_partials_are_rough_where_they_beat_quickly_and_not_where_they_are_far_apart() -> None:
    alone, near, far = of("roughness", [tones(1000), tones(1000, 1060), tones(1000, 1600)])
    assert alone < far < near
    assert rising(of("roughness", [tones(1000, 1200), tones(1000, 1120), tones(1000, 1060)]))


def test_a_quicker_attack_is_harder() -> None:
    assert rising(of("hardness", [knocks(rise) for rise in (0.15, 0.08, 0.04, 0.01, 0.001)]))


@settings(max_examples=20, deadline=None)
@given(gain_db=st.floats(-60.0, 40.0))
def test_the_level_says_nothing_of_timbre(gain_db: float) -> None:
    sound = knocks(0.02)
    louder = timbre(sound * 10.0 ** (gain_db / 20.0), RATE)
    assert astuple(louder) == pytest.approx(astuple(timbre(sound, RATE)), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("sound", [np.zeros(RATE), np.ones(10), np.zeros(0)])
def test_what_is_silent_or_too_short_has_none(sound: Samples) -> None:
    with pytest.raises(ValueError, match="not enough sound"):
        timbre(sound, RATE)


def test_every_word_is_a_finite_number() -> None:
    found = timbre(noise(), RATE)
    assert {field.name for field in fields(Timbre)} >= {"hardness", "warmth"}
    assert np.isfinite(astuple(found)).all()
