"""How often sounds are filed rightly: `todak evaluate sound-filing`.

What `todak sounds propose` does with a library, over recordings whose kinds are known: each is
taken out of the others in turn, alone or with its whole set, or with all others of its kind.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.audio import decode
from inference.sound_filing import Texture, grouped, likeness, texture_of
from models.train.sound_recordings import KINDS, SETS

TRIGGERS = ("asmr_bytepie",)
SHORTEST_S = 2.0


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording, its set and what it is a sound of."""

    name: str
    of_set: str
    kind: str
    texture: Texture


Aside = Callable[[Recording, Recording], bool]
"""Whether the second is set aside while the first is asked about."""

ASIDE: Mapping[str, Aside] = {
    "each recording": lambda asked, other: other is asked,
    "its whole set": lambda asked, other: other.of_set == asked.of_set,
    "all of its kind": lambda asked, other: other.kind == asked.kind,
}


def recordings(data: Path) -> list[Recording]:
    """The recordings of nature and of touch.

    Raises:
        FileNotFoundError: a set is not in `data`.
    """
    return [one for name in (*SETS, *TRIGGERS) for one in _of_set(data / "audio" / name)]


def measured(known: Sequence[Recording]) -> dict[str, dict[str, float]]:
    """What is proposed right, and how alike groups are, by what was set aside.

    `known` counts those whose kind the others have; `right` and `sure` are shares.
    """
    found: dict[str, dict[str, float]] = {}
    for name, aside in ASIDE.items():
        right, sure, sure_right, n_known = 0, 0, 0, 0
        for asked in known:
            filed: dict[str, list[Texture]] = {}
            for other in known:
                if not aside(asked, other):
                    filed.setdefault(other.kind, []).append(other.texture)
            like = likeness(asked.texture, filed)
            assert like is not None, "there are other recordings"
            n_known += asked.kind in filed
            right += like.kind == asked.kind
            sure += like.sure
            sure_right += like.sure and like.kind == asked.kind
        found[name] = {
            "recordings": len(known),
            "known": n_known,
            "right": right / n_known if n_known else 0.0,
            "sure": sure / len(known),
            "sure and right": sure_right / sure if sure else 0.0,
        }
    groups = grouped([one.texture for one in known])
    of_group: dict[int, list[str]] = {}
    for group, one in zip(groups, known, strict=True):
        of_group.setdefault(group, []).append(one.kind)
    shared = [kinds for kinds in of_group.values() if len(kinds) > 1]
    n_shared = sum(map(len, shared))
    most = sum(max(map(kinds.count, kinds)) for kinds in shared)
    found["groups"] = {
        "recordings": len(known),
        "groups": len(of_group),
        "in groups of two or more": n_shared,
        "of the group's commonest kind": most / n_shared if n_shared else 0.0,
    }
    return found


def _of_set(folder: Path) -> Iterator[Recording]:
    pieces: dict[tuple[str, str], list[Path]] = {}
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            touch = row["label"] if folder.name in TRIGGERS else ""
            kind = KINDS.get(row["sleep"]) or touch
            if kind and float(row["dur_s"]) > SHORTEST_S:
                pieces.setdefault((row["group"], kind), []).append(folder / row["file"])
    for (name, kind), paths in pieces.items():
        heard = texture_of(decode(path.read_bytes()).samples for path in paths)
        yield Recording(name, folder.name, kind, heard)


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each way to set aside and for the groups, or one line of JSON.

    Exit code 2: there are no recordings.
    """
    parser = argparse.ArgumentParser(prog="todak evaluate sound-filing", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="FOLDER")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--evaluate", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if not given.evaluate:
        parser.error("nothing is trained: todak evaluate sound-filing")
    try:
        known = recordings(given.data)
    except FileNotFoundError as error:
        sys.stderr.write(f"There are no recordings: {error.filename}.\n")
        return 2
    found = measured(known)
    if given.json:
        print(json.dumps(found))
        return 0
    for name, figures in found.items():
        told = ", ".join(f"{what} {figure:.3g}" for what, figure in figures.items())
        print(f"{name}: {told}")
    return 0
