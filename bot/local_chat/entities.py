"""Text as Telegram keeps it: HTML read into entities, offsets and lengths in UTF-16 code units."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.local_chat.bot_errors import bad_request
from bot.local_chat.store import Json

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
}
_EXPLICIT_TYPES = frozenset(_TYPES.values()) | {"expandable_blockquote"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE = r"\s+([a-zA-Z-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?"
_START_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9-]*)((?:{_ATTRIBUTE})*)\s*>")
_END_TAG = re.compile(r"</([a-zA-Z][a-zA-Z0-9-]*)?\s*>")
_CHARACTER = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));")
_COMMAND = re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@])")
_URL = re.compile(r"(?<![\w.])(?:https?://[^\s<>\"]+|t\.me/[^\s<>\"]+)", re.IGNORECASE)
_CONTROL = {code: " " for code in range(32) if code != 10} | {13: None}
_DIRECTION_OVERRIDES = dict.fromkeys(range(0x2028, 0x202F))


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A text and its entities, as a Message carries them."""

    text: str
    entities: list[Json]


@dataclass(slots=True)
class _OpenTag:
    name: str
    offset: int
    attributes: dict[str, str]


def utf16_length(text: str) -> int:
    """The number of UTF-16 code units, which Telegram counts entity offsets in."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """Text as Telegram lets it through: control characters become spaces, no lone surrogates."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.translate(_CONTROL | _DIRECTION_OVERRIDES)


def format_text(
    text: str, parse_mode: str | None, explicit: list[Json] | None = None
) -> FormattedText:
    """Read a text in its parse mode or with its explicit entities, and find links and commands.

    Raises:
        BotApiError: 400, markup that cannot be read or a parse mode other than HTML.
    """
    text = clean(text)
    if parse_mode and explicit is None:
        if parse_mode.lower() != "html":
            raise bad_request(
                f"can't parse entities: parse mode {parse_mode} is not read by the local chat, "
                "use HTML or entities"
            )
        text, entities = parse_html(text)
    else:
        entities = _checked(explicit or [], text)
    return _detect(_trimmed(text, entities))


def detect_in(text: str) -> FormattedText:
    """A person's own text with the links and commands in it; it is not read as markup."""
    return _detect(FormattedText(text, []))


def parse_html(text: str) -> tuple[str, list[Json]]:
    """The plain text of Telegram's HTML and its entities, in order of their start.

    Raises:
        BotApiError: 400, an unknown tag, or tags that do not match.
    """
    plain: list[str] = []
    opened: list[_OpenTag] = []
    entities: list[Json] = []
    offset = position = 0
    while position < len(text):
        if text[position] != "<":
            piece, position = _read_characters(text, position)
            plain.append(piece)
            offset += utf16_length(piece)
        elif end := _END_TAG.match(text, position):
            tag = _close(opened, end, text)
            if offset > tag.offset:
                entities.append(_entity(tag, offset, "".join(plain)))
            position = end.end()
        else:
            start = _START_TAG.match(text, position)
            opened.append(_open(start, text, position, offset))
            position = start.end() if start else position
    if opened:
        raise bad_request(
            "can't parse entities: Can't find end tag corresponding to start tag "
            f'"{opened[-1].name}"'
        )
    return "".join(plain), _in_order(_merge_code_language(entities))


def _read_characters(text: str, position: int) -> tuple[str, int]:
    """Plain characters up to the next tag, references decoded; where reading goes on."""
    end = text.find("<", position)
    end = len(text) if end < 0 else end

    return _CHARACTER.sub(_character, text[position:end]), end


def _character(match: re.Match[str]) -> str:
    """What a reference stands for; itself where that is no character."""
    if match[3]:
        return _NAMED[match[3]]
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def _open(match: re.Match[str] | None, text: str, position: int, offset: int) -> _OpenTag:
    attributes = {
        name.lower(): _CHARACTER.sub(
            _character, value[1:-1] if value[:1] in "\"'" and value else value
        )
        for name, value in re.findall(_ATTRIBUTE, match[2] if match else "")
    }
    name = match[1].lower() if match else ""
    unspoiled_span = name == "span" and attributes.get("class") != "tg-spoiler"
    if name not in _TYPES or unspoiled_span:
        shown = name or text[position + 1 : position + 21]
        raise bad_request(
            f'can\'t parse entities: Unsupported start tag "{shown}" '
            f"at byte offset {_bytes(text, position)}"
        )
    return _OpenTag(name, offset, attributes)


