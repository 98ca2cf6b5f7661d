"""What names the emotion of a voice: a small convolutional net and long-term statistics."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.voice_statistics import VoiceStatisticsConfig, VoiceStatisticsNet


@dataclass(frozen=True, slots=True)
class SpeechEmotionConfig:
    """Architecture numbers of `SpeechEmotionNet`.

    `pools` are the factors by which frequency and time shrink before each convolution after the
    first, which itself halves both. `statistics_weight` is what the logits of the statistics
    count beside those of the convolutions.
    """

    n_played: int
    n_mels: int = 64
    channels: tuple[int, ...] = (16, 32, 64, 96)
    pools: tuple[tuple[int, int], ...] = ((2, 1), (2, 2), (2, 1))
    n_state: int = 128
    n_attention: int = 64
    dropout: float = 0.2
    n_cepstra: int = 20
    statistics_weight: float = 0.5


class SpeechEmotionNet(nn.Module):
    """Convolutions, attentive statistics pooling over time, one linear head.

    The pooling is that of Okabe et al., Interspeech 2018: a learned weight for each frame, then
    the weighted mean and deviation of the frames.
    """

    def __init__(self, config: SpeechEmotionConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(1, config.channels[0], 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(config.channels[0]),
            nn.ReLU(),
        ]
        n_bands, self.frames_per_state = config.n_mels // 2, 2
        for (n_in, n_out), pool in zip(pairwise(config.channels), config.pools, strict=True):
            layers += [
                nn.MaxPool2d(pool),
                nn.Conv2d(n_in, n_out, 3, padding=1, bias=False),
                nn.BatchNorm2d(n_out),
                nn.ReLU(),
            ]
            n_bands //= pool[0]
            self.frames_per_state *= pool[1]
        self.convolutions = nn.Sequential(*layers)
        self.narrow = nn.Linear(config.channels[-1] * n_bands, config.n_state)
        self.attention = nn.Sequential(
            nn.Linear(config.n_state, config.n_attention),
            nn.Tanh(),
            nn.Linear(config.n_attention, 1),
        )
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(2 * config.n_state, config.n_played)

    def forward(self, log_mel: Tensor, n_frames: Tensor) -> Tensor:
        """Return logits over the played emotions.

        Args:
            log_mel: shape (B, n_mels, T), mean 0 and deviation 1 over each voice; T >= 8.
            n_frames: shape (B,), how many of the T frames are sound and not padding; >= 1.

        Returns:
            shape (B, n_played).
        """
        maps = self.convolutions(log_mel[:, None])  # (B, C, n_bands, T / 4)
        states = self.narrow(maps.flatten(1, 2).transpose(1, 2))  # (B, T / 4, n_state)
        states = self.dropout(torch.relu(states))
        onsets = torch.arange(states.shape[1]) * self.frames_per_state
        scores = self.attention(states).squeeze(-1)
        weights = scores.masked_fill(onsets >= n_frames[:, None], -torch.inf).softmax(dim=1)
        mean = torch.einsum("bt,bts->bs", weights, states)
        variance = torch.einsum("bt,bts->bs", weights, states.square()) - mean.square()
        deviation = variance.clamp(min=1e-5).sqrt()
        logits: Tensor = self.head(self.dropout(torch.cat([mean, deviation], dim=1)))
        return logits


class VoiceEmotionNet(nn.Module):
    """The convolutions' logits, averaged over windows, and the statistics' of the whole voice."""

    def __init__(self, config: SpeechEmotionConfig) -> None:
        super().__init__()
        self.statistics_weight = config.statistics_weight
        self.convolutional = SpeechEmotionNet(config)
        self.statistical = VoiceStatisticsNet(
            VoiceStatisticsConfig(config.n_played, config.n_mels, config.n_cepstra)
        )

    def forward(self, windows: Tensor, n_frames: Tensor, log_mel: Tensor) -> Tensor:
        """Return logits (n_played,) for one voice.

        Args:
            windows: shape (B, n_mels, T), pieces of the voice.
            n_frames: shape (B,), how many frames of each are sound.
            log_mel: shape (n_mels, n), the whole voice.
        """
        heard = self.convolutional(windows, n_frames).mean(0)
        statistics = self.statistical.statistics(log_mel)
        logits: Tensor = heard + self.statistics_weight * self.statistical(statistics[None])[0]
        return logits
