"""Whisper's encoder with a head that tells which of the nineteen kinds a recording sounds like.

Names and shapes of the encoder are those of openai-whisper, so that its pretrained weights load
into it (Radford et al., 2022); it reads as many frames as there are rather than always 3000. The
head pools states by attention, as mean and deviation (Okabe, Koshinaka and Shinoda, 2018). Beside
it a perceptron reads statistics of the bands over the whole note: long-term spectra and their
modulations tell much of a sound and are learned from few recordings.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

N_POSITIONS = 1500  # states of thirty seconds
LEAST_VARIANCE = 1e-5
BAND_QUANTILES = (0.1, 0.5, 0.9)
N_WIDE_BANDS = 8
MODULATIONS_HZ = (0.5, 1.0, 2.0, 3.0, 4.5, 6.5, 9.0, 13.0, 20.0, 31.0, 50.0)  # edges of bands
FRAMES_PER_S = 100
SHORTEST_TRANSFORM = 512  # frames; a short note is padded so that each band has bins
LEAST_MODULATION = 1e-4


@dataclass(frozen=True, slots=True)
class EmergencyEncoderConfig:
    """Architecture numbers: those before `n_hidden` are Whisper's, by its names."""

    n_mels: int = 80
    n_audio_state: int = 64
    n_audio_head: int = 4
    n_audio_layer: int = 3
    n_hidden: int = 128
    n_kinds: int = 19
    dropout: float = 0.3


