"""What the classifiers heard in recordings they did not know, as figures and as tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from models.sound_classifiers import CLASSIFIERS, SoundClassifier, SoundClassifierConfig
from models.train.emergency_evaluation import wilson

N_BOOTSTRAP: Final = 1000
OF_DOCUMENT: Final = {"a": 0.400, "b": 0.300, "c": 0.850, "d": 0.860, "e": 0.877, "f": 0.954}
TAGGER_ON_CC_MISC: Final = 0.456  # a pretrained tagger with logistic regression, 5 s

Row = Mapping[str, Any]
Figures = dict[str, Any]
Kept = Mapping[tuple[str, str], Sequence[Row]]


def figures(kept: Kept) -> Figures:
    """Return every figure of what was kept: rows by the names of set and classifier."""
    found: Figures = {}
    for (of_set, classifier), rows in kept.items():
        parts = {"all": rows}
        if of_set == "document":
            parts["recorded"] = [row for row in rows if not row["made"]]
            parts["made"] = [row for row in rows if row["made"]]
        if of_set == "collections":
            parts = {
                name: [row for row in rows if row["collection"] == name]
                for name in sorted({row["collection"] for row in rows})
            }
        measured = {name: measures(part) for name, part in parts.items() if part}
        found.setdefault(of_set, {})[classifier] = measured
    return found


def measures(rows: Sequence[Row]) -> Figures:
    """Return shares named right: of seconds and of 5 s, kinds and their recordings counted alike.

    `five_s_plain` counts each stretch alike, with Wilson's interval; those of the others are
    bootstrap intervals over the recordings of each kind.
    """
    right = sum(row["heard"] == row["kind"] for row in rows)
    return {
        "second": balanced(rows, lambda row: row["seconds_right"] / row["seconds"]),
        "five_s": balanced(rows, lambda row: float(row["heard"] == row["kind"])),
        "five_s_plain": {
            "value": round(right / len(rows), 4),
            "interval_95": wilson(right, len(rows)),
        },
        "kinds": {kind: recall(rows, kind) for kind in sorted({str(row["kind"]) for row in rows})},
        "made_kinds": sorted({str(row["kind"]) for row in rows if row["made"]}),
        "recordings": len({(row["kind"], row["group"]) for row in rows}),
        "stretches": len(rows),
    }


def recall(rows: Sequence[Row], kind: str) -> float:
    """Return the share of 5 s of a kind that is named right."""
    return round(float(np.mean([row["heard"] == kind for row in rows if row["kind"] == kind])), 4)


def balanced(rows: Sequence[Row], hit: Callable[[Row], float]) -> Figures:
    """Return the mean over kinds of the mean over recordings, with its interval."""
    hits: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        hits.setdefault(row["kind"], {}).setdefault(row["group"], []).append(hit(row))
    kinds = [np.array([np.mean(one) for one in of.values()]) for of in hits.values()]
    rng = np.random.default_rng(0)
    drawn = np.zeros(N_BOOTSTRAP)
    for of_kind in kinds:
        chosen = rng.integers(0, len(of_kind), (N_BOOTSTRAP, len(of_kind)))
        drawn += of_kind[chosen].mean(axis=1) / len(kinds)
    low, high = np.percentile(drawn, [2.5, 97.5])
    value = float(np.mean([of_kind.mean() for of_kind in kinds]))
    return {
        "value": round(value, 4),
        "interval_95": [round(float(low), 4), round(float(high), 4)],
    }


def n_weights(classifier: str, n_kinds: int) -> int:
    """Return how many numbers a classifier learns."""
    net = SoundClassifier(SoundClassifierConfig(classifier, n_kinds))
    return sum(parameter.numel() for parameter in net.parameters())


def table_of(found: Figures) -> str:
    """Return the figures as tables in Markdown; made sounds are marked wherever they stand."""
    tables = []
    if {"nature", "document"} & set(found):
        tables.append(_compared(found))
    if "document" in found:
        tables.append(_kinds(found["document"]))
    for of_set, title in (
        ("esc10", "ESC-10, published folds"),
        ("collections", "a collection that nothing was learned from"),
        ("ear", "the ear on the generator's recordings"),
    ):
        if of_set in found:
            tables.append(_plain(found[of_set], title))
    return "\n\n".join(tables)


def _compared(found: Figures) -> str:
    """The six side by side: a second as in the document, then five."""
    rows = [
        "| classifier | weights | nature, 1 s | nature, 5 s | the document's recorded kinds, 1 s "
        "| its MADE kinds, 1 s | all nine (six of them MADE), 1 s | in the document |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in CLASSIFIERS:
        nature = found.get("nature", {}).get(name, {}).get("all", {})
        document = found.get("document", {}).get(name, {})
        if not nature and not document:
            continue
        cells = [
            _cell(nature.get("second")),
            _cell(nature.get("five_s")),
            *(_cell(document.get(p, {}).get("second")) for p in ("recorded", "made", "all")),
            f"{OF_DOCUMENT[name]:.3f}" if name in OF_DOCUMENT else "–",
        ]
        rows.append(f"| {name} | {n_weights(name, 8):,} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _kinds(document: Figures) -> str:
    """The document's kinds one by one, 5 s each."""
    measured = next(iter(document.values()))["all"]
    kinds = list(measured["kinds"])
    titles = [f"{kind} (MADE)" if kind in measured["made_kinds"] else kind for kind in kinds]
    rows = [f"| 5 s | {' | '.join(titles)} |", f"|---|{'---:|' * len(kinds)}"]
    for name, of_classifier in document.items():
        cells = [f"{of_classifier['all']['kinds'][kind]:.2f}" for kind in kinds]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _plain(of_set: Figures, title: str) -> str:
    """Five seconds, each stretch counted alike, and kinds counted alike."""
    rows = [
        f"| {title} | classifier | 5 s | 5 s, kinds alike | stretches |",
        "|---|---|---:|---:|---:|",
    ]
    for classifier, parts in of_set.items():
        for part, measured in parts.items():
            floor = f" (pretrained tagger: {TAGGER_ON_CC_MISC})" if part == "cc_misc" else ""
            plain, alike = _cell(measured["five_s_plain"]), _cell(measured["five_s"])
            rows.append(
                f"| {part}{floor} | {classifier} | {plain} | {alike} | {measured['stretches']} |"
            )
    return "\n".join(rows)


def _cell(measured: Figures | None) -> str:
    if measured is None:
        return "–"
    low, high = measured["interval_95"]
    return f"{measured['value']:.3f} ({low:.3f} to {high:.3f})"
