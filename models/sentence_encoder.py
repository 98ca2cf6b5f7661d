"""The bilingual body of the text models: word pieces in order, to one vector a sentence."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

PADDING = 0  # the piece that fills short rows; it is neither read nor pooled


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Architecture numbers of a `SentenceEncoder`.

    Pieces `0 .. n_english - 1` are English, the rest Korean; each half of the table has its own
    projection to `n_hidden`, because the two were made from different sources.
    """

    n_pieces: int
    n_english: int
    n_embedding: int = 160
    n_hidden: int = 384
    n_heads: int = 12
    n_feedforward: int = 1536
    n_layers: int = 2
    n_positions: int = 128
    dropout: float = 0.1


class SentenceEncoder(nn.Module):
    """A transformer with factorised embeddings (ALBERT, Lan et al. 2020) and post-norm layers.

    Post-norm as in BERT, so that a distilled BERT can fill it.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        n_hidden = config.n_hidden
        self.n_english = config.n_english
        self.pieces = nn.Embedding(config.n_pieces, config.n_embedding, padding_idx=PADDING)
        self.from_english = nn.Linear(config.n_embedding, n_hidden)
        self.from_korean = nn.Linear(config.n_embedding, n_hidden)
        self.positions = nn.Embedding(config.n_positions, n_hidden)
        self.norm = nn.LayerNorm(n_hidden, eps=1e-12)
        self.dropout = nn.Dropout(config.dropout)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                n_hidden,
                config.n_heads,
                config.n_feedforward,
                config.dropout,
                activation="gelu",
                layer_norm_eps=1e-12,
                batch_first=True,
            )
            for _ in range(config.n_layers)
        )

    def states(self, pieces: Tensor) -> tuple[Tensor, Tensor]:
        """Read pieces (B, T), int64, T <= n_positions, filled up with `PADDING`.

        Returns:
            The last states (B, T, n_hidden), and which of them are padding (B, T).
        """
        padding = pieces == PADDING
        vectors = self.pieces(pieces)
        korean = (pieces >= self.n_english).unsqueeze(-1)
        states = torch.where(korean, self.from_korean(vectors), self.from_english(vectors))
        states = states + self.positions.weight[: pieces.shape[1]]
        states = self.dropout(self.norm(states))
        for layer in self.layers:
            states = layer(states, src_key_padding_mask=padding)
        return states, padding


def mean_state(states: Tensor, padding: Tensor) -> Tensor:
    """The mean of the states that are no padding, (B, n_hidden)."""
    beyond = padding.unsqueeze(-1)
    n_read = (~beyond).sum(1).clamp(min=1)
    mean: Tensor = states.masked_fill(beyond, 0.0).sum(1) / n_read
    return mean
