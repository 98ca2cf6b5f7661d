"""The baseline for voices: one wide hidden layer over mean features, as in the source document."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class SpeechMlpConfig:
    """Architecture numbers of `SpeechMlp`: 40 cepstra, 12 pitch classes and 128 bands are read."""

    n_played: int
    n_features: int = 180
    n_hidden: int = 300


class SpeechMlp(nn.Module):
    """Standardised means of features, 300 rectified units, one score an emotion.

    `mean` and `deviation` stay 0 and 1 where the training did not standardise.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: SpeechMlpConfig) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(config.n_features))
        self.register_buffer("deviation", torch.ones(config.n_features))
        self.hidden = nn.Linear(config.n_features, config.n_hidden)
        self.head = nn.Linear(config.n_hidden, config.n_played)

    def forward(self, features: Tensor) -> Tensor:
        """Return logits over the played emotions, (B, n_played), for (B, n_features)."""
        standardised = (features - self.mean) / self.deviation
        logits: Tensor = self.head(torch.relu(self.hidden(standardised)))
        return logits
