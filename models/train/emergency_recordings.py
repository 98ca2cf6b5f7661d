"""Every real recording at hand, as an emergency, as ordinary, or as a cry that words define.

Groups (a speaker, a phone, an original recording) are never divided between folds. Screams of the
Indian EmoSpeech Command data come from unknown speakers: each file is its own group, so the same
person may stand on both sides and the figure is optimistic.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

from inference.analysis import SoundKind

N_FOLDS: Final = 3
UNKNOWN_SPEAKER: Final = "iesc_unknown"
SPOKEN_CRIES: Final = ("help", "bacho")
COLLECTIONS: Final = (
    "iesc",
    "ravdess",
    "emodb2s",
    "fsdd",
    "donateacry",
    "esc10",
    "household_timgrau",
    "blanket",
    "cc_misc",
    "noisekun",
    "asmr_bytepie",
)
EMERGENCY_OF: Final = {
    "scream": SoundKind.HELP,
    "glass_break": SoundKind.THEFT,
    "gunshot": SoundKind.VIOLENCE,
    "fire_crackling": SoundKind.FIRE,
    "fireplace": SoundKind.FIRE,
    "thunderstorm": SoundKind.STORM,
}
ORDINARY_OF: Final = {
    "vacuum": SoundKind.VACUUM,
    "other_appliance": SoundKind.APPLIANCE,
    "normal_outdoor": SoundKind.OUTDOOR,
    "normal_indoor": SoundKind.INDOOR,
}
# The same samples stand under both names, once as a scream and once as safe.
CONTRADICTED: Final = frozenset(
    f"clips/{name}.ogg"
    for pair in (
        ("safe_stop_fearful_063774846e", "scream_stop_fearful_014d30e87e"),
        ("safe_stop_angry_05f2992211", "scream_stop_angry_2ac1e76ed9"),
        ("safe_yes_angry_110889c189", "scream_yes_angry_368b6883bd"),
        ("safe_no_happy_28d8ede7da", "scream_no_happy_404d47aaab"),
        ("safe_no_happy_2cb9d6b068", "scream_no_happy_8478835bb1"),
        ("safe_no_fearful_048094d4f0", "scream_no_fearful_91af594da5"),
        ("safe_no_happy_296e66acab", "scream_no_happy_9c7e205014"),
    )
    for name in pair
)
VOICES: Final = ("iesc", "ravdess", "emodb2s", "fsdd", "donateacry")
OUTDOORS: Final = ("water_drops", "underwater", "crickets")


@dataclass(frozen=True, slots=True)
class Recording:
    """One file; `label` is its collection's own word.

    `spoken_cry` marks words that call for help: an emergency by what is said, learned neither as
    one nor as ordinary. So are those `contradicted` by a copy with another label.
    """

    path: Path
    collection: str
    label: str
    emotion: str
    kind: SoundKind
    emergency: bool
    spoken_cry: bool
    contradicted: bool
    group: str

    @property
    def learned(self) -> bool:
        """Whether it is known to be an emergency or ordinary."""
        return not (self.spoken_cry or self.contradicted)


def read_recordings(data: Path) -> list[Recording]:
    """All recordings of the collections, in the order of their tables.

    Raises:
        FileNotFoundError: a collection is not in `data`.
    """
    return [found for name in COLLECTIONS for found in _collection(data / "audio" / name)]


def folds_of(recordings: Sequence[Recording]) -> list[int]:
    """The fold of each recording, 0 to 2; a group has one, and each collection of voices is even.

    The largest group goes to the fold that has least of its collection. Sound collections count as
    one, since they share originals.
    """
    sizes: dict[tuple[str, str], int] = {}
    for one in recordings:
        of = one.collection if one.collection in VOICES else "sounds"
        of += one.label if one.emergency else ""
        sizes.setdefault((of, one.group), 0)
        sizes[of, one.group] += 1
    fold: dict[str, int] = {}
    filled: dict[str, list[int]] = {}
    for (of, group), size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        counts = filled.setdefault(of, [0] * N_FOLDS)
        fold.setdefault(group, counts.index(min(counts)))
        counts[fold[group]] += size
    return [fold[one.group] for one in recordings]


def phrase_fold(text: str) -> int:
    """The fold of a sentence: its digest decides, so that sentences written later move none."""
    return crc32(text.encode()) % N_FOLDS


def _collection(folder: Path) -> Iterator[Recording]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            label = row["label"]
            group = row["group"].replace("freesound:", "fs")
            if group == UNKNOWN_SPEAKER:
                group = f"{UNKNOWN_SPEAKER}:{row['file']}"
            kind = EMERGENCY_OF.get(label)
            yield Recording(
                path=folder / row["file"],
                collection=folder.name,
                label=label,
                emotion=row["emotion"],
                kind=kind or _ordinary_kind(row["emergency"], label),
                emergency=kind is not None,
                spoken_cry=label.startswith(SPOKEN_CRIES),
                contradicted=row["file"] in CONTRADICTED,
                group=group,
            )


def _ordinary_kind(told: str, label: str) -> SoundKind:
    if label in OUTDOORS:
        return SoundKind.OUTDOOR
    return ORDINARY_OF.get(told, SoundKind.INDOOR)
