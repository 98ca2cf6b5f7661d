import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.bands import TEXTURE, TONAL, Array, Bands, levels_of
from inference.random_phase import RandomPhase


def sound_of(levels: Array, bands: Bands, cuts: list[int], oversampling: int = 1) -> Array:
    phase = RandomPhase(bands, oversampling, np.random.default_rng(3))
    gains = np.ones(bands.n_bins, np.float32)
    return np.concatenate([phase.render(part, gains) for part in np.split(levels, cuts)])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=4), st.sampled_from([TEXTURE, TONAL]))
def test_chunks_join_as_if_there_were_none(cuts: list[int], bands: Bands) -> None:
    levels = np.random.default_rng(1).normal(-10.0, 5.0, (400, bands.n_bands)).astype(np.float32)
    whole = sound_of(levels, bands, [])
    np.testing.assert_allclose(sound_of(levels, bands, sorted(cuts)), whole, atol=1e-5)
    assert len(whole) == 400 * bands.hop_length


@pytest.mark.parametrize("bands", [TEXTURE, TONAL])
def test_levels_come_back(bands: Bands) -> None:
    # A noise that swells and fades twice a second, louder at low frequencies.
    rng = np.random.default_rng(2)
    swell = 1.0 + 0.9 * np.sin(2 * np.pi * 2.0 * np.arange(64_000) / 16_000)
    samples = np.convolve(rng.standard_normal(64_000), [1.0, 0.9], "same") * swell
    levels = levels_of(samples.astype(np.float32), bands)
    again = levels_of(sound_of(levels, bands, [])[bands.n_fft - bands.hop_length :], bands)
    n = min(len(levels), len(again)) - 10
    loudness, heard = levels[:n].mean(axis=1), again[:n].mean(axis=1)
    assert np.corrcoef(loudness, heard)[0, 1] > 0.9
    assert np.corrcoef(levels[:n].mean(axis=0), again[:n].mean(axis=0))[0, 1] > 0.97


def test_a_higher_rate_is_the_same_sound_with_nothing_above() -> None:
    levels = np.zeros((500, TEXTURE.n_bands), np.float32)
    low, high = sound_of(levels, TEXTURE, []), sound_of(levels, TEXTURE, [], oversampling=2)
    np.testing.assert_allclose(high[::2], low, atol=2e-3 * np.abs(low).max())
    spectrum = np.abs(np.fft.rfft(high))
    assert spectrum[len(spectrum) * 11 // 20 :].max() < 1e-2 * spectrum.max()
