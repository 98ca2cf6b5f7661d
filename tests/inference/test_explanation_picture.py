import sys
from pathlib import Path

import numpy as np
import pytest

from inference.analysis import Emergency, EmergencyLevel, SoundKind, SoundState, Stretch
from inference.explanation import Explanation
from inference.explanation_picture import CannotDraw, draw

RNG = np.random.default_rng(1)
EXPLANATION = Explanation(
    SoundKind.FIRE,
    2.0,
    RNG.random((80, 400)).astype(np.float32),
    RNG.normal(size=(80, 400)).astype(np.float32),
    np.full(400, 1 / 400, np.float32),
    np.arange(400) > 200,
)
EMERGENCY = Emergency(
    0.93,
    EmergencyLevel.ALARM,
    SoundKind.FIRE,
    {"cnn": True, "encoder": True},
    (Stretch(0.0, 3.0, SoundState.ORDINARY), Stretch(3.0, 6.0, SoundState.EMERGENCY)),
)


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    draw(EXPLANATION, EMERGENCY, tmp_path / "why.png")
    assert (tmp_path / "why.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="nonsense"):
        draw(EXPLANATION, EMERGENCY, tmp_path / "why.nonsense")


def test_silence_is_drawn_too(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    nothing = np.zeros((80, 5), np.float32)
    empty = Explanation(SoundKind.FIRE, 0.0, nothing, nothing, nothing[0], nothing[0] > 0)
    draw(empty, EMERGENCY, tmp_path / "why.png")
    assert (tmp_path / "why.png").stat().st_size > 0


def test_without_the_library_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(CannotDraw, match=r"-e .\.\[train\]"):
        draw(EXPLANATION, EMERGENCY, tmp_path / "why.png")
