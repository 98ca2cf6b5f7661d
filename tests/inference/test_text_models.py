"""The text recogniser is chosen by what lies at the path that the operator set."""

import json
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from inference.analysis import Emotion
from inference.checkpoints import CheckpointMismatch
from inference.encoder_folders import MissingHubPackage
from inference.text_emotion import TextEmotionRecognizer
from inference.text_kote import LABELS
from inference.text_models import load_text_recognizer
from inference.weights import SHIPPED_WEIGHTS

EMBEDDED = SHIPPED_WEIGHTS / "text_emotion.safetensors"


@pytest.fixture
def without_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)


@pytest.mark.usefixtures("without_transformers")
def test_the_embedded_recogniser_needs_no_package_of_the_hub() -> None:
    recognizer = load_text_recognizer(None, EMBEDDED)
    assert isinstance(recognizer, TextEmotionRecognizer)
    estimate = recognizer.predict("합격했다!! 너무 기뻐서 눈물이 나")
    assert estimate is not None and estimate.label is Emotion.JOY


@pytest.mark.usefixtures("without_transformers")
def test_a_missing_package_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "kote"
    folder.mkdir()
    labels = {str(n): name for n, name in enumerate(LABELS)}
    (folder / "config.json").write_text(json.dumps({"id2label": labels}), "utf-8")
    with pytest.raises(MissingHubPackage, match="transformers is not installed"):
        load_text_recognizer(folder, EMBEDDED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.__main__.set_up", lambda level: None)
    monkeypatch.setenv("TODAK_TEXT_MODEL", "kote")
    assert main(["analyze", "--text", "오늘"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "transformers is not installed: .venv/bin/python -m pip install -e '.[hub]'" in line


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_text_recognizer(tmp_path / "nothing", EMBEDDED)
    with pytest.raises(CheckpointMismatch, match="TextLstmConfig"):
        load_text_recognizer(EMBEDDED, EMBEDDED)
    with pytest.raises(FileNotFoundError, match=r"config\.json"):
        load_text_recognizer(tmp_path, EMBEDDED)
