"""A small network over Korean and English text that names the feeling in a message."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

PADDING = 0  # the piece and the sign that fill short rows; neither read nor pooled


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
    n_signs: int = 131_072
    n_classes: int = 7  # the last one is neutral
    n_kote: int = 44
    n_goemotions: int = 28
    dropout: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class TextEmotionOutput:
    """What `TextEmotionNet` says of a batch; all but `sentence` and `signs` are logits.

    `sentence` (B, n_hidden) is the mean of the states; `emotion` (B, n_classes) goes through a
    softmax; `present` (B, n_classes - 1), `core` (B, n_classes - 1: the six classes as KOTE's
    raters gave them), `kote` (B, n_kote) and `goemotions` (B, n_goemotions) through sigmoids.
    `signs` (B, 2 n_classes - 1) is what the signs alone have added to `emotion` and `core`.
    """

    sentence: Tensor
    emotion: Tensor
    present: Tensor
    core: Tensor
    kote: Tensor
    goemotions: Tensor
    signs: Tensor


class TextEmotionNet(nn.Module):
    """Two readers whose logits add up: one of word pieces in order, one of signs without order.

    The first is a transformer with factorised embeddings (ALBERT, Lan et al. 2020) and post-norm
    layers as in BERT; its heads read the mean and the maximum of the last states. The second is a
    logistic regression over hashed character n-grams (fastText, Joulin et al. 2017).
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
        self.n_classes = config.n_classes
        self.signs = nn.EmbeddingBag(
            config.n_signs, 2 * config.n_classes - 1, mode="sum", padding_idx=PADDING
        )
        nn.init.zeros_(self.signs.weight)

    def forward(self, pieces: Tensor, signs: Tensor) -> TextEmotionOutput:
        """Read both, int64, rows filled up with `PADDING`.

        `pieces` (B, T) are piece numbers, T <= n_positions; `signs` (B, S) hashes of n-grams
        below n_signs, each once.
        """
        padding = pieces == PADDING
        vectors = self.pieces(pieces)
        korean = (pieces >= self.n_english).unsqueeze(-1)
        states = torch.where(korean, self.from_korean(vectors), self.from_english(vectors))
        states = states + self.positions.weight[: pieces.shape[1]]
        states = self.dropout(self.norm(states))
        for layer in self.layers:
            states = layer(states, src_key_padding_mask=padding)
        n_signs = (signs != PADDING).sum(1, keepdim=True).clamp(min=1)
        return self._heads(states, padding, self.signs(signs) / n_signs.sqrt())

    def _heads(self, states: Tensor, padding: Tensor, signs: Tensor) -> TextEmotionOutput:
        beyond = padding.unsqueeze(-1)
        n_read = (~beyond).sum(1).clamp(min=1)
        sentence = states.masked_fill(beyond, 0.0).sum(1) / n_read
        highest = states.masked_fill(beyond, -1e4).amax(1)
        pooled = self.dropout(torch.cat([sentence, highest], dim=1))
        return TextEmotionOutput(
            sentence,
            self.emotion(pooled) + signs[:, : self.n_classes],
            self.present(pooled),
            self.core(pooled) + signs[:, self.n_classes :],
            self.kote(pooled),
            self.goemotions(pooled),
            signs,
        )
