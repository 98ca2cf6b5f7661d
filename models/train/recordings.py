"""Labelled recordings of acted and everyday speech, and the damage real recordings come with."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
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
from inference.speech_emotion import voice_features

Samples = NDArray[np.float32]

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
    """Yield endless variants of one recording: other speed, room, noise, codec, level."""
    while True:
        variant = resampled(samples, rng.uniform(0.88, 1.14))
        if rng.random() < 0.5:
            variant = with_room(variant, rng)
        if rng.random() < 0.7:
            variant = with_noise(variant, rng)
        peak = float(np.max(np.abs(variant))) + 1e-9
        variant = variant * (10.0 ** (rng.uniform(-18.0, 0.0) / 20.0) / peak)
        if rng.random() < 0.5:
            variant = with_opus(variant, int(rng.integers(8_000, 32_000)))
        yield variant


def load_features(
    clips: Sequence[Clip], n_variants: int, mel: MelConfig, seed: int, cache: Path
) -> list[list[Tensor]]:
    """Return the log-mel spectrograms of each clip, undamaged first, then `n_variants` damaged.

    They are made once and kept in `cache`: half precision, each of shape (n_mels, n_frames).
    """
    if not cache.exists():
        tensors: dict[str, Tensor] = {}
        for i, clip in enumerate(clips):
            if i % 100 == 0:
                print(f"spectrograms {i}/{len(clips)}", file=sys.stderr, flush=True)
            samples = decode(clip.path.read_bytes()).samples
            variants = islice(damaged(samples, np.random.default_rng((seed, i))), n_variants)
            for j, variant in enumerate([samples, *variants]):
                features = voice_features(Waveform(variant, SAMPLE_RATE), mel)
                tensors[f"{i}.{j}"] = features.half().contiguous()
        save_file(tensors, cache)
    tensors = load_file(cache)
    return [[tensors[f"{i}.{j}"] for j in range(n_variants + 1)] for i in range(len(clips))]
