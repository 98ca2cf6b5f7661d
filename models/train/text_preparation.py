"""The first stage of the text model's recipe: everything the teachers are asked, kept on disk."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from kiwipiepy import Kiwi  # type: ignore[import-untyped]
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from inference.text_emotion import Language, Pieces, normalise
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train.text_teachers import (
    Vocabulary,
    english_vocabulary,
    korean_vocabulary,
    morpheme_vectors,
    read_morphemes,
    sentence_vectors,
    start_from_teachers,
)
from models.train.texts import (
    Example,
    read_chatbot,
    read_goemotions,
    read_kote,
    read_own,
    read_reviews,
    read_xed,
)

N_ENGLISH = 10_000
N_KOREAN = 18_000


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Texts, what the teachers say of them, and the vocabulary.

    `parallel_vectors` (n, 384) are the encoder's of `parallel_english`, `english_vectors` those of
    `english`; `word_vectors` (m, 256) are the mean word vectors of `korean`.
    """

    parallel_english: Sequence[Example]
    parallel_korean: Sequence[Example]
    parallel_vectors: NDArray[np.float16]
    english: Sequence[str]
    english_vectors: NDArray[np.float16]
    korean: Sequence[str]
    word_vectors: NDArray[np.float16]
    vocabulary: Vocabulary
    to_english: NDArray[np.float32]

    @property
    def pieces(self) -> Pieces:
        """The vocabulary, ready to cut."""
        return Pieces([*self.vocabulary.english, *self.vocabulary.korean])

    def start(self, config: TextEmotionConfig) -> TextEmotionNet:
        """A network that starts from the teachers."""
        net = TextEmotionNet(config)
        start_from_teachers(net, self.vocabulary, self.to_english)
        return net


def prepare(data: Path, work: Path, seed: int) -> Prepared:
    """Ask the teachers, or read from `work` what they said before.

    Own sentences come last in both pools. Of those written since, the English ones are asked
    about; the Korean ones would change the vocabulary and stay without word vectors.
    """
    english = read_goemotions(data, Language.ENGLISH, "train")
    korean = read_goemotions(data, Language.KOREAN, "train")
    others = [*read_xed(data), *(e.text for e in read_own(Language.ENGLISH))]
    _, questions = read_chatbot(data)
    labelled, _ = read_chatbot(data)
    pool = [
        *read_reviews(data),
        *questions,
        *(e.text for e in labelled),
        *(e.text for e in read_kote(data, "val")),
        *(e.text for e in read_own(Language.KOREAN)),
    ]
    pool = [normalise(text) for text in pool]
    made = work / "teachers.safetensors"
    kept = _kept(made)
    if not kept:
        _ask(made, [e.text for e in english], [e.text for e in korean], others, pool, seed)
        kept = _kept(made)
    n_known = len(kept["english_vectors"])
    if n_known < len(others):
        more = sentence_vectors(others[n_known:])
        kept["english_vectors"] = np.concatenate([kept["english_vectors"], more])
        save_file({name: torch.from_numpy(array) for name, array in kept.items()}, made)
    names = json.loads(made.with_suffix(".json").read_text(encoding="utf-8"))
    return Prepared(
        english,
        korean,
        kept["parallel_vectors"],
        others,
        kept["english_vectors"],
        pool[: len(kept["word_vectors"])],
        kept["word_vectors"],
        Vocabulary(
            tuple(names["english"]),
            tuple(names["korean"]),
            kept["english_pieces"],
            kept["korean_pieces"],
        ),
        kept["to_english"],
    )


def _kept(made: Path) -> dict[str, Any]:
    """What the teachers said before; nothing if they were not asked."""
    if not made.is_file():
        return {}
    return {name: tensor.numpy() for name, tensor in load_file(made).items()}


def _ask(
    made: Path,
    english: Sequence[str],
    translated: Sequence[str],
    others: Sequence[str],
    pool: Sequence[str],
    seed: int,
) -> None:
    kiwi = Kiwi(num_workers=1)
    texts = [*pool, *(normalise(text) for text in translated)]
    read = read_morphemes(kiwi, texts, morpheme_vectors(kiwi, np.random.default_rng(seed)))
    words = np.stack([read.sentence(row) for row in range(len(texts))])
    english_names, english_pieces = english_vocabulary([*english, *others], N_ENGLISH)
    korean_names, korean_pieces = korean_vocabulary(texts, read, N_KOREAN, set(english_names))
    cutting, table = Pieces(english_names), english_pieces
    means = np.stack([table[cutting.cut(normalise(text)) or [3]].mean(0) for text in english])
    tensors: dict[str, Any] = {
        "parallel_vectors": sentence_vectors(english),
        "english_vectors": sentence_vectors(others),
        "word_vectors": words[: len(pool)].astype(np.float16),
        "english_pieces": english_pieces,
        "korean_pieces": korean_pieces,
        "to_english": _carry(words[len(pool) :], means),
    }
    made.parent.mkdir(parents=True, exist_ok=True)
    names = {"english": english_names, "korean": korean_names}
    made.with_suffix(".json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    tensors = {n: torch.from_numpy(np.ascontiguousarray(a)) for n, a in tensors.items()}
    save_file(tensors, made)


def _carry(korean: NDArray[Any], english: NDArray[Any]) -> NDArray[np.float32]:
    """The linear map from a sentence's Korean word vectors to those of its English original."""
    x, y = korean.astype(np.float64), (english - english.mean(0)).astype(np.float64)
    ridge = 1e-3 * np.trace(x.T @ x) / x.shape[1] * np.eye(x.shape[1])
    carry: NDArray[np.float32] = np.linalg.solve(x.T @ x + ridge, x.T @ y).astype(np.float32)
    return carry
