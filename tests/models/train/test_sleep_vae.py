import csv
import wave
from pathlib import Path

import numpy as np
import pytest

from inference.sleep_sounds import SleepSounds
from inference.sound_recipe import Recipe
from models.train.sleep_vae import main
from models.train.sound_recordings import FOR_EAR, KINDS, SETS, Part, read_clips

COLUMNS = ("file", "label", "sleep", "licence", "fold", "group", "dur_s")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two made recordings of each kind, in the folders of the four sets."""
    rng = np.random.default_rng(0)
    for name in SETS:
        folder = tmp_path / "data" / "audio" / name
        (folder / "clips").mkdir(parents=True)
        rows = []
        for i, label in enumerate(KINDS if name in SETS[:2] else ()):
            slope = np.convolve(rng.standard_normal(640_000), np.ones(1 + 3 * i) / 8, "same")
            with wave.open(str(folder / "clips" / f"{label}.wav"), "wb") as file:
                file.setparams((1, 2, 16_000, 0, "NONE", ""))
                file.writeframes((slope * 3000).astype("<i2").tobytes())
            rows.append((f"clips/{label}.wav", label, label, "CC0", "", f"{name}:{label}", "40.0"))
        with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
    return tmp_path / "data"


def test_a_recording_serves_the_generator_or_the_ear(data: Path) -> None:
    labels = data / "audio" / "esc10" / "labels.csv"
    known = sorted(FOR_EAR)[0]
    with labels.open("a", encoding="utf-8", newline="") as file:
        rows = [
            ("a.wav", "rain", "rain", "CC BY", fold, f"f{fold}", "5.0") for fold in range(1, 6)
        ]
        csv.writer(file).writerows([*rows, ("b.wav", "rain", "rain", "CC0", "", known, "5.0")])
    parts = {clip.recording: clip.part for clip in read_clips(data)}
    assert parts["f1"] is Part.GENERATOR and parts["f2"] is Part.CHOOSING
    assert parts["f4"] is Part.EAR and parts[known] is Part.EAR
    assert parts["blanket:rain"] is Part.GENERATOR


@pytest.mark.slow
def test_a_training_that_ran_out_of_time_goes_on_and_its_weights_make_sound(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--data", str(data), "--work", str(tmp_path / "work"), "--steps", "60"]
    (tmp_path / "weights").mkdir()
    asked += ["--out", str(tmp_path / "weights")]
    assert main([*asked, "--limit-minutes", "0"]) == 1
    assert "step 50/60" in capsys.readouterr().err
    assert main(asked) == 0
    told = capsys.readouterr().err
    assert "texture step 60/60" in told and "texture step 50/60" not in told
    card = (tmp_path / "weights" / "sleep_sounds.md").read_text(encoding="utf-8")
    assert "blanket:rain (CC0)" in card and "latents in use" in card
    sounds = SleepSounds.load(tmp_path / "weights")
    recipe = Recipe((("rain", 1.0), ("birds", 1.0)), 0.1, 1, fade_in_s=0.0)
    samples = np.concatenate(list(sounds.render(recipe, 16_000)))
    assert len(samples) == 96_000 and samples.std() > 1e-3


def test_without_recordings_it_says_where_it_looked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "--work", str(tmp_path / "work")]) == 2
    assert "labels.csv" in capsys.readouterr().err
