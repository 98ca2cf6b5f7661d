"""`todak sound`: an hour of rain as a file, from the command line."""

import argparse
import secrets
import sys
import time
from collections.abc import Callable

import numpy as np

from inference.sleep_sounds import SleepSounds
from inference.sound_files import MP3_RATE, OPUS_RATE, Tags, cover, write_mp3, write_opus
from inference.sound_recipe import Blend, Recipe, Strength

PERFORMER = "Todak"
LONGEST_LOOP_MINUTES = 5.0  # a loop is held in memory whole
COVER_MINUTES = 0.5
N_SEEDS = 2**31  # a seed that a person can read and type again


class UnusableRecipe(Exception):
    """One sentence on why this sound cannot be made."""


def make_sound(given: argparse.Namespace) -> str:
    """Make the file that was asked for; return one sentence on what it holds.

    Raises:
        UnusableRecipe: an unknown kind, or a length, weight, fade or seed that cannot be.
        OSError: the file cannot be written, or the weights are not there.
        CheckpointMismatch: the weights are of another version.
    """
    for path in (given.out, given.cover):
        if path is not None and not path.parent.is_dir():
            raise UnusableRecipe(f"{path} cannot be written: there is no folder {path.parent}.")
    sounds = SleepSounds.load()
    recipe = _recipe(given, sounds.kinds)
    title = f"{' + '.join(recipe.weights)} · {recipe.strength.value}"
    if given.loop:
        write_opus(given.out, sounds.loop(recipe, OPUS_RATE))
    else:
        chunks = sounds.render(recipe, MP3_RATE)
        write_mp3(given.out, chunks, Tags(title, PERFORMER), _progress(recipe.duration_s))
    if given.cover is not None:
        given.cover.write_bytes(cover_of(sounds, recipe))
    size_mb = given.out.stat().st_size / 1e6
    return f"{given.out}: {title}, {recipe.minutes:g} min, {size_mb:.1f} MB, seed {recipe.seed}"


def cover_of(sounds: SleepSounds, recipe: Recipe) -> bytes:
    """Return a JPEG of the first half minute of the recipe's sound, before it is faded."""
    opening = Recipe(
        recipe.kinds,
        min(recipe.minutes, COVER_MINUTES),
        recipe.seed,
        recipe.strength,
        recipe.blend,
        fade_in_s=0.0,
        fade_out_s=0.0,
    )
    return cover(np.concatenate(list(sounds.render(opening, MP3_RATE))), MP3_RATE)


def _recipe(given: argparse.Namespace, known: tuple[str, ...]) -> Recipe:
    kinds = tuple(_weighted(part) for part in given.kinds.split("+"))
    unknown = [kind for kind, _ in kinds if kind not in known]
    if unknown:
        raise UnusableRecipe(f"{unknown[0]!r} is no kind of sound; there are {', '.join(known)}.")
    if given.loop and given.minutes > LONGEST_LOOP_MINUTES:
        raise UnusableRecipe(f"A loop lasts at most {LONGEST_LOOP_MINUTES:g} minutes.")
    fades = {"fade_in_s": given.fade_in, "fade_out_s": given.fade_out}
    seed = secrets.randbelow(N_SEEDS) if given.seed is None else given.seed
    try:
        return Recipe(
            kinds,
            given.minutes,
            seed,
            Strength(given.strength),
            Blend(given.blend),
            **{name: value for name, value in fades.items() if value is not None},
        )
    except ValueError as error:
        raise UnusableRecipe(f"This cannot be made: {error}.") from error


def _weighted(part: str) -> tuple[str, float]:
    kind, colon, weight = part.strip().partition(":")
    try:
        return kind, float(weight) if colon else 1.0
    except ValueError as error:
        raise UnusableRecipe(f"{weight!r} is not a weight.") from error


def _progress(duration_s: float) -> Callable[[float], None]:
    """Return what tells on standard error how far a file is, once for each minute or so of it."""
    began_s = time.monotonic()

    def told(written_s: float) -> None:
        took_s = time.monotonic() - began_s
        share = written_s / duration_s
        sys.stderr.write(
            f"{written_s / 60:.0f} of {duration_s / 60:g} min in {took_s:.0f} s ({share:.0%})\n"
        )

    return told
