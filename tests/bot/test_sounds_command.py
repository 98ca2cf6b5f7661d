"""`todak sounds ingest`: files and folders, told of one by one, and gone on with."""

from pathlib import Path

import numpy as np
import pytest

from bot.__main__ import main
from inference.sound_library import SoundLibrary
from tests.inference.encoded import wav


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.__main__.set_up", lambda level: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sounds, one of them in a folder below, and a text."""
    (tmp_path / "sounds/below").mkdir(parents=True)
    for seed, name in enumerate(("a.wav", "below/b.wav")):
        noise = np.random.default_rng(seed).standard_normal(48_000, dtype=np.float32)
        (tmp_path / "sounds" / name).write_bytes(wav(0.1 * noise, 16_000, 1))
    (tmp_path / "sounds/notes.txt").write_text("no sound")
    return tmp_path / "sounds"


def ingest(*paths: Path) -> int:
    given = ["--into", "library", "--source", "a friend", "--licence", "CC0"]
    return main(["sounds", "ingest", *map(str, paths), *given])


def test_a_folder_is_taken_in_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest(folder) == 0
    told = capsys.readouterr()
    assert "2 taken in, 0 there already, 0 left out; 2 in all" in told.out
    assert "1 of 2: a.wav: 0.1 min in 1 pieces" in told.err
    assert ingest(folder) == 0
    assert "0 taken in, 2 there already" in capsys.readouterr().out
    assert {entry.source for entry in SoundLibrary(Path("library")).entries} == {"a friend"}


def test_what_is_no_sound_is_told_and_the_rest_taken_in(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(folder / "notes.txt", folder / "absent.wav", folder / "a.wav") == 1
    told = capsys.readouterr()
    assert "1 taken in, 0 there already, 2 left out" in told.out
    assert "1 of 3: notes.txt: left out" in told.err
    assert "2 of 3: absent.wav: left out: No such file or directory\n" in told.err


def test_where_there_is_no_sound_no_library_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert ingest(tmp_path / "empty") == 2
    assert "There is no file of sound or video in" in capsys.readouterr().err
    assert not Path("library").exists()
