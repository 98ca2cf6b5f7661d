"""Sleep sounds against two plain ways, in one run: `python -m benchmarks.sounds`.

From the same drawn levels, sound by random phase and by 60 iterations of Griffin and Lim; and,
with no network at all, a recording cut into grains that are laid over each other in a loop, which
is how most players make an hour of half a minute. Each is timed and its texture is compared with
recordings that none of them heard. The last line says what a part of a night costs, drawn and
encoded as `/sleep` has it.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import librosa
import numpy as np
import torch

from inference.bands import SAMPLE_RATE, TEXTURE, Array, amplitudes_of
from inference.random_phase import RandomPhase
from inference.sleep_sounds import SleepSounds
from inference.sleep_textures import SHIPPED_WEIGHTS, Voice, draw_levels
from inference.sound_files import PART, Tags, write_mp3
from inference.sound_parts import parts_of
from inference.sound_recipe import Recipe
from inference.texture_statistics import Scale, statistics_of
from models.train.sound_recordings import Part, read_clips, samples_of
from models.train.sounds import nearest, pieces_of

ITERATIONS = 60
GRAIN_S = 1.0
GRAINS_FROM_S = 12.0  # of the recording; a loop goes round in so much


def by_random_phase(levels: Array) -> Array:
    """Return sound of texture levels in dB, (n_frames, 40)."""
    phase = RandomPhase(TEXTURE, 1, np.random.default_rng(0))
    return phase.render(levels, np.ones(TEXTURE.n_bins, np.float32))


def by_griffin_lim(levels: Array) -> Array:
    """Return the same sound with phases found by 60 iterations."""
    found = librosa.griffinlim(
        amplitudes_of(levels, TEXTURE).T,
        n_iter=ITERATIONS,
        hop_length=TEXTURE.hop_length,
        n_fft=TEXTURE.n_fft,
        random_state=0,
    )
    return np.asarray(found, np.float32)


def by_grains(recording: Array, n_samples: int) -> Array:
    """Return a loop of overlapping grains of the recording, in a random order that repeats."""
    rng = np.random.default_rng(0)
    length = round(GRAIN_S * SAMPLE_RATE)
    window = np.sqrt(np.hanning(length + 1)[:-1]).astype(np.float32)
    n_grains = round(GRAINS_FROM_S / GRAIN_S) * 2
    onsets = rng.integers(0, len(recording) - length, n_grains)
    made = np.zeros(n_samples + length, np.float32)
    for k, place in enumerate(range(0, n_samples, length // 2)):
        onset = onsets[k % n_grains]
        made[place : place + length] += window * recording[onset : onset + length]
    return made[:n_samples]


def likeness_to_itself(samples: Array) -> float:
    """Return the highest autocorrelation beyond one second: 1 is a perfect loop, 0 never again."""
    spectrum = np.fft.rfft(samples, 2 * len(samples))
    lags = np.fft.irfft(np.square(np.abs(spectrum)))[: len(samples)]
    overlapping = np.arange(len(samples), 0, -1) / len(samples)
    return float((lags / lags[0] / overlapping)[SAMPLE_RATE : len(samples) * 3 // 4].max())


def timed(make: Callable[[], Array]) -> tuple[Array, float]:
    """Return what `make` makes and how many CPU seconds a second of it costs."""
    began_s = time.process_time()
    samples = make()
    return samples, (time.process_time() - began_s) * SAMPLE_RATE / len(samples)


def compared(kind: str, seconds: float, data: Path, weights: Path) -> dict[str, dict[str, float]]:
    """Return cost, distance and repetition of each way for one kind."""
    clips = [clip for clip in read_clips(data) if clip.kind == kind]
    heard = [
        statistics_of(p) for c in clips if c.part is Part.EAR for p in pieces_of(samples_of(c))
    ]
    longest = max((samples_of(c) for c in clips if c.part is Part.GENERATOR), key=len)
    scale = Scale.of(heard)
    among = [scale.scaled(one) for one in heard]
    voice = Voice.load(weights / "sleep_texture.safetensors")
    n_samples = round(seconds * SAMPLE_RATE)
    drawing = draw_levels(voice, {kind: 1.0}, seconds, np.random.SeedSequence(1))
    began_s = time.process_time()
    levels = next(drawing)[: n_samples // TEXTURE.hop_length]
    drawing_s = (time.process_time() - began_s) / seconds
    ways = {
        "todak": (lambda: by_random_phase(levels), drawing_s),
        "griffin_lim_60": (lambda: by_griffin_lim(levels), drawing_s),
        "granular_loop": (lambda: by_grains(longest, n_samples), 0.0),
    }
    by_griffin_lim(levels[:200])  # librosa compiles and loads what it needs once
    found = {}
    for name, (make, before_s) in ways.items():
        samples, cost_s = timed(make)
        pieces = [scale.scaled(statistics_of(piece)) for piece in pieces_of(samples)]
        found[name] = {
            "sound_from_levels_cpu_s_per_s": cost_s,
            "all_cpu_s_per_s": cost_s + before_s,
            "texture_distance": nearest(pieces, among),
            "repeats_itself": likeness_to_itself(samples),
        }
    return found


def night(kinds: Sequence[str], minutes: float) -> dict[str, float | str]:
    """Return what the second part of four costs that last `minutes` each, file and all."""
    recipe = Recipe(tuple((kind, 1.0) for kind in kinds), 4.0 * minutes, 1)
    sounds = SleepSounds.load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "part.mp3")
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        chunks = sounds.render_part(parts_of(recipe, 4), 1, PART.sample_rate)
        write_mp3(path, chunks, Tags("", ""), fineness=PART)
        took_s, took_cpu_s = time.monotonic() - began_s, time.process_time() - began_cpu_s
        size_mb = path.stat().st_size / 1e6
    return {
        "night_of": "+".join(kinds),
        "real_time_factor": took_s / (60.0 * minutes),
        "cpu_s_per_s": took_cpu_s / (60.0 * minutes),
        "two_hours_mb": size_mb * 120.0 / minutes,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line of JSON a kind, and of a night. Exit code 2 without recordings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="*", default=["rain", "fireplace"])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--night-minutes", type=float, default=10.0)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--weights", type=Path, default=SHIPPED_WEIGHTS)
    given = parser.parse_args(argv)
    torch.set_num_threads(1)
    for kind in given.kinds:
        try:
            found = compared(kind, given.seconds, given.data, given.weights)
        except FileNotFoundError as error:
            print(f"not there: {error.filename or error}", file=sys.stderr)
            return 2
        ours = found["todak"]
        ratios = {
            f"{name}: {figure}": round(row[figure] / ours[figure], 2)
            for name, row in found.items()
            for figure in ("sound_from_levels_cpu_s_per_s", "texture_distance", "repeats_itself")
            if name != "todak"
        }
        print(json.dumps({"kind": kind, **found, "times_todak": ratios}))
    for kinds in (["rain"], ["rain", "fireplace", "birds"]):
        print(json.dumps(night(kinds, given.night_minutes)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
