"""Measure the sleep sounds: `todak evaluate sounds`.

Three judges that share nothing with the generator: texture statistics against recordings it never
heard, with the distance between real recordings as floor and that of white noise as ceiling; an
ear trained on those other recordings, asked what it hears; and meters for level, peaks, seams,
time and memory.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch

from inference.bands import SAMPLE_RATE, Array
from inference.loudness import block_powers, integrated_lufs
from inference.sleep_sounds import SleepSounds
from inference.sleep_textures import SHIPPED_WEIGHTS
from inference.sound_files import MP3_RATE, Tags, write_mp3
from inference.sound_recipe import Blend, Recipe
from inference.texture_statistics import Scale, Statistics, distance, statistics_of
from models.train.sound_ear import SoundEar, one_of, together
from models.train.sound_recordings import KINDS, Part, SoundClip, read_clips, samples_of

PIECE_S = 5.0
N_DRAWN = 10  # pieces of each kind
N_BLENDED = 4  # pieces of each pair
EACH_HEARD, TOGETHER_HEARD = 0.2, 0.5
TIMED_MINUTES = 4.0

Pieces = list[dict[str, Statistics]]


def pieces_of(samples: Array, most: int = 100) -> Iterator[Array]:
    """Yield 5 s pieces at the same level, at most `most`."""
    length = round(PIECE_S * SAMPLE_RATE)
    for onset in range(0, max(1, len(samples) - length + 1), length)[:most]:
        piece = samples[onset : onset + length]
        if len(piece) >= 0.75 * length:
            piece = np.resize(piece, length)
            yield piece * (0.05 / (np.sqrt(np.mean(np.square(piece))) + 1e-9))


def real_pieces(clips: Sequence[SoundClip], *, of_ear: bool) -> dict[str, list[Array]]:
    """Return real pieces by kind: of the ear's recordings, or of those the generator had."""
    found: dict[str, list[Array]] = {kind: [] for kind in KINDS.values()}
    for clip in clips:
        if (clip.part is Part.EAR) == of_ear:
            found[clip.kind] += pieces_of(samples_of(clip))
    return found


def drawn_pieces(
    sounds: SleepSounds, kinds: Sequence[str], n: int, blend: Blend = Blend.MIXED
) -> Pieces:
    """Return statistics of generated pieces, taken from different nights (seeds)."""
    made: Pieces = []
    seed = 1
    while len(made) < n:
        recipe = Recipe(
            tuple((k, 1.0) for k in kinds), 0.5, seed, blend=blend, fade_in_s=0.0, fade_out_s=0.0
        )
        samples = np.concatenate(list(sounds.render(recipe, SAMPLE_RATE)))
        made += [statistics_of(piece) for piece in pieces_of(samples, 5)]
        seed += 1
    return made[:n]


def nearest(pieces: Pieces, among: Pieces) -> float:
    """Return the median over pieces of the distance to the nearest of `among`."""
    return float(np.median([min(distance(one, other) for other in among) for one in pieces]))


def texture_table(
    scale: Scale,
    real: Mapping[str, Pieces],
    others: Mapping[str, Pieces],
    drawn: Mapping[str, Pieces],
) -> dict[str, Any]:
    """Return per kind the distances of generated, real and white noise to the ear's recordings."""
    white = np.random.default_rng(0).standard_normal(40 * SAMPLE_RATE, dtype=np.float32)
    noise = scaled([statistics_of(piece) for piece in pieces_of(white)], scale)
    table = {}
    for kind, pieces in drawn.items():
        among = scaled(others[kind], scale)
        floor = nearest(scaled(real[kind], scale), among)
        made = nearest(scaled(pieces, scale), among)
        table[kind] = {
            "generated": made,
            "real": floor,
            "white_noise": nearest(noise, among),
            "ratio": made / floor,
        }
    return table


def scaled(pieces: Pieces, scale: Scale) -> Pieces:
    """Return the statistics of pieces in deviations."""
    return [scale.scaled(one) for one in pieces]


