"""The LSTM's recipe, from sentences to a recogniser."""

import json
from pathlib import Path

import pytest

from inference.analysis import Emotion
from inference.text_emotion import Language
from inference.text_models import load_text_recognizer
from inference.weights import SHIPPED_WEIGHTS
from models.train import text_classes
from models.train.text_lstm import main, vocabulary
from models.train.texts import read_own, read_tests


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_classes, "read_own", lambda language: read_own(language)[::30])
    monkeypatch.setattr(text_classes, "read_tests", lambda language: read_tests(language)[::10])


@pytest.mark.usefixtures("few")
def test_sentences_become_a_recogniser_of_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "text-lstm.safetensors"
    command = ["--out", str(out), "--work", str(tmp_path / "work"), "--epochs", "2", "--json"]
    assert main(command) == 0
    measured = json.loads(capsys.readouterr().out)
    assert set(measured) == {"ko", "en"} and measured["ko"]["n"] == 70
    assert set(measured["ko"]["recall"]) == set(Emotion)
    assert "| 2 |" in out.with_suffix(".md").read_text("utf-8")
    recognizer = load_text_recognizer(out, SHIPPED_WEIGHTS / "text_emotion.safetensors")
    for text in ("오늘 정말 기뻐", "I am so happy today", "ㅋ" * 5_000):
        estimate = recognizer.predict(text)
        assert estimate is not None
        assert sum(estimate.posterior.values()) == pytest.approx(1.0)
    assert recognizer.predict("🌧️") is None
    assert main([*command, "--evaluate"]) == 0
    assert json.loads(capsys.readouterr().out) == measured


def test_what_cannot_be_read_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--out", str(tmp_path / "none"), "--evaluate"]) == 1
    assert "no weights at" in capsys.readouterr().err
    assert main(["--aihub", str(tmp_path / "none.csv")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "none.csv" in line


def test_the_vocabulary_is_what_the_sentences_use() -> None:
    pieces = vocabulary(["너무 기뻐", "너무 기뻐", "so happy", "so happy"])
    assert {"너무", "so", "happy"} <= set(pieces.names)
    assert len(pieces.names) < 60 and "화" not in pieces.names
    assert len(vocabulary([e.text for e in read_own(Language.KOREAN)]).names) > 2_000
