"""The words side: who is held out, and what the two transformers' words start as.

Both start from the vectors of the pieces that the shipped text model reads (whose Korean half
began as Kiwi's word vectors), turned onto their principal axes: the Multimodal Transformer's own
pieces in training, the Cross-Attention Transformer's word vectors for good.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from inference.checkpoints import load
from inference.joint_features import Morphemes, WordVectors
from inference.text_emotion import SPECIAL, WEIGHTS, Language, Pieces, normalise
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train.texts import Example, held_out, read_chatbot, read_own, read_tests

HELD_OUT = 0.15  # the same sentences that the text model's recipe holds out
N_WORD_VECTORS = 12_000
UNKNOWN_PIECE = SPECIAL.index("[UNK]")


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Texts to learn from, the sentences held out for choices, and those of the tests.

    `more` are further texts without labels, for vocabularies.
    """

    learnt: Sequence[Example]
    development: Sequence[Example]
    test: Sequence[Example]
    more: Sequence[str]

    @classmethod
    def read(cls, data: Path, seed: int = 0) -> "Written":
        """Read them; `seed` is that of the text model's recipe.

        Raises:
            FileNotFoundError: the chatbot's questions are not in `data`.
        """
        labelled, more = read_chatbot(data)
        learnt = [*labelled]
        development: list[Example] = []
        test: list[Example] = []
        for language in Language:
            own = read_own(language)
            for example, out in zip(own, held_out(own, HELD_OUT, seed), strict=True):
                (development if out else learnt).append(example)
            test += read_tests(language)
        return cls(learnt, development, test, more)


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """The text model's pieces with a vector each, (n_pieces, 384)."""

    pieces: Pieces
    vectors: Tensor

    @classmethod
    @torch.no_grad()
    def shipped(cls, path: Path = WEIGHTS) -> "Read":
        """From the text model's weights."""
        kept = load(path, TextEmotionConfig, TextEmotionNet)
        net = kept.module
        table, n_english = net.pieces.weight, net.n_english
        halves = net.from_english(table[:n_english]), net.from_korean(table[n_english:])
        return cls(Pieces(kept.extra["pieces"]), torch.cat(halves))


def frequent_pieces(read: Read, texts: Sequence[str], n_pieces: int) -> tuple[list[str], Tensor]:
    """The pieces that texts use most, after the special ones and single letters, and vectors."""
    names = read.pieces.names
    counts = Counter(number for text in texts for number in read.pieces.cut(normalise(text)))
    single = [n for n, _ in counts.most_common() if len(names[n].removeprefix("##")) == 1]
    frequent = [*range(len(SPECIAL)), *single, *(n for n, _ in counts.most_common())]
    kept = list(dict.fromkeys(frequent))[:n_pieces]
    return [names[n] for n in kept], read.vectors[kept]


def word_table(read: Read, cut: Mapping[str, Sequence[str]], n_axes: int) -> WordVectors:
    """Vectors of the words that texts use most: the mean of their pieces', on `n_axes` axes."""
    counts = Counter(word for words in cut.values() for word in words)
    names = [word for word, _ in counts.most_common(N_WORD_VECTORS)]
    rows = [read.pieces.cut(normalise(name)) or [UNKNOWN_PIECE] for name in names]
    vectors = torch.stack([read.vectors[row].mean(0) for row in rows])
    axes = on_axes(vectors, n_axes).half().float()
    return WordVectors({name: row for row, name in enumerate(names)}, axes)


def save_words(table: WordVectors, path: Path) -> None:
    """Write a table of word vectors, in half precision."""
    words = json.dumps(list(table.rows), ensure_ascii=False)
    save_file({"vectors": table.vectors.half()}, path, {"words": words})
    path.chmod(0o644)  # safetensors writes for the owner alone


def on_axes(vectors: Tensor, n_axes: int) -> Tensor:
    """Rows on their first principal axes, each axis in the scale it has; length 1 on average."""
    centred = vectors - vectors.mean(0)
    _, _, axes = torch.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes[:n_axes].T
    scaled: Tensor = turned / turned.norm(dim=1).mean()
    return scaled


class Remembered:
    """Morphemes of texts, cut once and kept: training reads each text many times."""

    def __init__(self, texts: Sequence[str]) -> None:
        different = list(dict.fromkeys(texts))
        self._analyser = Morphemes()
        self.words = dict(zip(different, self._analyser.cut(different), strict=True))

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        """As `Morphemes.cut`."""
        new = [text for text in texts if text not in self.words]
        self.words |= dict(zip(new, self._analyser.cut(new), strict=True))
        return [self.words[text] for text in texts]
