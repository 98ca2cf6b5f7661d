"""A bidirectional LSTM over word pieces that names the feeling in a message."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.sentence_encoder import PADDING, mean_state


@dataclass(frozen=True, slots=True)
class TextLstmConfig:
    """Architecture numbers of `TextLstmNet`; `n_hidden` is the width of one direction."""

    n_pieces: int
    n_classes: int
    n_embedding: int = 96
    n_hidden: int = 96
    dropout: float = 0.3


class TextLstmNet(nn.Module):
    """Hochreiter & Schmidhuber 1997, read both ways; mean and maximum of the states are judged."""

    def __init__(self, config: TextLstmConfig) -> None:
        super().__init__()
        self.pieces = nn.Embedding(config.n_pieces, config.n_embedding, padding_idx=PADDING)
        self.lstm = nn.LSTM(
            config.n_embedding, config.n_hidden, batch_first=True, bidirectional=True
        )
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(4 * config.n_hidden, config.n_classes)

    def forward(self, pieces: Tensor) -> Tensor:
        """Logits (B, n_classes) of pieces (B, T), int64, each row with at least one, padded."""
        padding = pieces == PADDING
        n_read = (~padding).sum(1)
        read = nn.utils.rnn.pack_padded_sequence(
            self.dropout(self.pieces(pieces)), n_read, batch_first=True, enforce_sorted=False
        )
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.lstm(read)[0], batch_first=True, total_length=pieces.shape[1]
        )
        highest = states.masked_fill(padding.unsqueeze(-1), -1e4).amax(1)
        pooled = torch.cat([mean_state(states, padding), highest], dim=1)
        logits: Tensor = self.head(self.dropout(pooled))
        return logits
