import numpy as np
import pyloudnorm  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.loudness import Limiter, block_powers, integrated_lufs

RATE = 48_000


@pytest.mark.parametrize("swell", [0.0, 0.9, 1.0])
def test_loudness_is_that_of_the_standard(swell: float) -> None:
    rng = np.random.default_rng(0)
    seconds = np.arange(RATE * 25) / RATE
    samples = rng.standard_normal(len(seconds)) * 0.05
    samples *= 1.0 + swell * np.sin(2 * np.pi * 0.1 * seconds)
    expected = pyloudnorm.Meter(RATE).integrated_loudness(samples)
    found = integrated_lufs(block_powers(samples.astype(np.float32), RATE))
    assert found == pytest.approx(expected, abs=0.1)


def test_silence_is_at_the_gate() -> None:
    assert integrated_lufs(block_powers(np.zeros(RATE, np.float32), RATE)) == -70.0
    assert integrated_lufs(np.zeros(0, np.float32)) == -70.0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 20_000), max_size=4), st.integers(0, 2**32 - 1))
def test_no_peak_passes_the_limit_however_the_sound_is_cut(cuts: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = (rng.standard_normal(20_000) * 0.1).astype(np.float32)
    samples[rng.integers(0, 20_000, 5)] = 3.0
    limiter = Limiter(0.5, 32_000)
    parts = [limiter.push(part) for part in np.split(samples, sorted(cuts))]
    limited = np.concatenate([*parts, limiter.finish()])
    assert limited.shape == samples.shape
    assert np.abs(limited).max() <= 0.5 + 1e-6
    assert np.all(np.abs(limited) <= np.abs(samples) + 1e-6)


def test_what_is_quiet_passes_unchanged() -> None:
    samples = np.random.default_rng(0).uniform(-0.4, 0.4, 9000).astype(np.float32)
    limiter = Limiter(0.5, 32_000)
    passed = np.concatenate(
        [limiter.push(samples[:5]), limiter.push(samples[5:]), limiter.finish()]
    )
    np.testing.assert_array_equal(passed, samples)
