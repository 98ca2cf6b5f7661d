"""The menu of sleep sounds as values: what a button says, read and written.

A recipe stands in a button as `rain2+waves:soft:30:12345`: kinds with their weights (1 is not
written), strength, minutes, seed.
"""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from inference.sound_recipe import Recipe, Strength

KINDS = ("rain", "waves", "stream", "wind", "birds", "crickets", "fireplace", "thunder")
MOST_KINDS = 3
MOST_WEIGHT = 9
NIGHT_MINUTES = 480
PARTS_OF_A_NIGHT = 4
"""Of two hours each: Telegram takes 50 MB from a bot."""

LENGTHS_MINUTES = (15, 30, 45, 60, NIGHT_MINUTES)
N_SEEDS = 2**31

RECIPE = r"[a-z1-9+]{3,40}:[a-z]{4,5}:[0-9]{2,3}:[0-9]{1,10}"
"""The form of a recipe in a button; `recipe_in` says whether it is one."""

_WEIGHTED = re.compile(r"([a-z]+)([2-9]?)")


def first_recipe(seed: int) -> Recipe:
    """What the menu opens with where nothing was chosen before."""
    return menu_recipe(("rain",), Strength.SOFT, 30, seed)


def menu_recipe(kinds: Sequence[str], strength: Strength, minutes: int, seed: int) -> Recipe:
    """A recipe of the menu; the order in which kinds were tapped makes no difference."""
    return weighted_recipe(dict.fromkeys(kinds, 1), strength, minutes, seed)


def weighted_recipe(
    weights: Mapping[str, int], strength: Strength, minutes: int, seed: int
) -> Recipe:
    """A recipe with more of one kind; 4 of rain and 2 of waves are the same as 2 and 1."""
    return Recipe(in_lowest_terms(weights), minutes, seed, strength)


def in_lowest_terms(weights: Mapping[str, int]) -> tuple[tuple[str, float], ...]:
    """Kinds in the order of the menu, with the smallest whole weights of the same shares."""
    divisor = math.gcd(*weights.values())
    return tuple((kind, float(weights[kind] // divisor)) for kind in KINDS if kind in weights)


def text_of(recipe: Recipe) -> str:
    """A recipe as a button holds it."""
    kinds = "+".join(kind if weight == 1 else f"{kind}{weight:g}" for kind, weight in recipe.kinds)
    return f"{kinds}:{recipe.strength.value}:{recipe.minutes:g}:{recipe.seed}"


def recipe_in(text: str) -> Recipe | None:
    """The recipe that a button holds; None for anything that the menu would not have written."""
    fields = text.split(":")
    if len(fields) != 4 or not (fields[2].isdecimal() and fields[3].isdecimal()):
        return None
    found = [_WEIGHTED.fullmatch(part) for part in fields[0].split("+")]
    weights = {each[1]: int(each[2] or 1) for each in found if each is not None}
    minutes, seed = int(fields[2]), int(fields[3])
    usable = 1 <= len(weights) <= MOST_KINDS and minutes in LENGTHS_MINUTES and seed < N_SEEDS
    if not usable or fields[1] not in tuple(Strength) or not set(weights) <= set(KINDS):
        return None
    recipe = weighted_recipe(weights, Strength(fields[1]), minutes, seed)
    return recipe if text_of(recipe) == text else None


def n_parts(recipe: Recipe) -> int:
    """How many files the sound comes in."""
    return PARTS_OF_A_NIGHT if recipe.minutes == NIGHT_MINUTES else 1


def toggled(recipe: Recipe, kind: str) -> Recipe | None:
    """The recipe with a kind more or less; None where there would be none or too many."""
    weights = {each: int(weight) for each, weight in recipe.kinds}
    if weights.pop(kind, None) is None:
        weights[kind] = 1
    if not 1 <= len(weights) <= MOST_KINDS:
        return None
    return replace(recipe, kinds=in_lowest_terms(weights))


def similar(recipe: Recipe) -> Recipe:
    """The same recipe with another seed, always the same one: a second tap asks for no third."""
    digest = hashlib.sha256(f"{recipe.seed}".encode()).digest()
    return replace(recipe, seed=int.from_bytes(digest[:8], "big") % N_SEEDS)
