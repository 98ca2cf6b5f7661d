from pathlib import Path

import av
import pytest

from bot.__main__ import main

pytestmark = pytest.mark.usefixtures("alone")


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


def test_a_part_of_a_long_sound(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["sound", "rain", "--minutes", "0.4", "--part", "2/2", "--out", "b.mp3"]
    assert main([*asked, "--seed", "4"]) == 0
    told = capsys.readouterr()
    assert "rain · full · 2 / 2, 0.2 min" in told.out and "100%" in told.err
    with av.open("b.mp3") as container:
        assert container.duration == pytest.approx(12e6, rel=0.02)
        assert container.streams.audio[0].codec_context.sample_rate == 16_000
        assert container.metadata["title"] == "rain · full · 2 / 2"


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
        (["rain", "--part", "second"], "3/4"),
        (["rain", "--part", "5/4"], "5/4"),
        (["rain", "--part", "0/4"], "0/4"),
        (["rain", "--part", "1/4", "--minutes", "0.05"], "second"),
        (["rain", "--minutes", "1", "--part", "1/2", "--loop"], "parts"),
        ([""], "no kind is named"),
        (["rain", "--minutes", "1", "--loop"], ".opus or .ogg"),
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


def test_a_file_that_players_would_not_take_or_a_folder_is_said_before_an_hour_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, word in (("x.wav", "--out end in .mp3"), (".", "is a folder")):
        assert main(["sound", "rain", "--out", name]) == 2
        assert word in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_progress_says_each_step_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sound", "rain", "--minutes", "0.05", "--fade-in", "0", "--out", "a.mp3"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines and len(set(lines)) == len(lines) and lines[-1].endswith("(100%)")
