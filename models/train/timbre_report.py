"""Compare the timbre of sleep sounds with that of recordings: `todak evaluate timbre`.

Seven words of `inference/timbre.py`, each the median over pieces of five seconds: of recordings
that the generator never heard, and of sounds it draws. Given files, it says what those are like.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inference.audio import UnreadableAudio, decode
from inference.bands import SAMPLE_RATE, Array
from inference.sleep_sounds import SleepSounds
from inference.sleep_textures import SHIPPED_WEIGHTS
from inference.sound_recipe import Recipe
from inference.timbre import timbre
from models.train.sound_recordings import read_clips
from models.train.sounds import pieces_of, real_pieces

N_SEEDS = 3
MINUTES = 0.5

Words = dict[str, float]


def of_pieces(pieces: Sequence[Array]) -> Words:
    """The median of each word over pieces."""
    found = [asdict(timbre(piece, SAMPLE_RATE)) for piece in pieces]
    return {word: round(float(np.median([one[word] for one in found])), 3) for word in found[0]}


def drawn(sounds: SleepSounds, kind: str) -> list[Array]:
    """Pieces of a kind from different seeds, at full strength and without fades."""
    pieces: list[Array] = []
    for seed in range(1, N_SEEDS + 1):
        recipe = Recipe(((kind, 1.0),), MINUTES, seed, fade_in_s=0.0, fade_out_s=0.0)
        pieces += pieces_of(np.concatenate(list(sounds.render(recipe, SAMPLE_RATE))))
    return pieces


def compared(data: Path, weights: Path) -> dict[str, dict[str, Words]]:
    """Of each kind, the timbre of recordings and of drawn sounds.

    Raises:
        FileNotFoundError: there are no recordings or no weights.
    """
    real = real_pieces(read_clips(data), of_ear=True)
    sounds = SleepSounds.load(weights)
    return {
        kind: {"recorded": of_pieces(real[kind]), "generated": of_pieces(drawn(sounds, kind))}
        for kind in sounds.kinds
    }


def of_files(files: Sequence[Path]) -> dict[str, Words]:
    """The timbre of each file.

    Raises:
        OSError: one cannot be read.
        UnreadableAudio: it is no sound.
        ValueError: it is silent or too short.
    """
    found = {}
    for path in files:
        samples = decode(path.read_bytes()).samples
        found[str(path)] = of_pieces(list(pieces_of(samples)) or [samples])
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table, or one line of JSON. Exit code 2: nothing to measure."""
    parser = argparse.ArgumentParser(prog="todak evaluate timbre", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="sounds; else recordings and drawn")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--weights", type=Path, default=SHIPPED_WEIGHTS)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--evaluate", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if not arguments.evaluate:
        print("this only measures: todak evaluate timbre", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    try:
        if arguments.files:
            measured: Mapping[str, Any] = {"": of_files(arguments.files)}
        else:
            measured = compared(arguments.data, arguments.weights)
    except (OSError, UnreadableAudio, ValueError) as error:
        print(f"nothing can be measured: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(measured, ensure_ascii=False))
    else:
        print_table(measured)
    return 0


def print_table(measured: Mapping[str, Mapping[str, Words]]) -> None:
    """A row for each sound, in Markdown."""
    words = list(next(iter(next(iter(measured.values())).values())))
    print(f"| sound | {' | '.join(words)} |")
    print(f"|---|{'---:|' * len(words)}")
    for kind, sounds in measured.items():
        for name, found in sounds.items():
            values = " | ".join(f"{value:g}" for value in found.values())
            print(f"| {f'{kind} {name}'.strip()} | {values} |")
