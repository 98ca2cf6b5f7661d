"""The document's convolutional network: which of the nineteen kinds a recording sounds like.

Its layer table has two linear layers of equal shape before a rectifier, twice, and does not say
how they are joined. Here they are added: the parameters are those of the table, and relevance
passes a sum exactly.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = (1, 8, 16, 32, 64, 128)
TIME_PADDINGS = (1, 2, 1, 2, 1)
N_FRAMES = 3000  # thirty seconds of Whisper's spectrogram


@dataclass(frozen=True, slots=True)
class EmergencyCnnConfig:
    """Architecture numbers of `EmergencyCnn`; the others are the document's."""

    n_kinds: int = 19
    dropout: float = 0.2


class Block(nn.Module):
    """A convolution and a pooling, each halving time; `bands` are pooled together."""

    def __init__(self, n_in: int, n_out: int, padding: int, bands: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(n_in, n_out, 3, stride=(1, 2), padding=(1, padding))
        self.relu = nn.ReLU()
        self.pooling = nn.MaxPool2d((bands, 2))

    def forward(self, maps: Tensor) -> Tensor:
        """(n, n_in, F, T) to (n, n_out, F / bands, about T / 4)."""
        pooled: Tensor = self.pooling(self.relu(self.convolution(maps)))
        return pooled


class EmergencyCnn(nn.Module):
    """Five blocks of convolution, then linear layers; no normalisation."""

    def __init__(self, config: EmergencyCnnConfig) -> None:
        super().__init__()
        # The table leaves five bands, so the last pooling is over time alone.
        self.blocks = nn.ModuleList(
            Block(CHANNELS[i], CHANNELS[i + 1], padding, 2 if i < 4 else 1)
            for i, padding in enumerate(TIME_PADDINGS)
        )
        self.inner = nn.ModuleList(nn.Linear(128 * 5 * 3, 128) for _ in range(2))
        self.outer = nn.ModuleList(nn.Linear(128, 64) for _ in range(2))
        self.head = nn.Linear(64, config.n_kinds)
        self._draw()
        # Each its own, as relevance is passed back module by module.
        self.joined = nn.ModuleList(
            nn.Sequential(nn.ReLU(), nn.Dropout(config.dropout)) for _ in range(2)
        )

    def _draw(self) -> None:
        """Weights that keep the variance through rectifiers (He et al., 2015).

        Nothing normalises here: with torch's smaller ones the signal dies out over seven layers.
        """
        for name, parameter in self.named_parameters():
            if name.startswith("head"):
                continue
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
                continue
            nn.init.kaiming_normal_(parameter, nonlinearity="relu")
            if not name.startswith("blocks"):  # the sum of two has twice the variance of one
                with torch.no_grad():
                    parameter.mul_(0.5**0.5)

    def forward(self, log_mel: Tensor) -> Tensor:
        """Return logits over the kinds, (n, n_kinds).

        Args:
            log_mel: shape (n, 1, 80, T), T <= 3000, 0 where nothing sounds. A shorter one gives
                what it would give with zeros up to 3000, and costs only what its length does.

        Raises:
            ValueError: it is longer.
        """
        n_frames = log_mel.shape[-1]
        if n_frames > N_FRAMES:
            raise ValueError(f"{n_frames} frames are more than {N_FRAMES}")
        if n_frames == N_FRAMES:
            return self._judged(self._through(log_mel))
        return self._judged(self._with_silence_after(log_mel))

    def _through(self, found: Tensor) -> Tensor:
        for block in self.blocks:
            found = block(found)
        return found

    def _with_silence_after(self, found: Tensor) -> Tensor:
        """The last maps of recordings with silence after them.

        Where only silence is seen the maps of all recordings are alike, so they are made once.
        """
        silence = found.new_zeros(1, 1, found.shape[2], N_FRAMES)
        for block, padding in zip(self.blocks, TIME_PADDINGS, strict=True):
            assert isinstance(block, Block)
            convolution, pooling = block.convolution, block.pooling
            heard = torch.relu(convolution(silence))
            width = found.shape[-1]
            n_reached = min(-(-(width + padding) // 2), heard.shape[-1])  # columns not of silence
            n_seen = 2 * n_reached - padding + 1
            found = _continued(found, silence, min(n_seen, silence.shape[-1]))
            found = functional.pad(found, (padding, n_seen - found.shape[-1], 1, 1))
            found = functional.conv2d(found, convolution.weight, convolution.bias, stride=(1, 2))
            silence = pooling(heard)
            n_pooled = min(-(-n_reached // 2), silence.shape[-1])
            found = pooling(_continued(torch.relu(found), heard, 2 * n_pooled))
        return _continued(found, silence, silence.shape[-1])

    def _judged(self, maps: Tensor) -> Tensor:
        found = maps.flatten(1)
        for (first, second), joined in zip((self.inner, self.outer), self.joined, strict=True):
            found = joined(first(found) + second(found))
        logits: Tensor = self.head(found)
        return logits


def _continued(found: Tensor, silence: Tensor, width: int) -> Tensor:
    """Columns of `found` up to `width`, with those of silence where it ends before."""
    rest = silence[..., found.shape[-1] : width].expand(len(found), -1, -1, -1)
    return torch.cat([found, rest], dim=-1)[..., :width]
