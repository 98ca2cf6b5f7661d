"""One network over words and voice together: the two transformers, ready to use."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from inference import checkpoints
from inference.analysis import Emotion, EmotionEstimate
from inference.audio import Waveform
from inference.joint_features import (
    JOINT_MEL,
    Morphemes,
    WordVectors,
    hear,
    tokens,
    with_cepstra,
    with_change,
)
from inference.text_emotion import Pieces, batch
from models.cross_attention import CrossAttentionConfig, CrossAttentionTransformer
from models.multimodal_transformer import MultimodalConfig, MultimodalTransformer

MULTIMODAL_WEIGHTS = "multimodal_transformer.safetensors"
CROSS_ATTENTION_WEIGHTS = "cross_attention.safetensors"
WORD_VECTORS = "cross_attention_words.safetensors"


class JointReader(Protocol):
    """A network and how texts and spectrograms become what it reads."""

    @property
    def net(self) -> nn.Module:
        """The network."""

    def logits(self, texts: Sequence[str | None], log_mels: Tensor, n_frames: Tensor) -> Tensor:
        """Logits (B, 7) of texts, None where absent, and voices (B, 128, T), 0 frames if absent.

        T >= 1; a text without a word the network knows is as one that is absent.
        """


class MultimodalReader:
    """Pieces and MFCCs for the Multimodal Transformer."""

    def __init__(self, net: MultimodalTransformer, pieces: Pieces) -> None:
        self.net = net
        self._pieces = pieces

    def logits(self, texts: Sequence[str | None], log_mels: Tensor, n_frames: Tensor) -> Tensor:
        """See `JointReader`."""
        words = batch([tokens(self._pieces, text) for text in texts])
        found: Tensor = self.net(words, with_cepstra(log_mels), n_frames)
        return found


class CrossAttentionReader:
    """Word vectors and mel bands for the Cross-Attention Transformer."""

    def __init__(
        self,
        net: CrossAttentionTransformer,
        vectors: WordVectors,
        cut: Callable[[Sequence[str]], list[list[str]]],
    ) -> None:
        """Wrap a network; `cut` gives the words of texts, as `Morphemes.cut` does."""
        self.net = net
        self.vectors = vectors
        self._cut = cut

    def logits(self, texts: Sequence[str | None], log_mels: Tensor, n_frames: Tensor) -> Tensor:
        """See `JointReader`."""
        cut = self._cut([text or "" for text in texts])
        read = [self.vectors.read(words) for words in cut]
        n_words = torch.tensor([len(vectors) for vectors in read])
        words = nn.utils.rnn.pad_sequence(
            [torch.cat([vectors, vectors.new_zeros(1, vectors.shape[1])]) for vectors in read],
            batch_first=True,
        )[:, : max(1, int(n_words.max()))]
        found: Tensor = self.net(words, n_words, with_change(log_mels), n_frames)
        return found


class JointRecognizer:
    """Names the feeling of words and voice at once; safe to share between threads."""

    def __init__(self, reader: JointReader, temperature: float, sure_probability: float) -> None:
        """Wrap a trained network.

        Args:
            reader: its network is in evaluation mode.
            temperature: divides the logits; > 0, fitted on pairs held out.
            sure_probability: in [0, 1]; the best class is sure from here on.
        """
        self.reader = reader
        self._temperature = temperature
        self._sure_probability = sure_probability

    @torch.inference_mode()
    def predict(self, text: str | None, waveform: Waveform | None) -> EmotionEstimate:
        """Estimate the feeling of one utterance; either modality may be absent, not both."""
        log_mel = torch.zeros(JOINT_MEL.n_mels, 1) if waveform is None else hear(waveform)
        n_frames = torch.tensor([0 if waveform is None else log_mel.shape[1]])
        logits = self.reader.logits([text], log_mel[None], n_frames)[0]
        posterior = (logits / self._temperature).softmax(0).double()
        named = dict(zip(Emotion, (posterior / posterior.sum()).tolist(), strict=True))
        return EmotionEstimate(named, (), max(named.values()) >= self._sure_probability)


def load_multimodal(folder: Path) -> JointRecognizer:
    """The Multimodal Transformer of a folder of weights.

    Raises:
        FileNotFoundError: its weights are not there.
        CheckpointMismatch: they are of another model.
    """
    kept = checkpoints.load(folder / MULTIMODAL_WEIGHTS, MultimodalConfig, MultimodalTransformer)
    extra = kept.extra
    try:
        reader = MultimodalReader(kept.module, Pieces(extra["pieces"]))
        return JointRecognizer(reader, extra["temperature"], extra["sure_probability"])
    except KeyError as error:
        raise checkpoints.CheckpointMismatch(f"{MULTIMODAL_WEIGHTS} lacks {error}") from error


def load_cross_attention(folder: Path) -> JointRecognizer:
    """The Cross-Attention Transformer of a folder of weights.

    Raises:
        FileNotFoundError: its weights or word vectors are not there.
        CheckpointMismatch: they are of another model.
        MissingAnalyser: kiwipiepy is not installed.
    """
    path = folder / CROSS_ATTENTION_WEIGHTS
    kept = checkpoints.load(path, CrossAttentionConfig, CrossAttentionTransformer)
    vectors = WordVectors.load(folder / WORD_VECTORS)
    reader = CrossAttentionReader(kept.module, vectors, Morphemes().cut)
    extra = kept.extra
    try:
        return JointRecognizer(reader, extra["temperature"], extra["sure_probability"])
    except KeyError as error:
        raise checkpoints.CheckpointMismatch(f"{CROSS_ATTENTION_WEIGHTS} lacks {error}") from error
