"""Labelled recordings of acted and everyday speech, and the damage real recordings come with."""

import csv
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.audio import SAMPLE_RATE, Waveform, decode
from inference.features import MelConfig
from inference.voice import voice_features

Samples = NDArray[np.float32]

FRAME, HOP, SEARCH = 512, 256, 160  # samples: 32 ms, and a pitch period of 100 Hz either way
CLIPS_A_PART = 100
OPUS_RATE = 48_000  # Hz, the only rate Opus decoders give


@dataclass(frozen=True, slots=True)
class Clip:
    """One labelled recording. `fold` is the published fold of the corpus, 0 where it has none."""

    path: Path
    corpus: str
    emotion: str
    speaker: str
    fold: int


def read_clips(data: Path, corpus: str) -> list[Clip]:
    """Read `audio/<corpus>/labels.csv`: the clips of speech that carry an emotion.

    Screams, breaking glass and shots are left out, and so are clips of an unknown speaker, which
    could stand on both sides of a split.
    """
    folder = data / "audio" / corpus
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return [
            Clip(
                folder / row["file"],
                corpus,
                row["emotion"],
                row["speaker"],
                int(row["fold"] or 0),
            )
            for row in csv.DictReader(file)
            if row["emotion"]
            and row["speaker"]
            and not row["label"].startswith(("scream", "glass", "gunshot"))
        ]


def resampled(samples: Samples, factor: float) -> Samples:
    """Play `factor` times as fast: pitch and tempo rise together; shape (n_samples / factor,)."""
    # Lengths that are multiples of 2048 keep the transforms fast; the sound is padded to one.
    n_old = 2048 * -(-len(samples) // 2048)
    n_new = 2048 * round(n_old / factor / 2048)
    kept = np.zeros(n_new // 2 + 1, np.complex128)
    spectrum = np.fft.rfft(samples, n_old)[: len(kept)]
    kept[: len(spectrum)] = spectrum
    return (np.fft.irfft(kept, n_new) * (n_new / n_old)).astype(np.float32)


def stretched(samples: Samples, factor: float) -> Samples:
    """Speak `factor` times as fast at the same pitch; shape about (n_samples / factor,).

    Overlapping frames are moved, each to where it continues the one before (WSOLA; Verhelst and
    Roelands, 1993).
    """
    window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (SEARCH, FRAME + 2 * SEARCH + HOP))
    n_frames = max(1, int((len(samples) / factor - FRAME) // HOP) + 1)
    result = np.zeros((n_frames - 1) * HOP + FRAME, np.float32)
    taken = SEARCH
    for k in range(n_frames):
        if k > 0:
            onset = round(k * HOP * factor)  # of the region searched
            expected = padded[taken + HOP : taken + HOP + FRAME]
            likeness = np.correlate(padded[onset : onset + FRAME + 2 * SEARCH], expected)
            taken = onset + int(np.argmax(likeness))
        result[k * HOP : k * HOP + FRAME] += window * padded[taken : taken + FRAME]
    return result


def with_room(samples: Samples, rng: np.random.Generator) -> Samples:
    """Add a room: decaying noise as its impulse response, 0.1 to 0.5 s long at -60 dB."""
    decay_s = rng.uniform(0.1, 0.5)
    n_tail = round(decay_s * SAMPLE_RATE)
    tail = rng.standard_normal(n_tail) * 10.0 ** (-3.0 * np.arange(n_tail) / n_tail)
    tail *= 10.0 ** (rng.uniform(-12.0, 0.0) / 20.0) / np.sqrt(np.sum(np.square(tail)))
    tail[0] = 1.0
    n_fft = 1 << (len(samples) + n_tail).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, n_fft) * np.fft.rfft(tail, n_fft), n_fft)
    return np.asarray(wet[: len(samples)], np.float32)


def with_noise(samples: Samples, rng: np.random.Generator) -> Samples:
    """Add noise of a random slope (white to brown) at a signal-to-noise ratio of 5 to 35 dB."""
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)))
    spectrum /= np.maximum(1.0, np.arange(len(spectrum))) ** rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum, len(samples))
    ratio_db = rng.uniform(5.0, 35.0)
    scale = np.sqrt(np.mean(np.square(samples)) / (np.mean(np.square(noise)) + 1e-12))
    return np.asarray(samples + noise * scale * 10.0 ** (-ratio_db / 20.0), np.float32)


def with_opus(samples: Samples, bit_rate: int) -> Samples:
    """Send through the Opus codec as a messenger does, at `bit_rate` bit/s."""
    buffer = io.BytesIO()
    pcm = np.clip(samples * 32767.0, -32768, 32767).astype(np.int16)
    with av.open(buffer, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = bit_rate
        stream.options = {"compression_level": "2"}  # ten is the default and four times as slow
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return decode(buffer.getvalue()).samples


def damaged(samples: Samples, rng: np.random.Generator) -> Iterator[Samples]:
    """Yield endless variants of one recording: other pitch, tempo, room, noise, codec, level."""
    while True:
        variant = resampled(samples, rng.uniform(0.88, 1.14))
        variant = stretched(variant, rng.uniform(0.88, 1.14))
        if rng.random() < 0.5:
            variant = with_room(variant, rng)
        if rng.random() < 0.7:
            variant = with_noise(variant, rng)
        peak = float(np.max(np.abs(variant))) + 1e-9
        variant = variant * (10.0 ** (rng.uniform(-18.0, 0.0) / 20.0) / peak)
        if rng.random() < 0.5:
            variant = with_opus(variant, int(rng.integers(8_000, 32_000)))
        yield variant


def load_variants(
    clips: Sequence[Clip],
    n_variants: int,
    describe: Callable[[Waveform], Tensor],
    seed: int,
    cache: Path,
) -> list[list[Tensor]]:
    """Return what `describe` makes of each clip, undamaged first, then of `n_variants` damaged.

    It is made once and kept beside `cache` in parts of 100 clips: what was stopped goes on.
    """
    tensors: dict[str, Tensor] = {}
    for onset in range(0, len(clips), CLIPS_A_PART):
        part = cache.with_name(f"{cache.stem}-{onset}{cache.suffix}")
        if not part.exists():
            print(f"listening {onset}/{len(clips)}", file=sys.stderr, flush=True)
            made: dict[str, Tensor] = {}
            for i, clip in list(enumerate(clips))[onset : onset + CLIPS_A_PART]:
                samples = decode(clip.path.read_bytes()).samples
                variants = islice(damaged(samples, np.random.default_rng((seed, i))), n_variants)
                for j, variant in enumerate([samples, *variants]):
                    made[f"{i}.{j}"] = describe(Waveform(variant, SAMPLE_RATE)).contiguous()
            save_file(made, part)
        tensors |= load_file(part)
    return [[tensors[f"{i}.{j}"] for j in range(n_variants + 1)] for i in range(len(clips))]


def load_features(
    clips: Sequence[Clip], n_variants: int, mel: MelConfig, seed: int, cache: Path
) -> list[list[Tensor]]:
    """Return spectrograms as `load_variants` does, each (n_mels, n_frames) in half precision."""

    def describe(waveform: Waveform) -> Tensor:
        return voice_features(waveform, mel).half()

    return load_variants(clips, n_variants, describe, seed, cache)
