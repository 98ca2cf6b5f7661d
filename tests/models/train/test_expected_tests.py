"""Recipes without the sentences of the tests, which no wheel holds."""

import importlib
from pathlib import Path

import pytest

from bot.recipe_command import RECIPES
from models.train import fusion, texts
from models.train.fusion_voices import Voices
from models.train.fusion_words import Written
from models.train.voice_corpus import N_FOLDS


@pytest.mark.parametrize(
    "model, options",
    [
        ("text-emotion", ["--data", "data"]),
        ("text-lstm", []),
        ("text-encoder", ["--encoder", "encoder"]),
        ("text-kote", ["--model", "kote"]),
        ("fusion", ["--data", "data", "--voice-work", "folds"]),
        ("whisper", []),
    ],
)
def test_it_is_said_where_they_are_expected_and_nothing_is_trained(
    model: str,
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(texts, "TESTS", tmp_path / "nowhere")
    (tmp_path / "data/text").mkdir(parents=True)
    write_folds(tmp_path / "folds")
    recipe = importlib.import_module(RECIPES[model])
    assert recipe.main([*options, "--work", "work"] if model != "text-kote" else options) in (1, 2)
    captured = capsys.readouterr()
    assert f"there is no {tmp_path}/nowhere/emotion_ko_test.tsv" in captured.err
    assert len(captured.err.splitlines()) == 1 and not captured.out
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "fold" not in path.name]


def write_folds(folder: Path) -> None:
    folder.mkdir()
    for fold in range(1, N_FOLDS + 1):
        (folder / f"fold{fold}-seed1-epochs1.json").touch()


def test_fusion_looks_for_the_folds_before_it_reads_or_makes_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Written, "read", lambda *_: pytest.fail("sentences are read"))
    monkeypatch.setattr(Voices, "read", lambda *_: pytest.fail("spectrograms are made"))
    folds = tmp_path / "folds"
    write_folds(folds)
    (folds / f"fold{N_FOLDS}-seed1-epochs1.json").unlink()
    given = ["--evaluate", "--work", str(tmp_path / "work"), "--voice-work", str(folds)]
    assert fusion.main(given) == 2
    assert f"no fold {N_FOLDS} in {folds}" in capsys.readouterr().err
