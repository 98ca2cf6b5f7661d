"""Typed codes as keyboards and people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes import KOREAN_NUMERALS, Unusable, digits
from storage.care_codes import code_digest, matches

WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
SPACES = [" ", "\u3000", "\u00a0", "\n", "\t"]
CODES = st.text("0123456789", min_size=4, max_size=8)


@given(CODES, st.lists(st.sampled_from(SPACES), max_size=9), st.booleans())
def test_spaces_and_wide_digits_make_no_difference(
    code: str, spaces: list[str], wide: bool
) -> None:
    shown = code.translate(WIDE) if wide else code
    for place, space in enumerate(spaces):
        shown = shown[: 2 * place] + space + shown[2 * place :]
    assert digits(shown) == code


@given(st.text())
def test_whatever_is_typed_is_four_to_eight_plain_digits_or_nothing(typed: str) -> None:
    code = digits(typed)
    if not isinstance(code, Unusable):
        assert 4 <= len(code) <= 8 and set(code) <= set("0123456789")


@given(st.text(sorted(KOREAN_NUMERALS), min_size=1))
def test_numerals_in_korean_letters_are_told_apart(typed: str) -> None:
    assert digits(typed) is Unusable.NUMERALS


@pytest.mark.parametrize(
    "typed, why",
    [
        ("123", Unusable.LENGTH),
        ("123456789", Unusable.LENGTH),
        ("", Unusable.OTHER),
        ("   ", Unusable.OTHER),
        ("12-34", Unusable.OTHER),
        ("1234!", Unusable.OTHER),
        ("٣٤٥٦", Unusable.OTHER),
        ("암호는 1234", Unusable.OTHER),
        ("일 이 삼 4", Unusable.NUMERALS),
        ("하나 둘 셋 넷", Unusable.NUMERALS),
    ],
)
def test_what_is_no_code_says_why(typed: str, why: Unusable) -> None:
    assert digits(typed) is why


def test_a_code_is_found_again_however_it_is_typed_later() -> None:
    code = digits("１２ ３４")
    assert code == "1234"
    digest = code_digest(code)
    assert all(matches(typed, digest) for typed in ("1234", "１２３４", " 12 34 "))
    assert not matches("1243", digest)
