"""Sound as a file that a phone plays: MP3 for a chat's player, Ogg Opus for a loop without a gap.

Telegram shows title, performer and cover only for MP3 and M4A. MP3 can be cut at any frame, so
that what was written before a crash is still sound; at 32 kHz it holds all there is (up to 8 kHz)
and is encoded half as fast again as at 48 kHz. Two hours of a night are one file, at 16 kHz and
half the bits (`python -m benchmarks.sound_encodings`). MP3 pads both ends, so loops are Opus,
which does not.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, TypeVar

import av
import numpy as np
import torch
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

from inference.bands import Array
from inference.features import MelConfig, decibels, mel_power, power_spectrogram

MP3_RATE: Final = 32_000  # Hz
OPUS_RATE: Final = 48_000
BIT_RATE: Final = 96_000  # an hour is 43 MB; Telegram takes 50
PART_RATE: Final = 16_000
PART_BIT_RATE: Final = 48_000  # two hours are 43 MB
LAME_SCALE: Final = 0.95  # LAME makes everything quieter by this
BLOCK_S: Final = 10

COVER_PIXELS: Final = 320  # Telegram's largest thumbnail
COVER_S: Final = 20.0
# From the page's night theme: ground, a quiet blue, the accent, the text's warm white.
COVER_COLOURS: Final = (
    (0x13, 0x1B, 0x25),
    (0x2F, 0x47, 0x60),
    (0xF1, 0xBD, 0x91),
    (0xF3, 0xEC, 0xE0),
)
COVER_RANGE_DB: Final = 45.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a player shows."""

    title: str
    performer: str
    cover: bytes | None = None  # a JPEG


@dataclass(frozen=True, slots=True)
class Fineness:
    """How finely a file holds a sound: samples and bits a second."""

    sample_rate: int
    bit_rate: int


WHOLE: Final = Fineness(MP3_RATE, BIT_RATE)
PART: Final = Fineness(PART_RATE, PART_BIT_RATE)


def write_mp3(
    path: Path,
    chunks: Iterable[Array],
    tags: Tags,
    told: Callable[[float], None] = lambda _: None,
    fineness: Fineness = WHOLE,
) -> None:
    """Write chunks of mono at the rate of `fineness` to `path`, whole or not at all, as they come.

    The next chunk is made while one is encoded. `told` hears how many seconds are written.
    """
    unfinished = path.with_name(path.name + ".part")
    with av.open(str(unfinished), "w", format="mp3") as container:
        container.metadata.update({"title": tags.title, "artist": tags.performer})
        stream = container.add_stream("libmp3lame", rate=fineness.sample_rate, layout="mono")
        stream.bit_rate = fineness.bit_rate
        stream.options = {"compression_level": "7"}
        if tags.cover is not None:
            _embed(container, tags.cover)
        louder = (chunk / np.float32(LAME_SCALE) for chunk in chunks)
        _encode(container, stream, ahead(louder), "fltp", told)
    unfinished.replace(path)


def write_opus(path: Path, samples: Array) -> None:
    """Write 48 kHz mono to an Ogg Opus file whose decoded length is exactly that of `samples`."""
    unfinished = path.with_name(path.name + ".part")
    with av.open(str(unfinished), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=OPUS_RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        stream.options = {"compression_level": "5"}
        _encode(container, stream, iter([samples]), "flt", lambda _: None)
    unfinished.replace(path)


def cover(samples: Array, sample_rate: int, pixels: int = COVER_PIXELS) -> bytes:
    """Return a square JPEG: the sound's own spectrogram in the house colours.

    Args:
        samples: some seconds of the sound, (n_samples,).
        sample_rate: of the samples, Hz.
        pixels: width and height.
    """
    config = MelConfig(sample_rate, 2048, 512, 80, 40.0, 8000.0)
    shown = samples[: round(COVER_S * sample_rate)]
    power = power_spectrogram(torch.from_numpy(shown)[None], config)
    levels = decibels(mel_power(power, config))[0].numpy()
    levels -= levels.mean(axis=1, keepdims=True) * 0.5  # else the low bands alone are bright
    top = np.percentile(levels, 99.5)
    shades = np.clip((levels - top) / COVER_RANGE_DB + 1.0, 0.0, 1.0)[::-1]
    rows = np.arange(COVER_PIXELS) * shades.shape[0] // COVER_PIXELS
    columns = np.arange(COVER_PIXELS) * shades.shape[1] // COVER_PIXELS
    picture = _coloured(shades[rows][:, columns])
    codec = av.CodecContext.create("mjpeg", "w")
    codec.width = codec.height = pixels
    codec.pix_fmt, codec.time_base = "yuvj444p", Fraction(1)
    codec.options = {"qmin": "2", "qmax": "4"}
    frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(
        pixels, pixels, "yuvj444p", interpolation="BICUBIC", dst_color_range="JPEG"
    )
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield what `items` yields, the next one made in another thread meanwhile."""
    with ThreadPoolExecutor(1) as worker:
        following = worker.submit(next, items, None)
        while (item := following.result()) is not None:
            following = worker.submit(next, items, None)
            yield item


def _embed(container: OutputContainer, picture: bytes) -> None:
    """Put a picture into the tags; the sound is written behind it."""
    with av.open(io.BytesIO(picture), "r", format="mjpeg") as source:
        of_source = source.streams.video[0]
        stream = container.add_stream_from_template(of_source)
        stream.metadata["comment"] = "Cover (front)"
        [packet] = [packet for packet in source.demux(of_source) if packet.size]
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        container.mux(packet)


def _encode(
    container: OutputContainer,
    stream: AudioStream,
    chunks: Iterator[Array],
    sample_format: str,
    told: Callable[[float], None],
) -> None:
    rate = stream.rate
    position = 0
    for chunk in chunks:
        for onset in range(0, len(chunk), BLOCK_S * rate):
            block = chunk[onset : onset + BLOCK_S * rate]
            frame = av.AudioFrame.from_ndarray(block[None], format=sample_format, layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, position, Fraction(1, rate)
            container.mux(stream.encode(frame))
            position += len(block)
        told(position / rate)
    container.mux(stream.encode(None))


def _coloured(shades: Array) -> NDArray[np.uint8]:
    """Return RGB, (height, width, 3), of shades from 0 to 1."""
    stops = np.linspace(0.0, 1.0, len(COVER_COLOURS))
    channels = [np.interp(shades, stops, [c[i] for c in COVER_COLOURS]) for i in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
