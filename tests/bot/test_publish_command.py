"""`todak sounds publish`: finished files for a channel, gone on with, and made again."""

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from bot.__main__ import main
from inference.sound_files import write_mp3

pytestmark = pytest.mark.usefixtures("alone")
RAIN = "rain-full-0.1min-seed5"


def publish(*options: str) -> int:
    return main(["sounds", "publish", "channel", "--minutes", "0.1", "--seed", "5", *options])


def index() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("channel/index.jsonl").read_text().splitlines()]


def decoded(path: Path) -> bytes:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
    return np.concatenate(frames).tobytes()


def test_a_sound_is_published_whole_and_can_be_made_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert publish("--kinds", "rain", "waves:2+birds") == 0
    told = capsys.readouterr()
    assert "channel: 2 made, 0 there already" in told.out
    assert f"1 of 2: {RAIN}: made in" in told.err
    first, second = index()
    assert (first["name"], second["name"]) == (RAIN, "waves2+birds-full-0.1min-seed5")
    assert first["title"] == "비 · 또렷하게 · 0.1분" and first["performer"] == "토닥"
    for name, digest in (first["files"] | second["files"]).items():
        content = Path("channel", name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
    assert {each.name for each in Path("channel").iterdir()} == {
        "index.jsonl", *first["files"], *second["files"],
    }  # fmt: skip
    with av.open(f"channel/{RAIN}.mp3") as container:
        assert container.metadata["title"] == first["title"]
        assert container.metadata["artist"] == "토닥"
        assert container.duration == pytest.approx(6e6, rel=0.02)
        [picture] = [p for p in container.demux(container.streams.video[0]) if p.size]
    assert bytes(picture) == Path("channel", f"{RAIN}.jpg").read_bytes()
    words, command = first["command"].split()[:1], first["command"].split()[1:]
    assert words == ["todak"] and main(command) == 0
    assert decoded(Path(f"{RAIN}.mp3")) == decoded(Path(f"channel/{RAIN}.mp3"))


def test_its_description_is_honest_in_both_languages() -> None:
    assert publish("--kinds", "rain", "--language", "en") == 0
    [entry] = index()
    text = Path("channel", f"{RAIN}.txt").read_text()
    assert entry["title"] == "rain · full · 0.1 min"
    for part in (
        "비 · 또렷하게", "녹음한 것이 아니고", "병을 낫게 하거나",
        "rain · full", "no recording", "we do not claim", entry["command"], entry["networks"],
        "0.1분", "0.1 minutes",
    ):  # fmt: skip
        assert part in text
    assert "&" not in text and "{" not in text


def test_what_is_whole_is_not_made_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert publish("--kinds", "rain") == 0
    before = Path("channel", f"{RAIN}.mp3").stat().st_mtime_ns
    assert publish("--kinds", "rain", "--count", "2") == 0
    assert "1 made, 1 there already" in capsys.readouterr().out
    assert Path("channel", f"{RAIN}.mp3").stat().st_mtime_ns == before
    whole = Path("channel", f"{RAIN}.jpg").read_bytes()
    Path("channel", f"{RAIN}.jpg").write_bytes(whole[:100])
    with Path("channel/index.jsonl").open("a") as lines:
        lines.write('{"name": "cut o')
    assert publish("--kinds", "rain", "--count", "2") == 0
    assert "1 made, 1 there already" in capsys.readouterr().out
    assert Path("channel", f"{RAIN}.jpg").read_bytes() == whole
    assert [each["seed"] for each in index()] == [5, 6]


def test_after_a_full_disk_the_same_command_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    n_written = 0

    def full(path: Path, *arguments: Any) -> None:
        nonlocal n_written
        n_written += 1
        write_mp3(path, *arguments)
        if n_written == 2:
            path.unlink()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("bot.publish_command.write_mp3", full)
    assert publish("--kinds", "rain", "--count", "2") == 1
    told = capsys.readouterr()
    assert told.out == "" and "the disk is full; what is whole is kept" in told.err
    assert publish("--kinds", "rain", "--count", "2") == 0
    assert "1 made, 1 there already" in capsys.readouterr().out


def test_a_folder_that_is_a_file_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("channel").write_text("not a folder")
    assert publish("--kinds", "rain") == 1
    assert "channel cannot be written: File exists." in capsys.readouterr().err


@pytest.mark.parametrize(
    "asked, word",
    [
        (["--kinds", "lava"], "'lava' is no kind of sound; there are rain"),
        (["--kinds", "rain", "--count", "0"], "not 0"),
        (["--kinds", "rain", "--minutes", "90"], "Telegram"),
        (["--kinds", "rain", "--seed", "-1"], "seed"),
    ],
)
def test_what_cannot_be_published_is_said_before_anything_is_made(
    asked: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(*asked) == 2
    told = capsys.readouterr()
    assert word in told.err and len(told.err.strip().splitlines()) == 1
    assert not Path("channel").exists()
