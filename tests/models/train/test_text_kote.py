"""Calibrating a KOTE classifier that is used as it is."""

import json
from pathlib import Path

import pytest

from inference.text_emotion import Language
from inference.text_encoder import read_calibrations
from inference.text_kote import LABELS
from models.train import text_classes, text_kote
from models.train.text_kote import main
from models.train.texts import read_own
from tests.tiny_encoders import save_bert


def test_a_classifier_is_calibrated_and_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = read_own(Language.KOREAN)[::40]
    monkeypatch.setattr(text_kote, "read_own", lambda language: few)
    monkeypatch.setattr(text_classes, "read_tests", lambda language: few[::3])
    save_bert(tmp_path, [example.text for example in few], dict(enumerate(LABELS)))
    assert main(["--model", str(tmp_path), "--evaluate", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)["ko"]
    assert before["sure_coverage"] == 0.0
    assert main(["--model", str(tmp_path), "--json"]) == 0
    after = json.loads(capsys.readouterr().out)["ko"]
    assert after["accuracy"] == before["accuracy"]
    assert set(read_calibrations(tmp_path)) == {Language.KOREAN}


def test_a_folder_that_holds_no_classifier_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", str(tmp_path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "holds no config.json" in line
