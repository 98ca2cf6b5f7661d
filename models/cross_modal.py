"""What the two transformers over words and voice share: ears, and layers that look across."""

import torch
from torch import Tensor, nn

FRAMES_PER_STATE = 4  # two convolutions that each halve the time


class VoiceStates(nn.Module):
    """Frames of features to a quarter as many states, the first of which is always there.

    The convolutions are those of Tsai et al. (ACL 2019), who bring modalities of different rates
    together so. The first state is learned and stands for the voice where there is none.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, n_features: int, n_hidden: int, n_frames: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("deviation", torch.ones(n_features))
        self.convolutions = nn.ModuleList(
            [
                nn.Conv1d(n_features, n_hidden, 5, stride=2, padding=2),
                nn.Conv1d(n_hidden, n_hidden, 3, stride=2, padding=1),
            ]
        )
        self.norm = nn.LayerNorm(n_hidden)
        self.positions = nn.Parameter(0.02 * torch.randn(n_frames // FRAMES_PER_STATE, n_hidden))
        self.nobody = nn.Parameter(0.02 * torch.randn(1, 1, n_hidden))
        self.dropout = nn.Dropout(dropout)

    def forward(self, voice: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Read voices (B, T, n_features), T at most the frames asked for; `n_frames` (B,) >= 0.

        Returns:
            States (B, 1 + ceil(T / 4), n_hidden), and which of them are padding.
        """
        length = voice.shape[1]
        inside = torch.arange(length) < n_frames[:, None]
        standard = (voice - self.mean) / self.deviation * inside.unsqueeze(-1)
        states = standard.transpose(1, 2)
        for convolution in self.convolutions:
            states = nn.functional.gelu(convolution(states))
        states = self.norm(states.transpose(1, 2))
        onset = self._onset(states.shape[1])
        states = self.dropout(states + self.positions[onset : onset + states.shape[1]])
        beyond = torch.arange(states.shape[1]) * FRAMES_PER_STATE >= n_frames[:, None]
        nobody = self.nobody.expand(len(voice), -1, -1)
        there = torch.zeros(len(voice), 1, dtype=torch.bool)
        return torch.cat([nobody, states], dim=1), torch.cat([there, beyond], dim=1)

    def _onset(self, n_states: int) -> int:
        """Where a voice begins: anywhere while learning, so that every position is learned."""
        if not self.training:
            return 0
        return int(torch.randint(len(self.positions) - n_states + 1, ()))


class CrossLayer(nn.Module):
    """Each state of one modality asks all states of the other; then a feed-forward step."""

    def __init__(self, n_hidden: int, n_heads: int, n_feedforward: int, dropout: float) -> None:
        super().__init__()
        self.asking = nn.LayerNorm(n_hidden)
        self.asked = nn.LayerNorm(n_hidden)
        self.attention = nn.MultiheadAttention(n_hidden, n_heads, dropout, batch_first=True)
        self.feedforward = nn.Sequential(
            nn.LayerNorm(n_hidden),
            nn.Linear(n_hidden, n_feedforward),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(n_feedforward, n_hidden),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, others: Tensor, others_padding: Tensor) -> Tensor:
        """Inform `states` (B, S, n_hidden) by `others` (B, O, n_hidden), less padding (B, O)."""
        keys = self.asked(others)
        heard, _ = self.attention(
            self.asking(states), keys, keys, key_padding_mask=others_padding, need_weights=False
        )
        states = states + self.dropout(heard)
        informed: Tensor = states + self.dropout(self.feedforward(states))
        return informed


def self_layer(n_hidden: int, n_heads: int, n_feedforward: int, dropout: float) -> nn.Module:
    """A pre-norm transformer layer within one modality."""
    return nn.TransformerEncoderLayer(
        n_hidden,
        n_heads,
        n_feedforward,
        dropout,
        activation="gelu",
        batch_first=True,
        norm_first=True,
    )
