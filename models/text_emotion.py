"""A small network over Korean and English text that names the feeling in a message."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

PADDING = 0  # the piece and the n-gram that fill short rows; neither read nor pooled


@dataclass(frozen=True, slots=True)
class TextEmotionConfig:
    """Architecture numbers of `TextEmotionNet`.

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
    n_feeling_ngrams: int = 1
    n_core_ngrams: int = 1
    n_goemotions_ngrams: int = 1
    n_classes: int = 7  # the last one is neutral
    n_kote: int = 44
    n_goemotions: int = 28
    dropout: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class TextEmotionOutput:
    """What `TextEmotionNet` reads in a batch's word pieces; all but `sentence` are logits.

    `sentence` (B, n_hidden) is the mean of the states; `emotion` (B, n_classes) goes through a
    softmax; `present` (B, n_classes - 1), `core` (B, n_classes - 1: the six classes as KOTE's
    raters gave them), `kote` (B, n_kote) and `goemotions` (B, n_goemotions) through sigmoids.
    """

    sentence: Tensor
    emotion: Tensor
    present: Tensor
    core: Tensor
    kote: Tensor
    goemotions: Tensor


class NgramReader(nn.Module):
    """A logistic regression over the n-grams it knows (compare fastText, Joulin et al. 2017).

    `hashes` (n_ngrams,), int32, are those of the known n-grams by row; row 0 is no n-gram.
    """

    hashes: Tensor

    def __init__(self, n_ngrams: int, n_outputs: int) -> None:
        super().__init__()
        self.weights = nn.EmbeddingBag(n_ngrams, n_outputs, mode="sum", padding_idx=PADDING)
        self.bias = nn.Parameter(torch.zeros(n_outputs))
        self.register_buffer("hashes", torch.zeros(n_ngrams, dtype=torch.int32))
        nn.init.zeros_(self.weights.weight)

    def numbers(self) -> dict[int, int]:
        """The row of each known hash."""
        return {number: row for row, number in enumerate(self.hashes.tolist()) if row != PADDING}

    def forward(self, rows: Tensor) -> Tensor:
        """Logits (B, n_outputs) of rows (B, S) of known n-grams, filled up with `PADDING`."""
        n_known = (rows != PADDING).sum(1, keepdim=True).clamp(min=1)
        logits: Tensor = self.weights(rows) / n_known.sqrt() + self.bias
        return logits


class TextEmotionNet(nn.Module):
    """Readers of word pieces in order, and of n-grams without order; their logits are added.

    The first is a transformer with factorised embeddings (ALBERT, Lan et al. 2020) and post-norm
    layers as in BERT; its heads read the mean and the maximum of the last states. Of the others
    `feeling_ngrams` is for `emotion`, `core_ngrams` for `core`, `goemotions_ngrams` for English
    `goemotions`; who adds them decides how much they weigh.
    """

    def __init__(self, config: TextEmotionConfig) -> None:
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
        n_pooled = 2 * n_hidden
        self.emotion = nn.Linear(n_pooled, config.n_classes)
        self.present = nn.Linear(n_pooled, config.n_classes - 1)
        self.core = nn.Linear(n_pooled, config.n_classes - 1)
        self.kote = nn.Linear(n_pooled, config.n_kote)
        self.goemotions = nn.Linear(n_pooled, config.n_goemotions)
        self.feeling_ngrams = NgramReader(config.n_feeling_ngrams, config.n_classes)
        self.core_ngrams = NgramReader(config.n_core_ngrams, config.n_classes - 1)
        self.goemotions_ngrams = NgramReader(config.n_goemotions_ngrams, config.n_goemotions)

    def forward(self, pieces: Tensor) -> TextEmotionOutput:
        """Read piece numbers (B, T), int64, T <= n_positions, filled up with `PADDING`."""
        padding = pieces == PADDING
        vectors = self.pieces(pieces)
        korean = (pieces >= self.n_english).unsqueeze(-1)
        states = torch.where(korean, self.from_korean(vectors), self.from_english(vectors))
        states = states + self.positions.weight[: pieces.shape[1]]
        states = self.dropout(self.norm(states))
        for layer in self.layers:
            states = layer(states, src_key_padding_mask=padding)
        return self._heads(states, padding)

    def _heads(self, states: Tensor, padding: Tensor) -> TextEmotionOutput:
        beyond = padding.unsqueeze(-1)
        n_read = (~beyond).sum(1).clamp(min=1)
        sentence = states.masked_fill(beyond, 0.0).sum(1) / n_read
        highest = states.masked_fill(beyond, -1e4).amax(1)
        pooled = self.dropout(torch.cat([sentence, highest], dim=1))
        return TextEmotionOutput(
            sentence,
            self.emotion(pooled),
            self.present(pooled),
            self.core(pooled),
            self.kote(pooled),
            self.goemotions(pooled),
        )
