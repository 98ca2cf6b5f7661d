"""Small files that unfold: what a recording may cost, measured in a process of its own."""

import io
import resource
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from av.audio.stream import AudioStream

from tests.bot.sounds import encoded, wav

pytestmark = pytest.mark.slow

MOST_SECONDS = 5.0
MOST_MEGABYTES = 450
DECODE = """
import resource, sys, time
from inference.audio import RecordingTooLong, UnreadableAudio, decode
recording = open(sys.argv[1], "rb").read()
decode(open(sys.argv[2], "rb").read())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started_s = time.process_time()
try:
    print("heard", decode(recording).duration_s)
except (UnreadableAudio, RecordingTooLong) as error:
    print("refused", type(error).__name__)
print(time.process_time() - started_s)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def atom(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + name + body


def full(name: bytes, *content: bytes) -> bytes:
    return atom(name, bytes(4), *content)


def track(n_chunks: int, chunk: int, offset: int) -> bytes:
    """A track whose every chunk of `chunk` samples lies at the same place of the file."""
    entry = struct.pack(">6xH8xHHHHI", 1, 1, 16, 0, 0, 16_000 << 16)
    n_samples = n_chunks * chunk
    table = atom(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), atom(b"sowt", entry)),
        full(b"stts", struct.pack(">III", 1, n_samples, 0)),
        full(b"stsc", struct.pack(">IIII", 1, 1, chunk, 1)),
        full(b"stsz", struct.pack(">II", 2, n_samples)),
        full(b"stco", struct.pack(">I", n_chunks), struct.pack(">I", offset) * n_chunks),
    )
    media = (
        full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 16_000, 16_000, 0, 0)),
        full(b"hdlr", b"mhlrsoun" + bytes(13)),
        atom(b"minf", full(b"smhd", bytes(4)), table),
    )
    header = full(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, 16_000), bytes(60))
    return atom(b"trak", header, atom(b"mdia", *media))


def repeating_index(n_tracks: int = 1, n_chunks: int = 200, chunk: int = 250_000) -> bytes:
    header = full(b"mvhd", struct.pack(">IIII", 0, 0, 16_000, 16_000), bytes(80))

    def beginning(offset: int) -> bytes:
        tracks = track(n_chunks, chunk, offset) * n_tracks
        return atom(b"ftyp", b"qt  \0\0\0\0qt  ") + atom(b"moov", header, tracks)

    offset = len(beginning(0)) + 8
    return beginning(offset) + atom(b"mdat", bytes(2 * chunk))


def packed_header() -> bytes:
    """A QuickTime header that is compressed a thousand times."""
    n_bytes = 500_000_000
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(n_bytes // 1_000_000))
    packed += packer.flush()
    movie = atom(b"dcom", b"zlib"), atom(b"cmvd", struct.pack(">I", n_bytes), packed)
    return atom(b"ftyp", b"qt  \0\0\0\0qt  ") + atom(b"moov", atom(b"cmov", *movie))


def huge_cover(side: int = 20_000) -> bytes:
    """A song with a picture on its cover that is a gigabyte when it is unpacked."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(4 * side + 1)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows)
    picture = b"\0image/png\0\x03\0" + png + chunk(b"IEND", b"")

    def size(n_bytes: int) -> bytes:
        return bytes((n_bytes >> shift) & 127 for shift in (21, 14, 7, 0))

    frame = b"APIC" + size(len(picture)) + bytes(2) + picture
    return b"ID3\x04\0\0" + size(len(frame)) + frame + encoded("mp3", "libmp3lame", 44_100)


def silence(codec: str, container: str, rate: int, layout: str, seconds: float) -> bytes:
    content = io.BytesIO()
    with av.open(content, "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, AudioStream)
        for _ in range(round(seconds * rate / 48_000)):
            frame = av.AudioFrame(format="s16", layout=layout, samples=48_000)
            frame.sample_rate = rate
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return content.getvalue()


def long_flac() -> bytes:
    """Eight channels of silence at 384 kHz: a gigabyte of samples in 60 kilobytes."""
    return silence("flac", "flac", 384_000, "7.1", 100)


def hour_of_opus() -> bytes:
    minute = silence("libopus", "ogg", 48_000, "mono", 60)
    return minute * 60


def many_channels() -> bytes:
    return wav(seconds=0.2, rate=16_000, channels=30_000)[: 8 << 20]


def claimed_rate() -> bytes:
    sound = bytearray(wav())
    sound[24:28] = struct.pack("<I", 2**31 - 1)
    return bytes(sound)


def claimed_length() -> bytes:
    sound = bytearray(wav())
    sound[4:8] = sound[40:44] = struct.pack("<I", 2**32 - 1)
    return bytes(sound)


def nested() -> bytes:
    """Containers in containers: each is only its own bytes to the outer one."""
    sound = encoded("ogg", "libopus")
    for _ in range(30):
        sound = atom(b"moov", atom(b"udta", sound)) + wav(0.1)[:100]
    return atom(b"ftyp", b"isom\0\0\0\0isom") + sound


def deep_atoms() -> bytes:
    sound = b""
    for _ in range(20_000):
        sound = atom(b"moov", sound)
    return atom(b"ftyp", b"isom\0\0\0\0isom") + sound


BOMBS: list[Callable[[], bytes]] = [
    repeating_index,
    lambda: repeating_index(n_tracks=200, n_chunks=1, chunk=1_300_000),
    packed_header,
    huge_cover,
    long_flac,
    hour_of_opus,
    many_channels,
    claimed_rate,
    claimed_length,
    nested,
    deep_atoms,
]
NAMES = [
    "index", "tracks", "packed header", "cover", "flac", "opus", "channels", "rate", "length",
    "nested", "deep",
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=NAMES)
def test_a_file_costs_little_whatever_it_claims(bomb: Callable[[], bytes], tmp_path: Path) -> None:
    recording, ordinary = tmp_path / "bomb", tmp_path / "ordinary"
    recording.write_bytes(bomb())
    ordinary.write_bytes(encoded("ogg", "libopus"))
    started_s = time.monotonic()
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", DECODE, str(recording), str(ordinary)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30)),
    )
    verdict, seconds, megabytes = done.stdout.splitlines()
    assert verdict.split()[0] in ("heard", "refused")
    assert float(seconds) < MOST_SECONDS, verdict
    assert float(megabytes) < MOST_MEGABYTES, verdict
    assert time.monotonic() - started_s < 60
    if verdict.startswith("heard"):
        assert float(verdict.split()[1]) <= 600
