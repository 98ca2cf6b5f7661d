"""What reading texts and hearing voice notes cost, without a bot around them.

`python -m benchmarks.analysis_cost todak|plain WEIGHTS NOTE…`, each way in a fresh process, so
that its memory is its own; prints one line of JSON.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.material import TEXTS

REPEATS = 3
"""Every text is read and every note heard so often, after one unmeasured round."""

AT_ONCE = os.cpu_count() or 1
"""Threads that work side by side when throughput is measured, as the bot has them."""
THROUGHPUT_S = 4.0


def main(way: str, weights: str, notes: Sequence[str]) -> None:
    """Measure one way and print it."""
    began_at_s = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        read, hear = (_todak if way == "todak" else _plain)(Path(weights), Path(folder))
        load_s = time.perf_counter() - began_at_s
        text_ms = _times_ms(read, TEXTS)
        recordings = [Path(note).read_bytes() for note in notes]
        voice_ms = _times_ms(hear, recordings)
        texts_per_s, notes_per_s = _per_s(read, TEXTS), _per_s(hear, recordings)
    measured = {
        "load_s": round(load_s, 2),
        "resident_mb": round(psutil.Process().memory_info().rss / 1e6),
        "text_p50_ms": _p50(text_ms),
        "voice_p50_ms": _p50(voice_ms),
        "texts_per_s": texts_per_s,
        "notes_per_s": notes_per_s,
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


def _per_s(do: Callable[[Any], Any], inputs: Sequence[Any]) -> float | None:
    """How many inputs `AT_ONCE` threads get done in a second; None without inputs."""
    if not inputs:
        return None
    began_at_s = time.perf_counter()

    def work(first: int) -> int:
        n_done = 0
        for one in islice(cycle(inputs), first, None):
            if time.perf_counter() - began_at_s > THROUGHPUT_S:
                break
            do(one)
            n_done += 1
        return n_done

    with ThreadPoolExecutor(AT_ONCE) as threads:
        n_done = sum(threads.map(work, range(AT_ONCE)))
    return round(n_done / (time.perf_counter() - began_at_s), 1)


def _p50(times_ms: Sequence[float]) -> float | None:
    return round(float(np.median(times_ms)), 1) if times_ms else None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
