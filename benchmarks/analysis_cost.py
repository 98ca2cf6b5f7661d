"""What reading one text and hearing one voice note cost, without a bot around them.

`python -m benchmarks.analysis_cost todak|plain WEIGHTS NOTE…`, each way in a fresh process, so
that its memory is its own; prints one line of JSON.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.material import TEXTS

REPEATS = 3
"""Every text is read and every note heard so often, after one unmeasured round."""


def main(way: str, weights: str, notes: Sequence[str]) -> None:
    """Measure one way and print it."""
    began_at_s = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        read, hear = (_todak if way == "todak" else _plain)(Path(weights), Path(folder))
        load_s = time.perf_counter() - began_at_s
        text_ms = _times_ms(read, TEXTS)
        voice_ms = _times_ms(hear, [Path(note).read_bytes() for note in notes])
    measured = {
        "load_s": round(load_s, 2),
        "resident_mb": round(psutil.Process().memory_info().rss / 1e6),
        "text_p50_ms": _p50(text_ms),
        "voice_p50_ms": _p50(voice_ms),
    }
    print(json.dumps(measured))


def _todak(weights: Path, _: Path) -> tuple[Callable[[str], Any], Callable[[bytes], Any]]:
    from inference.analysis import Utterance
    from inference.pipeline import Analyzer

    analyzer = Analyzer.load(weights)
    return (
        lambda text: analyzer.analyze(Utterance(text=text)),
        lambda recording: analyzer.analyze(Utterance(recording=recording)),
    )


def _plain(weights: Path, folder: Path) -> tuple[Callable[[str], Any], Callable[[bytes], Any]]:
    from benchmarks.plain_ways import PlainEar, text_classifier

    return text_classifier(folder), PlainEar(weights / "speech_mlp.safetensors")


def _times_ms(do: Callable[[Any], Any], inputs: Sequence[Any]) -> list[float]:
    for one in inputs:
        do(one)
    times_ms = []
    for _ in range(REPEATS):
        for one in inputs:
            began_at_s = time.perf_counter()
            do(one)
            times_ms.append(1000 * (time.perf_counter() - began_at_s))
    return times_ms


def _p50(times_ms: Sequence[float]) -> float | None:
    return round(float(np.median(times_ms)), 1) if times_ms else None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
