"""Recordings of nature for the sleep sounds, divided by recording between generator and ear.

What is generated is judged by an ear that learned from other recordings. Where only two recordings
of a kind exist, each gets one.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from inference.audio import decode
from inference.bands import Array

SETS = ("blanket", "noisekun", "cc_misc", "esc10")
KINDS = {
    "rain": "rain",
    "waves": "waves",
    "stream": "stream",
    "wind": "wind",
    "forest_birds": "birds",
    "crickets_summer_night": "crickets",
    "fireplace": "fireplace",
    "thunder": "thunder",
}
FOR_EAR = {
    "freesound:607070",  # rain
    "freesound:320520",
    "freesound:550915",  # waves
    "freesound:489073",  # a waterfall, as stream
    "freesound:185070",  # wind
    "freesound:156826",  # birds
    "freesound:564436",
    "youtube:nd1qc_bhMOs",  # crickets
    "soundbible:1543",  # fireplace
    "freesound:243777",  # thunder
}
FOR_CHOOSING = {"freesound:41739"}  # thunder has three
EAR_FOLDS = (3, 4, 5)  # of ESC-10, whose folds divide recordings
CHOOSING_FOLD = 2
SHORTEST_S = 2.0
SILENT = 1e-4  # of full scale


class Part(StrEnum):
    """What a recording serves: learning to generate, choosing when to stop, or the ear."""

    GENERATOR = "generator"
    CHOOSING = "choosing"
    EAR = "ear"


@dataclass(frozen=True, slots=True)
class SoundClip:
    """A piece of a recording, up to 30 s. `recording` names what it was cut from."""

    path: Path
    kind: str
    recording: str
    licence: str
    part: Part


def read_clips(data: Path) -> list[SoundClip]:
    """Read `audio/<set>/labels.csv` of the four sets: clips of the eight kinds.

    Raises:
        FileNotFoundError: a set is not in `data`.
    """
    return [clip for name in SETS for clip in _of_set(data / "audio" / name)]


def _of_set(folder: Path) -> Iterator[SoundClip]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["sleep"] in KINDS and float(row["dur_s"]) > SHORTEST_S:
                part = _part(row["group"], int(row["fold"] or 0))
                licence = row["licence"].partition(" (ESC-10")[0]
                yield SoundClip(
                    folder / row["file"], KINDS[row["sleep"]], row["group"], licence, part
                )


def _part(recording: str, fold: int) -> Part:
    if recording in FOR_EAR or fold in EAR_FOLDS:
        return Part.EAR
    if recording in FOR_CHOOSING or fold == CHOOSING_FOLD:
        return Part.CHOOSING
    return Part.GENERATOR


def samples_of(clip: SoundClip) -> Array:
    """Return the clip at 16 kHz, (n_samples,), silence at both ends (padding) removed."""
    samples = decode(clip.path.read_bytes()).samples
    heard = np.flatnonzero(np.abs(samples) > SILENT)
    return samples[heard[0] : heard[-1] + 1] if len(heard) else samples[:0]


def kinds_in(clips: Sequence[SoundClip]) -> dict[str, int]:
    """Return how many recordings there are of each kind."""
    recordings = {(clip.kind, clip.recording) for clip in clips}
    found = [kind for kind, _ in recordings]
    return {kind: found.count(kind) for kind in KINDS.values() if kind in found}
