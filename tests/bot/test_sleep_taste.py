"""What the menu of sleep sounds opens with, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sleep_buttons import KINDS, LENGTHS_MINUTES, MOST_KINDS, menu_recipe, recipe_in, text_of
from bot.sleep_taste import (
    HALF_LIFE_DAYS,
    IN_A_ROW,
    Opening,
    Reason,
    opening,
    ranked_kinds,
    scores_of,
)
from inference.sound_recipe import Recipe, Strength
from storage.sleep_choices import Found, Making, Rating, SleepMemory

NOW = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
SEEDS = range(24)

moments = st.integers(0, 400).map(lambda days: NOW - timedelta(days=days))
kinds_of_one = st.lists(st.sampled_from(KINDS), min_size=1, max_size=MOST_KINDS, unique=True)
recipes = st.builds(
    menu_recipe,
    kinds_of_one,
    st.sampled_from(Strength),
    st.sampled_from(LENGTHS_MINUTES),
    st.integers(0, 5),
)
memories = st.builds(
    SleepMemory,
    st.none() | recipes,
    st.just(()),
    st.lists(st.builds(Rating, recipes, st.booleans(), moments), max_size=8).map(tuple),
    st.lists(st.builds(Making, recipes, moments), max_size=8).map(tuple),
    st.none() | st.builds(Found, recipes.map(lambda each: tuple(each.weights)), moments),
)


def sound(*kinds: str, strength: Strength = Strength.SOFT) -> Recipe:
    return menu_recipe(kinds, strength, 45, 7)


def liked(recipe: Recipe, days_ago: float = 0.0) -> Rating:
    return Rating(recipe, True, NOW - timedelta(days=days_ago))


def disliked(recipe: Recipe, days_ago: float = 0.0) -> Rating:
    return Rating(recipe, False, NOW - timedelta(days=days_ago))


def made(*recipes: Recipe) -> tuple[Making, ...]:
    return tuple(Making(each, NOW) for each in recipes)


def opened(memory: SleepMemory, seed: int = 0) -> tuple[str, Reason]:
    found = opening(memory, seed, NOW)
    return "+".join(found.recipe.weights), found.reason


def test_it_opens_with_soft_rain_while_nothing_is_known_and_then_with_the_last() -> None:
    assert opened(SleepMemory()) == ("rain", Reason.NOTHING_KNOWN)
    assert opened(SleepMemory(favourites=(sound("wind"),))) == ("rain", Reason.NOTHING_KNOWN)
    last = sound("birds", "wind", strength=Strength.DEEP)
    found = opening(SleepMemory(last, made=made(last)), 9, NOW)
    assert found == Opening(replace(last, seed=9), Reason.LAST)


def test_what_was_liked_comes_before_what_was_made_last_and_blends_count() -> None:
    waves, blend = sound("waves"), sound("rain", "fireplace")
    memory = SleepMemory(waves, ratings=(liked(sound("birds")),), made=made(waves))
    assert opened(memory) == ("birds", Reason.LIKED)
    both = replace(memory, ratings=(liked(blend), liked(blend)))
    assert opened(both) == ("rain+fireplace", Reason.LIKED)
    assert ranked_kinds(both, NOW)[:2] == ("rain", "fireplace")


def test_of_two_that_were_liked_the_one_made_again_comes_first() -> None:
    birds, wind = sound("birds"), sound("wind")
    ratings = (liked(birds), liked(wind))
    memory = SleepMemory(birds, ratings=ratings, made=made(wind, wind, birds))
    assert opened(memory) == ("wind", Reason.LIKED)
    once = replace(memory, made=made(wind, birds))
    assert opened(once) == ("birds", Reason.LIKED), "to have it made once says nothing"


def test_what_was_disliked_sinks_below_what_nobody_heard() -> None:
    rain = sound("rain")
    memory = SleepMemory(rain, ratings=(disliked(rain),), made=made(rain))
    found = {opened(memory, seed) for seed in SEEDS}
    assert found == {(kind, Reason.UNTRIED) for kind in KINDS if kind != "rain"}
    assert ranked_kinds(memory, NOW)[-1] == "rain"


def test_more_thumbs_up_than_down_keep_a_kind_above_the_unheard() -> None:
    rain = sound("rain")
    memory = SleepMemory(rain, ratings=(liked(rain), disliked(rain), liked(rain)))
    assert opened(memory) == ("rain", Reason.LIKED)


def test_an_old_word_counts_less_than_a_new_one() -> None:
    rain = sound("rain")
    changed = SleepMemory(rain, ratings=(liked(rain, 2 * HALF_LIFE_DAYS), disliked(rain)))
    assert scores_of(changed, NOW)[("rain",)] < 0.5
    back = SleepMemory(rain, ratings=(liked(rain), disliked(rain, 2 * HALF_LIFE_DAYS)))
    assert scores_of(back, NOW)[("rain",)] > 0.5


def test_the_score_is_the_mean_of_the_posterior() -> None:
    rain, blend = sound("rain"), sound("rain", "wind")
    memory = SleepMemory(ratings=(liked(rain), disliked(blend)))
    scores = scores_of(memory, NOW)
    assert scores[("rain",)] == pytest.approx((1 + 1) / (2 + 1 + 0.5))
    assert scores[("wind",)] == pytest.approx(1 / (2 + 0.5))
    expected = (scores[("rain",)] + scores[("wind",)]) / 2
    assert scores[("rain", "wind")] == pytest.approx(2 * expected / (2 + 1))
    older = scores_of(memory, NOW + timedelta(days=HALF_LIFE_DAYS))
    assert older[("rain",)] == pytest.approx((1 + 0.5) / (2 + 0.5 + 0.25))


def test_the_strength_follows_the_ratings_too() -> None:
    last = sound("rain", strength=Strength.FOCUS)
    memory = SleepMemory(last, ratings=(liked(sound("rain", strength=Strength.DEEP)),))
    assert opening(memory, 0, NOW).recipe.strength is Strength.DEEP
    sunk = SleepMemory(last, ratings=(disliked(last),))
    assert opening(sunk, 0, NOW).recipe.strength is not Strength.FOCUS


def test_what_was_made_many_times_in_a_row_gives_way_once() -> None:
    rain = sound("rain")
    for n_times in range(1, IN_A_ROW):
        memory = SleepMemory(rain, made=made(*[rain] * n_times))
        assert opened(memory) == ("rain", Reason.LAST)
    tired = SleepMemory(rain, made=made(*[rain] * IN_A_ROW))
    found = {opened(tired, seed) for seed in SEEDS}
    assert found == {(f"rain+{kind}", Reason.CHANGE) for kind in KINDS if kind != "rain"}
    again = SleepMemory(rain, made=made(*[rain] * (IN_A_ROW + 1)))
    assert opened(again) == ("rain", Reason.LAST), "who wants it all the same is asked no more"


def test_it_gives_way_to_what_was_liked_else_and_never_to_what_was_disliked() -> None:
    rain, crickets = sound("rain"), sound("crickets")
    ratings = (liked(rain), liked(rain), liked(crickets))
    tired = SleepMemory(rain, ratings=ratings, made=made(*[rain] * IN_A_ROW))
    assert opened(tired) == ("crickets", Reason.CHANGE)
    others = tuple(disliked(sound(kind)) for kind in KINDS if kind not in ("rain", "waves"))
    picky = replace(tired, ratings=(liked(rain), *others))
    assert {opened(picky, seed) for seed in SEEDS} == {("rain+waves", Reason.CHANGE)}
    only = replace(tired, ratings=(liked(rain), *others, disliked(sound("waves"))))
    assert opened(only) == ("rain", Reason.LIKED)


def test_a_blend_gives_way_to_one_of_its_kinds_or_gives_one_up() -> None:
    three = sound("rain", "waves", "wind")
    tired = SleepMemory(three, made=made(*[three] * IN_A_ROW))
    assert {opened(tired, seed)[0] for seed in SEEDS} == {"rain", "waves", "wind"}
    alone = tuple(disliked(sound(kind)) for kind in ("rain", "waves", "wind"))
    together = replace(tired, ratings=(*alone, liked(three), liked(three)))
    kinds, reason = opened(together)
    assert reason is Reason.CHANGE and kinds.startswith("rain+waves+") and "wind" not in kinds


def test_what_the_search_found_comes_first_until_it_is_disliked() -> None:
    blend = sound("rain", "crickets")
    memory = SleepMemory(sound("wind"), found=Found(("rain", "crickets"), NOW))
    assert opened(memory) == ("rain+crickets", Reason.FOUND)
    ratings = (disliked(blend), disliked(blend), disliked(blend), liked(sound("wind")))
    assert opened(replace(memory, ratings=ratings)) == ("wind", Reason.LIKED)


@given(memories, st.integers(0, 2**31 - 1))
def test_whatever_is_kept_it_opens_with_something_that_the_menu_can_make(
    memory: SleepMemory, seed: int
) -> None:
    found = opening(memory, seed, NOW)
    assert recipe_in(text_of(found.recipe)) == found.recipe and found.recipe.seed == seed
    assert sorted(ranked_kinds(memory, NOW)) == sorted(KINDS)
    assert all(0.0 < score < 1.0 for score in scores_of(memory, NOW).values())
    assert found == opening(memory, seed, NOW)


@given(memories, st.sampled_from(KINDS))
def test_one_more_thumb_never_moves_a_kind_the_other_way(memory: SleepMemory, kind: str) -> None:
    before = scores_of(memory, NOW)[(kind,)]
    up, down = (
        scores_of(replace(memory, ratings=(*memory.ratings, rate(sound(kind)))), NOW)[(kind,)]
        for rate in (liked, disliked)
    )
    assert down < before < up
