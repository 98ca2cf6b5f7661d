"""Any pretrained encoder with a small head that names the feeling in a message."""

from dataclasses import dataclass

from torch import Tensor, nn

from models.sentence_encoder import mean_state


@dataclass(frozen=True, slots=True)
class EncoderHeadConfig:
    """Architecture numbers of the head; `n_hidden` is the width of the encoder's states."""

    n_hidden: int
    n_classes: int
    dropout: float = 0.3


class EncoderHead(nn.Module):
    """Dropout and one linear layer on the mean of an encoder's states."""

    def __init__(self, config: EncoderHeadConfig) -> None:
        super().__init__()
        self.dropout = nn.Dropout(config.dropout)
        self.linear = nn.Linear(config.n_hidden, config.n_classes)

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Logits (B, n_classes) of states (B, T, n_hidden); `attention_mask` (B, T) is 0 or 1."""
        logits: Tensor = self.linear(self.dropout(mean_state(states, attention_mask == 0)))
        return logits


class TextEncoderNet(nn.Module):
    """An encoder of the BERT kind and its head.

    Token, segment and position embeddings are the encoder's own (Devlin et al. 2019); an encoder
    that knows segments is told that all of a message is the first.
    """

    def __init__(self, encoder: nn.Module, config: EncoderHeadConfig) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = EncoderHead(config)

    def forward(self, **tokens: Tensor) -> Tensor:
        """Logits (B, n_classes).

        Args:
            tokens: what the encoder's tokenizer gives, each (B, T), int64: `input_ids`,
                `attention_mask` and, where it knows segments, `token_type_ids`.
        """
        states = self.encoder(**tokens).last_hidden_state
        logits: Tensor = self.head(states, tokens["attention_mask"])
        return logits
