"""Which sounds tingle, learned from ten taps by listeners whose tastes are known."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.sound_pairs import Comparison, best_two, next_pair, tingling

log = logging.getLogger(__name__)

KINDS = ("rain", "waves", "stream", "wind", "birds", "crickets", "fireplace", "thunder")
N_TAPS = 10
N_LISTENERS = 100

comparisons = st.builds(
    lambda pair, one, other: Comparison(pair[0], pair[1], one, other),
    st.permutations(KINDS),
    st.booleans(),
    st.booleans(),
)


class Listener:
    """Hears each sound a little differently every time; the model above knows nothing of how."""

    def __init__(self, random: np.random.Generator, noise: float) -> None:
        self.random, self.noise = random, noise
        self.taste = dict(zip(KINDS, random.normal(size=len(KINDS)), strict=True))

    def answer(self, first: str, second: str) -> Comparison:
        one, other = (
            self.taste[kind] + self.noise * self.random.normal() for kind in (first, second)
        )
        if abs(one - other) < 0.3:
            return Comparison(first, second, one + other > 0.0, one + other > 0.0)
        return Comparison(first, second, one > other, other > one)

    def top_two(self) -> list[str]:
        return sorted(KINDS, key=lambda kind: -self.taste[kind])[:2]


def share_found(noise: float, *, learning: bool) -> float:
    """The share of listeners whose chosen kind is among their true top two after ten taps."""
    random = np.random.default_rng(20260301)
    n_found = 0
    for _ in range(N_LISTENERS):
        listener, heard = Listener(random, noise), list[Comparison]()
        for _ in range(N_TAPS):
            pair = next_pair(KINDS, heard if learning else [], random)
            heard.append(listener.answer(*pair))
        n_found += any(kind in listener.top_two() for kind in best_two(KINDS, heard)[:1])
    return n_found / N_LISTENERS


@pytest.mark.parametrize("noise, at_least", [(0.5, 0.8), (1.0, 0.6)])
def test_after_ten_taps_the_choice_is_among_the_true_top_two(
    noise: float, at_least: float
) -> None:
    chance = 2 / len(KINDS)
    found = share_found(noise, learning=True)
    at_random = share_found(noise, learning=False)
    log.info(
        "noise %.1f: found %.2f, at random %.2f, chance %.2f", noise, found, at_random, chance
    )
    assert found >= at_least > 2 * chance
    assert found > at_random, "pairs at random tell less"


def test_what_wins_is_above_what_loses() -> None:
    heard = [
        Comparison("rain", "wind", True, False),
        Comparison("crickets", "birds", True, True),
        Comparison("thunder", "waves", False, False),
    ]
    values = tingling(KINDS, heard).values
    assert values["rain"] > 0 > values["wind"]
    assert values["crickets"] == pytest.approx(values["birds"]) and values["birds"] > 0
    assert values["thunder"] == pytest.approx(values["waves"]) and values["waves"] < 0
    assert values["stream"] == 0


def test_who_says_neither_to_everything_has_no_best_sound() -> None:
    heard = [Comparison(KINDS[n], KINDS[n + 4], False, False) for n in range(4)]
    assert best_two(KINDS, heard) == () == best_two(KINDS, [])
    heard.append(Comparison("rain", "crickets", True, False))
    heard.append(Comparison("rain", "waves", True, False))
    assert best_two(KINDS, heard) == ("rain",)


def test_the_first_pairs_repeat_no_kind_that_was_refused() -> None:
    random, heard = np.random.default_rng(1), list[Comparison]()
    for _ in range(4):
        heard.append(Comparison(*next_pair(KINDS, heard, random), False, False))
    assert {kind for each in heard for kind in (each.first, each.second)} == set(KINDS)


@settings(deadline=None, max_examples=40)
@given(st.lists(comparisons, max_size=N_TAPS), st.integers(0, 2**31))
def test_any_answers_have_an_estimate_and_a_pair_that_was_not_heard(
    heard: list[Comparison], seed: int
) -> None:
    known = tingling(KINDS, heard)
    numbers = [*known.values.values(), *known.deviations.values()]
    assert np.isfinite(numbers).all() and max(known.deviations.values()) <= 1.5 + 1e-9
    pair = next_pair(KINDS, heard, np.random.default_rng(seed))
    assert len(set(pair)) == 2
    assert set(pair) not in [{each.first, each.second} for each in heard]
