"""What is heard of a recording, whatever its length and level."""

import numpy as np
import pytest
import torch

from inference.audio import SAMPLE_RATE, Waveform
from inference.features import MelConfig
from inference.voice import hear, n_statistics_of, statistics_of, voice_features
from inference.voice_contours import CONTOURS

CONFIG = MelConfig()


def voice(duration_s: float, level: float = 0.2) -> Waveform:
    """Harmonics whose loudness follows syllables."""
    time_s = np.arange(round(duration_s * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = sum(np.sin(2 * np.pi * k * 150.0 * time_s) / k for k in range(1, 20))
    syllables = 0.05 + np.square(np.sin(2 * np.pi * 2.0 * time_s))
    return Waveform((level * syllables * harmonics / 2.0).astype(np.float32), SAMPLE_RATE)


def contour(name: str, waveform: Waveform) -> torch.Tensor:
    contours = hear(waveform, CONFIG).contours
    return contours.values[CONTOURS.index(name)][contours.pitch.voiced]


def test_features_are_normalised_and_trimmed() -> None:
    features = voice_features(voice(2.0), CONFIG)

    assert features.shape[0] == 64
    assert float(features.mean()) == pytest.approx(0.0, abs=1e-4)
    assert float(features.std()) == pytest.approx(1.0, abs=1e-2)
    assert torch.allclose(features, hear(voice(2.0), CONFIG).log_mel, atol=1e-5)


@pytest.mark.parametrize("n_samples", [1, 300, 960, 16_000])
def test_the_shortest_sound_has_statistics(n_samples: int) -> None:
    heard = hear(Waveform(np.full(n_samples, 0.5, np.float32), SAMPLE_RATE), CONFIG)

    found = statistics_of(heard)

    assert found.shape == (n_statistics_of(CONFIG),)
    assert bool(found.isfinite().all())


def test_ten_minutes_are_heard_in_pieces() -> None:
    long = Waveform(np.tile(voice(60.0).samples, 10), SAMPLE_RATE)

    assert voice_features(long, CONFIG).shape[1] < 48.5 / CONFIG.frame_s


def test_the_level_of_the_phone_changes_no_statistic() -> None:
    near, far = (statistics_of(hear(voice(3.0, level), CONFIG)) for level in (0.5, 0.05))

    assert torch.allclose(near, far, atol=0.05, rtol=0.01)


def test_contours_of_a_steady_voice() -> None:
    assert float(contour("pitch_semitones", voice(2.0)).median()) == pytest.approx(
        12.0 * np.log2(150.0 / 55.0), abs=0.1
    )
    assert float(contour("harmonicity_db", voice(2.0)).median()) > 10.0
    # The second harmonic has half the amplitude of the first.
    difference = contour("first_over_second_harmonic_db", voice(2.0)).median()
    assert float(difference) == pytest.approx(6.0, abs=1.5)


def test_a_bright_voice_has_a_higher_centre() -> None:
    dull = voice(2.0)
    bright = Waveform(np.diff(dull.samples, prepend=0.0).astype(np.float32), SAMPLE_RATE)

    for name, higher in (("centroid_khz", bright), ("alpha_ratio_db", dull)):
        lower = dull if higher is bright else bright
        assert float(contour(name, higher).mean()) > float(contour(name, lower).mean())
