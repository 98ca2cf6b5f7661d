import io
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from inference.bands import Array
from inference.sound_files import MP3_RATE, OPUS_RATE, Tags, ahead, cover, write_mp3, write_opus


def noise(n_samples: int) -> Array:
    return (np.random.default_rng(0).standard_normal(n_samples) * 0.1).astype(np.float32)


def decoded(path: Path) -> Array:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate([frame.ravel() for frame in frames]).astype(np.float32)


def test_an_mp3_plays_as_long_and_as_loud_and_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "rain.mp3"
    samples = noise(25 * MP3_RATE)
    samples = np.convolve(samples, np.ones(4) / 4, "same").astype(np.float32)
    told: list[float] = []
    write_mp3(path, np.array_split(samples, 3), Tags("비 · 은은하게", "토닥"), told.append)
    assert told[-1] == pytest.approx(25.0) and told == sorted(told)
    with av.open(str(path)) as container:
        assert container.metadata["title"] == "비 · 은은하게"
        assert container.metadata["artist"] == "토닥"
        assert container.duration == pytest.approx(25e6, rel=0.01)
    heard = decoded(path)
    assert len(heard) == pytest.approx(len(samples), abs=3000)
    assert 20 * np.log10(heard.std() / samples.std()) == pytest.approx(0.0, abs=0.2)
    assert path.stat().st_size * 60 * 60 / 25 < 50e6
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "rain.mp3"
    path.write_bytes(b"earlier")

    def broken() -> Iterator[Array]:
        yield noise(MP3_RATE)
        raise RuntimeError("no more rain")

    with pytest.raises(RuntimeError, match="no more rain"):
        write_mp3(path, broken(), Tags("rain", "Todak"))
    assert path.read_bytes() == b"earlier"


def test_a_loop_keeps_its_exact_length(tmp_path: Path) -> None:
    path = tmp_path / "loop.ogg"
    write_opus(path, noise(5 * OPUS_RATE + 123))
    assert len(decoded(path)) == 5 * OPUS_RATE + 123


def test_a_cover_is_a_small_picture_of_the_sound() -> None:
    picture = cover(noise(4 * MP3_RATE), MP3_RATE)
    assert picture[:2] == b"\xff\xd8" and len(picture) < 200_000
    with av.open(io.BytesIO(picture), "r", format="mjpeg") as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (320, 320)
    assert cover(noise(4 * MP3_RATE), MP3_RATE) == picture


def test_what_is_made_ahead_keeps_its_order() -> None:
    assert list(ahead(iter(range(1, 20)))) == list(range(1, 20))
    assert list(ahead(iter(()))) == []
