"""The feeling in a voice, from how it sounds and not from what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference import checkpoints
from inference.analysis import Emotion, EmotionEstimate
from inference.audio import Waveform, is_silent, trim
from inference.features import MelConfig, log_mel, power_spectrogram
from models.speech_emotion import SpeechEmotionConfig, VoiceEmotionNet

# What actors were asked to play, and the Todak class it is heard as. Disgust and surprise have no
# class of their own: their probability counts for none (see the model card for the evidence), and
# nothing that actors played is hurt or embarrassment.
HEARD_AS: Final[Mapping[str, Emotion]] = MappingProxyType(
    {
        "happy": Emotion.JOY,
        "sad": Emotion.SADNESS,
        "angry": Emotion.ANGER,
        "fearful": Emotion.ANXIETY,
        "neutral": Emotion.NEUTRAL,
        "calm": Emotion.NEUTRAL,
        "bored": Emotion.NEUTRAL,
    }
)
HEARD: Final = tuple(dict.fromkeys(HEARD_AS.values()))

WINDOW_S: Final = 3.0  # the clips it was trained on last 1 to 4 s
MOST_WINDOWS: Final = 16  # of a long note, spread evenly, so that ten minutes cost what one does

SHORTEST_FRAMES: Final = 32  # half a second; the net halves the time axis twice

RANGE_DB: Final = 80.0


class SpeechEmotionRecognizer:
    """Names the feeling of a voice; safe to share between threads, the weights are only read."""

    def __init__(
        self,
        net: VoiceEmotionNet,
        played: Sequence[str],
        mel: MelConfig,
        temperature: float,
        sure_probability: float,
    ) -> None:
        """Wrap a trained net.

        Args:
            net: in evaluation mode; its outputs are the `played` emotions.
            played: names of the net's outputs, in order.
            mel: the spectrogram it was trained on.
            temperature: divides the logits; > 0, fitted on speakers held out.
            sure_probability: in [0, 1]; the best class is sure from here on.
        """
        self._net = net
        self._played = tuple(played)
        self._hearing = hearing(played)
        self._mel = mel
        self._temperature = temperature
        self._sure_probability = sure_probability

    @classmethod
    def load(cls, path: Path) -> SpeechEmotionRecognizer:
        """Read the weights and all that belongs to them from one checkpoint.

        Raises:
            FileNotFoundError: there is no such file.
            CheckpointMismatch: it holds another model.
        """
        checkpoint = checkpoints.load(path, SpeechEmotionConfig, VoiceEmotionNet)
        extra = checkpoint.extra
        # Twice as fast on a CPU; torch's type stubs do not know the argument.
        net = checkpoint.module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        try:
            return cls(
                net,
                extra["played"],
                MelConfig(**extra["mel"]),
                extra["temperature"],
                extra["sure_probability"],
            )
        except (KeyError, TypeError) as error:
            raise checkpoints.CheckpointMismatch(f"{path.name} lacks {error}") from error

    def predict(self, waveform: Waveform) -> EmotionEstimate:
        """Estimate the feeling of a recording of any length; silence gives an unsure guess."""
        if is_silent(waveform):
            return self._estimate(torch.zeros(len(self._played)))
        with torch.inference_mode():
            features = voice_features(waveform, self._mel)
            pieces, n_frames = windows(features, self._mel)
            logits = self._net(pieces, n_frames, features)
        return self._estimate(logits)

    def _estimate(self, logits: Tensor) -> EmotionEstimate:
        posterior = (logits / self._temperature).softmax(0) @ self._hearing
        named = dict(zip(Emotion, posterior.tolist(), strict=True))
        return EmotionEstimate(named, (), max(named.values()) >= self._sure_probability)


def voice_features(waveform: Waveform, config: MelConfig) -> Tensor:
    """Return the log-mel spectrogram of the trimmed voice, free of the recording's level.

    80 dB of range are kept; mean 0 and deviation 1 over all values. Shape (n_mels, n_frames). Of
    more than 48 s, as many 3 s pieces as the net looks at stand for the whole.
    """
    samples = torch.from_numpy(_excerpt(trim(waveform)))
    features = log_mel(power_spectrogram(samples[None], config), config)[0]
    features = torch.maximum(features, features.max() - RANGE_DB)
    return (features - features.mean()) / (features.std() + 1e-3)


def _excerpt(waveform: Waveform) -> NDArray[np.float32]:
    """Return all samples, or the evenly spread pieces that stand for a long note."""
    length = round(WINDOW_S * waveform.sample_rate)
    if len(waveform.samples) <= MOST_WINDOWS * length:
        return waveform.samples
    onsets = np.linspace(0, len(waveform.samples) - length, MOST_WINDOWS).round().astype(int)
    return np.concatenate([waveform.samples[onset : onset + length] for onset in onsets])


def hearing(played: Sequence[str]) -> Tensor:
    """Return how much of each played emotion counts for each Todak class, (n_played, 7).

    Emotions without a class of their own say nothing: they are spread evenly over what the voice
    can tell. Rows sum to 1; the columns of classes that the voice does not claim are 0.
    """
    rows = [[HEARD_AS[name]] if name in HEARD_AS else HEARD for name in played]
    return torch.tensor([[(e in row) / len(row) for e in Emotion] for row in rows])


def windows(features: Tensor, config: MelConfig) -> tuple[Tensor, Tensor]:
    """Cut (n_mels, T) into half-overlapping windows of 3 s: (B, n_mels, n_frames), lengths (B,).

    A recording shorter than that is one window; one shorter than half a second is padded.
    """
    n_frames = round(WINDOW_S / config.frame_s)
    length = features.shape[1]
    if length <= n_frames:
        padded = torch.nn.functional.pad(features, (0, max(0, SHORTEST_FRAMES - length)))
        return padded[None], torch.tensor([length])
    n_windows = min(MOST_WINDOWS, 1 + -(-(length - n_frames) // (n_frames // 2)))
    onsets = torch.linspace(0, length - n_frames, n_windows).round().long().tolist()
    windows = torch.stack([features[:, onset : onset + n_frames] for onset in onsets])
    return windows, torch.full((n_windows,), n_frames)
