"""What danger a sentence speaks of: by the n-grams it holds and by its words in their order."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.sentence_encoder import EncoderConfig, SentenceEncoder, mean_state


@dataclass(frozen=True, slots=True)
class DistressConfig(EncoderConfig):
    """Architecture numbers of `DistressNet`."""

    n_buckets: int = 1 << 17
    n_kinds: int = 16


class DistressNet(nn.Module):
    """Two readers whose logits are added: a linear one of hashed n-grams, and a transformer.

    Hashed n-gram bags: Joulin et al., EACL 2017. The first output of each is any danger, the
    others its kinds.
    """

    def __init__(self, config: DistressConfig) -> None:
        super().__init__()
        n_outputs = 1 + config.n_kinds
        self.encoder = SentenceEncoder(config)
        self.head = nn.Linear(config.n_hidden, n_outputs)
        self.table = nn.EmbeddingBag(config.n_buckets, n_outputs, mode="sum")
        self.bias = nn.Parameter(torch.zeros(n_outputs))

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

    def reading(self, pieces: Tensor) -> Tensor:
        """What the words in their order say: pieces (B, T) to (B, 1 + n_kinds) logits."""
        logits: Tensor = self.head(mean_state(*self.encoder.states(pieces)))
        return logits
