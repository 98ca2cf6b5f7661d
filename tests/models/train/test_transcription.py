"""Measuring weights on a folder of recordings."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from whisper.model import ModelDimensions, Whisper  # type: ignore[import-untyped]

from inference import checkpoints
from inference.whisper_vocabulary import SymbolVocabulary
from models.train.transcription import Hearing, UnusableFolder, main, read_recordings, summary
from tests.bot.sounds import wav


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(wav())
    (tmp_path / "texts.tsv").write_text("file\ttext\na.wav\t오늘은 좋아\tko\nb.wav\tso tired\n")
    return tmp_path


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    vocabulary = SymbolVocabulary(["a", "b"])
    dims = ModelDimensions(80, 1500, 16, 2, 1, len(vocabulary), 16, 16, 2, 1)
    net = Whisper(dims)
    torch.nn.init.zeros_(net.decoder.positional_embedding)
    path = tmp_path / "own.safetensors"
    extra = {"symbols": vocabulary.symbols, "speech": "synthetic"}
    checkpoints.save(path, net, dims, extra)
    return path


def test_the_list_names_files_texts_and_languages(folder: Path) -> None:
    first, second = read_recordings(folder)
    assert (first.path.name, first.text, first.language) == ("a.wav", "오늘은 좋아", "ko")
    assert second.language is None


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        (None, "there is no"),
        ("", "lists no recordings"),
        ("a.wav", "line 1: file name, tab, text"),
        ("a.wav\t네\nmissing.wav\t네", "line 2: there is no"),
    ],
)
def test_lists_that_cannot_be_used(tmp_path: Path, listed: str | None, problem: str) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    if listed is not None:
        (tmp_path / "texts.tsv").write_text(listed)
    with pytest.raises(UnusableFolder, match=problem):
        read_recordings(tmp_path)


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-8-sig"])
def test_the_list_is_read_as_korean_spreadsheets_write_it(folder: Path, encoding: str) -> None:
    (folder / "texts.tsv").write_bytes("a.wav\t오늘은 좋아\tko\r\n".encode(encoding))
    (recording,) = read_recordings(folder)
    assert (recording.path, recording.text) == (folder / "a.wav", "오늘은 좋아")


def test_a_list_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "texts.tsv").write_bytes("a.wav\t오늘은 좋아".encode("utf-16"))
    with pytest.raises(UnusableFolder, match=r"texts\.tsv: is text in neither"):
        read_recordings(folder)


def test_a_recording_that_cannot_be_heard_is_named(
    folder: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--evaluate", "--data", str(folder), "--weights", str(weights)]
    (folder / "b.wav").write_bytes(b"no sound")
    assert main(given) == 2
    assert "b.wav: the file is not a sound" in capsys.readouterr().err
    (folder / "b.wav").write_bytes(wav(seconds=601))
    assert main(given) == 2
    assert "b.wav: longer than 600 seconds" in capsys.readouterr().err


def test_errors_trust_and_speed_are_summed_up() -> None:
    right = Hearing("네", "ko", 0, 10, True, 2.0, 0.5)
    wrong = Hearing("", "en", 10, 10, False, 2.0, 0.5)
    found = summary([right, wrong])
    assert found["all"]["rate"] == 0.5 and found["trusted"]["rate"] == 0.0
    assert found["by_language"]["en"]["rate"] == 1.0
    assert (found["sound_s"], found["seconds_a_second"]) == (4.0, 0.25)


def test_the_command_measures_both_ways(
    folder: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--evaluate", "--data", str(folder), "--weights", str(weights), "--json", "--padded"]
    assert main(given) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["synthetic"] and found["weights"] == "own"
    for way in ("own_length", "padded"):
        assert found[way]["all"]["n_recordings"] == 2
        assert found[way]["all"]["rate"] == 1.0, "the detector hears no speech in a buzz"
    assert main(given[:-2]) == 0
    assert "it does not understand people" in capsys.readouterr().out


@pytest.mark.parametrize("data_folder", [None, "elsewhere"])
def test_names_are_found_where_they_were_pulled_to(
    data_folder: str | None,
    folder: Path,
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.delenv("TODAK_DATA_FOLDER", raising=False)
    if data_folder is not None:
        monkeypatch.setenv("TODAK_DATA_FOLDER", data_folder)
    pulled = folder / (data_folder or "data") / "weights" / "base.pt"
    pulled.parent.mkdir(parents=True)
    checkpoint = checkpoints.load(weights, ModelDimensions, Whisper)
    dims = replace(checkpoint.config, n_vocab=51_865)
    torch.save({"dims": asdict(dims), "model_state_dict": Whisper(dims).state_dict()}, pulled)
    assert main(["--evaluate", "--data", str(folder), "--weights", "base", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["weights"] == "base"


def test_what_is_missing_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--evaluate", "--data", str(folder), "--weights", str(folder / "absent.pt")]
    assert main(given) == 1
    assert "absent.pt is neither a file nor one of" in capsys.readouterr().err
    assert main(["--evaluate", "--data", str(folder / "nowhere")]) == 2
    assert "there is no" in capsys.readouterr().err
