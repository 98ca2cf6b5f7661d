"""The usual way to build such a bot, to measure against: transformers, ffmpeg and librosa.

Needs `.venv/bin/python -m pip install -e '.[bench]'`. Nothing is downloaded: the text model has
the size of BERT-base and random weights, its WordPiece vocabulary is made of the project's own
sentences.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import torch
from tokenizers import BertWordPieceTokenizer
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertTokenizer,
    pipeline,
)

from inference import checkpoints
from inference.audio import SAMPLE_RATE, decode
from models.speech_mlp import SpeechMlp, SpeechMlpConfig

CLASSES = 7
VOCABULARY = 32_000
SENTENCES = Path(__file__).parent.parent / "models" / "train" / "sentences"


def text_classifier(folder: Path) -> Callable[[str], Any]:
    """A text-classification pipeline of BERT-base's size; its files go to `folder`."""
    vocabulary = BertWordPieceTokenizer(strip_accents=False)
    sentences = sorted(str(path) for path in SENTENCES.glob("*.tsv"))
    vocabulary.train(sentences, vocab_size=VOCABULARY, show_progress=False)
    vocabulary.save_model(str(folder))
    tokenizer = BertTokenizer(vocab=str(folder / "vocab.txt"), strip_accents=False)
    labels = {number: f"class {number}" for number in range(CLASSES)}
    config = BertConfig(vocab_size=VOCABULARY, id2label=labels)
    torch.manual_seed(0)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    model = BertForSequenceClassification.from_pretrained(folder)
    return pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")


class PlainEar:
    """ffmpeg, librosa's usual features, and the network of one hidden layer usually read by it."""

    def __init__(self, weights: Path) -> None:
        """Read the weights of `todak train speech-mlp`."""
        self._net = checkpoints.load(weights, SpeechMlpConfig, SpeechMlp).module
        self._ffmpeg = shutil.which("ffmpeg")

    @property
    def decoder(self) -> str:
        """What the sound is decoded with."""
        return "PyAV" if self._ffmpeg is None else "ffmpeg"

    @torch.inference_mode()
    def __call__(self, recording: bytes) -> list[float]:
        """The network's probabilities, from the means of 40 MFCCs, 12 chroma and 128 mel bands."""
        samples = self._decoded(recording)
        mfcc = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE, n_mfcc=40)
        spectrum = np.abs(librosa.stft(samples))
        chroma = librosa.feature.chroma_stft(S=spectrum, sr=SAMPLE_RATE)
        mel = librosa.feature.melspectrogram(y=samples, sr=SAMPLE_RATE)
        means = np.concatenate([part.mean(axis=1) for part in (mfcc, chroma, mel)])
        features = torch.from_numpy(means.astype(np.float32))
        probabilities: list[float] = self._net(features[None])[0].softmax(0).tolist()
        return probabilities

    def _decoded(self, recording: bytes) -> np.ndarray:
        if self._ffmpeg is None:
            return decode(recording).samples
        # The program was found on the path; nothing of the recording is on its command line.
        command = [self._ffmpeg, "-v", "error", "-i", "pipe:0", "-ac", "1"]
        command += ["-ar", str(SAMPLE_RATE), "-f", "f32le", "pipe:1"]
        decoded = subprocess.run(  # noqa: S603
            command, input=recording, capture_output=True, check=True
        )
        return np.frombuffer(decoded.stdout, np.float32)
