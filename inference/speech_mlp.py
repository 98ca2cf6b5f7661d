"""The baseline for voices as the source document has it, behind the recogniser's interface."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from inference import checkpoints
from inference.analysis import Emotion, EmotionEstimate
from inference.audio import Waveform
from inference.features import MelConfig, chroma, decibels, mel_power, mfcc, power_spectrogram
from inference.speech_emotion import hearing
from models.speech_mlp import SpeechMlp, SpeechMlpConfig

# librosa's defaults, which the document leaves as they are, at Todak's sampling rate.
MLP_MEL: Final = MelConfig(n_fft=2048, hop_length=512, n_mels=128)
N_MFCC: Final = 40


class SpeechMlpRecognizer:
    """Names the feeling of a voice by mean features; measured, and not what the product uses."""

    def __init__(self, net: SpeechMlp, played: Sequence[str], sure_probability: float) -> None:
        """Wrap a trained net whose outputs are the `played` emotions, in order."""
        self._net = net
        self._hearing = hearing(played)
        self._sure_probability = sure_probability

    @classmethod
    def load(cls, path: Path) -> SpeechMlpRecognizer:
        """Read a checkpoint.

        Raises:
            FileNotFoundError: there is no such file.
            CheckpointMismatch: it holds another model.
        """
        checkpoint = checkpoints.load(path, SpeechMlpConfig, SpeechMlp)
        try:
            played = checkpoint.extra["played"]
            return cls(checkpoint.module, played, checkpoint.extra["sure_probability"])
        except KeyError as error:
            raise checkpoints.CheckpointMismatch(f"{path.name} lacks {error}") from error

    @torch.inference_mode()
    def predict(self, waveform: Waveform) -> EmotionEstimate:
        """Estimate the feeling of a recording of any length."""
        posterior = self._net(mean_features(waveform)[None])[0].softmax(0) @ self._hearing
        named = dict(zip(Emotion, posterior.tolist(), strict=True))
        return EmotionEstimate(named, (), max(named.values()) >= self._sure_probability)


def mean_features(waveform: Waveform) -> Tensor:
    """Return means over time of 40 MFCCs, 12 pitch classes and the power of 128 bands, (180,)."""
    power = power_spectrogram(torch.from_numpy(waveform.samples)[None], MLP_MEL)
    mel = mel_power(power, MLP_MEL)
    rows = [mfcc(decibels(mel), N_MFCC), chroma(power.sqrt(), MLP_MEL), mel]
    return torch.cat(rows, dim=1)[0].mean(dim=1)
