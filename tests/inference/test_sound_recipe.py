import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.sound_recipe import LARGEST_SEED, Recipe, fade

FADES_S = st.just(0.0) | st.floats(0.001, 600.0)
KINDS = st.lists(
    st.tuples(st.sampled_from(["rain", "waves", "birds"]), st.floats(1e-3, 1e3)),
    min_size=1,
    max_size=3,
    unique_by=lambda pair: pair[0],
)


@given(KINDS, st.floats(0.02, 1440.0), st.integers(0, LARGEST_SEED), FADES_S)
def test_fades_rise_and_fall_and_leave_nothing(
    kinds: list[tuple[str, float]], minutes: float, seed: int, fade_in_s: float
) -> None:
    assume(fade_in_s <= 60.0 * minutes)
    recipe = Recipe(tuple(kinds), minutes, seed, fade_in_s=fade_in_s)
    assert sum(recipe.weights.values()) == pytest.approx(1.0)
    gain = fade(np.linspace(0.0, recipe.duration_s, 500), recipe)
    top = int(np.searchsorted(np.linspace(0.0, recipe.duration_s, 500), recipe.opening_s))
    assert np.all(np.diff(gain[: top + 1]) >= -1e-9)
    assert np.all(np.diff(gain[top:]) <= 1e-9)
    assert gain.min() >= 0.0 and gain.max() <= 1.0
    if recipe.ending_s > 0:
        assert gain[-1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": ()},
        {"kinds": (("rain", 0.0),)},
        {"kinds": (("rain", float("nan")),)},
        {"kinds": (("rain", 1.0), ("rain", 2.0))},
        {"minutes": 0.0},
        {"minutes": float("nan")},
        {"minutes": 1441.0},
        {"seed": -1},
        {"seed": 2**63},
        {"fade_in_s": -1.0},
        {"fade_in_s": 40.0, "fade_out_s": 40.0},
    ],
)
def test_what_cannot_be_made_is_refused(wrong: dict[str, object]) -> None:
    usable: dict[str, object] = {"kinds": (("rain", 1.0),), "minutes": 1.0, "seed": 1}
    with pytest.raises(ValueError, match=r"\w"):
        Recipe(**(usable | wrong))  # type: ignore[arg-type]
