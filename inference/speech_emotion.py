"""The feeling in a voice, from how it sounds and not from what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import torch
from torch import Tensor

from inference import checkpoints
from inference.analysis import Emotion, EmotionEstimate
from inference.audio import Waveform, is_silent
from inference.features import MelConfig
from inference.voice import HeardVoice, hear, n_statistics_of, statistics_of
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
        try:
            mel = MelConfig(**extra["mel"])
            recognizer = cls(
                checkpoint.module,
                extra["played"],
                mel,
                extra["temperature"],
                extra["sure_probability"],
            )
        except (KeyError, TypeError) as error:
            raise checkpoints.CheckpointMismatch(f"{path.name} lacks {error}") from error
        if checkpoint.config.n_statistics != n_statistics_of(mel):
            raise checkpoints.CheckpointMismatch(f"{path.name} reads other statistics")
        return recognizer

    def predict(self, waveform: Waveform) -> EmotionEstimate:
        """Estimate the feeling of a recording of any length; silence gives an unsure guess."""
        if is_silent(waveform):
            return self._estimate(torch.zeros(len(self._played)))
        return self.estimate(self.hear(waveform))

    @torch.inference_mode()
    def hear(self, waveform: Waveform) -> HeardVoice:
        """Hear a recording as these weights were taught to; it is not silent."""
        return hear(waveform, self._mel)

    @torch.inference_mode()
    def estimate(self, voice: HeardVoice) -> EmotionEstimate:
        """Estimate the feeling of what `hear` heard."""
        return self._estimate(self._net(statistics_of(voice)[None])[0])

    def _estimate(self, logits: Tensor) -> EmotionEstimate:
        posterior = (logits / self._temperature).softmax(0) @ self._hearing
        named = dict(zip(Emotion, posterior.tolist(), strict=True))
        return EmotionEstimate(named, (), max(named.values()) >= self._sure_probability)


def hearing(played: Sequence[str]) -> Tensor:
    """Return how much of each played emotion counts for each Todak class, (n_played, 7).

    Emotions without a class of their own say nothing: they are spread evenly over what the voice
    can tell. Rows sum to 1; the columns of classes that the voice does not claim are 0.
    """
    rows = [[HEARD_AS[name]] if name in HEARD_AS else HEARD for name in played]
    return torch.tensor([[(e in row) / len(row) for e in Emotion] for row in rows])
