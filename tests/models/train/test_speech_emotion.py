"""The recipe from recordings to weights, on a corpus of synthetic voices."""

import json
from pathlib import Path

import numpy as np
import pytest

from inference.audio import SAMPLE_RATE, Waveform
from inference.speech_emotion import SpeechEmotionRecognizer
from models.train import speech_emotion
from models.train.speech_emotion import main


@pytest.fixture
def data(voices: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(speech_emotion, "N_VARIANTS", 1)
    return voices


def command(data: Path, *more: str) -> list[str]:
    folder = data.parent
    paths = ["--data", str(data), "--out", str(folder / "voice.safetensors")]
    return [*paths, "--work", str(folder / "work"), "--epochs", "3", *more]


def test_from_recordings_to_weights_and_card(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(data)) == 0

    measured = json.loads(capsys.readouterr().out)
    assert measured["corpora"]["ravdess"]["uar"]["clips"] == 30
    weights = data.parent / "voice.safetensors"
    recognizer = SpeechEmotionRecognizer.load(weights)
    time_s = np.arange(2 * SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE
    samples = (0.2 * np.sin(2 * np.pi * 200.0 * time_s)).astype(np.float32)
    estimate = recognizer.predict(Waveform(samples, SAMPLE_RATE))
    assert sum(estimate.posterior.values()) == pytest.approx(1.0, abs=1e-5)
    card = weights.with_suffix(".md").read_text(encoding="utf-8")
    assert "CC BY-NC-SA 4.0" in card
    assert "Korean speech is unseen" in card
    assert "{" not in card


def test_a_stopped_training_goes_on_where_it_was(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(data, "--evaluate", "--limit-minutes", "0")) == 1
    assert "out of time" in capsys.readouterr().err

    assert main(command(data, "--evaluate")) == 0
    first = capsys.readouterr()
    assert main(command(data, "--evaluate")) == 0
    second = capsys.readouterr()

    assert "fold 8 epoch 3/3" in first.err
    assert "epoch" not in second.err
    assert first.out == second.out
    assert not (data.parent / "voice.safetensors").exists()


def test_without_recordings_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(tmp_path / "nothing")) == 2
    assert "no recordings" in capsys.readouterr().err
