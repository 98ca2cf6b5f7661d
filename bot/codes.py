"""Typed codes: four to eight digits, however a keyboard writes them."""

import re
import unicodedata
from enum import StrEnum

FEWEST_DIGITS, MOST_DIGITS = 4, 8
KOREAN_NUMERALS = frozenset("영공일이삼사오육륙칠팔구십하나둘셋넷다섯여섯일곱덟아홉")


class Unusable(StrEnum):
    """Why something typed is no code."""

    NUMERALS = "numerals"
    LENGTH = "length"
    OTHER = "other"


def digits(typed: str) -> str | Unusable:
    """The digits of a typed code, or why it is none.

    Wide digits are digits and spaces are nothing, as `storage.care_codes` compares codes.
    Numerals in Korean letters are told apart, since whoever types them means a number.
    """
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    if re.fullmatch("[0-9]+", code):
        return code if FEWEST_DIGITS <= len(code) <= MOST_DIGITS else Unusable.LENGTH
    if code and set(code) <= KOREAN_NUMERALS | set("0123456789"):
        return Unusable.NUMERALS
    return Unusable.OTHER
