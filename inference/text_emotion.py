"""The feeling in a written message, Korean or English."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from textwrap import wrap
from typing import Final
from zlib import crc32

import torch
from torch import Tensor

from inference.analysis import Emotion, EmotionEstimate
from inference.checkpoints import load
from inference.language import Language as Language
from inference.language import Readability, language_of
from inference.negation import is_negated
from models.sentence_encoder import PADDING
from models.text_emotion import TextEmotionConfig, TextEmotionNet, TextEmotionOutput

WEIGHTS: Final = Path(__file__).parent.parent / "models/weights/text_emotion.safetensors"

FEELINGS: Final = tuple(Emotion)[:-1]  # the six; neutral is the absence of all of them
SPECIAL: Final = ("[PAD]", "[CLS]", "[SEP]", "[UNK]")  # the first pieces of every vocabulary
CLS, SEP, UNKNOWN = 1, 2, 3

LONGEST_TEXT: Final = 20_000  # characters; nothing beyond is read
LONGEST_WORD: Final = 40  # characters; what is longer is no word
WINDOW: Final = 240  # characters; about as many pieces as the model has positions for
WINDOWS: Final = 8  # of a long text; they are spread evenly over it

# Hangul syllables and the letters people type alone (ㅋㅋ, ㅠㅠ), Latin letters cut at apostrophes
# as BERT does, digits, and every other visible sign by itself.
WORD: Final = re.compile(r"[가-힣ㄱ-ㆎ]+|[a-z]+|\d+|[^\W\d_]|[^\w\s]")
REPEATED: Final = re.compile(r"(.)\1{2,}")
LATIN_WORD: Final = re.compile(r"[a-z]+")

FEWEST_LETTERS: Final = 2
FEWEST_LATIN_WORDS: Final = 4  # shorter texts are too short to tell their language by
KNOWN_WORDS: Final = 0.5  # of the Latin words, or it is not English


def normalise(text: str) -> str:
    """Fold what does not carry meaning: form, case, control characters, long repeats, numbers."""
    text = unicodedata.normalize("NFC", text[:LONGEST_TEXT]).lower()
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    seen = (c if c.isspace() or unicodedata.category(c)[0] != "C" else " " for c in text)
    text = " ".join("".join(seen).split())
    return REPEATED.sub(r"\1\1", re.sub(r"\d+", "0", text))


def windows(normalised: str) -> list[str]:
    """The whole text if it is short, else up to `WINDOWS` stretches of whole words of it."""
    if len(normalised) <= WINDOW:
        return [normalised]
    cut = wrap(normalised, WINDOW)
    if len(cut) <= WINDOWS:
        return cut
    step = (len(cut) - 1) / (WINDOWS - 1)
    return [cut[round(i * step)] for i in range(WINDOWS)]


class Pieces:
    """Cuts text into known pieces, longest match first (WordPiece, Wu et al. 2016)."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.names = tuple(pieces)
        self.numbers: Mapping[str, int] = {piece: i for i, piece in enumerate(pieces)}
        self._longest = max(map(len, pieces))

    def cut(self, normalised: str, skip: float = 0.0, rng: Random | None = None) -> list[int]:
        """Piece numbers of a normalised text, without [CLS] and [SEP].

        With `rng`, a match is passed over with probability `skip`, so that training sees a word
        in many cuts (MaxMatch-Dropout, Hiraoka 2022).
        """
        numbers: list[int] = []
        for word in WORD.findall(normalised):
            numbers += self._cut_word(word[:LONGEST_WORD], skip, rng)
        return numbers

    def _cut_word(self, word: str, skip: float, rng: Random | None) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                number = self.numbers.get(mark + word[start:end])
                passed_over = rng is not None and end > start + 1 and rng.random() < skip
                if number is not None and not passed_over:
                    break
            else:
                number, end = UNKNOWN, start + 1
            found.append(UNKNOWN if number is None else number)
            start = end
        return found


def ngrams(normalised: str) -> list[int]:
    """Hashes (int32) of a normalised text's n-grams, each once, in a fixed order.

    They are the 1 to 5 characters long ones of each word with its borders, pairs of words, also
    with one word between, and those of 3 characters across a space, which keep a text readable
    whose spaces are misplaced.
    """
    words = WORD.findall(normalised)
    grams: dict[str, None] = {}
    for word in words:
        bordered = f"<{word[:LONGEST_WORD]}>"
        for n in range(1, 6):
            grams.update(dict.fromkeys(bordered[i : i + n] for i in range(len(bordered) - n + 1)))
        grams[bordered] = None
    grams.update(dict.fromkeys(f"{a} {b}" for a, b in pairwise(words)))
    grams.update(dict.fromkeys(f"{a}|{b}" for a, b in zip(words, words[2:], strict=False)))
    tight = normalised.replace(" ", "_")
    across = (tight[i : i + 3] for i in range(len(tight) - 2))
    grams.update(dict.fromkeys(f"~{gram}" for gram in across if "_" in gram))
    return [crc32(gram.encode()) - 2**31 for gram in grams]