def main(argv: Sequence[str] | None = None) -> int:
    """Print every figure, as tables or with --json as one line. Exit code 2: no recordings."""
    arguments = _parsed(argv)
    torch.set_num_threads(1)
    try:
        clips = read_clips(arguments.data)
    except FileNotFoundError as error:
        print(f"no recordings at {error.filename}", file=sys.stderr)
        return 2
    sounds = SleepSounds.load(arguments.weights)
    if arguments.pictures is not None:
        from models.train.sound_pictures import draw  # matplotlib is of the extra `train`

        print("\n".join(map(str, draw(sounds, clips, arguments.pictures))), file=sys.stderr)
    measured = evaluate(sounds, clips)
    print(json.dumps(measured) if arguments.json else table_of(measured))
    return 0


def evaluate(sounds: SleepSounds, clips: Sequence[SoundClip]) -> dict[str, Any]:
    """Return every figure of `todak evaluate sounds`."""
    _tell("listening to recordings")
    of_ear, of_generator = (real_pieces(clips, of_ear=which) for which in (True, False))
    others, real = (
        {kind: [statistics_of(one) for one in pieces] for kind, pieces in found.items()}
        for found in (of_ear, of_generator)
    )
    scale = Scale.of([one for pieces in others.values() for one in pieces])
    ear = SoundEar(of_ear, scale)
    drawn = {}
    for kind in sounds.kinds:
        _tell(f"drawing {kind}")
        drawn[kind] = drawn_pieces(sounds, [kind], N_DRAWN)
    blends = {str(blend): blend_table(ear, sounds, blend) for blend in Blend}
    return {
        "texture": texture_table(scale, real, others, drawn),
        "ear": ear_table(ear, real, drawn),
        "blend": {"recordings": real_blend_table(ear, of_generator), **blends},
        "files": file_table(sounds),
    }


def ear_table(
    ear: SoundEar, real: Mapping[str, Pieces], drawn: Mapping[str, Pieces]
) -> dict[str, Any]:
    """Return how often the ear names the kind: of real recordings new to it, of generated ones."""
    found: dict[str, Any] = {}
    for kind, pieces in drawn.items():
        index = ear.kinds.index(kind)
        heard, heard_real = (ear.hear(one).argmax(axis=1) for one in (pieces, real[kind]))
        found[kind] = {
            "generated": float((heard == index).mean()),
            "real": float((heard_real == index).mean()),
            "mostly_heard_as": ear.kinds[int(np.bincount(heard).argmax())],
        }
    for of in ("generated", "real"):
        found.setdefault("all kinds", {})[of] = float(np.mean([found[kind][of] for kind in drawn]))
    return found


def blend_table(ear: SoundEar, sounds: SleepSounds, blend: Blend) -> dict[str, Any]:
    """Return for pairs of kinds how often both are heard (each 0.2) and together over a half."""
    rows = {}
    for pair in combinations(sounds.kinds, 2):
        if blend is Blend.BETWEEN and not sounds.one_voice(pair):
            continue
        _tell(f"drawing {'+'.join(pair)}, {blend}")
        rows[pair] = ear.hear(drawn_pieces(sounds, pair, N_BLENDED, blend))
    return _blended(ear, rows)


def real_blend_table(ear: SoundEar, pieces: Mapping[str, Sequence[Array]]) -> dict[str, Any]:
    """Return the same for two recordings, new to the ear, played at once: what can be reached."""
    rng = np.random.default_rng(1)
    rows = {}
    for pair in combinations(pieces, 2):
        mixes = [together(*(one_of(pieces[kind], rng) for kind in pair)) for _ in range(N_BLENDED)]
        rows[pair] = ear.hear([statistics_of(one) for one in mixes])
    return _blended(ear, rows)


