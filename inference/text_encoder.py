"""An encoder fine-tuned by `todak train text-encoder` as a recogniser of written feelings."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from inference.analysis import Emotion
from inference.checkpoints import CheckpointMismatch, load, save
from inference.encoder_folders import (
    positions,
    read_model,
    read_tokenizer,
    tokenizing,
)
from inference.language import Language, Readability
from inference.text_recognizer import ScoreCalibration, ScoringRecognizer
from models.text_encoder import EncoderHead, EncoderHeadConfig, TextEncoderNet

HEAD = "head.safetensors"  # beside the encoder's own files
CALIBRATION = "emotion.json"


def save_encoder(
    folder: Path, net: TextEncoderNet, tokenizer: Any, classes: Sequence[Emotion]
) -> None:
    """Write encoder, tokenizer and head; `write_calibrations` adds what makes it a recogniser."""
    folder.mkdir(parents=True, exist_ok=True)
    net.encoder.save_pretrained(folder)  # type: ignore[operator]
    tokenizer.save_pretrained(folder)
    linear = net.head.linear
    config = EncoderHeadConfig(linear.in_features, linear.out_features, net.head.dropout.p)
    save(folder / HEAD, net.head, config, {"classes": [str(c) for c in classes]})


def write_calibrations(folder: Path, calibrations: Mapping[Language, ScoreCalibration]) -> None:
    """Write `emotion.json`: for each language the model knows, how its scores are to be read."""
    values = {str(language): asdict(values) for language, values in calibrations.items()}
    (folder / CALIBRATION).write_text(json.dumps(values, indent=1) + "\n", "utf-8")


def read_calibrations(folder: Path) -> dict[Language, ScoreCalibration]:
    """Read what `write_calibrations` wrote.

    Raises:
        FileNotFoundError: there is none.
        CheckpointMismatch: it is of another form.
    """
    path = folder / CALIBRATION
    if not path.is_file():
        raise FileNotFoundError(f"{folder} holds no {CALIBRATION}")
    try:
        return {
            Language(language): ScoreCalibration(**values)
            for language, values in json.loads(path.read_text("utf-8")).items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise CheckpointMismatch(f"{path} holds no calibration: {error}") from error


def load_encoder(folder: Path, readable: Callable[[str], Readability]) -> ScoringRecognizer:
    """Read a folder written by `todak train text-encoder`.

    Raises:
        FileNotFoundError: a file of it is missing.
        CheckpointMismatch: it is of another kind.
        MissingHubPackage: transformers is not installed.
    """
    calibrations = read_calibrations(folder)
    head = load(folder / HEAD, EncoderHeadConfig, EncoderHead)
    encoder = read_model(folder, "AutoModel")
    net = TextEncoderNet(encoder, head.config).eval()
    net.head = head.module
    tokens = tokenizing(read_tokenizer(folder), positions(encoder.config))

    @torch.inference_mode()
    def score(texts: Sequence[str]) -> Tensor:
        logits: Tensor = net(**tokens(texts))
        return logits

    classes = [Emotion(c) for c in head.extra["classes"]]
    return ScoringRecognizer(score, classes, calibrations, readable)
