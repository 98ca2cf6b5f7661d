"""What stands in the buttons of the menu of sleep sounds, written and read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sleep_buttons import (
    KINDS,
    LENGTHS_MINUTES,
    MOST_KINDS,
    MOST_WEIGHT,
    N_SEEDS,
    RECIPE,
    first_recipe,
    recipe_in,
    similar,
    text_of,
    toggled,
    weighted_recipe,
)
from inference.sleep_sounds import SleepSounds
from inference.sound_recipe import Recipe, Strength

LONGEST_ACT = "sleep:unstar:"

recipes = st.builds(
    weighted_recipe,
    st.dictionaries(
        st.sampled_from(KINDS), st.integers(1, MOST_WEIGHT), min_size=1, max_size=MOST_KINDS
    ),
    st.sampled_from(Strength),
    st.sampled_from(LENGTHS_MINUTES),
    st.integers(0, N_SEEDS - 1),
)


@given(recipes)
def test_a_recipe_is_read_back_and_fits_into_a_button(recipe: Recipe) -> None:
    text = text_of(recipe)
    assert recipe_in(text) == recipe
    assert re.fullmatch(RECIPE, text) and len(f"{LONGEST_ACT}{text}".encode()) <= 64


def test_the_longest_recipe_fits_into_a_button() -> None:
    weights = {"fireplace": 9, "crickets": 8, "thunder": 7}
    text = text_of(weighted_recipe(weights, Strength.FOCUS, 60, N_SEEDS - 1))
    assert text == "crickets8+fireplace9+thunder7:focus:60:2147483647"
    assert len(f"{LONGEST_ACT}{text}".encode()) <= 64


@pytest.mark.parametrize(
    ("weights", "kinds"),
    [
        ({"rain": 5}, "rain"),
        ({"waves": 4, "rain": 2}, "rain+waves2"),
        ({"rain": 9, "wind": 9}, "rain+wind"),
        ({"rain": 9, "wind": 6, "birds": 3}, "rain3+wind2+birds"),
    ],
)
def test_the_same_shares_are_the_same_sound(weights: dict[str, int], kinds: str) -> None:
    assert text_of(weighted_recipe(weights, Strength.SOFT, 30, 5)) == f"{kinds}:soft:30:5"


@given(st.text() | st.from_regex(RECIPE, fullmatch=True))
def test_any_other_text_is_no_recipe(text: str) -> None:
    recipe = recipe_in(text)
    assert recipe is None or text_of(recipe) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rain",
        "rain:soft:30",
        "rain:soft:30:5:6",
        "lava:soft:30:5",
        "rain+:soft:30:5",
        "rain+rain:soft:30:5",
        "waves+rain:soft:30:5",
        "rain+waves+wind+birds:soft:30:5",
        "rain2:soft:30:5",
        "rain1+waves:soft:30:5",
        "rain4+waves2:soft:30:5",
        "rain0+waves:soft:30:5",
        "rain10+waves:soft:30:5",
        "2rain+waves:soft:30:5",
        "rain:loud:30:5",
        "rain:soft:31:5",
        "rain:soft:030:5",
        "rain:soft:120:5",
        "rain:soft:30:05",
        "rain:soft:30:-5",
        "rain:soft:30:٥",
        f"rain:soft:30:{N_SEEDS}",
    ],
)
def test_what_the_menu_would_not_have_written_is_no_recipe(text: str) -> None:
    assert recipe_in(text) is None


@given(recipes, st.sampled_from(KINDS))
def test_a_kind_is_added_and_taken_away_again(recipe: Recipe, kind: str) -> None:
    before, changed = dict(recipe.kinds), toggled(recipe, kind)
    if changed is None:
        assert len(before) == (1 if kind in before else MOST_KINDS)
        return
    assert recipe_in(text_of(changed)) == changed
    if kind in before:  # what is left keeps its shares
        left = {each: weight for each, weight in before.items() if each != kind}
        shares = {each: weight / sum(left.values()) for each, weight in left.items()}
        assert changed.weights == pytest.approx(shares)
    else:
        assert dict(changed.kinds) == before | {kind: 1.0}
        assert toggled(changed, kind) == recipe


def test_it_opens_with_soft_rain_and_another_one_has_another_seed() -> None:
    first = first_recipe(7)
    assert text_of(first) == "rain:soft:30:7"
    another = similar(first)
    assert another == similar(first) != first and recipe_in(text_of(another)) == another


def test_the_menu_has_every_kind_that_can_be_made() -> None:
    assert set(KINDS) == set(SleepSounds.load().kinds)
