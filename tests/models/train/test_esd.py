"""Reading ESD in both layouts that circulate."""

from pathlib import Path

import pytest

from models.train.esd import SpokenLanguage, read_esd, sentence_of

EMOTIONS = ("Neutral", "Angry", "Happy", "Sad", "Surprise")


def write(folder: Path, parts: tuple[str, ...]) -> None:
    for speaker in (3, 11, 12, 20):
        for order, emotion in enumerate(EMOTIONS):
            for sentence in (1, 350):
                name = f"{speaker:04d}_{350 * order + sentence:06d}.wav"
                part = parts[sentence % len(parts)] if parts else "."
                path = folder / f"{speaker:04d}" / emotion / part / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        (folder / f"{speaker:04d}" / f"{speaker:04d}.txt").write_text("0011_000001\tHi\tNeutral")


@pytest.mark.parametrize("parts", [(), ("train", "evaluation", "test")])
def test_both_layouts_are_read(tmp_path: Path, parts: tuple[str, ...]) -> None:
    write(tmp_path / "Emotion Speech Dataset", parts)
    (tmp_path / "Emotion Speech Dataset/0011/Angry/notes.wav").touch()
    clips = read_esd(tmp_path, SpokenLanguage.ENGLISH)
    assert len(clips) == 3 * 5 * 2
    assert {clip.speaker for clip in clips} == {"0011", "0012", "0020"}
    assert {clip.emotion for clip in clips} == {"neutral", "angry", "happy", "sad", "surprised"}
    assert {clip.fold for clip in clips if clip.speaker in ("0011", "0012")} == {1}
    surprised = next(c for c in clips if c.path.name == "0011_001401.wav")
    assert surprised.emotion == "surprised" and sentence_of(surprised) == 1
    assert sentence_of(next(c for c in clips if c.path.name == "0011_000700.wav")) == 350
    assert {c.speaker for c in read_esd(tmp_path, SpokenLanguage.MANDARIN)} == {"0003"}


def test_a_folder_without_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "song.wav").touch()
    with pytest.raises(FileNotFoundError, match="ESD"):
        read_esd(tmp_path, SpokenLanguage.ENGLISH)