def _blended(ear: SoundEar, heard: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    rows = {}
    for pair, probabilities in heard.items():
        each = probabilities[:, [ear.kinds.index(kind) for kind in pair]]
        over_half = each.sum(axis=1) > TOGETHER_HEARD
        both = over_half & (each.min(axis=1) >= EACH_HEARD)
        rows["+".join(pair)] = (float(over_half.mean()), float(both.mean()))
    means = np.mean(list(rows.values()), axis=0)
    return {"together": float(means[0]), "and_each": float(means[1]), "pairs": rows}


def file_table(sounds: SleepSounds) -> dict[str, Any]:
    """Return what meters say of a written file: level, peak, seams, speed, memory."""
    kind = sounds.kinds[0]
    recipe = Recipe(((kind, 1.0),), TIMED_MINUTES, 1)
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.mp3"
        wall_s, cpu_s = time.monotonic(), time.process_time()
        write_mp3(path, sounds.render(recipe, MP3_RATE), Tags(kind, "Todak"))
        wall_s, cpu_s = time.monotonic() - wall_s, time.process_time() - cpu_s
        size = path.stat().st_size
        with av.open(str(path)) as container:
            decoded = np.concatenate([f.to_ndarray().ravel() for f in container.decode(audio=0)])
    looped = sounds.loop(Recipe(((kind, 1.0),), 1.0, 1), SAMPLE_RATE)
    return {
        "lufs": integrated_lufs(block_powers(decoded.astype(np.float32), MP3_RATE)),
        "true_peak_db": true_peak_db(decoded),
        "mb_an_hour": size / 1e6 * 60.0 / TIMED_MINUTES,
        "real_time_factor_cpu": cpu_s / recipe.duration_s,
        "real_time_factor_wall": wall_s / recipe.duration_s,
        "highest_mb_above_before": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle)
        / 1e3,
        "loop_seam_percentile": seam_percentiles(looped),
    }


def true_peak_db(samples: Array, factor: int = 4) -> float:
    """Return the highest peak between samples, in dB of full scale, by interpolation."""
    around, highest = 256, 0.0
    padded = np.pad(samples, around)
    for onset in range(0, len(samples), 1 << 18):
        block = padded[onset : onset + (1 << 18) + 2 * around]
        finer = np.fft.irfft(np.fft.rfft(block), factor * len(block)) * factor
        inside = finer[factor * around : -factor * around]
        highest = max(highest, float(np.abs(inside).max()))
    return 20.0 * float(np.log10(highest + 1e-12))


def seam_percentiles(looped: Array, frame: int = 512) -> dict[str, float]:
    """Return where the seam of a loop lies among its inside: of level steps and spectral flux."""
    around = np.roll(looped, len(looped) // 2)
    frames = around[: len(around) // frame * frame].reshape(-1, frame)
    level = 10.0 * np.log10(np.square(frames).mean(axis=1) + 1e-12)
    steps = np.abs(np.diff(level))
    magnitude = np.log(np.abs(np.fft.rfft(frames * np.hanning(frame))) + 1e-6)
    flux = np.sqrt(np.square(np.diff(magnitude, axis=0)).mean(axis=1))
    seam = len(looped) // 2 // frame  # where the first sample lies now
    near = slice(seam - 1, seam + 1)
    return {
        "level": float((steps < steps[near].max()).mean() * 100),
        "flux": float((flux < flux[near].max()).mean() * 100),
    }


def table_of(measured: Mapping[str, Any]) -> str:
    """Return the figures as Markdown tables."""
    kinds = [
        (
            kind,
            *(f"{row[name]:.3f}" for name in ("generated", "real", "white_noise")),
            f"{row['ratio']:.2f}",
            *(f"{measured['ear'][kind][name]:.2f}" for name in ("generated", "real")),
            measured["ear"][kind]["mostly_heard_as"],
        )
        for kind, row in measured["texture"].items()
    ]
    both = measured["ear"]["all kinds"]
    kinds.append(("all", "", "", "", "", f"{both['generated']:.3f}", f"{both['real']:.3f}", ""))
    blends = [
        (name, f"{row['together']:.3f}", f"{row['and_each']:.3f}", str(len(row["pairs"])))
        for name, row in measured["blend"].items()
    ]
    files = [
        (name, str(value) if isinstance(value, dict) else f"{value:.4g}")
        for name, value in measured["files"].items()
    ]
    return "\n\n".join(
        (
            _rows(
                ("kind", "distance of generated", "of real", "of white noise", "generated / real",
                 "ear right: generated", "ear right: real", "mostly heard as"), kinds),
            _rows(("two sounds in one", "together over 0.5", "and each 0.2", "pairs"), blends),
            _rows(("file", "measured"), files),
        )
    )  # fmt: skip


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="todak evaluate sounds", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--weights", type=Path, default=SHIPPED_WEIGHTS, help="their folder")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="also draw into it")
    parser.add_argument("--evaluate", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(argv)
