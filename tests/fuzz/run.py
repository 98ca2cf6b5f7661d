"""`make fuzz`: a hundred thousand inputs and more, by hypothesis and by atheris.

Each of the four runs is a process of its own with a limit on its memory. The figures are printed
as JSON lines; an input that crashes, hangs or takes too much memory ends the run with status 1 and
is printed (hypothesis) or kept in `build/fuzz` (atheris).

    python -m tests.fuzz.run [--scale 1.0]
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz.seeds import bodies, recordings

INPUTS = {
    ("hypothesis", "updates"): 20_000,
    ("hypothesis", "audio"): 20_000,
    ("atheris", "updates"): 40_000,
    ("atheris", "audio"): 40_000,
}
BATCH = 2_000
ADDRESS_SPACE_BYTES = 12 << 30
LONGEST_INPUT_BYTES = 1 << 16
TIME_LIMIT_S = 3_600
FOUND = Path("build/fuzz")


def main() -> int:
    """Run all four, or one of them as a child process; 0 when nothing was found."""
    parser = argparse.ArgumentParser(description="fuzz the update parser and the audio decoder")
    parser.add_argument("--scale", type=float, default=1.0, help="times the number of inputs")
    parser.add_argument("--child", nargs=3, metavar=("ENGINE", "TARGET", "INPUTS"))
    given = parser.parse_args()
    if given.child is not None:
        engine, target, n_inputs = given.child
        run = with_hypothesis if engine == "hypothesis" else with_atheris
        run(target, int(n_inputs))
        return 0
    results = [
        _in_child(engine, target, round(n_inputs * given.scale))
        for (engine, target), n_inputs in INPUTS.items()
    ]
    total = sum(result["inputs"] for result in results)
    crashed = sum(result["crashed"] for result in results)
    print(json.dumps({"inputs": total, "crashed": crashed}))  # noqa: T201
    return 1 if crashed else 0


def _in_child(engine: str, target: str, n_inputs: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.fuzz.run", "--child", engine, target, str(n_inputs)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT_S,
            check=False,
            errors="replace",
            env=os.environ | {"PTB_TIMEDELTA": "true", "TMPDIR": folder},
            preexec_fn=_limit_memory,
        )
    output = done.stdout + done.stderr
    figures = [json.loads(line) for line in re.findall(r"^figures (.*)$", output, re.MULTILINE)]
    result = {"engine": engine, "target": target, **(figures[-1] if figures else {"inputs": 0})}
    result["crashed"] = int(done.returncode != 0)
    print(json.dumps(result), flush=True)  # noqa: T201
    if done.returncode != 0:
        print(output[-4_000:], file=sys.stderr)  # noqa: T201
    return result


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))


def _target(name: str) -> Callable[[bytes], None]:
    from tests.fuzz.targets import Conversation, hear

    if name == "audio":
        return hear
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    return Conversation(folder).take


def with_hypothesis(name: str, n_inputs: int) -> None:
    """Generate inputs from their shape; a failing one is shrunk and raised."""
    from hypothesis import HealthCheck, given, seed, settings
    from hypothesis import strategies as st

    from tests.fuzz.strategies import near, update_bodies
    from tests.fuzz.targets import Measured

    measured = Measured(_target(name))
    strategy = (
        st.one_of(near(recordings()), st.binary(max_size=4_000))
        if name == "audio"
        else st.one_of(update_bodies(), near(bodies()), st.binary(max_size=400))
    )
    batch = 0
    while measured.inputs < n_inputs:
        batch += 1
        size = min(BATCH, n_inputs - measured.inputs)
        chosen = settings(
            max_examples=size,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        seed(batch)(chosen(given(strategy)(lambda content: measured(content))))()
    _tell(measured)


def with_atheris(name: str, n_inputs: int) -> None:
    """Mutate real inputs, led by the lines of Python that each of them reaches."""
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    include = ["bot", "inference"] + ([] if name == "audio" else ["telegram"])
    with atheris.instrument_imports(include=include):
        from tests.fuzz.targets import Measured

        measured = Measured(_target(name))

    def one(content: bytes) -> None:
        measured(content)
        if measured.inputs >= n_inputs:
            _tell(measured)
            sys.stdout.flush()
            os._exit(0)

    FOUND.mkdir(parents=True, exist_ok=True)
    corpus = Path(tempfile.mkdtemp(prefix="corpus-"))
    for number, content in enumerate(recordings() if name == "audio" else bodies()):
        (corpus / str(number)).write_bytes(content)
    arguments = [
        "todak",
        str(corpus),
        f"-max_len={LONGEST_INPUT_BYTES}",
        "-timeout=6",
        "-rss_limit_mb=3000",
        "-seed=1",
        f"-artifact_prefix={FOUND}/{name}-",
    ]
    atheris.Setup(arguments, one)
    atheris.Fuzz()


def _tell(measured: Any) -> None:
    figures = {
        "inputs": measured.inputs,
        "longest_s": round(measured.longest_s, 3),
        "peak_megabytes": measured.peak_megabytes,
    }
    print("figures", json.dumps(figures))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
