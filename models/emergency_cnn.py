"""The document's convolutional network: which of the nineteen kinds a recording sounds like.

Its layer table has two linear layers of equal shape before a rectifier, twice, and does not say
how they are joined. Here they are added: the parameters are those of the table, and relevance
passes a sum exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = (1, 8, 16, 32, 64, 128)
TIME_PADDINGS = (1, 2, 1, 2, 1)
N_BANDS = 80
N_FRAMES = 3000  # thirty seconds of Whisper's spectrogram


@dataclass(frozen=True, slots=True)
class EmergencyCnnConfig:
    """Architecture numbers of `EmergencyCnn`; the others are the document's."""

    n_kinds: int = 19
    dropout: float = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """What a block is given of silence, and what it hears in it before it pools."""

    maps: Tensor
    heard: Tensor


class Block(nn.Module):
    """A convolution and a pooling, each halving time; `bands` are pooled together."""

    def __init__(self, n_in: int, n_out: int, padding: int, bands: int) -> None:
        super().__init__()
        self.bands = bands
        self.convolution = nn.Conv2d(n_in, n_out, 3, stride=(1, 2), padding=(1, padding))
        self.relu = nn.ReLU()
        self.pooling = nn.MaxPool2d((bands, 2))

    def forward(self, maps: Tensor) -> Tensor:
        """(n, n_in, F, T) to (n, n_out, F / bands, about T / 4)."""
        pooled: Tensor = self.pooling(self.relu(self.convolution(maps)))
        return pooled

    def pooled(self, heard: Tensor) -> Tensor:
        """What `pooling` gives, in a tenth of its time on a processor."""
        if self.bands == 2:
            heard = torch.maximum(heard[..., ::2, :], heard[..., 1::2, :])
        return torch.maximum(heard[..., :-1:2], heard[..., 1::2])


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

    def forward(self, log_mel: Tensor, silence: Sequence[Silence] | None = None) -> Tensor:
        """Return logits over the kinds, (n, n_kinds).

        Args:
            log_mel: shape (n, 1, 80, T), T <= 3000, 0 where nothing sounds. A shorter one gives
                what it would give with zeros up to 3000, and costs only what its length does.
            silence: what `silence` gave for these weights; None to make it anew.

        Raises:
            ValueError: it is longer.
        """
        n_frames = log_mel.shape[-1]
        if n_frames > N_FRAMES:
            raise ValueError(f"{n_frames} frames are more than {N_FRAMES}")
        if n_frames == N_FRAMES:
            return self._judged(self._through(log_mel))
        return self._judged(self._before(self.silence() if silence is None else silence, log_mel))

    def silence(self) -> list[Silence]:
        """What each block makes of thirty seconds of silence: more than a short note costs."""
        maps = self.head.weight.new_zeros(1, 1, N_BANDS, N_FRAMES)
        found = []
        for block in self.blocks:
            assert isinstance(block, Block)
            heard = torch.relu(block.convolution(maps))
            found.append(Silence(maps, heard))
            maps = block.pooled(heard)
        return [*found, Silence(maps, maps)]

    def _through(self, found: Tensor) -> Tensor:
        for block in self.blocks:
            found = block(found)
        return found

    def _before(self, silence: Sequence[Silence], found: Tensor) -> Tensor:
        """The last maps of recordings with silence after them.

        Where only silence is seen the maps of all recordings are alike.
        """
        *within, after = silence
        for block, padding, quiet in zip(self.blocks, TIME_PADDINGS, within, strict=True):
            assert isinstance(block, Block)
            convolution = block.convolution
            n_most = quiet.heard.shape[-1]
            n_reached = min(-(-(found.shape[-1] + padding) // 2), n_most)  # columns not of silence
            n_seen = 2 * n_reached - padding + 1
            found = _continued(found, quiet.maps, min(n_seen, quiet.maps.shape[-1]))
            found = functional.pad(found, (padding, n_seen - found.shape[-1], 1, 1))
            found = functional.conv2d(found, convolution.weight, convolution.bias, stride=(1, 2))
            n_pooled = min(-(-n_reached // 2), n_most // 2)
            found = block.pooled(_continued(torch.relu(found), quiet.heard, 2 * n_pooled))
        return _continued(found, after.maps, after.maps.shape[-1])

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
