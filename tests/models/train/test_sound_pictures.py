"""Pictures of made sounds beside recordings."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib import image

from inference.bands import SAMPLE_RATE, Array
from inference.sleep_sounds import SleepSounds
from models.train import sound_pictures
from models.train.sound_pictures import draw
from models.train.sounds import PIECE_S


def hisses(n: int) -> list[Array]:
    rng = np.random.default_rng(n)
    length = round(PIECE_S * SAMPLE_RATE)
    return [rng.standard_normal(length, dtype=np.float32) * 0.05 for _ in range(n)]


def test_recorded_and_made_sounds_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_pictures, "MOST_RECORDED", 4)
    monkeypatch.setattr(sound_pictures, "N_MADE", 2)
    found = {"rain": hisses(6), "waves": hisses(3), "nobody makes this": hisses(1)}
    monkeypatch.setattr(sound_pictures, "real_pieces", lambda clips, *, of_ear: found)
    paths = draw(SleepSounds.load(), [], tmp_path / "pictures")
    assert [path.name for path in paths] == ["sounds-map.png", "sounds-spectrograms.png"]
    for path in paths:
        pixels = image.imread(path)[..., :3]
        assert pixels.std() > 0.05 and len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50
