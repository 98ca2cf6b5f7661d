"""Sounds are taken in at one level, cut, and never twice; what was stopped goes on."""

import json
from pathlib import Path

import numpy as np
import pyloudnorm  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.audio import SAMPLE_RATE, UnreadableAudio
from inference.features import MelConfig
from inference.sound_library import (
    INDEX,
    LEVEL_LUFS,
    AlreadyThere,
    Origin,
    SoundLibrary,
    from_mu_law,
    log_mel_of,
    mu_law,
    seconds_of,
    spectrum_of,
)
from tests.inference.encoded import encode, tone, video_note, wav

ORIGIN = Origin("recorded here", "CC0")


def rain(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """Noise that rises and falls, as no two recordings do alike."""
    rng = np.random.default_rng(seed)
    n = round(seconds * SAMPLE_RATE)
    knots = np.arange(0, n + 4000, 4000)
    rises = np.interp(np.arange(n), knots, rng.random(len(knots)))
    return np.asarray(0.3 * rises * rng.standard_normal(n), np.float32).clip(-1, 1)


@pytest.fixture
def library(tmp_path: Path) -> SoundLibrary:
    return SoundLibrary(tmp_path / "library")


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_long_recording_is_cut_into_pieces_at_one_level(
    library: SoundLibrary, tmp_path: Path
) -> None:
    entry = library.ingest(put(tmp_path, "rain.wav", wav(rain(70.5), SAMPLE_RATE, 1)), ORIGIN)

    assert (entry.source, entry.licence, entry.name) == ("recorded here", "CC0", "rain.wav")
    assert entry.duration_s == pytest.approx(70.5, abs=0.01)
    pieces = [library.samples(piece) for piece in entry.pieces]
    assert [round(len(piece) / SAMPLE_RATE, 1) for piece in pieces] == [30.0, 30.0, 10.5]
    level = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(np.concatenate(pieces))
    assert level == pytest.approx(LEVEL_LUFS, abs=0.5)
    seconds = seconds_of(pieces[2])
    assert seconds.shape == (10, SAMPLE_RATE) and np.shares_memory(seconds, pieces[2])


def test_sound_of_a_video_is_taken_in(library: SoundLibrary, tmp_path: Path) -> None:
    film = put(tmp_path, "film.mp4", video_note(tone(3.0, 48_000), 48_000))
    assert library.ingest(film, ORIGIN).duration_s == pytest.approx(3.0, abs=0.2)


def test_the_same_file_and_another_copy_of_its_sound_are_refused(
    library: SoundLibrary, tmp_path: Path
) -> None:
    sound = rain(12.0)
    first = library.ingest(put(tmp_path, "a.wav", wav(sound, SAMPLE_RATE, 1)), ORIGIN)
    with pytest.raises(AlreadyThere, match=r"a\.wav"):
        library.ingest(put(tmp_path, "b.wav", wav(sound, SAMPLE_RATE, 1)), ORIGIN)
    quieter = np.interp(np.arange(0, len(sound), 1 / 3), np.arange(len(sound)), 0.5 * sound)
    opus = encode(np.asarray(quieter, np.float32))
    with pytest.raises(AlreadyThere) as refused:
        library.ingest(put(tmp_path, "copy.ogg", opus), ORIGIN)
    assert refused.value.entry == first
    library.ingest(put(tmp_path, "c.wav", wav(rain(12.0, seed=1), SAMPLE_RATE, 1)), ORIGIN)
    assert [entry.name for entry in library.entries] == ["a.wav", "c.wav"]


@pytest.mark.parametrize(
    "content", [b"", b"no sound", wav(np.zeros(48_000, np.float32), 16_000, 1)]
)
def test_what_is_no_sound_is_refused_and_leaves_nothing(
    library: SoundLibrary, tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(UnreadableAudio):
        library.ingest(put(tmp_path, "x.wav", content), ORIGIN)
    assert library.entries == [] and not list((tmp_path / "library/pieces").iterdir())


def test_a_line_cut_off_by_a_crash_is_left_out_and_its_file_taken_in_again(
    library: SoundLibrary, tmp_path: Path
) -> None:
    files = [put(tmp_path, f"{seed}.wav", wav(rain(5.0, seed), SAMPLE_RATE, 1)) for seed in (1, 2)]
    for path in files:
        library.ingest(path, ORIGIN)
    index = tmp_path / "library" / INDEX
    index.write_text(index.read_text()[:-40])

    again = SoundLibrary(tmp_path / "library")

    assert [entry.name for entry in again.entries] == ["1.wav"]
    again.ingest(files[1], ORIGIN)
    names = [entry.name for entry in SoundLibrary(tmp_path / "library").entries]
    assert names == ["1.wav", "2.wav"]
    assert json.loads(index.read_text().splitlines()[-1])["name"] == "2.wav"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1.0, 1.0, width=32), min_size=1, max_size=50))
def test_mu_law_is_finer_near_silence(values: list[float]) -> None:
    samples = np.array(values, np.float32)
    back = from_mu_law(mu_law(samples))
    assert np.all(np.abs(back - samples) <= 0.0001 + 0.025 * np.abs(samples))


def test_both_spectrograms_are_of_the_sound() -> None:
    config = MelConfig()
    power = spectrum_of(tone(1.0, SAMPLE_RATE), config)
    assert power.shape[0] == config.n_fft // 2 + 1
    strongest_hz = power.mean(axis=1).argmax() * SAMPLE_RATE / config.n_fft
    assert strongest_hz == pytest.approx(440.0, abs=16.0)
    assert log_mel_of(tone(1.0, SAMPLE_RATE), config).shape == (64, power.shape[1])
