"""The LSTM baseline as a recogniser of written feelings."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from inference.analysis import Emotion
from inference.checkpoints import load
from inference.language import Language, Readability
from inference.text_emotion import UNKNOWN, Pieces, batch, normalise
from inference.text_recognizer import ScoreCalibration, ScoringRecognizer
from models.text_lstm import TextLstmConfig, TextLstmNet

LONGEST = 128  # pieces that are read of a stretch of text


def numbered(pieces: Pieces, texts: Sequence[str]) -> Tensor:
    """Piece numbers (n, longest) of texts; one that holds no piece reads as the unknown one."""
    return batch([pieces.cut(normalise(text))[:LONGEST] or [UNKNOWN] for text in texts])


def load_lstm(weights: Path, readable: Callable[[str], Readability]) -> ScoringRecognizer:
    """Read a checkpoint of `todak train text-lstm`.

    Raises:
        FileNotFoundError: there is none.
        CheckpointMismatch: it belongs to another model.
    """
    checkpoint = load(weights, TextLstmConfig, TextLstmNet)
    net, extra = checkpoint.module.float(), checkpoint.extra
    pieces = Pieces(extra["pieces"])

    @torch.inference_mode()
    def score(texts: Sequence[str]) -> Tensor:
        logits: Tensor = net(numbered(pieces, texts))
        return logits

    calibrations = {
        Language(language): ScoreCalibration(**values)
        for language, values in extra["calibrations"].items()
    }
    return ScoringRecognizer(score, [Emotion(c) for c in extra["classes"]], calibrations, readable)
