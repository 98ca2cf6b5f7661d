"""Text as a bag of hashed n-grams that survive spacing tricks, typos and spelling games."""

import re
import unicodedata
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

# Letters of other scripts that stand in for Latin ones to slip past a filter.
_LOOK_ALIKE_LETTERS = str.maketrans("аеорсухіјԁѕһкмтαεικνορτυ", "aeopcyxijdshkmtaeiknoptu")
_LEET = {"1": "i", "!": "i", "0": "o", "3": "e", "@": "a", "$": "s", "4": "a", "*": ""}
_LEET_IN_WORD = re.compile(r"(?<=[a-z])[1!03@$4*](?=[a-z])")
_DIGIT_IN_HANGUL = re.compile(r"(?<=[가-힣])[0-9](?=[가-힣])")
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)
_SPELT_OUT = re.compile(r"\b(?:[a-z][ .\-_]+){3,}[a-z]\b")
_APOSTROPHE = re.compile(r"['’‘`´]")
# Marks that end or part a sentence are habits of a writer or of a recogniser; a question is not.
_WORD = re.compile(r"[^\W_]+|[^\w\s.,!~…]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_HANGUL = re.compile(r"[가-힣ᄀ-ᇿ]")
_LATIN_WORD = re.compile(r"[a-z]{3,}")

# Letters typed one by one; "ㅋㅜ" and "ㅠㅠ" alone are laughing and crying.
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_SYLLABLE_IN_LETTERS = re.compile(
    rf"([{_INITIALS}])([{_VOWELS}])([{_FINALS.strip()}])(?![{_VOWELS}])"
    rf"|([{_INITIALS}])([ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅝㅞㅟㅢㅣ])"
)

N_BUCKETS = 1 << 17


def join_letters(text: str) -> str:
    """Syllables in the place of Korean letters typed one by one: "ㅈㅜㄱ고" -> "죽고"."""

    def syllable(match: re.Match[str]) -> str:
        initial, vowel = match[1] or match[4], match[2] or match[5]
        number = 21 * _INITIALS.index(initial) + _VOWELS.index(vowel)
        return chr(0xAC00 + 28 * number + _FINALS.index(match[3] or " "))

    return _SYLLABLE_IN_LETTERS.sub(syllable, text)


def normalize(text: str) -> str:
    """Lower case, one spelling: no control, combining or zero-width marks, no letter games.

    Compatibility jamo that spell a syllable become it ("ㅈㅏ살" -> "자살"); what else stands
    between letters to break a word ("su1cide", "자1살", "s u i c i d e") goes; a character
    repeated three times or more stands twice.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(
        character if character.isprintable() else " "
        for character in decomposed
        if unicodedata.category(character) not in ("Mn", "Cf")
    )
    folded = unicodedata.normalize("NFC", kept).lower().translate(_LOOK_ALIKE_LETTERS)
    folded = _APOSTROPHE.sub("", folded)
    folded = _LEET_IN_WORD.sub(lambda match: _LEET[match[0]], folded)
    folded = _SPELT_OUT.sub(lambda match: _NOT_LETTERS.sub("", match[0]), folded)
    folded = _DIGIT_IN_HANGUL.sub("", folded)
    return _REPEATED.sub(r"\1\1", folded)


def squeeze(normalized: str) -> str:
    """Letters and digits only: what is left when spaces and punctuation are no obstacle."""
    return _NOT_LETTERS.sub("", normalized)


def _views(normalized: str) -> list[list[str]]:
    """N-grams of five kinds: words, word pairs with a gap, syllables, jamo, Latin letters."""
    words = _WORD.findall(normalized)
    squeezed = squeeze(normalized)
    jamo = unicodedata.normalize("NFD", squeezed)
    padded = ["^", *words, "$"]
    views = [
        ["w" + " ".join(padded[i : i + n]) for n in (1, 2, 3) for i in range(len(padded) - n + 1)],
        [f"g{words[i]}~{words[i + k]}" for k in (2, 3, 4) for i in range(len(words) - k)],
        [
            "x" + piece[i : i + n]
            for word in words
            if _LATIN_WORD.fullmatch(word)
            for piece in (f"<{word}>",)
            for n in (3, 4, 5)
            for i in range(len(piece) - n + 1)
        ],
    ]
    if _HANGUL.search(squeezed):
        ends = f"^{squeezed}$"
        views.append(
            ["c" + ends[i : i + n] for n in (1, 2, 3, 4, 5) for i in range(len(ends) - n + 1)]
        )
        views.append(
            ["j" + jamo[i : i + n] for n in (3, 4, 5, 6) for i in range(len(jamo) - n + 1)]
        )
    return views


def hashed_ngrams(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets (n,) below `N_BUCKETS` and weights (n,): each kind of n-gram has length 1.

    A text without letters still has the two n-grams of its edges.
    """
    buckets: list[NDArray[np.int64]] = []
    weights: list[NDArray[np.float32]] = []
    for grams in _views(normalize(text)):
        if not grams:
            continue
        codes = [crc32(gram.encode("utf-8", "surrogatepass")) % N_BUCKETS for gram in grams]
        found, counts = np.unique(np.array(codes, dtype=np.int64), return_counts=True)
        strength = np.sqrt(counts, dtype=np.float32)
        buckets.append(found)
        weights.append((strength / np.linalg.norm(strength)).astype(np.float32))
    return np.concatenate(buckets), np.concatenate(weights)
