"""Words and voices as the two transformers over both read them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from inference.audio import Waveform
from inference.checkpoints import CheckpointMismatch
from inference.features import DELTA_WIDTH, MelConfig, delta, mfcc
from inference.text_emotion import CLS, Pieces, normalise
from inference.voice import voice_features

JOINT_MEL: Final = MelConfig(n_mels=128)
MOST_FRAMES: Final = 1_000  # 16 s; of a longer note only its beginning is heard
MOST_TOKENS: Final = 60
MOST_WORDS: Final = 40
N_MFCC: Final = 20


class MissingAnalyser(RuntimeError):
    """The morphological analyser kiwipiepy is not installed."""


def hear(waveform: Waveform) -> Tensor:
    """The log-mel spectrogram of a voice, free of level, (128, T), T <= `MOST_FRAMES`."""
    return voice_features(waveform, JOINT_MEL)[:, :MOST_FRAMES]


def with_cepstra(log_mels: Tensor) -> Tensor:
    """20 MFCCs with first and second differences: (B, 128, T) to (B, T, 60)."""
    long, n_frames = _long_enough(log_mels), log_mels.shape[2]
    cepstra = mfcc(long, N_MFCC)
    rows = torch.cat([cepstra, delta(cepstra), delta(cepstra, order=2)], dim=1)
    return rows[:, :, :n_frames].transpose(1, 2)


def with_change(log_mels: Tensor) -> Tensor:
    """Mel bands with their first difference: (B, 128, T) to (B, T, 256)."""
    long, n_frames = _long_enough(log_mels), log_mels.shape[2]
    rows = torch.cat([long, delta(long)], dim=1)
    return rows[:, :, :n_frames].transpose(1, 2)


def _long_enough(log_mels: Tensor) -> Tensor:
    """The last frame repeated until a slope can be fitted."""
    missing = max(0, DELTA_WIDTH - log_mels.shape[2])
    return torch.nn.functional.pad(log_mels, (0, missing), mode="replicate")


def tokens(pieces: Pieces, text: str | None) -> list[int]:
    """The first `MOST_TOKENS` pieces of a text, [CLS] before them; absent text is [CLS] alone."""
    return [CLS, *([] if text is None else pieces.cut(normalise(text)))][:MOST_TOKENS]


class Morphemes:
    """Kiwi's morphological analysis; it takes 3 s to start.

    Raises:
        MissingAnalyser: kiwipiepy is not installed.
    """

    def __init__(self) -> None:
        try:
            from kiwipiepy import Kiwi  # type: ignore[import-untyped]
        except ModuleNotFoundError as error:
            raise MissingAnalyser("kiwipiepy is not installed: pip install kiwipiepy") from error
        self._kiwi: Any = Kiwi(num_workers=1)

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        """The forms of each text's morphemes, as Kiwi writes them, lower case."""
        normalised = [normalise(text) for text in texts]
        return [[token.form for token in row] for row in self._kiwi.tokenize(normalised)]


class WordVectors:
    """Vectors (n, 256) by word, from a file of their own."""

    def __init__(self, rows: Mapping[str, int], vectors: Tensor) -> None:
        self.rows = rows
        self.vectors = vectors

    @classmethod
    def load(cls, path: Path) -> "WordVectors":
        """Read a table of vectors.

        Raises:
            FileNotFoundError: there is no such file.
            CheckpointMismatch: it is no such table.
        """
        if not path.is_file():
            raise FileNotFoundError(f"no weights at {path}")
        try:
            with safe_open(path, framework="pt") as file:
                names = json.loads((file.metadata() or {})["words"])
                vectors = file.get_tensor("vectors").float()
        except (SafetensorError, KeyError) as error:
            raise CheckpointMismatch(f"{path.name} is no table of word vectors") from error
        return cls({name: row for row, name in enumerate(names)}, vectors)

    def read(self, words: Sequence[str]) -> Tensor:
        """Vectors (n, 256) of the first `MOST_WORDS` words that have one."""
        known = [self.rows[word] for word in words if word in self.rows][:MOST_WORDS]
        return self.vectors[known]
