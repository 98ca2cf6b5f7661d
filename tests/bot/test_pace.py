from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot import pace
from bot.pace import MOST_A_MINUTE, Pace

START = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)


def test_only_what_is_too_fast_is_too_many_and_only_for_a_minute() -> None:
    counter = Pace()
    for number in range(MOST_A_MINUTE):
        assert counter.too_many(1, number, START) == 0
    assert counter.too_many(1, 100, START) == 1
    assert counter.too_many(1, 101, START) == 2
    assert counter.too_many(2, 1, START) == 0, "others are not slowed"
    assert counter.too_many(1, 102, START + timedelta(minutes=1)) == 0


def test_a_message_that_is_handled_again_counts_once() -> None:
    counter = Pace()
    for _ in range(3 * MOST_A_MINUTE):
        assert counter.too_many(1, 7, START) == 0


@given(st.lists(st.integers(0, 90_000), max_size=300))
def test_one_message_a_second_or_slower_is_never_too_fast(extra_ms: list[int]) -> None:
    counter, now = Pace(), START
    for number, more in enumerate(extra_ms):
        now += timedelta(milliseconds=1000 + more)
        assert counter.too_many(1, number, now) == 0


def test_memory_is_bounded() -> None:
    counter = Pace()
    for chat_id in range(pace.MOST_CHATS + 50):
        counter.too_many(chat_id, 1, START)
    assert len(counter._chats) == pace.MOST_CHATS
