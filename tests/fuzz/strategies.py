"""Inputs: bytes near to real ones, and JSON in the shape of updates."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.seeds import ACTIONS, BASE, CHAT, CONTENTS, USER

Edit = tuple[str, float, bytes]

_EDITS = st.lists(
    st.tuples(
        st.sampled_from(("write", "insert", "cut", "repeat", "end")),
        st.floats(0, 1, allow_nan=False),
        st.one_of(
            st.binary(max_size=8), st.sampled_from((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"))
        ),
    ),
    max_size=12,
)


def near(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of the seeds with up to a dozen edits, most of them near its beginning."""
    return st.builds(_edited, st.sampled_from(seeds), _EDITS)


def _edited(seed: bytes, edits: list[Edit]) -> bytes:
    content = bytearray(seed)
    for kind, place, patch in edits:
        at = int(place * place * len(content))
        if kind == "write":
            content[at : at + len(patch)] = patch
        elif kind == "insert":
            content[at:at] = patch
        elif kind == "cut":
            del content[at : at + max(1, len(patch))]
        elif kind == "repeat":
            content[at:at] = content[at : at + 200] * 3
        else:
            del content[int(place**0.3 * len(content)) + 1 :]
    return bytes(content)


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**65), 2**65),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(("", "\ud83d", "\x00", "/start", "x" * 5000, "죽고 싶어", "@", "🇰🇷")),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
_NAMES = sorted({name for content in CONTENTS for name in content} | {*BASE, "from", "edit_date"})


@st.composite
def _messages(draw: st.DrawFn) -> dict[str, Any]:
    message = dict(BASE)
    for content in draw(st.lists(st.sampled_from(CONTENTS), min_size=1, max_size=2)):
        message |= content
    if draw(st.booleans()):
        message["text"] = draw(st.text(max_size=60))
    message |= draw(st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=2))
    return message


@st.composite
def update_bodies(draw: st.DrawFn) -> bytes:
    """A webhook's body: an update, with some of its values exchanged for others."""
    kind = draw(st.sampled_from(("message", "edited_message", "callback_query", "channel_post")))
    content: Any = draw(_messages())
    if kind == "callback_query":
        data = draw(st.one_of(st.sampled_from(ACTIONS), st.text(max_size=64), _VALUES))
        content = {"id": "1", "from": USER, "chat_instance": "1", "message": content, "data": data}
    if draw(st.integers(0, 9)) == 0:
        content = content | {"chat": CHAT | {"id": draw(st.integers(-(2**40), 2**63 - 1))}}
    update: dict[str, Any] = {"update_id": draw(st.integers(0, 2**40)), kind: content}
    if draw(st.integers(0, 9)) == 0:
        update |= draw(st.dictionaries(st.sampled_from(("update_id", kind)), _VALUES))
    return json.dumps(update, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