def _close(opened: list[_OpenTag], match: re.Match[str], text: str) -> _OpenTag:
    place = f"at byte offset {_bytes(text, match.start())}"
    if not opened:
        raise bad_request(f"can't parse entities: Unexpected end tag {place}")
    tag = opened.pop()
    if match[1] and match[1].lower() != tag.name:
        raise bad_request(
            f"can't parse entities: Unmatched end tag {place}, "
            f'expected "</{tag.name}>", found "</{match[1].lower()}>"'
        )
    return tag


def _entity(tag: _OpenTag, end: int, plain: str) -> Json:
    entity: Json = {"type": _TYPES[tag.name], "offset": tag.offset, "length": end - tag.offset}
    if tag.name == "a":
        entity["url"] = tag.attributes.get("href") or slice_utf16(plain, tag.offset, end)
    if tag.name == "blockquote" and "expandable" in tag.attributes:
        entity["type"] = "expandable_blockquote"
    language = tag.attributes.get("class", "")
    if tag.name == "code" and language.startswith("language-"):
        entity["language"] = language.removeprefix("language-")
    return entity


def _merge_code_language(entities: list[Json]) -> list[Json]:
    """`<pre><code class="language-x">` is one `pre` entity with a language."""
    languages = {
        (entity["offset"], entity["length"]): entity.get("language")
        for entity in entities
        if entity["type"] == "code"
    }
    blocks = {(e["offset"], e["length"]) for e in entities if e["type"] == "pre"}
    merged = []
    for entity in entities:
        place = (entity["offset"], entity["length"])
        language = languages.get(place) if place in blocks else None
        if entity["type"] == "code" and language:
            continue
        kept = {key: value for key, value in entity.items() if key != "language"}
        if entity["type"] == "pre" and language:
            kept["language"] = language
        merged.append(kept)
    return merged


def slice_utf16(text: str, start: int, end: int) -> str:
    """The part of `text` between two UTF-16 offsets."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "replace")


def _checked(explicit: list[Json], text: str) -> list[Json]:
    """Explicit entities that lie within the text, known types only, as Telegram keeps them."""
    length = utf16_length(text)
    kept = []
    for entity in explicit:
        try:
            start, end = int(entity["offset"]), int(entity["offset"]) + int(entity["length"])
            if entity["type"] in _EXPLICIT_TYPES and 0 <= start < end <= length:
                kept.append(dict(entity))
        except (KeyError, TypeError, ValueError) as error:
            raise bad_request("can't parse entities: wrong MessageEntity") from error
    return _in_order(kept)


def _trimmed(text: str, entities: list[Json]) -> FormattedText:
    """Without white space around the text; entities moved along and cut."""
    trimmed = text.strip()
    start = utf16_length(text[: len(text) - len(text.lstrip())])
    length = utf16_length(trimmed)
    moved = []
    for entity in entities:
        first = max(entity["offset"] - start, 0)
        last = min(entity["offset"] + entity["length"] - start, length)
        if last > first:
            moved.append(entity | {"offset": first, "length": last - first})
    return FormattedText(trimmed, _in_order(moved))


def _detect(formatted: FormattedText) -> FormattedText:
    """Add the entities Telegram finds by itself: bot commands and links."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in formatted.entities
        if entity["type"] in {"code", "pre", "text_link"}
    ]
    found = list(formatted.entities)
    for kind, start, end in _found(formatted.text):
        if all(end <= first or start >= last for first, last in taken):
            found.append({"type": kind, "offset": start, "length": end - start})
            taken.append((start, end))
    return FormattedText(formatted.text, _in_order(found))


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    for kind, pattern in (("url", _URL), ("bot_command", _COMMAND)):
        for match in pattern.finditer(text):
            word = match[0].rstrip(".,!?;:)]}'") if kind == "url" else match[0]
            start = utf16_length(text[: match.start()])
            yield kind, start, start + utf16_length(word)


def _in_order(entities: list[Json]) -> list[Json]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _bytes(text: str, position: int) -> int:
    return len(text[:position].encode())
