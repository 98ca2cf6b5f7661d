"""Made sounds of the document's kinds: the same each time, and what their names say."""

from pathlib import Path

import numpy as np
import pytest

from models.train.made_triggers import GRAINS, MADE_KINDS, N_LENGTH, TriggerMaker, made_triggers
from models.train.synthetic_speech import NoSynthesizer


@pytest.fixture
def maker() -> TriggerMaker:
    """One at a time: espeak-ng has one place a process for whom it speaks to."""
    try:
        return TriggerMaker()
    except NoSynthesizer as error:
        pytest.skip(str(error))


def periodicity(samples: np.ndarray) -> float:
    """The share of 40 ms frames that repeat themselves at a voice's pitch, 80 to 400 Hz."""
    frames = samples[: len(samples) // 640 * 640].reshape(-1, 640)
    loud = frames[np.square(frames).mean(axis=1) > 0.3]
    power = np.abs(np.fft.rfft(loud, 1280, axis=1)) ** 2
    likeness = np.fft.irfft(power, axis=1)
    return float((likeness[:, 40:200].max(axis=1) > 0.5 * likeness[:, 0]).mean())


def test_made_recordings_are_unlike_each_other(maker: TriggerMaker) -> None:
    for kind in MADE_KINDS:
        first, second = maker.recordings(kind, 2)
        for samples in (first, second):
            assert samples.shape == (N_LENGTH,) and np.isfinite(samples).all()
            assert np.sqrt(np.mean(np.square(samples))) == pytest.approx(1.0, abs=0.01)
        assert abs(np.corrcoef(first, second)[0, 1]) < 0.1, kind


def test_what_was_made_is_kept(tmp_path: Path) -> None:
    try:
        made, again = (made_triggers(1, tmp_path / "made.safetensors") for _ in range(2))
    except NoSynthesizer as error:
        pytest.skip(str(error))
    assert set(made) == set(MADE_KINDS)
    for kind in MADE_KINDS:
        assert np.array_equal(made[kind][0], again[kind][0])


def test_who_talks_has_a_pitch_and_who_whispers_has_none(maker: TriggerMaker) -> None:
    heard = {
        kind: np.mean([periodicity(one) for one in maker.recordings(kind, 3)])
        for kind in ("talking man", "whispering man", "whispering woman")
    }
    assert heard["talking man"] > 0.4
    assert heard["whispering man"] < 0.2 and heard["whispering woman"] < 0.2


def test_sand_flows_and_bites_stand_apart() -> None:
    rng = np.random.default_rng(0)
    quiet = {}
    for kind in ("sand", "eating"):
        power = np.square(GRAINS[kind](N_LENGTH, rng)).reshape(-1, 800).mean(axis=1)
        quiet[kind] = float((power < 0.01 * power.max()).mean())
    assert quiet["eating"] > 2.0 * quiet["sand"]


def test_what_has_recordings_is_not_made(maker: TriggerMaker) -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        next(maker.recordings("tapping", 1))
