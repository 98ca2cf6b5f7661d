"""What the tests measure, for docs/reliability.md."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

Figure = float | int | str


class Figures:
    """Figures by test, in the order in which they came."""

    def __init__(self) -> None:
        self._by_test: dict[str, dict[str, Figure]] = {}

    def note(self, test: str, **figures: Figure) -> None:
        """Keep figures; pytest shows them of a failed test, or with -s."""
        self._by_test.setdefault(test, {}).update(figures)
        sys.stdout.write(f"{test}: {json.dumps(figures)}\n")

    def keep(self) -> None:
        """Write everything as JSON where TODAK_FIGURES names a file."""
        if path := os.environ.get("TODAK_FIGURES"):
            Path(path).write_text(json.dumps(self._by_test, indent=2) + "\n")


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile, rounded to milliseconds."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return round(ordered[max(rank, 1) - 1], 3)
