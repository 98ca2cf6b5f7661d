"""What danger a sentence speaks of: by the n-grams it holds and by the sentences it is like."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

PADDING = 0  # the piece that fills short rows; it is neither read nor pooled


@dataclass(frozen=True, slots=True)
class DistressConfig:
    """Architecture numbers of `DistressNet`.

    Pieces `0 .. n_english - 1` are English, the rest Korean, as in `TextEmotionConfig`.
    """

    n_pieces: int
    n_english: int
    n_supports: int
    n_embedding: int = 160
    n_hidden: int = 384
    n_heads: int = 12
    n_feedforward: int = 1536
    n_layers: int = 2
    n_positions: int = 128
    n_buckets: int = 1 << 17
    n_kinds: int = 16


class SentenceEncoder(nn.Module):
    """The distilled bilingual body of the text emotion model, before any feeling is taught to it.

    Its weights carry the names they have in `TextEmotionNet`.
    """

    def __init__(self, config: DistressConfig) -> None:
        super().__init__()
        self.n_english = config.n_english
        self.pieces = nn.Embedding(config.n_pieces, config.n_embedding, padding_idx=PADDING)
        self.from_english = nn.Linear(config.n_embedding, config.n_hidden)
        self.from_korean = nn.Linear(config.n_embedding, config.n_hidden)
        self.positions = nn.Embedding(config.n_positions, config.n_hidden)
        self.norm = nn.LayerNorm(config.n_hidden, eps=1e-12)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                config.n_hidden,
                config.n_heads,
                config.n_feedforward,
                activation="gelu",
                layer_norm_eps=1e-12,
                batch_first=True,
            )
            for _ in range(config.n_layers)
        )

    def forward(self, pieces: Tensor) -> Tensor:
        """(B, T) int64 piece numbers, T <= n_positions -> (B, n_hidden) mean of the states."""
        padding = pieces == PADDING
        vectors = self.pieces(pieces)
        korean = (pieces >= self.n_english).unsqueeze(-1)
        states = torch.where(korean, self.from_korean(vectors), self.from_english(vectors))
        states = self.norm(states + self.positions.weight[: pieces.shape[1]])
        for layer in self.layers:
            states = layer(states, src_key_padding_mask=padding)
        beyond = padding.unsqueeze(-1)
        n_read = (~beyond).sum(1).clamp(min=1)
        mean: Tensor = states.masked_fill(beyond, 0.0).sum(1) / n_read
        return mean


class DistressNet(nn.Module):
    """Two readers: a linear one of hashed n-grams, a kernel machine over sentence vectors.

    Hashed n-gram bags: Joulin et al., EACL 2017; least-squares kernel machines:
    Suykens and Vandewalle 1999.
    """

    center: Tensor
    supports: Tensor
    duals: Tensor
    gamma: Tensor
    intercept: Tensor

    def __init__(self, config: DistressConfig) -> None:
        super().__init__()
        self.encoder = SentenceEncoder(config)
        n_hidden = config.n_hidden
        self.table = nn.EmbeddingBag(config.n_buckets, 1 + config.n_kinds, mode="sum")
        self.bias = nn.Parameter(torch.zeros(1 + config.n_kinds))
        self.kinds = nn.Linear(n_hidden, config.n_kinds)
        self.register_buffer("center", torch.zeros(n_hidden))
        self.register_buffer("supports", torch.zeros(config.n_supports, n_hidden))
        self.register_buffer("duals", torch.zeros(config.n_supports))
        self.register_buffer("gamma", torch.ones(()))
        self.register_buffer("intercept", torch.zeros(()))

    def votes(self, buckets: Tensor, offsets: Tensor, weights: Tensor) -> Tensor:
        """What the n-grams say.

        Args:
            buckets: (N,) int64 below `n_buckets`, all sentences one after another.
            offsets: (B,) int64, where each sentence begins in `buckets`.
            weights: (N,) strength of each n-gram.

        Returns:
            (B, 1 + n_kinds) logits of any danger and of its kinds.
        """
        summed: Tensor = self.table(buckets, offsets, per_sample_weights=weights)
        return summed + self.bias

    def vectors(self, pieces: Tensor) -> Tensor:
        """(B, T) piece numbers -> (B, n_hidden) unit vectors about the centre of the training."""
        return nn.functional.normalize(self.encoder(pieces) - self.center, dim=1)

    def likeness(self, vectors: Tensor) -> Tensor:
        """(B, n_hidden) unit vectors -> (B, 1 + n_kinds) logits of any danger and its kinds."""
        squared = 2.0 - 2.0 * vectors @ self.supports.T
        danger = torch.exp(-self.gamma * squared) @ self.duals + self.intercept
        return torch.cat([danger.unsqueeze(1), self.kinds(vectors)], dim=1)
