"""The source document's six classifiers of sounds, and a wider one of ours.

The document (section 3-2) names the layers and little else: (a) one dense layer on the samples of
about a second; (b) a 2D convolution on its mel spectrogram; (c) four layers of 2D convolution;
(d) a 1D convolution; (e) four layers of 1D convolution with max-pooling, dropout, global average
pooling and a dense layer "where suitable"; (f) as e with ELU and tanh in place of ReLU, RMSprop
as optimiser and settings found by search. Where it is silent, these are our choices:

- a convolves nothing and has no activation: it is multinomial logistic regression on samples;
- b and d, which are named with nothing else, have one convolution, ReLU, one max-pooling, and all
  that is left goes into the dense layer; c has what e has, "for the same reason";
- filters span 3 bands or frames and keep the size; each pooling halves; 2D layers have 32, 32, 64
  and 64 filters, 1D layers 64, 64, 128 and 128, those of one layer alone as many as the first;
- 1D convolutions go along time, and bands are their channels;
- dropout of 0.25 follows each pooling where there is dropout;
- f has ELU after its first three convolutions and tanh after the last, so that what is averaged
  over time lies between -1 and 1. Optimisers but f's are Adam, learning rates 0.001.

`wide` is f with more filters, longer ones first, and batch normalisation before each activation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import torch
from torch import Tensor, nn

N_SAMPLES: Final = 16_000  # a second at 16 kHz
N_BANDS: Final = 64
N_FRAMES: Final = 63  # of a second, one every 16 ms
DROPOUT: Final = 0.25
FILTERS_2D: Final = (32, 32, 64, 64)
FILTERS_1D: Final = (64, 64, 128, 128)
FILTERS_WIDE: Final = (128, 192, 256, 256)
SPANS_WIDE: Final = (5, 3, 3, 3)

Activation = Callable[[], nn.Module]


@dataclass(frozen=True, slots=True)
class SoundClassifierConfig:
    """Which of the classifiers, a key of `CLASSIFIERS`, and how many kinds it tells apart."""

    name: str
    n_kinds: int


class SoundClassifier(nn.Module):
    """Names the kind of a second of sound.

    Raises:
        KeyError: there is no classifier of the config's name.
    """

    def __init__(self, config: SoundClassifierConfig) -> None:
        super().__init__()
        self.config = config
        self.layers = CLASSIFIERS[config.name](config.n_kinds)

    @property
    def on_samples(self) -> bool:
        """Whether it takes samples (n, 16000); else log-mel levels (n, 64, 63), near ±1."""
        return self.config.name == "a"

    def forward(self, seconds: Tensor) -> Tensor:
        """Return the logits of each kind, (n, n_kinds)."""
        logits: Tensor = self.layers(seconds)
        return logits

    def optimizer(self) -> torch.optim.Optimizer:
        """Return the optimiser that the document trains it with, Keras's settings."""
        if self.config.name == "f":
            return torch.optim.RMSprop(self.parameters(), 1e-3, alpha=0.9, eps=1e-7)
        if self.config.name == "wide":
            return torch.optim.AdamW(self.parameters(), 2e-3, weight_decay=1e-2)
        return torch.optim.Adam(self.parameters(), 1e-3)


def single_dense(n_kinds: int) -> nn.Sequential:
    """Return a: one dense layer on samples."""
    return nn.Sequential(nn.Linear(N_SAMPLES, n_kinds))


def one_2d(n_kinds: int) -> nn.Sequential:
    """Return b: one 2D convolution on the spectrogram."""
    n_left = FILTERS_2D[0] * (N_BANDS // 2) * (N_FRAMES // 2)
    return nn.Sequential(
        nn.Unflatten(1, (1, N_BANDS)),
        nn.Conv2d(1, FILTERS_2D[0], 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(n_left, n_kinds),
    )


def four_2d(n_kinds: int) -> nn.Sequential:
    """Return c: four layers of 2D convolution."""
    layers: list[nn.Module] = [nn.Unflatten(1, (1, N_BANDS))]
    n_in = 1
    for n_filters in FILTERS_2D:
        layers += [nn.Conv2d(n_in, n_filters, 3, padding="same"), nn.ReLU()]
        layers += [nn.MaxPool2d(2), nn.Dropout(DROPOUT)]
        n_in = n_filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(n_in, n_kinds))


def one_1d(n_kinds: int) -> nn.Sequential:
    """Return d: one 1D convolution along time."""
    return nn.Sequential(
        nn.Conv1d(N_BANDS, FILTERS_1D[0], 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool1d(2),
        nn.Flatten(),
        nn.Linear(FILTERS_1D[0] * (N_FRAMES // 2), n_kinds),
    )


def four_1d(n_kinds: int, activations: tuple[Activation, ...] = (nn.ReLU,) * 4) -> nn.Sequential:
    """Return e: four layers of 1D convolution; with other activations f."""
    layers: list[nn.Module] = []
    n_in = N_BANDS
    for n_filters, activation in zip(FILTERS_1D, activations, strict=True):
        layers += [nn.Conv1d(n_in, n_filters, 3, padding="same"), activation()]
        layers += [nn.MaxPool1d(2), nn.Dropout(DROPOUT)]
        n_in = n_filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(n_in, n_kinds))


def fine_tuned(n_kinds: int) -> nn.Sequential:
    """Return f: e with ELU and tanh."""
    return four_1d(n_kinds, (nn.ELU, nn.ELU, nn.ELU, nn.Tanh))


def wide(n_kinds: int) -> nn.Sequential:
    """Return f made wider, for the comparison with the world: under half a million weights."""
    layers: list[nn.Module] = []
    n_in = N_BANDS
    for i, (n_filters, span) in enumerate(zip(FILTERS_WIDE, SPANS_WIDE, strict=True)):
        layers += [
            nn.Conv1d(n_in, n_filters, span, padding="same", bias=False),
            nn.BatchNorm1d(n_filters),
            nn.Tanh() if i == len(FILTERS_WIDE) - 1 else nn.ELU(),
            nn.MaxPool1d(2),
            nn.Dropout(DROPOUT),
        ]
        n_in = n_filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(n_in, n_kinds))


CLASSIFIERS: Final = MappingProxyType(
    {
        "a": single_dense,
        "b": one_2d,
        "c": four_2d,
        "d": one_1d,
        "e": four_1d,
        "f": fine_tuned,
        "wide": wide,
    }
)
