"""What `/sleep` opens with: a small rule over what a person liked, disliked and had made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.sleep_buttons import KINDS, MOST_KINDS, first_recipe, menu_recipe
from inference.sound_recipe import Recipe, Strength
from storage.sleep_choices import SleepMemory

HALF_LIFE_DAYS = 60.0
"""After so long a 👍 or 👎 counts half: tastes change."""

MADE_AGAIN = 0.25
"""Likes that a sound is worth which somebody had made again, without a word about it."""

FOUND = 2.0
"""Likes that the sounds are worth which the search with pairs found."""

PRIOR = 2.0
"""Ratings that the score before any rating is worth."""

IN_A_ROW = 4
"""Each time a person had the same kinds made so often in a row, the menu turns to others."""

CLOSE = 1e-9

Kinds = tuple[str, ...]


class Reason(StrEnum):
    """Why the menu opens with what it opens with."""

    NOTHING_KNOWN = "nothing-known"
    LAST = "last"
    LIKED = "liked"
    FOUND = "found"
    CHANGE = "change"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Opening:
    """What is chosen as the menu opens, and why."""

    recipe: Recipe
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Word:
    """What was said about kinds at some time, in likes and dislikes that are worth less by now."""

    kinds: Kinds
    strength: Strength | None
    likes: float
    dislikes: float


def opening(memory: SleepMemory, seed: int, now: datetime) -> Opening:
    """What the menu opens with.

    Where something was rated or found: the kinds, or the blend, with the best score
    (`scores_of`), and the strength with the best one; otherwise what was made last. What was made
    `IN_A_ROW` times in a row gives way once: to the best other kinds that were liked (one of a
    blend alone among them), otherwise to itself with one more kind that was not disliked. Among
    equals the last choice comes first, then `seed` decides, so that a kind of which nothing is
    known gets its turn.

    Args:
        memory: what is kept of the person, empty without their consent.
        seed: of the sound, 0 or above.
        now: when it is asked.
    """
    if memory.last is None and not memory.ratings and memory.found is None:
        return Opening(first_recipe(seed), Reason.NOTHING_KNOWN)
    before = first_recipe(seed) if memory.last is None else memory.last
    last = None if memory.last is None else _kinds(memory.last)
    kinds, reason = _best(memory, last, seed, now)
    if _tired(memory, kinds):
        other = _neighbour(memory, kinds, seed, now)
        kinds, reason = other, (Reason.CHANGE if other != kinds else reason)
    strength = _strength(memory, before.strength, now)
    recipe = menu_recipe(kinds, strength, round(before.minutes), seed)
    if kinds == last:  # how much of each stays as it was
        recipe = replace(recipe, kinds=before.kinds)
    return Opening(recipe, reason)


def ranked_kinds(memory: SleepMemory, now: datetime) -> Kinds:
    """All kinds, the liked ones first, the disliked last; equals as the menu has them."""
    scores = scores_of(memory, now)
    return tuple(sorted(KINDS, key=lambda kind: -round(scores[(kind,)], 6)))


def scores_of(memory: SleepMemory, now: datetime) -> dict[Kinds, float]:
    """A score between 0 and 1 of every kind, and of every blend that was made, rated or found.

    The score is the mean of a Beta posterior over how likely a sound is to be liked (Bernoulli
    observations; Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4),

        (PRIOR m + likes) / (PRIOR + likes + dislikes)

    with m = 1/2 for a kind, so that one of which nothing is known stands between the liked and
    the disliked, and for a blend the mean of its kinds' scores. Each word counts
    2 ** (-age / HALF_LIFE_DAYS), as exponential forgetting has it. A word about a blend of n kinds
    is 1/n of a word about each of them.
    """
    words = list(_words(memory, now))
    scores: dict[Kinds, float] = {}
    for kind in KINDS:
        about = [(1.0 / len(word.kinds), word) for word in words if kind in word.kinds]
        scores[(kind,)] = _mean(0.5, about)
    for blend in {word.kinds for word in words if len(word.kinds) > 1}:
        expected = sum(scores[(kind,)] for kind in blend) / len(blend)
        scores[blend] = _mean(expected, [(1.0, word) for word in words if word.kinds == blend])
    return scores


def _words(memory: SleepMemory, now: datetime) -> Iterator[_Word]:
    def weight(at: datetime) -> float:
        return float(0.5 ** (max((now - at).total_seconds(), 0.0) / 86_400 / HALF_LIFE_DAYS))

    for rating in memory.ratings:
        counts = weight(rating.at)
        likes, dislikes = (counts, 0.0) if rating.liked else (0.0, counts)
        yield _Word(_kinds(rating.recipe), rating.recipe.strength, likes, dislikes)
    made: set[Kinds] = set()
    for making in memory.made:
        kinds = _kinds(making.recipe)
        again = MADE_AGAIN if kinds in made else 0.0
        made.add(kinds)
        yield _Word(kinds, making.recipe.strength, again * weight(making.at), 0.0)
    if memory.found is not None:
        yield _Word(memory.found.kinds, None, FOUND * weight(memory.found.at), 0.0)


def _mean(expected: float, about: list[tuple[float, _Word]]) -> float:
    likes = sum(share * word.likes for share, word in about)
    dislikes = sum(share * word.dislikes for share, word in about)
    return (PRIOR * expected + likes) / (PRIOR + likes + dislikes)


def _best(
    memory: SleepMemory, last: Kinds | None, seed: int, now: datetime
) -> tuple[Kinds, Reason]:
    if last is not None and not memory.ratings and memory.found is None:
        return last, Reason.LAST
    scores = scores_of(memory, now)
    equal = _highest(scores)
    kinds = last if last in equal else equal[seed % len(equal)]
    if memory.found is not None and kinds == memory.found.kinds:
        return kinds, Reason.FOUND
    if scores[kinds] > 0.5 + CLOSE:
        return kinds, Reason.LIKED
    return kinds, Reason.LAST if kinds == last else Reason.UNTRIED


def _tired(memory: SleepMemory, kinds: Kinds) -> bool:
    """Whether these kinds alone were made lately, and once more a full `IN_A_ROW` of times."""
    n_in_a_row = 0
    for making in reversed(memory.made):
        if _kinds(making.recipe) != kinds:
            break
        n_in_a_row += 1
    return n_in_a_row > 0 and n_in_a_row % IN_A_ROW == 0


def _neighbour(memory: SleepMemory, kinds: Kinds, seed: int, now: datetime) -> Kinds:
    """Other kinds that were liked, or these with one more; these alone if none is fit."""
    scores = scores_of(memory, now)
    liked = {
        each: score for each, score in scores.items() if each != kinds and score > 0.5 + CLOSE
    }
    if liked:
        equal = _highest(liked)
        return equal[seed % len(equal)]
    others: dict[Kinds, float] = {(kind,): scores[(kind,)] for kind in KINDS if kind not in kinds}
    equal = [each for each in _highest(others) if others[each] > 0.5 - CLOSE]
    if not equal:
        return kinds
    kept = kinds if len(kinds) < MOST_KINDS else kinds[:-1]
    more = equal[seed % len(equal)]
    return tuple(kind for kind in KINDS if kind in kept or kind in more)


def _strength(memory: SleepMemory, last: Strength, now: datetime) -> Strength:
    """The strength with the best score, as of a kind; the last one among equals."""
    words = list(_words(memory, now))
    scores = {
        strength: _mean(0.5, [(1.0, word) for word in words if word.strength is strength])
        for strength in Strength
    }
    highest = max(scores.values())
    return max(Strength, key=lambda each: (scores[each] > highest - CLOSE, each is last))


def _highest(scores: dict[Kinds, float]) -> list[Kinds]:
    highest = max(scores.values())
    return [kinds for kinds, score in scores.items() if score > highest - CLOSE]


def _kinds(recipe: Recipe) -> Kinds:
    return tuple(kind for kind, _ in recipe.kinds)
