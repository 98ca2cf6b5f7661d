"""What the six classifiers are compared on: two sets of kinds and ESC-10, divided by recording.

A recording (`group`) is never divided: pieces of one sound the same, so that a classifier that
heard one knows the others.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zlib import crc32

from inference.audio import decode
from inference.bands import Array
from models.train.made_triggers import made_triggers
from models.train.sound_recordings import KINDS, Part, read_clips, samples_of

ESC10: Final = "esc10"
N_ESC10_FOLDS: Final = 5
ASMR: Final = "asmr_bytepie"
RECORDED_TRIGGERS: Final = MappingProxyType(
    {
        "phone_tapping": "tapping",
        "makeup_brush": "microphone brushing",
        "round_brush": "microphone brushing",
        "paint_or_tooth_brush": "microphone brushing",
        "slime": "slime",
    }
)
DOCUMENT_KINDS: Final = (
    "sand",
    "plastic bag",
    "tapping",
    "whispering man",
    "whispering woman",
    "talking man",
    "slime",
    "microphone brushing",
    "eating",
)
N_MADE: Final = 12  # "recordings" of each made kind
N_FOLDS: Final = 3  # where no folds are published; some kinds have two or three recordings
CHOOSING_SHARE: Final = 4  # a quarter of the recordings learned from chooses the epoch


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A sound with its samples at 16 kHz, (n_samples,); `group` names what it was cut from.

    `made` tells that it is no recording. `part` is whom it serves among the sleep sounds, `fold`
    that of ESC-10 from 1, else 0.
    """

    samples: Array
    kind: str
    group: str
    collection: str
    made: bool = False
    fold: int = 0
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Which clips, by their places, a training learns from, chooses by, and is measured on."""

    name: str
    learned: Sequence[int]
    choosing: Sequence[int]
    held_out: Sequence[int]


@dataclass(frozen=True, slots=True, eq=False)
class SoundSet:
    """Clips of some kinds and how trainings divide them."""

    name: str
    kinds: Sequence[str]
    clips: Sequence[Clip]
    splits: Sequence[Split]

    @property
    def made_kinds(self) -> tuple[str, ...]:
        """The kinds that hold nothing but made sounds."""
        recorded = {clip.kind for clip in self.clips if not clip.made}
        return tuple(kind for kind in self.kinds if kind not in recorded)


def nature_clips(data: Path) -> list[Clip]:
    """Return the eight kinds of nature from the four collections that have them.

    Raises:
        FileNotFoundError: a collection is not in `data`.
    """
    found = []
    for clip in read_clips(data):
        samples = samples_of(clip)
        if len(samples):
            collection = clip.path.parent.parent.name
            group = one_name(clip.recording)
            found.append(Clip(samples, clip.kind, group, collection, part=clip.part))
    return found


def document_clips(data: Path, work: Path) -> list[Clip]:
    """Return the document's nine kinds: recordings of three, sounds made in `work` of six.

    Raises:
        FileNotFoundError: the collection is not in `data`.
        NoSynthesizer: espeak-ng is not installed.
    """
    found = [
        Clip(
            decode(path.read_bytes()).samples, RECORDED_TRIGGERS[row["label"]], row["group"], ASMR
        )
        for path, row in _rows(data / "audio" / ASMR)
        if row["label"] in RECORDED_TRIGGERS
    ]
    for kind, made in made_triggers(N_MADE, work / "made_triggers.safetensors").items():
        for number, samples in enumerate(made):
            found.append(Clip(samples, kind, f"made:{kind}:{number}", "made", made=True))
    return found


def esc10_clips(data: Path) -> list[Clip]:
    """Return ESC-10 with its published folds.

    Raises:
        FileNotFoundError: it is not in `data`.
    """
    return [
        Clip(
            decode(path.read_bytes()).samples,
            row["label"],
            one_name(row["group"]),
            ESC10,
            fold=int(row["fold"]),
        )
        for path, row in _rows(data / "audio" / ESC10)
    ]


def read_set(name: str, data: Path, work: Path) -> SoundSet:
    """Read a set, a key of `SET_NAMES`.

    Raises:
        FileNotFoundError: a collection is not in `data`.
        NoSynthesizer: espeak-ng is not installed, and the document's kinds were asked for.
    """
    if name == "document":
        clips = document_clips(data, work)
    else:
        clips = esc10_clips(data) if name == ESC10 else nature_clips(data)
    return SoundSet(name, kinds_of(name, clips), clips, divided(name, clips))


def kinds_of(name: str, clips: Sequence[Clip]) -> tuple[str, ...]:
    """Return the kinds of a set in their order."""
    if name == ESC10:
        return tuple(sorted({clip.kind for clip in clips}))
    return DOCUMENT_KINDS if name == "document" else tuple(KINDS.values())


def divided(name: str, clips: Sequence[Clip]) -> list[Split]:
    """Return the trainings of a set, as `SET_NAMES` describes them."""
    if name == ESC10:
        folds = [clip.fold for clip in clips]
        return [
            _split(clips, f"fold {k}", [fold == k for fold in folds])
            for k in range(1, N_ESC10_FOLDS + 1)
        ]
    if name == "collections":
        collections = sorted({clip.collection for clip in clips})
        return [
            _split(clips, f"without {left_out}", [clip.collection == left_out for clip in clips])
            for left_out in collections
        ]
    if name == "ear":
        return [_split(clips, "ear", [clip.part is not Part.EAR for clip in clips])]
    folds = recording_folds(clips)
    return [_split(clips, f"fold {k + 1}", [fold == k for fold in folds]) for k in range(N_FOLDS)]


SET_NAMES: Final = MappingProxyType(
    {
        "nature": "eight kinds of nature, three folds over whole recordings of all collections",
        "document": "the document's nine kinds, three folds over whole recordings",
        ESC10: "ten kinds, the five published folds",
        "collections": "the kinds of nature in a collection that nothing was learned from",
        "ear": "the kinds of nature in recordings that the sleep sounds are drawn from",
    }
)


def recording_folds(clips: Sequence[Clip]) -> list[int]:
    """Return the fold of each clip, 0 to 2: that of its recording, each kind spread evenly.

    The largest recording goes where least of its kind is.
    """
    sizes: dict[tuple[str, str], int] = {}
    for clip in clips:
        key = (clip.kind, clip.group)
        sizes[key] = sizes.get(key, 0) + len(clip.samples)
    filled: dict[str, list[int]] = {}
    fold: dict[str, int] = {}
    for (kind, group), size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        of_kind = filled.setdefault(kind, [0] * N_FOLDS)
        fold.setdefault(group, of_kind.index(min(of_kind)))
        of_kind[fold[group]] += size
    return [fold[clip.group] for clip in clips]


def one_name(group: str) -> str:
    """Return the name of a recording that every collection would give it."""
    return group.replace("freesound:", "fs")


def _split(clips: Sequence[Clip], name: str, left_out: Sequence[bool]) -> Split:
    """Return a training; what is left out of it is asked only where its kind was learned.

    A recording of which a part is left out is not learned from either, and of each kind a quarter
    of the recordings, the same always, chooses the epoch, but for a kind with one alone.
    """
    groups = {clip.group for clip, out in zip(clips, left_out, strict=True) if out}
    usable = [i for i, clip in enumerate(clips) if clip.group not in groups]
    of_kind: dict[str, set[str]] = {}
    for i in usable:
        of_kind.setdefault(clips[i].kind, set()).add(clips[i].group)
    choosers: set[str] = set()
    for recordings in of_kind.values():
        drawn = sorted(recordings, key=lambda group: crc32(group.encode()))
        if len(drawn) > 1:
            choosers.update(drawn[: max(1, len(drawn) // CHOOSING_SHARE)])
    return Split(
        name,
        [i for i in usable if clips[i].group not in choosers],
        [i for i in usable if clips[i].group in choosers],
        [i for i, out in enumerate(left_out) if out and clips[i].kind in of_kind],
    )


def _rows(folder: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield folder / row["file"], row
