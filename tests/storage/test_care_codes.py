import pytest

from storage.care_codes import CodeTooShort, code_digest, matches, typed_code
from storage.care_records import Code, Home

HOME = Home(
    cancel_code_digest=code_digest("Blue 풍선"), duress_code_digest=code_digest("red 풍선")
)


@pytest.mark.parametrize("typed", ["Blue 풍선", "blue풍선", "ＢＬＵＥ 풍선 ", "blue 풍선"])
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    assert typed_code(typed, HOME) is Code.CANCEL


@pytest.mark.parametrize("typed", ["", "blue", "red", "파란 풍선"])
def test_other_words_are_no_code(typed: str) -> None:
    assert typed_code(typed, HOME) is None
    assert typed_code(typed, Home()) is None


def test_the_duress_code_is_told_apart() -> None:
    assert typed_code("RED 풍선", HOME) is Code.DURESS


def test_digests_are_salted_and_hold_no_code() -> None:
    first, second = code_digest("2580"), code_digest("2580")
    assert first != second and "2580" not in first
    assert matches("2580", first) and matches("2580", second) and not matches("2581", first)


@pytest.mark.parametrize("typed", ["", "   ", "25 8"])
def test_a_code_typed_by_chance_is_refused(typed: str) -> None:
    with pytest.raises(CodeTooShort):
        code_digest(typed)
