import numpy as np
import pytest

from inference.bands import TEXTURE, TONAL, Bands, amplitudes_of, frequencies_hz, levels_of


@pytest.mark.parametrize("bands", [TEXTURE, TONAL])
def test_a_tone_is_loudest_where_it_is(bands: Bands) -> None:
    samples = np.sin(2 * np.pi * 3000.0 * np.arange(16_000) / 16_000).astype(np.float32)
    levels = levels_of(samples, bands)
    assert levels.shape == (1 + 16_000 // bands.hop_length, bands.n_bands)
    spectrum = amplitudes_of(levels, bands).mean(axis=0)
    assert abs(frequencies_hz(bands)[spectrum.argmax()] - 3000.0) < 200.0


def test_levels_do_not_depend_on_the_gain_of_a_recording() -> None:
    samples = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    np.testing.assert_allclose(
        levels_of(samples, TEXTURE), levels_of(samples * 0.01, TEXTURE), atol=0.01
    )
    assert levels_of(samples, TEXTURE).min() >= -60.0
