"""The Multimodal Transformer (A5): a voice informs the words, and the words alone classify.

The document fixes: about 3.5 million parameters; a voice as [1000, 60] (20 MFCCs, first and second
differences); 60 tokens of text, embedded in the model; the voice's features reflected into the
text's; only the text's features classified, by a fully connected layer. Fixed here: 192 hidden
units, 6 heads, 768 feed-forward units; one layer within each modality and two across; 7,600 pieces
(3.5 million parameters with them); words are read as the mean and the maximum of their states. The
crossing is that of Tsai et al. (ACL 2019), in one direction only.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.cross_modal import CrossLayer, VoiceStates, self_layer
from models.sentence_encoder import PADDING, mean_state


@dataclass(frozen=True, slots=True)
class MultimodalConfig:
    """Architecture numbers of `MultimodalTransformer`."""

    n_pieces: int = 7_600
    n_tokens: int = 60
    n_frames: int = 1_000
    n_features: int = 60
    n_hidden: int = 192
    n_heads: int = 6
    n_feedforward: int = 768
    n_crossings: int = 2
    n_classes: int = 7
    dropout: float = 0.2


class MultimodalTransformer(nn.Module):
    """Text tokens that hear a voice; the first is always there, so that text may be absent."""

    def __init__(self, config: MultimodalConfig) -> None:
        super().__init__()
        n_hidden, dropout = config.n_hidden, config.dropout
        sizes = (n_hidden, config.n_heads, config.n_feedforward, dropout)
        self.pieces = nn.Embedding(config.n_pieces, n_hidden, padding_idx=PADDING)
        self.positions = nn.Parameter(0.02 * torch.randn(config.n_tokens, n_hidden))
        self.norm = nn.LayerNorm(n_hidden)
        self.dropout = nn.Dropout(dropout)
        self.voice = VoiceStates(config.n_features, n_hidden, config.n_frames, dropout)
        self.within_voice = self_layer(*sizes)
        self.within_words = self_layer(*sizes)
        self.crossings = nn.ModuleList(CrossLayer(*sizes) for _ in range(config.n_crossings))
        self.head = nn.Sequential(
            nn.LayerNorm(2 * n_hidden),
            nn.Dropout(dropout),
            nn.Linear(2 * n_hidden, config.n_classes),
        )

    def forward(self, words: Tensor, voice: Tensor, n_frames: Tensor) -> Tensor:
        """Return logits (B, n_classes).

        Args:
            words: pieces (B, L), int64, L <= n_tokens, the first never `PADDING`; text that is
                absent has no other.
            voice: features (B, T, n_features), T <= n_frames of the config.
            n_frames: (B,) how many frames are sound; 0 for a voice that is absent.
        """
        padding = words == PADDING
        heard, silent = self.voice(voice, n_frames)
        heard = self.within_voice(heard, src_key_padding_mask=silent)
        read = self.norm(self.pieces(words) + self.positions[: words.shape[1]])
        read = self.within_words(self.dropout(read), src_key_padding_mask=padding)
        for crossing in self.crossings:
            read = crossing(read, heard, silent)
        highest = read.masked_fill(padding.unsqueeze(-1), -1e4).amax(1)
        logits: Tensor = self.head(torch.cat([mean_state(read, padding), highest], dim=1))
        return logits
