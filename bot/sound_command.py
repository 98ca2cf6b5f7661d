"""`todak sound`: an hour of rain as a file, from the command line."""

import argparse
import secrets
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from inference.sleep_sounds import SleepSounds
from inference.sound_files import (
    COVER_PIXELS,
    MP3_RATE,
    OPUS_RATE,
    PART,
    Tags,
    cover,
    write_mp3,
    write_opus,
)
from inference.sound_parts import Part, parts_of
from inference.sound_recipe import Blend, Recipe, Strength

PERFORMER = "Todak"
FILE_ENDINGS, LOOP_ENDINGS = (".mp3",), (".opus", ".ogg")
LONGEST_LOOP_MINUTES = 5.0  # a loop is held in memory whole
COVER_MINUTES = 0.5
MOST_PARTS = 24
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
        if path is not None and path.is_dir():
            raise UnusableRecipe(f"{path} is a folder; name a file in it.")
    sounds = SleepSounds.load()
    recipe = _recipe(given, sounds.kinds)
    endings = LOOP_ENDINGS if given.loop else FILE_ENDINGS
    if given.out.suffix.lower() not in endings:
        kind = "A loop is Ogg Opus" if given.loop else "A sound is MP3"
        raise UnusableRecipe(f"{kind}: let --out end in {' or '.join(endings)}.")
    title = f"{' + '.join(recipe.weights)} · {recipe.strength.value}"
    minutes, opening = recipe.minutes, recipe
    if given.loop:
        write_opus(given.out, sounds.loop(recipe, OPUS_RATE))
    elif given.part is not None:
        parts, number = _parts(given.part, recipe)
        title += f" · {number + 1} / {len(parts)}"
        minutes, opening = parts[number].duration_s / 60.0, parts[number].recipe
        chunks = sounds.render_part(parts, number, PART.sample_rate)
        write_mp3(given.out, chunks, Tags(title, PERFORMER), progress(60.0 * minutes), PART)
    else:
        chunks = sounds.render(recipe, MP3_RATE)
        write_mp3(given.out, chunks, Tags(title, PERFORMER), progress(recipe.duration_s))
    if given.cover is not None:
        given.cover.write_bytes(cover_of(sounds, opening))
    size_mb = given.out.stat().st_size / 1e6
    return f"{given.out}: {title}, {minutes:g} min, {size_mb:.1f} MB, seed {recipe.seed}"


def cover_of(sounds: SleepSounds, recipe: Recipe, pixels: int = COVER_PIXELS) -> bytes:
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
    return cover(np.concatenate(list(sounds.render(opening, MP3_RATE))), MP3_RATE, pixels)


def _recipe(given: argparse.Namespace, known: tuple[str, ...]) -> Recipe:
    kinds = kinds_in(given.kinds, known)
    if given.loop and given.part is not None:
        raise UnusableRecipe("A loop has no parts.")
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


def kinds_in(text: str, known: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Kinds and their weights, as in waves:2+birds.

    Raises:
        UnusableRecipe: a kind that is not known, or a weight that is no number.
    """
    kinds = tuple(_weighted(part) for part in text.split("+"))
    unknown = [kind for kind, _ in kinds if kind not in known]
    if unknown:
        named = f"{unknown[0]!r} is no kind of sound" if unknown[0] else "No kind is named"
        raise UnusableRecipe(f"{named}; there are {', '.join(known)}.")
    return kinds


def _parts(text: str, recipe: Recipe) -> tuple[tuple[Part, ...], int]:
    """All parts, and which one is wanted: 3/4 is the third of four."""
    number, slash, n_parts = text.partition("/")
    if not (slash and number.isdecimal() and n_parts.isdecimal()):
        raise UnusableRecipe(f"{text!r} is no part; 3/4 is the third of four.")
    if not 1 <= int(number) <= int(n_parts) <= MOST_PARTS:
        raise UnusableRecipe(f"There is no part {text}; a sound has at most {MOST_PARTS} parts.")
    try:
        return parts_of(recipe, int(n_parts)), int(number) - 1
    except ValueError as error:
        raise UnusableRecipe(f"This cannot be made: {error}.") from error


def _weighted(part: str) -> tuple[str, float]:
    kind, colon, weight = part.strip().partition(":")
    try:
        return kind, float(weight) if colon else 1.0
    except ValueError as error:
        raise UnusableRecipe(
            f"{weight!r} is no weight: a number above 0, as 2 in waves:2+birds."
        ) from error


def progress(duration_s: float) -> Callable[[float], None]:
    """Return what tells on standard error how far a file is, once for each minute or so of it."""
    began_s = time.monotonic()
    last_share = ""

    def told(written_s: float) -> None:
        nonlocal last_share
        share = f"{written_s / duration_s:.0%}"
        if share == last_share:  # the last moment of a sound comes by itself
            return
        last_share = share
        took_s = time.monotonic() - began_s
        sys.stderr.write(
            f"{written_s / 60:.0f} of {duration_s / 60:g} min in {took_s:.0f} s ({share})\n"
        )

    return told
