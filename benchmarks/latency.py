"""How long an answer takes, how much is sustained, in how much memory; beside the plain ways.

`python -m benchmarks.latency [--json] [--seconds N] [--only-todak]`. Everything stays on
127.0.0.1 and in a temporary folder, and is stopped at the end.
"""

import argparse
import asyncio
import importlib.util
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.bots import Bot, BotMeasured, echo, measure, models, say, todak
from benchmarks.emotion import cost_of
from benchmarks.material import NOTE_S, NoVoice, voice_notes
from benchmarks.report import ratios, table, targets
from benchmarks.service import ROOT, ServiceFailed

SECONDS = 20.0
MOST_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of the benchmark; `left_out` says what could not be measured and why."""

    machine: Mapping[str, str | float]
    seconds_a_rate: float
    voice: str
    left_out: tuple[str, ...]
    bots: Mapping[str, BotMeasured]
    models_alone: Mapping[str, Mapping[str, float]]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when it was measured, whatever the targets say; 1 when it could not be; 130 if stopped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each rate lasts")
    parser.add_argument("--only-todak", action="store_true", help="leave the plain ways out")
    given = parser.parse_args(arguments)
    if not 1 <= given.seconds <= MOST_SECONDS:
        parser.error(f"--seconds must be from 1 to {MOST_SECONDS:g}")
    weights = Path(os.environ.get("TODAK_WEIGHTS_FOLDER") or ROOT / "models" / "weights").resolve()
    try:
        measured = asyncio.run(_measure(weights, given.seconds, only_todak=given.only_todak))
    except ServiceFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    _print(measured, as_json=given.json)
    return 0


def _print(measured: Measured, *, as_json: bool) -> None:
    reached = targets(measured.bots["todak"])
    compared = ratios(measured.bots, measured.models_alone)
    if as_json:
        shown = {
            **asdict(measured),
            "ratios": compared,
            "targets": [asdict(target) for target in reached],
        }
        print(json.dumps(shown, ensure_ascii=False))
        return
    for name, value in measured.machine.items():
        print(f"{name}: {value}")
    print(f"each rate for {measured.seconds_a_rate:g} s; voice: {measured.voice}")
    for reason in measured.left_out:
        print(f"left out: {reason}")
    print()
    print(table(measured.bots, measured.models_alone, reached, compared))


async def _measure(weights: Path, seconds: float, *, only_todak: bool) -> Measured:
    # Whoever ends the benchmark ends the bots it started.
    measuring = asyncio.current_task()
    assert measuring is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, measuring.cancel)
    left_out: list[str] = []
    machine = _machine()
    try:
        voice, notes = voice_notes()
    except NoVoice as absent:
        voice, notes = "none", []
        left_out.append(f"voice notes: {absent}")
    bots, ways = [todak()], ["todak"]
    if not only_todak:
        bots.append(echo())
        missing = [
            name for name in ("transformers", "librosa") if importlib.util.find_spec(name) is None
        ]
        if missing:
            left_out.append(f"plain models: {', '.join(missing)} not installed (the extra bench)")
        else:
            bots.append(models(weights))
            ways.append("plain")
    with tempfile.TemporaryDirectory(prefix="todak-bench-") as place:
        folder = Path(place)
        costs = {way: await cost_of(way, weights, folder, notes) for way in ways}
        measured = {bot.name: await _one(bot, folder, weights, seconds, notes) for bot in bots}
    return Measured(machine, seconds, f"{NOTE_S:g} s of {voice}", tuple(left_out), measured, costs)


async def _one(
    bot: Bot, folder: Path, weights: Path, seconds: float, notes: Sequence[bytes]
) -> BotMeasured:
    say(f"{bot.name}: starting")
    place = folder / bot.name
    place.mkdir()
    return await measure(bot, place, weights, seconds, notes)


def _machine() -> dict[str, str | float]:
    load_1_min, _, _ = psutil.getloadavg()
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_before": round(load_1_min, 2),
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    sys.exit(main())