class Attention(nn.Module):
    """Self-attention over the states of one recording."""

    def __init__(self, n_state: int, n_head: int) -> None:
        super().__init__()
        self.n_head = n_head
        self.query = nn.Linear(n_state, n_state)
        self.key = nn.Linear(n_state, n_state, bias=False)
        self.value = nn.Linear(n_state, n_state)
        self.out = nn.Linear(n_state, n_state)

    def forward(self, states: Tensor) -> Tensor:
        """Return what each state takes from all, (n, T, n_state)."""
        query, key, value = map(self._heads, self._projected(states))
        taken = functional.scaled_dot_product_attention(query, key, value)
        mixed: Tensor = self.out(taken.transpose(1, 2).flatten(2))
        return mixed

    def weights(self, states: Tensor) -> Tensor:
        """Return how much each state (rows) takes from each, (n, n_head, T, T); rows sum to 1."""
        query, key, _ = map(self._heads, self._projected(states))
        return (query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).softmax(dim=-1)

    def _projected(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.query(states), self.key(states), self.value(states)

    def _heads(self, projected: Tensor) -> Tensor:
        n_batch, n_states, _ = projected.shape
        return projected.reshape(n_batch, n_states, self.n_head, -1).transpose(1, 2)


class Block(nn.Module):
    """Whisper's residual block: attention, then a perceptron, each after a normalisation."""

    def __init__(self, n_state: int, n_head: int) -> None:
        super().__init__()
        self.attn = Attention(n_state, n_head)
        self.attn_ln = nn.LayerNorm(n_state)
        self.mlp = nn.Sequential(
            nn.Linear(n_state, 4 * n_state), nn.GELU(), nn.Linear(4 * n_state, n_state)
        )
        self.mlp_ln = nn.LayerNorm(n_state)

    def forward(self, states: Tensor) -> Tensor:
        """(n, T, n_state) to (n, T, n_state)."""
        states = states + self.attn(self.attn_ln(states))
        told: Tensor = states + self.mlp(self.mlp_ln(states))
        return told


class AudioEncoder(nn.Module):
    """Whisper's encoder for as many frames as a recording has."""

    positional_embedding: Tensor

    def __init__(self, config: EmergencyEncoderConfig) -> None:
        super().__init__()
        n_state = config.n_audio_state
        self.conv1 = nn.Conv1d(config.n_mels, n_state, 3, padding=1)
        self.conv2 = nn.Conv1d(n_state, n_state, 3, stride=2, padding=1)
        self.register_buffer("positional_embedding", sinusoids(N_POSITIONS, n_state))
        self.blocks = nn.ModuleList(
            Block(n_state, config.n_audio_head) for _ in range(config.n_audio_layer)
        )
        self.ln_post = nn.LayerNorm(n_state)

    def forward(self, log_mel: Tensor) -> Tensor:
        """Return states, (n, ceil(T / 2), n_state), of (n, n_mels, T), T <= 3000."""
        states = self._embedded(log_mel)
        for block in self.blocks:
            states = block(states)
        normalised: Tensor = self.ln_post(states)
        return normalised

    def attentions(self, log_mel: Tensor) -> list[Tensor]:
        """Return the attention of each block, (n, n_head, T / 2, T / 2), first block first."""
        states, found = self._embedded(log_mel), []
        for block in self.blocks:
            assert isinstance(block, Block)
            found.append(block.attn.weights(block.attn_ln(states)))
            states = block(states)
        return found

    def _embedded(self, log_mel: Tensor) -> Tensor:
        found = functional.gelu(self.conv1(log_mel))
        found = functional.gelu(self.conv2(found)).transpose(1, 2)
        return found + self.positional_embedding[: found.shape[1]]


class EmergencyHead(nn.Module):
    """Two perceptrons whose logits are added: over states, and over statistics of bands."""

    def __init__(self, config: EmergencyEncoderConfig) -> None:
        super().__init__()
        n_state = config.n_audio_state
        self.attention = nn.Sequential(
            nn.Linear(n_state, n_state // 2), nn.Tanh(), nn.Linear(n_state // 2, 1)
        )
        self.of_states = _perceptron(nn.LayerNorm(2 * n_state), 2 * n_state, config)
        n_statistics = n_band_statistics(config.n_mels)
        self.of_bands = _perceptron(nn.BatchNorm1d(n_statistics), n_statistics, config)

    def forward(self, states: Tensor, log_mel: Tensor) -> Tensor:
        """Return logits over the kinds, (n, n_kinds).

        Args:
            states: of any encoder of its size, (n, T / 2, n_state).
            log_mel: what they were made of, (n, n_mels, T).
        """
        weights = self.weights(states)[..., None]
        mean = (weights * states).sum(dim=1)
        variance = (weights * states.square()).sum(dim=1) - mean.square()
        deviation = variance.clamp(min=LEAST_VARIANCE).sqrt()
        by_states: Tensor = self.of_states(torch.cat([mean, deviation], dim=1))
        by_bands: Tensor = self.of_bands(band_statistics(log_mel))
        return by_states + by_bands

    def weights(self, states: Tensor) -> Tensor:
        """Return how much each state counts, (n, T); rows sum to 1."""
        scores: Tensor = self.attention(states)
        return scores[..., 0].softmax(dim=1)


class EmergencyEncoder(nn.Module):
    """The encoder and its head; `encoder` loads the weights of a Whisper encoder of its size."""

    def __init__(self, config: EmergencyEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = AudioEncoder(config)
        self.head = EmergencyHead(config)

    def forward(self, log_mel: Tensor) -> Tensor:
        """Return logits over the kinds, (n, n_kinds), of (n, n_mels, T), T <= 3000."""
        logits: Tensor = self.head(self.encoder(log_mel), log_mel)
        return logits


def _perceptron(first: nn.Module, n_in: int, config: EmergencyEncoderConfig) -> nn.Sequential:
    return nn.Sequential(
        first,
        nn.Dropout(config.dropout),
        nn.Linear(n_in, config.n_hidden),
        nn.GELU(),
        nn.Dropout(config.dropout),
        nn.Linear(config.n_hidden, config.n_kinds),
    )


def n_band_statistics(n_mels: int) -> int:
    """How many numbers `band_statistics` gives."""
    return (3 + len(BAND_QUANTILES)) * n_mels + (N_WIDE_BANDS + 1) * (len(MODULATIONS_HZ) - 1)


def band_statistics(log_mel: Tensor) -> Tensor:
    """Mean, deviation, change and quantiles of each band, and modulations of wide ones.

    (n, n_mels, T) to (n, `n_band_statistics`).
    """
    # numpy's sort takes a fortieth of the time of torch's; nothing is learned through it.
    ordered = torch.from_numpy(np.sort(log_mel.detach().numpy(), axis=2))
    last = log_mel.shape[2] - 1
    places = [round(level * last) for level in BAND_QUANTILES]
    change = (log_mel[..., 1:] - log_mel[..., :-1]).abs().sum(dim=2) / max(1, last)
    mean = log_mel.mean(2)
    # Of its own: torch's takes ten times as long.
    deviation = (log_mel - mean[..., None]).square().mean(2).sqrt()
    parts = [mean, deviation, change]
    parts += [ordered[..., place] for place in places]
    return torch.cat([*parts, modulations(log_mel)], dim=1)


def modulations(log_mel: Tensor) -> Tensor:
    """How strongly wide bands, and all together, rise and fall at each rate: the logarithm of the
    modulation spectrum in bands of rates, (n, 9 * 10), of (n, n_mels, T).
    """
    n_notes, _, n_frames = log_mel.shape
    wide = log_mel.reshape(n_notes, N_WIDE_BANDS, -1, n_frames).mean(dim=2)
    envelopes = torch.cat([wide, log_mel.mean(dim=1, keepdim=True)], dim=1)
    window = torch.hann_window(n_frames + 2, periodic=False, device=log_mel.device)[1:-1]
    n_fft = max(SHORTEST_TRANSFORM, n_frames)
    tapered = (envelopes - envelopes.mean(dim=2, keepdim=True)) * window
    power = torch.fft.rfft(tapered, n_fft).abs().square() / window.square().sum()
    rates_hz = torch.fft.rfftfreq(n_fft, 1.0 / FRAMES_PER_S)
    edges = torch.searchsorted(rates_hz, torch.tensor(MODULATIONS_HZ)).tolist()
    bands = [power[..., low:high].mean(dim=2) for low, high in pairwise(edges)]
    found: Tensor = torch.stack(bands, dim=2).clamp(min=LEAST_MODULATION).log10()
    return found.flatten(1)


def sinusoids(n_positions: int, n_state: int) -> Tensor:
    """Whisper's positions, (n_positions, n_state)."""
    step = math.log(10_000.0) / (n_state // 2 - 1)
    rates = torch.exp(-step * torch.arange(n_state // 2))
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)
