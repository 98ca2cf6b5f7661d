"""Figures of the distress screen: on the separate test sentences and on ordinary messages."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from inference.analysis import DistressKind, DistressLevel
from inference.character_ngrams import normalize, squeeze
from inference.distress import DistressScreen, Thresholds
from models.train.distress_lines import read_chatbot_questions, training_lines

TESTS = Path(__file__).parents[2] / "tests/sentences"
LANGUAGES = ("ko", "en")
# Sets of test lines and the files of a language that they are in, each file of another author.
SETS = {
    "self_harm_and_cries": ("distress_{}_test.tsv",),
    "self_harm_second_author": ("distress_{}_2_test.tsv",),
    "self_harm_third_author": ("distress_{}_3_test.tsv",),
    "self_harm_of_all": tuple(f"distress_{{}}{number}_test.tsv" for number in ("", "_2", "_3")),
    "spoken_cries": ("emergency_{}_test.tsv",),
    "short_replies": ("replies_{}_test.tsv",),
}


class Labelled(Protocol):
    """A line with its danger."""

    @property
    def kind(self) -> DistressKind:
        """The danger."""

    @property
    def level(self) -> DistressLevel:
        """How near it is."""

    @property
    def look_alike(self) -> bool:
        """Whether it was written to look dangerous and is not."""


def share(n_hits: int, n_all: int) -> dict[str, Any]:
    """A share with its 95 % interval (Wilson 1927)."""
    if n_all == 0:
        return {"hits": 0, "of": 0, "value": None, "low": None, "high": None}
    z, p = 1.96, n_hits / n_all
    middle = (p + z * z / (2 * n_all)) / (1 + z * z / n_all)
    half = z * np.sqrt(p * (1 - p) / n_all + z * z / (4 * n_all**2)) / (1 + z * z / n_all)
    values = {"value": p, "low": max(0.0, middle - half), "high": min(1.0, middle + half)}
    return {"hits": n_hits, "of": n_all} | {k: round(float(v), 4) for k, v in values.items()}


def print_taken(
    lines: Sequence[Labelled], taken: NDArray[np.bool_], thresholds: Thresholds
) -> None:
    """What thresholds find and what they take of development lines."""
    cry = np.array([line.level is DistressLevel.CRY for line in lines])
    selfharm = np.array([line.kind is DistressKind.SELFHARM for line in lines])
    looks = np.array([line.look_alike for line in lines])
    rates = {
        "look-alikes taken": looks,
        "ordinary taken": ~(looks | cry | selfharm),
        "self-harm found": selfharm,
        "cries found": cry,
    }
    print(f"self-harm from {thresholds.self_harm:.4f}, cries from {thresholds.cry:.4f}")
    for name, rows in rates.items():
        print(f"{name}: {taken[rows].sum()}/{rows.sum()} {taken[rows].mean():.3f}")


def evaluate(weights: Path, data: Path) -> dict[str, Any]:
    """All figures, by language; what is not there is left out."""
    screen = DistressScreen.load(weights)
    known = {squeeze(normalize(line.text)) for line in training_lines(data)}
    figures: dict[str, Any] = {}
    for language in LANGUAGES:
        figures[language] = {
            name: _on_danger(screen, paths, known)
            for name, files in SETS.items()
            if (paths := [path for file in files if (path := _test(file, language)).is_file()])
        }
        feelings = TESTS / f"emotion_{language}_test.tsv"
        if feelings.is_file():
            texts = [row.split("\t")[2] for row in feelings.read_text("utf-8").splitlines() if row]
            figures[language]["feelings_taken"] = _taken(screen, texts)
    questions = read_chatbot_questions(data)[::4]
    if questions:
        figures["chatbot_questions_taken"] = _taken(screen, questions)
    return figures


def _test(file: str, language: str) -> Path:
    return TESTS / file.format(language)


def _taken(screen: DistressScreen, texts: Sequence[str]) -> dict[str, Any]:
    began = time.perf_counter()
    hits = sum(screen.screen(text).level is not DistressLevel.NONE for text in texts)
    each = 1000.0 * (time.perf_counter() - began) / max(1, len(texts))
    return share(hits, len(texts)) | {"ms_each": round(each, 2)}


def _on_danger(screen: DistressScreen, paths: Sequence[Path], known: Set[str]) -> dict[str, Any]:
    """On separate test lines; `known` are those of the training, as the screen squeezes them."""
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    rows = [line.split("\t") for line in lines if line.strip()]
    answers = [(kind, level, text, screen.screen(text)) for kind, level, text in rows]
    found: dict[str, list[bool]] = defaultdict(list)
    for kind, level, text, answer in answers:
        hit = answer.level is not DistressLevel.NONE
        names = ["look_alikes_taken" if level == "none" else f"{level}_recall"]
        if kind in ("none", "selfharm"):
            names += ["selfharm_recall"] if kind == "selfharm" else []
            if squeeze(normalize(text)) not in known:
                names.append(f"{names[-1]}_of_lines_no_training_author_wrote")
        for name in names:
            found[name].append(hit)
    figures: dict[str, Any] = {name: share(sum(hits), len(hits)) for name, hits in found.items()}
    taken = Counter(str(a.level) for _, level, _, a in answers if level == "none")
    levels = Counter(f"{level} -> {a.level}" for _, level, _, a in answers)
    cries = [(kind, str(a.kind)) for kind, level, _, a in answers if level == "cry"]
    named = [kind == answer for kind, answer in cries if answer != "none"]
    return figures | {
        "look_alikes_taken_as": dict(taken),
        "levels": dict(sorted(levels.items())),
        "kind_named_right_of_cries_found": share(sum(named), len(named)),
    }


def print_figures(figures: dict[str, Any], indent: str = "") -> None:
    """The figures, a line each."""
    for name, value in figures.items():
        if isinstance(value, dict) and "of" in value:
            tail = f"  {value['ms_each']} ms each" if "ms_each" in value else ""
            interval = f"[{value['low']}, {value['high']}]"
            print(
                f"{indent}{name}: {value['hits']}/{value['of']} {value['value']} {interval}{tail}"
            )
        elif isinstance(value, dict):
            print(f"{indent}{name}")
            print_figures(value, indent + "  ")
        else:
            print(f"{indent}{name}: {value}")
