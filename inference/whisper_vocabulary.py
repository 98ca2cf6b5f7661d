"""What a Whisper model writes with: OpenAI's byte pairs, or a small model's letters and jamo."""

import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, Protocol

LANGUAGES: Final = ("ko", "en")
MULTILINGUAL_TOKENS: Final = 51_865  # OpenAI's weights with fewer know English alone


class Vocabulary(Protocol):
    """Tokens that frame a transcript and tokens that spell it."""

    @property
    def start(self) -> int:
        """The token before everything; what the model says next is the language or no speech."""

    @property
    def end(self) -> int:
        """The token after the last."""

    @property
    def no_speech(self) -> int:
        """The token that says that there is nothing to write."""

    @property
    def languages(self) -> Mapping[str, int]:
        """Codes of languages with their tokens; empty where the model knows English alone."""

    @property
    def never_said(self) -> Sequence[int]:
        """Tokens that are no part of a transcript without timestamps."""

    def prompt(self, language: str) -> list[int]:
        """What the decoder is given before the first token of a transcript in `language`."""

    def decode(self, tokens: Sequence[int]) -> str:
        """The text that tokens spell."""


class SymbolVocabulary:
    """Letters and jamo, one token each: a hundred tokens write every Korean syllable.

    A syllable is spelt as Unicode decomposes it, so that first and last consonants differ and the
    composed text is unambiguous.
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)
        self._token_of = {symbol: i for i, symbol in enumerate(self.symbols)}
        n_symbols = len(self.symbols)
        self.start, self.end, self.no_speech, self._transcribe, self._untimed = range(
            n_symbols, n_symbols + 5
        )
        self.languages = {code: n_symbols + 5 + i for i, code in enumerate(LANGUAGES)}
        self.never_said = tuple(i for i in range(n_symbols, len(self)) if i != self.end)

    def __len__(self) -> int:
        """How many tokens there are, those that frame a transcript included."""
        return len(self.symbols) + 5 + len(LANGUAGES)

    def prompt(self, language: str) -> list[int]:
        """Start, language, task, no timestamps, as Whisper is prompted."""
        return [self.start, self.languages[language], self._transcribe, self._untimed]

    def encode(self, text: str) -> list[int]:
        """The tokens of a text.

        Raises:
            KeyError: it holds a symbol that the vocabulary lacks.
        """
        return [self._token_of[mark] for mark in unicodedata.normalize("NFD", text)]

    def decode(self, tokens: Sequence[int]) -> str:
        """The text, composed; tokens that frame it are left out."""
        spelt = "".join(self.symbols[token] for token in tokens if token < len(self.symbols))
        return unicodedata.normalize("NFC", spelt)


class BytePairVocabulary:
    """The tokens of OpenAI's weights, whose tables come with the package openai-whisper."""

    def __init__(self, n_tokens: int) -> None:
        self._multilingual = n_tokens >= MULTILINGUAL_TOKENS
        self._n_languages = n_tokens - 51_765 - int(self._multilingual)
        tokenizer = self._tokenizer("en")
        self.start: int = tokenizer.sot
        self.end: int = tokenizer.eot
        self.no_speech: int = tokenizer.no_speech
        codes, tokens = tokenizer.all_language_codes, tokenizer.all_language_tokens
        found = zip(codes, tokens, strict=True) if self._multilingual else ()
        self.languages: Mapping[str, int] = dict(found)

    @cached_property
    def never_said(self) -> Sequence[int]:
        """Marks of music and speakers, and every special token but the end."""
        tokenizer = self._tokenizer("en")
        special = range(self.end + 1, tokenizer.timestamp_begin + 1501)
        return (*tokenizer.non_speech_tokens, *special)

    def prompt(self, language: str) -> list[int]:
        """OpenAI's sequence for a transcript without timestamps."""
        return list(self._tokenizer(language).sot_sequence_including_notimestamps)

    def decode(self, tokens: Sequence[int]) -> str:
        """The text; halves of characters become the replacement character."""
        text: str = self._tokenizer("en").decode(list(tokens))
        return text

    @lru_cache  # noqa: B019
    def _tokenizer(self, language: str) -> Any:
        from whisper.tokenizer import get_tokenizer  # type: ignore[import-untyped]

        with warnings.catch_warnings():
            # It leaves the file of its table open.
            warnings.simplefilter("ignore", ResourceWarning)
            return get_tokenizer(
                self._multilingual,
                num_languages=self._n_languages,
                language=language if self._multilingual else None,
                task="transcribe" if self._multilingual else None,
            )
