"""The sentences of each language: `ko.ftl` and `en.ftl`, in Fluent's format."""

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

from storage.records import Language


class UnknownWording(KeyError):
    """A sentence that no language file has."""


class Wording:
    """The sentences of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._bundle = _bundle(language)

    def keys(self) -> Iterable[str]:
        """Every sentence there is."""
        return self._bundle._messages.keys()

    def __call__(self, key: str, **arguments: str | int) -> str:
        """The sentence `key`; text arguments are escaped, since the sentence is HTML.

        Raises:
            UnknownWording: there is no such sentence, or it lacks an argument.
        """
        safe = {k: escape(v) if isinstance(v, str) else v for k, v in arguments.items()}
        if not self._bundle.has_message(key):
            raise UnknownWording(key)
        pattern = self._bundle.get_message(key).value
        if pattern is None:
            raise UnknownWording(key)
        text, errors = self._bundle.format_pattern(pattern, safe)
        if errors:
            raise UnknownWording(f"{key}: {errors[0]}")
        return str(text)

    def feeling(self, feeling: str) -> str:
        """A feeling's name on a button or in a sentence."""
        return self(feeling)


@cache
def _bundle(language: Language) -> FluentBundle:
    """Parsed once: a start asked for sixteen of them, a tenth of a second each."""
    bundle = FluentBundle([language.value], use_isolating=False)
    source = Path(__file__).parent / f"{language.value}.ftl"
    bundle.add_resource(FluentResource(source.read_text("utf-8")))
    return bundle
