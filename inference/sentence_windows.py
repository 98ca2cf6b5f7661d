"""A message cut into the pieces that are screened one by one, so that none drowns another."""

import re
from collections.abc import Iterable
from itertools import pairwise

MAX_CHARACTERS = 20_000
PAIRED_CHARACTERS = 12_000
SENTENCE_CHARACTERS = 160

_SENTENCE = re.compile(r"[^.!?。！？…\n]+[.!?。！？…\n]*")
_LETTER_APART = re.compile(r"^(?:\W*\w){1,2}\W*$")


def windows(text: str) -> list[str]:
    """The message as one piece, its sentences, and each with its neighbour; no piece twice.

    A sentence longer than `SENTENCE_CHARACTERS` is cut at its words into overlapping pieces. Of a
    text longer than `MAX_CHARACTERS` the beginning and the end are read; beyond
    `PAIRED_CHARACTERS` sentences are read without their neighbours.
    """
    if len(text) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        text = f"{text[:half]}\n{text[-half:]}"
    sentences = _distinct(piece for part in _sentences(text) for piece in _cut(part))
    pieces = list(sentences)
    if len(text) <= PAIRED_CHARACTERS:
        pieces += [f"{first} {second}" for first, second in pairwise(sentences)]
    if len(text) <= 2 * SENTENCE_CHARACTERS:
        pieces.append(text)
    return _distinct(pieces) or [text]


def _distinct(pieces: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(pieces))


def _sentences(text: str) -> list[str]:
    """Sentences; letters that punctuation holds apart ("죽.고.싶.다") stay together."""
    joined: list[str] = []
    apart = False
    for match in _SENTENCE.finditer(text):
        sentence = match[0].strip()
        if not sentence:
            continue
        is_letter = bool(_LETTER_APART.match(sentence))
        if is_letter and apart:
            joined[-1] += sentence
        else:
            joined.append(sentence)
        apart = is_letter
    return joined


def _cut(sentence: str) -> list[str]:
    if len(sentence) <= SENTENCE_CHARACTERS:
        return [sentence]
    step = SENTENCE_CHARACTERS // 2
    starts = range(0, len(sentence) - step, step)
    return [sentence[start : start + SENTENCE_CHARACTERS] for start in starts]
