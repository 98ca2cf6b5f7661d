"""The baseline's recipe, on a corpus of synthetic voices."""

import json
from pathlib import Path

import pytest

from inference.speech_mlp import SpeechMlpRecognizer
from models.train import speech_mlp

pytest.importorskip("sklearn")


def test_from_recordings_to_weights_and_card(
    voices: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {"max_iter": 5, "batch_size": 8}
    short = {name: {**found, **quick} for name, found in speech_mlp.SETTINGS.items()}
    monkeypatch.setattr(speech_mlp, "SETTINGS", short)
    weights = voices.parent / "mlp.safetensors"
    paths = ["--data", str(voices), "--out", str(weights), "--work", str(voices.parent / "work")]

    assert speech_mlp.main(paths) == 0

    measured = json.loads(capsys.readouterr().out)
    assert set(measured) == {"adam", "sgd"}
    assert measured["sgd"]["corpora"]["ravdess"]["uar"]["clips"] == 30
    SpeechMlpRecognizer.load(weights)
    card = weights.with_suffix(".md").read_text(encoding="utf-8")
    assert "adaptive rate at work (SGD)" in card and "{" not in card


def test_without_recordings_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert speech_mlp.main(["--data", str(tmp_path), "--work", str(tmp_path / "work")]) == 2
    assert "no recordings" in capsys.readouterr().err
