from pathlib import Path

import av
import pytest

from bot.__main__ import main
from inference.sleep_textures import SHIPPED_WEIGHTS

pytestmark = pytest.mark.skipif(
    not (SHIPPED_WEIGHTS / "sleep_texture.safetensors").is_file(),
    reason="models/weights lacks sleep_texture",
)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.__main__.set_up", lambda level: None)


def test_two_kinds_as_a_file_with_a_cover(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["sound", "rain:2+birds", "--strength", "soft", "--minutes", "0.3", "--seed", "4"]
    assert main([*asked, "--out", "a.mp3", "--cover", "a.jpg"]) == 0
    told = capsys.readouterr()
    assert "rain + birds · soft" in told.out and "seed 4" in told.out
    assert "100%" in told.err
    with av.open("a.mp3") as container:
        assert container.duration == pytest.approx(18e6, rel=0.02)
    assert (tmp_path / "a.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert main([*asked, "--out", "b.mp3"]) == 0
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_without_a_seed_each_sound_is_new(tmp_path: Path) -> None:
    for name in ("a.mp3", "b.mp3"):
        assert main(["sound", "rain", "--minutes", "0.05", "--fade-in", "0", "--out", name]) == 0
    assert (tmp_path / "a.mp3").read_bytes() != (tmp_path / "b.mp3").read_bytes()


def test_a_loop(tmp_path: Path) -> None:
    assert (
        main(["sound", "waves", "--minutes", "0.1", "--fade-in", "0", "--loop", "--out", "a.ogg"])
        == 0
    )
    with av.open(str(tmp_path / "a.ogg")) as container:
        assert container.streams.audio[0].codec_context.name == "opus"


@pytest.mark.parametrize(
    "asked, word",
    [
        (["lava"], "crickets"),
        (["rain:loud"], "weight"),
        (["rain+rain"], "twice"),
        (["rain", "--minutes", "0"], "second"),
        (["rain", "--minutes", "30", "--loop"], "loop"),
        (["rain", "--seed", "-3"], "seed"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_sentence(
    asked: list[str], word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sound", *asked, "--out", "x.mp3"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.strip().splitlines()) == 1
    assert word in told.err.lower() and not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sound", "rain", "--minutes", "0.05", "--fade-in", "0", "--out", "no/x.mp3"]) == 2
    assert "no/x.mp3" in capsys.readouterr().err
