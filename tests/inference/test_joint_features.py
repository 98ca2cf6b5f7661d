"""What the transformers over words and voice read: features of a voice, words of a text."""

import json
from pathlib import Path

import librosa
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from inference.audio import SAMPLE_RATE, Waveform
from inference.checkpoints import CheckpointMismatch
from inference.joint_features import (
    MOST_FRAMES,
    MOST_TOKENS,
    MOST_WORDS,
    Morphemes,
    WordVectors,
    hear,
    tokens,
    with_cepstra,
    with_change,
)
from inference.text_emotion import CLS, SPECIAL, Pieces


@pytest.fixture
def log_mels() -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).normal(size=(2, 128, 50)).astype("float32"))


def test_cepstra_and_their_differences_are_librosas(log_mels: torch.Tensor) -> None:
    features = with_cepstra(log_mels)

    assert features.shape == (2, 50, 60)
    cepstra = librosa.feature.mfcc(S=log_mels[1].numpy(), n_mfcc=20)
    np.testing.assert_allclose(features[1, :, :20].T, cepstra, atol=1e-3)
    for order, columns in ((1, slice(20, 40)), (2, slice(40, 60))):
        slopes = librosa.feature.delta(cepstra, order=order)
        np.testing.assert_allclose(features[1, :, columns].T, slopes, atol=1e-3)


def test_bands_and_their_difference(log_mels: torch.Tensor) -> None:
    features = with_change(log_mels)

    assert features.shape == (2, 50, 256)
    slopes = librosa.feature.delta(log_mels[0].numpy())
    np.testing.assert_allclose(features[0, :, 128:].T, slopes, atol=1e-3)


@pytest.mark.parametrize("n_frames", [1, 3])
def test_a_voice_of_a_few_frames_has_features(n_frames: int) -> None:
    assert with_cepstra(torch.zeros(1, 128, n_frames)).shape == (1, n_frames, 60)
    assert with_change(torch.zeros(1, 128, n_frames)).shape == (1, n_frames, 256)


def test_of_a_long_note_the_beginning_is_heard_whatever_its_level() -> None:
    rng = np.random.default_rng(0)
    samples = (0.1 * rng.standard_normal(20 * SAMPLE_RATE)).astype(np.float32)

    heard = hear(Waveform(samples, SAMPLE_RATE))

    assert heard.shape == (128, MOST_FRAMES)
    quieter = hear(Waveform(0.1 * samples, SAMPLE_RATE))
    assert torch.allclose(heard, quieter, atol=0.05)


def test_a_text_begins_with_its_mark_and_ends_in_time() -> None:
    pieces = Pieces([*SPECIAL, "좋", "##아"])

    assert tokens(pieces, "좋아") == [CLS, 4, 5]
    assert tokens(pieces, None) == [CLS]
    assert len(tokens(pieces, "좋아 " * 100)) == MOST_TOKENS


def test_words_without_a_vector_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "words.safetensors"
    vectors = torch.arange(512.0).reshape(2, 256)
    save_file({"vectors": vectors.half()}, path, {"words": json.dumps(["비", "오"])})

    table = WordVectors.load(path)

    assert torch.equal(table.read(["오", "늘", "비"]), vectors[[1, 0]])
    assert table.read([]).shape == (0, 256)
    assert table.read(["비"] * 50).shape == (MOST_WORDS, 256)


def test_another_file_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "words.safetensors"
    with pytest.raises(FileNotFoundError):
        WordVectors.load(path)
    path.write_bytes(b"no")
    with pytest.raises(CheckpointMismatch):
        WordVectors.load(path)


def test_words_are_the_forms_of_morphemes() -> None:
    pytest.importorskip("kiwipiepy", reason="needs the package kiwipiepy")

    assert Morphemes().cut(["병에 걸렸는데", "So SAD", ""]) == [
        ["병", "에", "걸리", "었", "는데"],
        ["so", "sad"],
        [],
    ]
