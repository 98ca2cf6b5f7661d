"""The Cross-Attention Transformer (A6): words and voice inform each other, both classify.

The document fixes: about 4 million parameters; a voice as [1000, 256] (a mel spectrogram of 128
bands and its first difference); text as [40, 256] word vectors after morphological analysis; each
side reflecting the other; both sides' features stacked and classified by convolutions. Fixed here:
256 hidden units, 4 heads, 1,024 feed-forward units for words and 512 for the voice; one layer
within each modality and one across in each direction; the stack lies along time; two convolutions
of width 3 and the maximum over time. The word vectors are not part of the model.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.cross_modal import CrossLayer, VoiceStates, self_layer


@dataclass(frozen=True, slots=True)
class CrossAttentionConfig:
    """Architecture numbers of `CrossAttentionTransformer`."""

    n_words: int = 40
    n_word_vector: int = 256
    n_frames: int = 1_000
    n_features: int = 256
    n_hidden: int = 256
    n_heads: int = 4
    n_words_feedforward: int = 1_280
    n_voice_feedforward: int = 512
    n_classes: int = 7
    dropout: float = 0.2


class CrossAttentionTransformer(nn.Module):
    """Two streams that attend to each other, and convolutions over their stacked states."""

    def __init__(self, config: CrossAttentionConfig) -> None:
        super().__init__()
        n_hidden, dropout = config.n_hidden, config.dropout
        of_words = (n_hidden, config.n_heads, config.n_words_feedforward, dropout)
        of_voice = (n_hidden, config.n_heads, config.n_voice_feedforward, dropout)
        self.words = nn.Linear(config.n_word_vector, n_hidden)
        self.positions = nn.Parameter(0.02 * torch.randn(config.n_words, n_hidden))
        self.nothing = nn.Parameter(0.02 * torch.randn(1, 1, n_hidden))
        self.norm = nn.LayerNorm(n_hidden)
        self.dropout = nn.Dropout(dropout)
        self.voice = VoiceStates(config.n_features, n_hidden, config.n_frames, dropout)
        self.within_words = self_layer(*of_words)
        self.within_voice = self_layer(*of_voice)
        self.words_hearing = CrossLayer(*of_words)
        self.voice_reading = CrossLayer(*of_voice)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(n_hidden, n_hidden, 3, padding=1) for _ in range(2)
        )
        self.head = nn.Linear(n_hidden, config.n_classes)

    def forward(self, words: Tensor, n_words: Tensor, voice: Tensor, n_frames: Tensor) -> Tensor:
        """Return logits (B, n_classes).

        Args:
            words: word vectors (B, L, n_word_vector), L <= n_words of the config.
            n_words: (B,) how many of them are words; 0 for text that is absent.
            voice: features (B, T, n_features), T <= n_frames of the config.
            n_frames: (B,) how many frames are sound; 0 for a voice that is absent.
        """
        heard, silent = self.voice(voice, n_frames)
        read = self.norm(self.words(words) + self.positions[: words.shape[1]])
        read = torch.cat([self.nothing.expand(len(words), -1, -1), self.dropout(read)], dim=1)
        padding = torch.arange(read.shape[1]) > n_words[:, None]
        read = self.within_words(read, src_key_padding_mask=padding)
        heard = self.within_voice(heard, src_key_padding_mask=silent)
        informed = self.words_hearing(read, heard, silent)
        heard = self.voice_reading(heard, read, padding)
        # A gap of one, so that words and voice meet alike whether words are padded or not.
        gap = torch.ones_like(silent[:, :1])
        stacked = torch.cat([informed, torch.zeros_like(heard[:, :1]), heard], dim=1)
        return self._classified(stacked, torch.cat([padding, gap, silent], dim=1))

    def _classified(self, stacked: Tensor, padding: Tensor) -> Tensor:
        """(B, S, n_hidden) to logits; no convolution sees padding."""
        inside = (~padding).unsqueeze(1)
        states = stacked.transpose(1, 2)
        for convolution in self.convolutions:
            states = nn.functional.gelu(convolution(states * inside))
        highest = states.masked_fill(~inside, -1e4).amax(2)
        logits: Tensor = self.head(self.dropout(highest))
        return logits
