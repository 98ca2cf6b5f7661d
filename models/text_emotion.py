"""A small network over Korean and English text that names the feeling in a message."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.sentence_encoder import PADDING, EncoderConfig, SentenceEncoder, mean_state


@dataclass(frozen=True, slots=True)
class TextEmotionConfig(EncoderConfig):
    """Architecture numbers of `TextEmotionNet`."""

    n_feeling_ngrams: int = 1
    n_core_ngrams: int = 1
    n_goemotions_ngrams: int = 1
    n_classes: int = 7  # the last one is neutral
    n_kote: int = 44
    n_goemotions: int = 28


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


class TextEmotionNet(SentenceEncoder):
    """Readers of word pieces in order, and of n-grams without order; their logits are added.

    The first is the transformer; its heads read the mean and the maximum of the last states. Of
    the others `feeling_ngrams` is for `emotion`, `core_ngrams` for `core`, `goemotions_ngrams`
    for English `goemotions`; who adds them decides how much they weigh.
    """

    def __init__(self, config: TextEmotionConfig) -> None:
        super().__init__(config)
        n_pooled = 2 * config.n_hidden
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
        states, padding = self.states(pieces)
        sentence = mean_state(states, padding)
        highest = states.masked_fill(padding.unsqueeze(-1), -1e4).amax(1)
        pooled = self.dropout(torch.cat([sentence, highest], dim=1))
        return TextEmotionOutput(
            sentence,
            self.emotion(pooled),
            self.present(pooled),
            self.core(pooled),
            self.kote(pooled),
            self.goemotions(pooled),
        )
