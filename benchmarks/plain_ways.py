"""The usual way to build such a bot, to measure against: transformers, ffmpeg and librosa.

Needs `pip install 'todak[bench]'`. Nothing is downloaded: the text model has the size of
BERT-base and random weights, its WordPiece vocabulary is made of the project's own sentences.
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
from inference.features import MelConfig
from inference.speech_emotion import windows
from models.speech_emotion import SpeechEmotionConfig, VoiceEmotionNet

CLASSES = 7
VOCABULARY = 32_000
SENTENCES = Path(__file__).parent.parent / "models" / "train" / "sentences"
RANGE_DB = 80.0


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
    """ffmpeg, librosa's usual features, and the network that Todak hears with."""

    def __init__(self, weights: Path) -> None:
        """Read the voice model's weights."""
        checkpoint = checkpoints.load(weights, SpeechEmotionConfig, VoiceEmotionNet)
        self._net = checkpoint.module
        self._mel = MelConfig(**checkpoint.extra["mel"])
        self._ffmpeg = shutil.which("ffmpeg")

    @property
    def decoder(self) -> str:
        """What the sound is decoded with."""
        return "PyAV" if self._ffmpeg is None else "ffmpeg"

    @torch.inference_mode()
    def __call__(self, recording: bytes) -> tuple[list[float], np.ndarray]:
        """The network's probabilities, and the vector of means that such bots are built on.

        That vector holds the means over time of 40 MFCCs, 12 chroma bands and the mel bands.
        """
        samples = self._decoded(recording)
        mel, config = self._mel_power(samples), self._mel
        mfcc = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE, n_mfcc=40)
        spectrum = np.abs(librosa.stft(samples))
        chroma = librosa.feature.chroma_stft(S=spectrum, sr=SAMPLE_RATE)
        means = np.concatenate([part.mean(axis=1) for part in (mfcc, chroma, mel)])
        log_mel = torch.from_numpy(librosa.power_to_db(mel, top_db=RANGE_DB))
        log_mel = ((log_mel - log_mel.mean()) / (log_mel.std() + 1e-3)).float()
        pieces, n_frames = windows(log_mel, config)
        return self._net(pieces, n_frames, log_mel).softmax(0).tolist(), means

    def _mel_power(self, samples: np.ndarray) -> np.ndarray:
        return librosa.feature.melspectrogram(
            y=samples,
            sr=SAMPLE_RATE,
            n_fft=self._mel.n_fft,
            hop_length=self._mel.hop_length,
            n_mels=self._mel.n_mels,
            fmin=self._mel.f_min_hz,
            fmax=self._mel.f_max_hz,
        )

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
