"""The menu of sleep sounds as values: what a button says, read and written.

A recipe stands in a button as `rain+waves:soft:30:12345`: kinds, strength, minutes, seed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from inference.sound_recipe import Recipe, Strength
from storage.sleep_choices import recipe_from

KINDS = ("rain", "waves", "stream", "wind", "birds", "crickets", "fireplace", "thunder")
MOST_KINDS = 3
LENGTHS_MINUTES = (15, 30, 45, 60)
N_SEEDS = 2**31

RECIPE = r"[a-z+]{3,40}:[a-z]{4,5}:[0-9]{2}:[0-9]{1,10}"
"""The form of a recipe in a button; `recipe_in` says whether it is one."""


def first_recipe(seed: int) -> Recipe:
    """What the menu opens with where nothing was chosen before."""
    return menu_recipe(("rain",), Strength.SOFT, 30, seed)


def menu_recipe(kinds: Sequence[str], strength: Strength, minutes: int, seed: int) -> Recipe:
    """A recipe of the menu; the order in which kinds were tapped makes no difference."""
    ordered = [kind for kind in KINDS if kind in kinds]
    return recipe_from({"kinds": ordered, "strength": strength, "minutes": minutes, "seed": seed})


def text_of(recipe: Recipe) -> str:
    """A recipe as a button holds it."""
    kinds = "+".join(kind for kind, _ in recipe.kinds)
    return f"{kinds}:{recipe.strength.value}:{recipe.minutes:g}:{recipe.seed}"


def recipe_in(text: str) -> Recipe | None:
    """The recipe that a button holds; None for anything that the menu would not have written."""
    fields = text.split(":")
    if len(fields) != 4 or not (fields[2].isdecimal() and fields[3].isdecimal()):
        return None
    kinds, minutes, seed = fields[0].split("+"), int(fields[2]), int(fields[3])
    usable = 1 <= len(kinds) <= MOST_KINDS and minutes in LENGTHS_MINUTES and seed < N_SEEDS
    if not usable or fields[1] not in tuple(Strength) or not set(kinds) <= set(KINDS):
        return None
    recipe = menu_recipe(kinds, Strength(fields[1]), minutes, seed)
    return recipe if text_of(recipe) == text else None


def toggled(recipe: Recipe, kind: str) -> Recipe | None:
    """The recipe with a kind more or less; None where there would be none or too many."""
    before = {each for each, _ in recipe.kinds}
    kinds = [each for each in KINDS if (each in before) != (each == kind)]
    if not 1 <= len(kinds) <= MOST_KINDS:
        return None
    return replace(recipe, kinds=tuple((each, 1.0) for each in kinds))


def similar(recipe: Recipe) -> Recipe:
    """The same recipe with another seed, always the same one: a second tap asks for no third."""
    digest = hashlib.sha256(f"{recipe.seed}".encode()).digest()
    return replace(recipe, seed=int.from_bytes(digest[:8], "big") % N_SEEDS)
