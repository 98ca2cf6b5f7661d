"""`todak evaluate emotion`: in which order it measures, and what it needs."""

import json
from pathlib import Path
from typing import Any

import pytest

from inference.analysis import Emotion
from models.train import emotion, texts
from models.train.emotion import main

ONE = {
    "accuracy": {"value": 0.5, "low": 0.4, "high": 0.6},
    "recall": dict.fromkeys(map(str, Emotion), 0.25),
    "ece": 0.1,
    "sure_coverage": 0.7,
    "sure_right": 0.9,
}
FIGURES = {"own_ko_test": ONE, "own_en_test": ONE}


@pytest.fixture
def data(voices: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (voices / "text").mkdir()
    monkeypatch.setattr(emotion, "evaluate", lambda weights, data: FIGURES)
    monkeypatch.setattr(emotion, "EPOCHS", 1)
    return voices


def command(data: Path, *more: str) -> list[str]:
    return ["--evaluate", "--data", str(data), "--voice-work", str(data / "work"), *more]


def test_the_text_rows_stand_there_before_voices_are_measured(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def voice_rows(data: Path, work: Path) -> dict[str, Any]:
        before = capsys.readouterr().out.splitlines()
        assert before[0] == "| measure | value | to reach |"
        assert before[2] == "| own_ko_test accuracy | 0.500 (0.400 to 0.600) | >= 0.80 |"
        return {"voice ece": 0.1}

    monkeypatch.setattr(emotion, "voice_rows", voice_rows)
    assert main(command(data)) == 0
    assert capsys.readouterr().out == "| voice ece | 0.1 |  |\n"
    monkeypatch.setattr(emotion, "voice_rows", lambda data, work: {"voice ece": 0.1})
    assert main(command(data, "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert next(iter(found)) == "own_ko_test accuracy" and list(found)[-1] == "voice ece"


def test_one_of_the_two_is_measured_without_the_data_of_the_other(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "text").rmdir()
    assert main(command(data, "--only", "voice", "--json")) == 0
    assert {name.partition(",")[0] for name in json.loads(capsys.readouterr().out)} == {
        "ravdess", "emodb", "voice", "voice ece"
    }  # fmt: skip
    (data / "text").mkdir()
    (data / "audio").rename(data / "elsewhere")
    assert main(command(data, "--only", "text")) == 0
    assert "own_en_test ece" in capsys.readouterr().out


def test_what_is_missing_is_said_before_anything_is_measured(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(texts, "TESTS", data / "tests")
    assert main(command(data)) == 2
    captured = capsys.readouterr()
    assert f"there is no {data}/tests/emotion_ko_test.tsv" in captured.err and not captured.out
    (data / "audio").rename(data / "elsewhere")
    assert main(command(data)) == 2
    captured = capsys.readouterr()
    assert f"no data at {data}/audio/" in captured.err and not captured.out
