"""What the encoder may learn beside the kinds: the words in a note, and a Whisper's own weights.

The source document trains Whisper with a text loss and a label loss in a ratio
to choose. A small encoder has no decoder to train: its states spell by connectionist temporal
classification (Graves et al., 2006), and the ratio is a setting (`--text-share`).
"""

import pickle
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.checkpoints import CheckpointMismatch
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig

BLANK: Final = 0
WHISPER_NUMBERS: Final = ("n_mels", "n_audio_state", "n_audio_head", "n_audio_layer")


class Speller(nn.Module):
    """Spells letters and jamo from the states of an encoder; of use in training alone."""

    def __init__(self, n_state: int, symbols: Sequence[str]) -> None:
        super().__init__()
        self._numbers = {symbol: i for i, symbol in enumerate(symbols, BLANK + 1)}
        self.head = nn.Linear(n_state, len(symbols) + 1)

    def loss(self, states: Tensor, spoken: Sequence[str]) -> Tensor:
        """How badly states (n, T, n_state) spell what is said, a symbol; 0 where nothing is said.

        Notes whose sentence has more symbols than half their states are left out: they were cut.
        """
        spelt = [self._spelt(text) for text in spoken]
        rows = [i for i, symbols in enumerate(spelt) if 0 < len(symbols) < states.shape[1] // 2]
        if not rows:
            return states.sum() * 0.0
        scores = self.head(states[rows]).log_softmax(dim=-1).transpose(0, 1)
        lengths = torch.full((len(rows),), states.shape[1])
        targets = torch.tensor([number for i in rows for number in spelt[i]])
        sizes = torch.tensor([len(spelt[i]) for i in rows])
        return functional.ctc_loss(scores, targets, lengths, sizes, BLANK, zero_infinity=True)

    def _spelt(self, text: str) -> list[int]:
        marks = unicodedata.normalize("NFD", text)
        return [self._numbers[mark] for mark in marks if mark in self._numbers]


def symbols_of(spoken: Sequence[str]) -> list[str]:
    """Every letter and jamo of sentences, sorted."""
    return sorted({mark for text in spoken for mark in unicodedata.normalize("NFD", text)})


def read_whisper(path: Path) -> EmergencyEncoder:
    """A detector whose encoder is a pretrained Whisper's, with a head that knows nothing yet.

    Spectrograms here are Whisper's plus 1: the first bias takes that back.

    Args:
        path: a file of OpenAI's, with `dims` and `model_state_dict`.

    Raises:
        CheckpointMismatch: the file holds no Whisper model.
    """
    try:
        kept: Any = torch.load(path, map_location="cpu", weights_only=True)
        named = {name: kept["dims"][name] for name in WHISPER_NUMBERS}
        net = EmergencyEncoder(replace(EmergencyEncoderConfig(), **named))
        weights = {
            name.removeprefix("encoder."): tensor.float()
            for name, tensor in kept["model_state_dict"].items()
            if name.startswith("encoder.")
        }
        net.encoder.load_state_dict(weights)
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, TypeError) as error:
        raise CheckpointMismatch(f"{path.name} holds no Whisper model") from error
    with torch.no_grad():
        bias = net.encoder.conv1.bias
        assert bias is not None
        bias -= net.encoder.conv1.weight.sum(dim=(1, 2))
    return net
