"""What files are like in seven words, by the command."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.train.timbre_report import main
from tests.bot.sounds import wav

WORDS = ["hardness", "depth", "brightness", "roughness", "warmth", "sharpness", "boominess"]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A recording, and something that is none."""
    (tmp_path / "sound.wav").write_bytes(wav())
    (tmp_path / "empty.wav").write_bytes(b"")
    return [str(tmp_path / name) for name in ("sound.wav", "empty.wav")]


def test_a_file_is_measured_in_seven_words(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--evaluate", "--json", files[0]]) == 0
    [found] = json.loads(capsys.readouterr().out)[""].values()
    assert list(found) == WORDS and np.isfinite(list(found.values())).all()
    assert main(["--evaluate", files[0]]) == 0
    header, _, row = capsys.readouterr().out.splitlines()
    assert header.count("|") == row.count("|") == len(WORDS) + 2


def test_what_is_no_sound_is_said_in_a_sentence(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--evaluate", files[1]]) == 2
    assert main(["--evaluate", str(tmp_path / "absent.wav")]) == 2
    assert main(["--evaluate", "--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("nothing can be measured") == 3


def test_it_trains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "only measures" in capsys.readouterr().err
