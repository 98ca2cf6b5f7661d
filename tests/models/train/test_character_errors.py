"""Counting what must change to make what was heard what was said."""

import pytest

from models.train.character_errors import character_errors, error_rate


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("오늘은 좋아", "오늘은 좋아", (0, 5)),
        ("오늘은, 좋아!", "오늘 은좋아", (0, 5)),
        ("오늘은 좋아", "오늘 좋아", (1, 5)),
        ("오늘은 좋아", "오늘은 싫어", (2, 5)),
        ("so tired", "So, tired again", (5, 7)),
        ("오늘", "", (2, 2)),
    ],
)
def test_characters_that_must_change(said: str, heard: str, errors: tuple[int, int]) -> None:
    assert character_errors(said, heard) == errors


def test_the_rate_is_over_all_characters_and_its_interval_holds_it() -> None:
    rate = error_rate([(1, 10)] * 30 + [(5, 5)] * 2)
    assert rate.rate == pytest.approx(40 / 310)
    assert rate.low < rate.rate < rate.high
    assert rate.n_recordings == 32
    assert error_rate([(0, 4)] * 5).high == 0.0
