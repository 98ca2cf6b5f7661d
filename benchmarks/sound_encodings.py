"""Two hours in one file below 50 MB, by which encoding: `python -m benchmarks.sound_encodings`.

A minute of each kind is drawn, encoded, decoded and compared with what went in: how far 13 equal
bands up to 8 kHz are from what they were (frames of 16 ms, 4 ms apart, mean of absolute dB), and
what the highest two of them lost. One line of JSON an encoding, over all kinds.
"""

import argparse
import io
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction

import av
import numpy as np
import torch
from av.audio.stream import AudioStream
from numpy.lib.stride_tricks import sliding_window_view

from inference.bands import SAMPLE_RATE, Array
from inference.sleep_sounds import SleepSounds
from inference.sound_recipe import Recipe

N_BANDS, BINS_A_BAND = 13, 9
NIGHT_PART_S = 7200
CODECS = {"mp3": "libmp3lame", "mp4": "aac"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """Container, rate in Hz and bits a second."""

    container: str
    sample_rate: int
    bit_rate: int


ENCODINGS = tuple(
    Encoding(container, rate, bits)
    for container, bits in (("mp3", 48_000), ("mp4", 48_000), ("mp3", 96_000))
    for rate in (16_000, 32_000)
)


def encoded(samples: Array, encoding: Encoding) -> tuple[bytes, float]:
    """Return a file and how many CPU seconds a second of sound took."""
    file, rate = io.BytesIO(), encoding.sample_rate
    began_s = time.process_time()
    with av.open(file, "w", format=encoding.container) as container:
        stream = container.add_stream(CODECS[encoding.container], rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        stream.bit_rate = encoding.bit_rate
        if encoding.container == "mp3":
            stream.options = {"compression_level": "7"}
        for onset in range(0, len(samples), 10 * rate):
            block = samples[None, onset : onset + 10 * rate]
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, onset, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue(), (time.process_time() - began_s) * rate / len(samples)


def decoded(file: bytes) -> Array:
    """Return the samples of a file, (n_samples,)."""
    with av.open(io.BytesIO(file), "r") as container:
        frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
    return np.concatenate(frames).astype(np.float32)


def levels_db(samples: Array, sample_rate: int) -> Array:
    """Return the levels of the bands, (n_frames, 13)."""
    step = sample_rate // SAMPLE_RATE
    frames = sliding_window_view(samples, 256 * step)[:: 64 * step] * np.hanning(256 * step)
    power = np.square(np.abs(np.fft.rfft(frames)))[:, 1 : 1 + N_BANDS * BINS_A_BAND]
    by_band = power.reshape(len(power), N_BANDS, BINS_A_BAND).sum(axis=2)
    return np.asarray(10.0 * np.log10(by_band / step**2 + 1e-9), np.float32)


def compared(before: Array, after: Array, sample_rate: int) -> tuple[float, float]:
    """Return the mean error of a band and what the highest two lost, dB."""
    after = after[: len(before)]
    before = before[: len(after)]
    after = after * float(before @ after / (after @ after))  # codecs have levels of their own
    of_both = levels_db(before, sample_rate), levels_db(after, sample_rate)
    error = float(np.abs(of_both[1] - of_both[0]).mean())
    high = [float(np.mean(10.0 ** (each[:, -2:] / 10.0))) for each in of_both]
    return error, 10.0 * float(np.log10(high[1] / high[0]))


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line an encoding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="*")
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args(argv)
    torch.set_num_threads(1)
    sounds = SleepSounds.load()
    rows: dict[Encoding, list[tuple[float, ...]]] = {each: [] for each in ENCODINGS}
    for kind in given.kinds or sounds.kinds:
        recipe = Recipe(((kind, 1.0),), given.seconds / 60.0, 1, fade_in_s=0.0, fade_out_s=0.0)
        for rate in sorted({each.sample_rate for each in ENCODINGS}):
            samples = np.concatenate(list(sounds.render(recipe, rate)))
            for encoding in (each for each in ENCODINGS if each.sample_rate == rate):
                file, cpu_s = encoded(samples, encoding)
                size_mb = len(file) / given.seconds * NIGHT_PART_S / 1e6
                error_db, high_db = compared(samples, decoded(file), rate)
                rows[encoding].append((cpu_s, size_mb, error_db, high_db))
    for encoding, found in rows.items():
        cpu_s, size_mb, error_db, high_db = np.asarray(found).T
        figures = {
            "encoder_cpu_s_per_s": round(float(cpu_s.mean()), 4),
            "largest_two_hours_mb": round(float(size_mb.max()), 1),
            "mean_band_error_db": round(float(error_db.mean()), 2),
            "worst_kind_band_error_db": round(float(error_db.max()), 2),
            "above_6_8_khz_db": round(float(high_db.mean()), 2),
        }
        print(json.dumps({**asdict(encoding), **figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
