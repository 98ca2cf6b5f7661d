from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local_chat.bot_errors import BotApiError
from bot.local_chat.entities import clean, detect_in, format_text, parse_html, utf16_length

TAGS = {
    "b": ("<b>", "</b>", "bold"),
    "i": ("<em>", "</em>", "italic"),
    "u": ("<u>", "</u>", "underline"),
    "s": ("<del>", "</del>", "strikethrough"),
    "spoiler": ('<span class="tg-spoiler">', "</span>", "spoiler"),
    "quote": ("<blockquote expandable>", "</blockquote>", "expandable_blockquote"),
    "a": ('<a href="https://a.example/?q=1">', "</a>", "text_link"),
}
words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8
)
trees: st.SearchStrategy[Any] = st.recursive(
    words,
    lambda parts: st.tuples(st.sampled_from(sorted(TAGS)), st.lists(parts, max_size=4)),
    max_leaves=12,
)


def render(tree: Any) -> str:
    if isinstance(tree, str):
        return escape(tree)
    before, after, _ = TAGS[tree[0]]
    return before + "".join(map(render, tree[1])) + after


def expect(tree: Any, at: int, found: list[tuple[str, int, int]]) -> tuple[str, int]:
    """The plain text and where it ends, counted as Telegram counts; entities are collected."""
    if isinstance(tree, str):
        return tree, at + len(tree.encode("utf-16-le")) // 2
    end, plain = at, ""
    for part in tree[1]:
        text, end = expect(part, end, found)
        plain += text
    if end > at:
        found.append((TAGS[tree[0]][2], at, end - at))
    return plain, end


def test_references_in_an_address_are_read() -> None:
    _, [link] = parse_html('<a href="https://a.example/?lat=1&amp;lon=2&#38;q=3">map</a>')
    assert link["url"] == "https://a.example/?lat=1&lon=2&q=3"


@given(st.lists(trees, max_size=5))
def test_html_gives_the_text_and_the_utf16_places_of_every_tag(forest: list[Any]) -> None:
    source = "".join(map(render, forest)).replace("&#x27;", "&#39;")
    found: list[tuple[str, int, int]] = []
    plain, end = "", 0
    for tree in forest:
        text, end = expect(tree, end, found)
        plain += text
    parsed, entities = parse_html(source)
    assert parsed == plain
    assert sorted((e["type"], e["offset"], e["length"]) for e in entities) == sorted(found)
    assert [e["offset"] for e in entities] == sorted(e["offset"] for e in entities)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read_or_refused_as_html(text: str) -> None:
    try:
        formatted = format_text(text, "HTML")
    except BotApiError as error:
        assert error.code == 400
        assert "can't parse entities" in error.description
        return
    for entity in formatted.entities:
        assert entity["offset"] >= 0
        assert entity["offset"] + entity["length"] <= utf16_length(formatted.text)


def test_an_emoji_counts_two() -> None:
    formatted = format_text("😀 <b>안녕</b>", "HTML")
    assert formatted.text == "😀 안녕"
    assert formatted.entities == [{"type": "bold", "offset": 3, "length": 2}]


def test_white_space_around_is_cut_and_entities_move_along() -> None:
    formatted = format_text("\n 😀 <b> 밤 </b>\n", "HTML")
    assert formatted.text == "😀  밤"
    assert formatted.entities == [{"type": "bold", "offset": 3, "length": 2}]


def test_code_in_pre_names_the_language() -> None:
    source = '<pre><code class="language-python">x = 1</code></pre>'
    assert parse_html(source)[1] == [
        {"type": "pre", "offset": 0, "length": 5, "language": "python"}
    ]
    assert parse_html("<code>x</code>")[1] == [{"type": "code", "offset": 0, "length": 1}]


def test_a_link_without_an_address_points_to_its_text() -> None:
    assert parse_html("<a>https://a.example</a>")[1][0]["url"] == "https://a.example"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'expected "</i>", found "</b>"'),
        ("밤<table>", 'Unsupported start tag "table" at byte offset 3'),
        ("1 < 2", "Unsupported start tag"),
        ("<span>x</span>", 'Unsupported start tag "span"'),
    ],
)
def test_wrong_html_is_refused_with_the_place(source: str, reason: str) -> None:
    with pytest.raises(BotApiError) as refused:
        format_text(source, "HTML")
    assert refused.value.code == 400
    assert reason in refused.value.description


def test_markdown_is_refused_clearly() -> None:
    with pytest.raises(BotApiError, match="MarkdownV2 is not read by the local chat"):
        format_text("*x*", "MarkdownV2")


def test_explicit_entities_are_kept_where_they_lie_in_the_text() -> None:
    inside = {"type": "bold", "offset": 0, "length": 2}
    outside = {"type": "italic", "offset": 1, "length": 9}
    assert format_text("안녕", None, [inside, outside]).entities == [inside]


def test_commands_and_links_are_found_but_not_inside_code() -> None:
    found = detect_in("/start 그리고 https://a.example/x. t.me/todak_bot?start=abc 1/2 a/b")
    kinds = [entity["type"] for entity in found.entities]
    assert kinds == ["bot_command", "url", "url"]
    assert found.entities[0] == {"type": "bot_command", "offset": 0, "length": 6}
    assert found.entities[1]["length"] == len("https://a.example/x")
    code = format_text("<code>/start</code>", "HTML")
    assert [entity["type"] for entity in code.entities] == ["code"]


def test_control_characters_and_lone_surrogates_do_not_pass() -> None:
    assert clean("a\x00b\tc\r\nd\u202ee\ud800") == "a b c\nde\ufffd"
    assert clean("\ud83d\ude00") == "😀"
