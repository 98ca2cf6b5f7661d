"""Train and compare the document's six classifiers of sounds: `todak train sound-classifiers`.

Each classifier is trained on each split of each set and asked for what it did not hear; the split
`ear` also gives the weights of an ear that knows none of the recordings that sleep sounds are
drawn from. `todak evaluate sound-classifiers` makes one table of all that was trained.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import torch

from inference import checkpoints
from models.sound_classifiers import CLASSIFIERS
from models.train.classifier_fitting import (
    fit,
    heard_rows,
    lesson,
    new_net,
    take_in,
)
from models.train.classifier_report import figures, measures, table_of
from models.train.classifier_sets import SET_NAMES, SoundSet, Split, read_set
from models.train.speech_emotion import OutOfTime, Plan
from models.train.synthetic_speech import NoSynthesizer

SIX: Final = ("a", "b", "c", "d", "e", "f")
COMPARED: Final = MappingProxyType(
    {
        "nature": (*SIX, "wide"),
        "document": (*SIX, "wide"),
        "esc10": ("f", "wide"),
        "collections": ("f", "wide"),
        "ear": ("f", "wide"),
    }
)
EPOCHS: Final = 30  # of the document: half an hour of minutes


@dataclass(frozen=True, slots=True)
class Asked:
    """Which trainings are asked for, and how and where they are kept."""

    sets: Sequence[str]
    classifiers: Sequence[str]
    plan: Plan
    work: Path
    out: Path

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the names of set and classifier that are compared."""
        for of_set in self.sets:
            for classifier in COMPARED[of_set]:
                if classifier in self.classifiers:
                    yield of_set, classifier

    def kept(self, of_set: str, classifier: str, ending: str) -> Path:
        """Return where a training, or with a set's name alone its splits, is kept."""
        plan = f"seed{self.plan.seed}-epochs{self.plan.n_epochs}"
        return self.work / f"{of_set}-{classifier}-{plan}{ending}"


def train(asked: Asked, data: Path) -> None:
    """Train all that is asked for and not there yet.

    Raises:
        FileNotFoundError: a collection is not in `data`.
        NoSynthesizer: espeak-ng is not installed.
        OutOfTime: the minutes are over; the same command goes on.
    """
    for name in asked.sets:
        pending = [c for s, c in asked.pairs() if s == name and not _rows_of(asked, s, c)]
        if not pending:
            continue
        print(f"taking in {name}", file=sys.stderr, flush=True)
        sounds = read_set(name, data, asked.work)
        heard = [take_in(clip.samples) for clip in sounds.clips]
        for classifier in pending:
            rows = []
            for split in sounds.splits:
                rows += _trained(asked, sounds, heard, split, classifier)
            asked.kept(name, classifier, ".json").write_text(json.dumps(rows), encoding="utf-8")


def _trained(
    asked: Asked, sounds: SoundSet, heard: Sequence[Any], split: Split, classifier: str
) -> list[Mapping[str, Any]]:
    """Train on one split; return what is heard of the recordings left out."""
    learned, choosing = (
        lesson([sounds.clips[i] for i in of], [heard[i] for i in of], sounds.kinds)
        for of in (split.learned, split.choosing)
    )
    kept = asked.kept(sounds.name, classifier, f"-{split.name.replace(' ', '_')}.pt")
    net = new_net(classifier, len(sounds.kinds), asked.plan.seed)
    net, epoch, curve = fit(net, learned, choosing, asked.plan, kept)
    left_out = [sounds.clips[i] for i in split.held_out]
    rows = heard_rows(net, left_out, [heard[i] for i in split.held_out], sounds.kinds)
    if sounds.name == "ear":
        extra = {
            "kinds": sounds.kinds,
            "seed": asked.plan.seed,
            "epoch": epoch,
            "curve": curve,
            "measured": measures(rows),
        }
        asked.out.mkdir(parents=True, exist_ok=True)
        checkpoints.save(asked.out / f"sound_ear_{classifier}.safetensors", net, net.config, extra)
    return rows


def evaluate(asked: Asked, *, as_json: bool) -> int:
    """Print the tables of what was trained. Exit code 2: nothing was."""
    kept = {pair: rows for pair in asked.pairs() if (rows := _rows_of(asked, *pair))}
    if not kept:
        print("nothing is trained yet: todak train sound-classifiers", file=sys.stderr)
        return 2
    missing = [f"{of_set} {name}" for of_set, name in asked.pairs() if (of_set, name) not in kept]
    if missing:
        print(f"not trained yet: {', '.join(missing)}", file=sys.stderr)
    found = figures(kept)
    print(json.dumps(found) if as_json else table_of(found))
    return 0


def _rows_of(asked: Asked, of_set: str, classifier: str) -> list[Mapping[str, Any]]:
    path = asked.kept(of_set, classifier, ".json")
    rows: list[Mapping[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Train, or with `--evaluate` print what the trained ones hear.

    Exit code 1 if the minutes were over before the end, 2 without recordings, without espeak-ng
    or, evaluating, without anything trained.
    """
    given = _parsed(argv)
    torch.set_num_threads(1)
    deadline_s = time.monotonic() + 60.0 * given.limit_minutes
    plan = Plan(given.epochs, given.seed, deadline_s)
    asked = Asked(given.sets, given.classifiers, plan, given.work, given.out)
    if given.evaluate:
        return evaluate(asked, as_json=given.json)
    given.work.mkdir(parents=True, exist_ok=True)
    try:
        train(asked, given.data)
    except FileNotFoundError as error:
        print(f"no recordings at {error.filename}", file=sys.stderr)
        return 2
    except NoSynthesizer as error:
        print(f"the document's kinds need whispers: {error}", file=sys.stderr)
        return 2
    except OutOfTime:
        print("out of time; the same command goes on from here", file=sys.stderr)
        return 1
    return evaluate(asked, as_json=given.json)


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    sets = "\n".join(f"  {name}: {meaning}" for name, meaning in SET_NAMES.items())
    parser = argparse.ArgumentParser(
        prog="todak train sound-classifiers",
        description=f"{__doc__}\nsets:\n{sets}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("build/sound_classifiers"))
    parser.add_argument("--out", type=Path, default=Path("build/sound_classifiers"))
    parser.add_argument("--sets", nargs="+", choices=list(COMPARED), default=list(COMPARED))
    parser.add_argument(
        "--classifiers", nargs="+", choices=list(CLASSIFIERS), default=list(CLASSIFIERS)
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit-minutes", type=float, default=float("inf"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--evaluate", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(argv)
