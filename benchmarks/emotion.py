"""Texts read and voice notes heard in a second, beside the usual way to do it.

`python -m benchmarks.emotion [--json]`: Todak's shipped models against a transformers pipeline of
BERT-base's size (random weights: the time is that of trained ones) and librosa's features, each
in a process of its own, one after the other in one run. Needs the extra `bench`:
`.venv/bin/python -m pip install -e '.[bench]'`.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.bots import say
from benchmarks.material import NOTE_S, voice_notes
from benchmarks.report import cost_ratios, costs_table
from benchmarks.service import ROOT, ServiceFailed
from inference.weights import SHIPPED_WEIGHTS

COST_LIMIT_S = 300
WAYS = ("todak", "plain")


async def cost_of(
    way: str, weights: Path, folder: Path, notes: Sequence[bytes]
) -> Mapping[str, float]:
    """What the models cost alone, in a process of their own.

    Raises:
        ServiceFailed: they cannot be used, or a note is not taken for speech.
    """
    say(f"models alone: {way}")
    paths = [folder / f"note-{number}.ogg" for number in range(len(notes))]
    for path, note in zip(paths, notes, strict=True):
        path.write_bytes(note)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.analysis_cost",
        way,
        str(weights),
        *map(str, paths),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(COST_LIMIT_S):
            out, trouble = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise ServiceFailed(f"models alone: {way}\n{trouble.decode('utf-8', 'replace')[-1500:]}")
    cost: dict[str, float] = json.loads(out.splitlines()[-1])
    return cost


async def _measure() -> dict[str, Mapping[str, float]]:
    _, notes = voice_notes()
    with tempfile.TemporaryDirectory() as folder:
        return {way: await cost_of(way, SHIPPED_WEIGHTS, Path(folder), notes) for way in WAYS}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both ways and print them with their ratios; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args(argv)
    costs = asyncio.run(_measure())
    compared = cost_ratios(costs)
    if arguments.json:
        print(json.dumps({"costs": costs, "ratios": compared}))
        return 0
    print(f"voice notes of {NOTE_S:g} s\n\n{costs_table(costs)}\n")
    for name, times in compared.items():
        print(f"{name}: Todak is {times:g} times better")
    return 0


if __name__ == "__main__":
    sys.exit(main())