def known_rows(hashes: Sequence[int], numbers: Mapping[int, int]) -> list[int]:
    """The rows of the n-grams that a reader knows."""
    return [numbers[number] for number in hashes if number in numbers]


def batch(rows: Sequence[Sequence[int]]) -> Tensor:
    """Put rows of numbers into one tensor (B, longest), int64, filled up with `PADDING`."""
    out = torch.full((len(rows), max(1, *map(len, rows))), PADDING)
    for i, row in enumerate(rows):
        out[i, : len(row)] = torch.tensor(row, dtype=torch.int64)
    return out


@dataclass(frozen=True, slots=True)
class Calibration:
    """How one language's logits become an estimate; fitted on sentences held out of training.

    `ngrams` weighs what the n-grams say against what the word pieces say. `temperature` divides
    the logits before the softmax. `sure` is the probability of the best class from which on it is
    right nine times in ten. `present` is the probability from which on another feeling than the
    best is present too.
    """

    ngrams: float
    temperature: float
    sure: float
    present: float


def heard(posterior: Mapping[Emotion, float], threshold: float) -> tuple[Emotion, ...]:
    """The feelings present, the strongest first: the best class, and others from `threshold` on.

    Where neutral is the best class it is a feeling only from the threshold on, too.
    """
    best = max(posterior, key=posterior.__getitem__)
    said = [f for f in FEELINGS if f is best or posterior[f] >= threshold]
    return tuple(sorted(said, key=posterior.__getitem__, reverse=True))


class TextEmotionRecognizer:
    """Names the feeling in a message; safe to use from several threads."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        """Read the weights.

        Raises:
            FileNotFoundError: there are none.
            CheckpointMismatch: they belong to another model.
        """
        checkpoint = load(weights, TextEmotionConfig, TextEmotionNet)
        self._net = checkpoint.module
        self._n_pieces = checkpoint.config.n_positions - 2
        self._numbers = self._net.feeling_ngrams.numbers()
        self._pieces = Pieces(checkpoint.extra["pieces"])
        self._calibrations = {
            Language(language): Calibration(**values)
            for language, values in checkpoint.extra["calibration"].items()
        }

    def reads(self, text: str) -> Readability:
        """Tell whether `text` holds words of a language the model knows."""
        words = WORD.findall(normalise(text))
        letters = [c for word in words for c in word if c.isalpha()]
        if len(letters) < FEWEST_LETTERS:
            written = any(c.isalnum() for word in words for c in word)
            return Readability.TOO_SHORT if written else Readability.NO_WORDS
        known = sum("a" <= c <= "z" or "ㄱ" <= c <= "ㆎ" or "가" <= c <= "힣" for c in letters)
        if 2 * known <= len(letters):
            return Readability.UNKNOWN_LANGUAGE
        latin = [word for word in words if LATIN_WORD.fullmatch(word)]
        english = sum(word in self._pieces.numbers for word in latin)
        if len(latin) < max(FEWEST_LATIN_WORDS, len(words) / 3):
            return Readability.READABLE
        if english < KNOWN_WORDS * len(latin):
            return Readability.UNKNOWN_LANGUAGE
        return Readability.READABLE

    def predict(self, text: str) -> EmotionEstimate | None:
        """Judge one message; None where `reads` says why it cannot be judged.

        A text longer than the model reads at once is judged by windows spread over it, and the
        mean of their probabilities is what is said of the whole. Where a feeling is denied the
        likeliest is taken for the denied one, and what is there instead for unknown: the model
        learnt too few negations to be believed.
        """
        if self.reads(text) is not Readability.READABLE:
            return None
        normalised = normalise(text)
        calibration = self._calibrations[language_of(normalised)]
        scores = self._scores(normalised, calibration.ngrams)
        posterior = (scores / calibration.temperature).softmax(1).mean(0).double()
        posterior = posterior / posterior.sum()
        probabilities = dict(zip(Emotion, posterior.tolist(), strict=True))
        sure = bool(posterior.max() >= calibration.sure)
        if is_negated(normalised):
            denied = max(FEELINGS, key=probabilities.__getitem__)
            probabilities[Emotion.NEUTRAL] += probabilities[denied]
            probabilities[denied] = 0.0
            sure = False
        return EmotionEstimate(probabilities, heard(probabilities, calibration.present), sure)

    @torch.inference_mode()
    def _scores(self, normalised: str, share: float) -> Tensor:
        """Logits of the seven classes for each window, the n-grams' weighed by `share`."""
        rows = windows(normalised)
        pieces = [[CLS, *self._pieces.cut(row)[: self._n_pieces], SEP] for row in rows]
        known = [known_rows(ngrams(row), self._numbers) for row in rows]
        output: TextEmotionOutput = self._net(batch(pieces))
        scores: Tensor = output.emotion + share * self._net.feeling_ngrams(batch(known))
        return scores
