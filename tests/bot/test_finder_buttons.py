"""What stands in the buttons of the search for sounds that tingle, written and read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.finder_buttons import FARTHEST, HEARD, LETTERS, MOST_TAPS, Heard, heard_in, heard_text
from bot.sleep_buttons import KINDS
from inference.sound_pairs import Comparison

LONGEST_ACT = "sleep:found:"
comparisons = st.builds(
    lambda kinds, one, other: Comparison(kinds[0], kinds[1], one, other),
    st.permutations(KINDS),
    st.booleans(),
    st.booleans(),
)
heards = st.builds(
    lambda taps, first, apart: Heard(tuple(taps), first, first + apart if apart else 0),
    st.lists(comparisons, max_size=MOST_TAPS),
    st.integers(0, 10**18 - 1),
    st.integers(0, FARTHEST),
)


def test_every_kind_has_a_letter() -> None:
    assert len(LETTERS) == len(KINDS)


@given(heards)
def test_what_was_heard_is_read_back_and_fits_into_a_button(heard: Heard) -> None:
    text = heard_text(heard)
    assert heard_in(text) == heard
    assert re.fullmatch(HEARD, text) and len(f"{LONGEST_ACT}{text}".encode()) <= 64


@given(st.text() | st.from_regex(HEARD, fullmatch=True))
def test_any_other_text_is_nothing_that_was_heard(text: str) -> None:
    heard = heard_in(text)
    assert heard is None or heard_text(heard) == text


@pytest.mark.parametrize(
    "text",
    ["", "0:0", "0:0:a", "0:0:aa", "0:0:aA", "0:0:az", "0:00:ab", "0:1000:ab", "-1:0:ab", "٣:0:ab",
     "0:0:" + "ab" * (MOST_TAPS + 1)],
)  # fmt: skip
def test_what_the_search_would_not_have_written_is_refused(text: str) -> None:
    assert heard_in(text) is None


def test_a_sound_that_is_far_from_the_first_is_not_remembered() -> None:
    assert heard_in(heard_text(Heard((), 5, 5 + FARTHEST + 1))) == Heard((), 5, 0)
