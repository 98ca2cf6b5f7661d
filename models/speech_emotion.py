"""What names the emotion of a voice: small networks side by side over its statistics."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

FARTHEST = 4.0  # deviations; what lies beyond is a broken recording rather than a voice


@dataclass(frozen=True, slots=True)
class SpeechEmotionConfig:
    """Architecture numbers of `VoiceEmotionNet`; `n_nets` networks are averaged."""

    n_played: int
    n_statistics: int
    n_nets: int = 2
    n_hidden: int = 128
    input_dropout: float = 0.3
    hidden_dropout: float = 0.5


class VoiceEmotionNet(nn.Module):
    """Networks of one hidden layer, each on the standardised statistics of a voice."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: SpeechEmotionConfig) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(config.n_statistics))
        self.register_buffer("deviation", torch.ones(config.n_statistics))
        self.input_dropout = nn.Dropout(config.input_dropout)
        self.hidden_dropout = nn.Dropout(config.hidden_dropout)
        self.inner = nn.Parameter(_drawn(config.n_nets, config.n_statistics, config.n_hidden))
        self.inner_bias = nn.Parameter(torch.zeros(config.n_nets, 1, config.n_hidden))
        self.outer = nn.Parameter(_drawn(config.n_nets, config.n_hidden, config.n_played))
        self.outer_bias = nn.Parameter(torch.zeros(config.n_nets, 1, config.n_played))

    def each(self, statistics: Tensor) -> Tensor:
        """Return the logits of each network, (n_nets, B, n_played), for (B, n_statistics)."""
        standardised = (statistics - self.mean) / self.deviation
        known = standardised.clamp(-FARTHEST, FARTHEST).expand(len(self.inner), -1, -1)
        hidden = torch.relu(torch.baddbmm(self.inner_bias, self.input_dropout(known), self.inner))
        return torch.baddbmm(self.outer_bias, self.hidden_dropout(hidden), self.outer)

    def forward(self, statistics: Tensor) -> Tensor:
        """Return logits over the played emotions, (B, n_played), for (B, n_statistics)."""
        return self.each(statistics).mean(dim=0)


def _drawn(n_nets: int, n_in: int, n_out: int) -> Tensor:
    """Weights as `nn.Linear` draws them."""
    bound = 1.0 / math.sqrt(n_in)
    return torch.empty(n_nets, n_in, n_out).uniform_(-bound, bound)
