"""What stands in the buttons of the menu of sleep sounds, written and read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sleep_buttons import (
    KINDS,
    LENGTHS_MINUTES,
    MOST_KINDS,
    N_SEEDS,
    RECIPE,
    first_recipe,
    menu_recipe,
    recipe_in,
    similar,
    text_of,
    toggled,
)
from inference.sleep_sounds import SleepSounds
from inference.sleep_textures import SHIPPED_WEIGHTS
from inference.sound_recipe import Recipe, Strength

LONGEST_ACT = "sleep:unstar:"

recipes = st.builds(
    menu_recipe,
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=MOST_KINDS, unique=True),
    st.sampled_from(Strength),
    st.sampled_from(LENGTHS_MINUTES),
    st.integers(0, N_SEEDS - 1),
)


@given(recipes)
def test_a_recipe_is_read_back_and_fits_into_a_button(recipe: Recipe) -> None:
    text = text_of(recipe)
    assert recipe_in(text) == recipe
    assert re.fullmatch(RECIPE, text) and len(f"{LONGEST_ACT}{text}".encode()) <= 64


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
        "rain:loud:30:5",
        "rain:soft:31:5",
        "rain:soft:030:5",
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
    changed = toggled(recipe, kind)
    if changed is None:
        assert (kind, 1.0) not in recipe.kinds or len(recipe.kinds) == 1
        assert (kind, 1.0) in recipe.kinds or len(recipe.kinds) == MOST_KINDS
    else:
        assert toggled(changed, kind) == recipe and recipe_in(text_of(changed)) == changed


def test_it_opens_with_soft_rain_and_another_one_has_another_seed() -> None:
    first = first_recipe(7)
    assert text_of(first) == "rain:soft:30:7"
    another = similar(first)
    assert another == similar(first) != first and recipe_in(text_of(another)) == another


@pytest.mark.skipif(
    not (SHIPPED_WEIGHTS / "sleep_texture.safetensors").is_file(),
    reason="models/weights lacks sleep_texture",
)
def test_the_menu_has_every_kind_that_can_be_made() -> None:
    assert set(KINDS) == set(SleepSounds.load().kinds)
