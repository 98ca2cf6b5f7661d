"""`todak sounds propose` and `todak sounds file`: what the unfiled sounds of a library may be.

A table says of each which filed kind it is like, and which others it is like. A person listens,
changes the column `kind`, and has the sounds filed as it then says; those teach the next table.
"""

import csv
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from inference.sound_filing import Texture, grouped, likeness, texture_of
from inference.sound_library import INDEX, PIECES, Entry, SoundLibrary

TABLE: Final = "proposals.csv"
TEXTURES: Final = "textures"
COLUMNS: Final = (
    "group", "kind", "proposed", "nearest", "file", "minutes", "listen", "source", "licence", "id",
)  # fmt: skip
LONGEST_KIND: Final = 40
ENCODING: Final = "utf-8-sig"  # else a spreadsheet shows names that are not English as signs


class CannotFile(Exception):
    """One sentence on why nothing can be proposed or filed, and what to do."""


@dataclass(frozen=True, slots=True)
class _Proposal:
    """What may be said of one unfiled sound; `kind` is empty where that is left to a person."""

    entry: Entry
    group: int
    kind: str
    nearest: str


def propose(folder: Path) -> str:
    """Write the table of proposals; a sentence on what is in it.

    What a person wrote in the table before stays. Each sound that is listened to for the first
    time is told of on standard error.

    Raises:
        CannotFile: there is no library, or every sound of it is filed.
        OSError: the folder cannot be written.
    """
    library = _library(folder)
    unfiled = [entry for entry in library.entries if entry.kind is None]
    if not unfiled:
        raise CannotFile(f"{folder}: all {len(library.entries)} sounds are filed already.")
    textures = _textures(folder, library)
    filed: dict[str, list[Texture]] = {}
    for entry in library.entries:
        if entry.kind is not None:
            filed.setdefault(entry.kind, []).append(textures[entry.digest])
    groups = grouped([textures[entry.digest] for entry in unfiled])
    proposals = [
        _proposal(entry, group, textures[entry.digest], filed)
        for entry, group in zip(unfiled, groups, strict=True)
    ]
    _write(folder, proposals, _changed(folder))
    proposed = Counter(one.kind for one in proposals if one.kind)
    n_open = len(proposals) - proposed.total()
    n_groups = max(groups) + 1
    sentence = (
        f"{folder / TABLE}: {proposed.total()} proposed{_counted(proposed)}, {n_open} left to "
        f"you, {n_groups} {'group' if n_groups == 1 else 'groups'} of sounds that are alike. "
        f"Write in its column kind what you hear, then: todak sounds file {folder}"
    )
    if not filed:
        sentence += (
            ". Nothing is filed yet, so that no kind can be proposed; a few of each kind are "
            "enough for a beginning"
        )
    return sentence


def file_proposed(folder: Path) -> str:
    """File the sounds of the table whose kind is filled in; a sentence on what was filed.

    Raises:
        CannotFile: there is no library or no table, or something in it cannot be read.
        OSError: the folder cannot be written.
    """
    library = _library(folder)
    rows = _rows(folder)
    if rows is None:
        raise CannotFile(f"There is no {folder / TABLE}: todak sounds propose {folder} writes it.")
    before = {entry.digest: entry.kind for entry in library.entries}
    written = [(row["id"], row["kind"].strip()) for row in rows]
    chosen = {
        digest: kind
        for digest, kind in written
        if kind and digest in before and kind != before[digest]
    }
    for kind in chosen.values():
        if len(kind) > LONGEST_KIND or not kind.isprintable():
            raise CannotFile(
                f"{folder / TABLE}: {kind[:LONGEST_KIND]!r} is no kind, which is a word or two; "
                "nothing was filed."
            )
    for digest, kind in chosen.items():
        library.file(digest, kind)
    n_filed = Counter(chosen.values())
    known = set(before.values()) - {None}
    new = sorted(set(n_filed) - known) if known else []
    told = f"; new kinds: {', '.join(new)}" if new else ""
    n_open = sum(entry.kind is None for entry in library.entries)
    return f"{folder}: {len(chosen)} filed{_counted(n_filed)}{told}; {n_open} not filed yet"


def _library(folder: Path) -> SoundLibrary:
    if not (folder / INDEX).is_file():
        raise CannotFile(
            f"{folder} is no library of sounds: todak sounds ingest … --into {folder} makes one."
        )
    return SoundLibrary(folder)


def _proposal(
    entry: Entry, group: int, texture: Texture, filed: Mapping[str, Sequence[Texture]]
) -> _Proposal:
    like = likeness(texture, filed)
    if like is None:
        return _Proposal(entry, group, "", "")
    return _Proposal(entry, group, like.kind if like.sure else "", like.kind)


def _textures(folder: Path, library: SoundLibrary) -> dict[str, Texture]:
    """The texture of each sound; computed once, then read."""
    (folder / TEXTURES).mkdir(exist_ok=True)
    found = {}
    for number, entry in enumerate(library.entries, 1):
        path = folder / TEXTURES / f"{entry.digest[:16]}.npy"
        if not path.is_file():
            texture = texture_of(map(library.samples, entry.pieces))
            unfinished = path.with_suffix(".part")
            with unfinished.open("wb") as file:
                np.save(file, texture)
            unfinished.replace(path)
            sys.stderr.write(f"{number} of {len(library.entries)}: {entry.name}: heard\n")
        found[entry.digest] = np.load(path)
    return found


def _write(folder: Path, proposals: Sequence[_Proposal], changed: Mapping[str, str]) -> None:
    """Write the table, groups one after the other, whole or not at all."""
    unfinished = folder / f"{TABLE}.part"
    with unfinished.open("w", encoding=ENCODING, newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for one in sorted(proposals, key=lambda each: (each.group, each.entry.name)):
            entry = one.entry
            kind = changed.get(entry.digest, one.kind)
            sound = f"{PIECES}/{entry.pieces[0]}"
            about = (entry.name, f"{entry.duration_s / 60:.1f}", sound)
            origin = (entry.source, entry.licence, entry.digest)
            table.writerow((one.group + 1, kind, one.kind, one.nearest, *about, *origin))
    unfinished.replace(folder / TABLE)


def _changed(folder: Path) -> dict[str, str]:
    """What a person wrote in the table that is there, by the sounds' digests."""
    return {
        row["id"]: row["kind"] for row in _rows(folder) or () if row["kind"] != row["proposed"]
    }


def _rows(folder: Path) -> list[dict[str, str]] | None:
    """The lines of the table, None where there is none.

    Raises:
        CannotFile: it is not the table that was written.
    """
    path = folder / TABLE
    if not path.is_file():
        return None
    try:
        with path.open(encoding=ENCODING, newline="") as file:
            table = csv.DictReader(file)
            if not {"id", "kind", "proposed"} <= set(table.fieldnames or ()):
                raise CannotFile(
                    f"{path} has no columns id, kind and proposed: remove it, and todak sounds "
                    f"propose {folder} writes it anew."
                )
            return [
                {name: row[name] or "" for name in ("id", "kind", "proposed")} for row in table
            ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise CannotFile(f"{path} cannot be read: save it as CSV in UTF-8.") from error


def _counted(kinds: Counter[str]) -> str:
    told = ", ".join(f"{kind} {n}" for kind, n in kinds.most_common())
    return f" ({told})" if told else ""
