"""A library of sounds to learn from: files taken in, brought to one level, cut, and never twice.

A folder holds `library.jsonl`, one line a file that was taken in, and `pieces/`, each of at most
thirty seconds as FLAC, 16 kHz mono. A line is written when all pieces of its file are: what was
stopped goes on with the next file. Once its kind is known a file gets another line, which counts.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import torch
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from inference.audio import UnreadableAudio
from inference.bands import SAMPLE_RATE, Array
from inference.features import MelConfig, log_mel, mel_power, power_spectrogram
from inference.loudness import block_powers, integrated_lufs

INDEX: Final = "library.jsonl"
PIECES: Final = "pieces"
PIECE_S: Final = 30.0
SHORTEST_PIECE_S: Final = 1.0
LEVEL_LUFS: Final = -23.0  # EBU R 128
HIGHEST_PEAK: Final = 0.98
SILENT_LUFS: Final = -65.0

# As Haitsma and Kalker (2002): whether the difference of neighbouring bands grows or falls.
PRINT: Final = MelConfig(n_fft=8192, hop_length=1600, n_mels=33, f_min_hz=300.0, f_max_hz=4000.0)
ALIKE: Final = 0.25  # of the bits may differ between two copies; of two sounds half do
LONGEST_PRINT_S: Final = 120.0
LATEST_S: Final = 1.0  # codecs add silence in front


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the library; `fingerprint` are the bits of its first minutes, base64.

    `kind` says what it is a sound of, None where nobody has said so yet.
    """

    digest: str
    name: str
    source: str
    licence: str
    duration_s: float
    lufs: float
    pieces: tuple[str, ...]
    fingerprint: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where sounds come from, under which licence they may be used, and what they are if known."""

    source: str
    licence: str
    kind: str | None = None


class AlreadyThere(Exception):
    """A file, or the same sound in another file, is in the library; `entry` says which."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"the same as {entry.name}")
        self.entry = entry


class SoundLibrary:
    """The library in a folder, which is made where there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / PIECES).mkdir(parents=True, exist_ok=True)
        self.entries = list({entry.digest: entry for entry in _read(folder / INDEX)}.values())

    def ingest(self, path: Path, origin: Origin) -> Entry:
        """Take a file of sound or video in.

        Raises:
            AlreadyThere: it, or another copy of the same sound, was taken in before.
            UnreadableAudio: it holds no sound, or nothing but silence.
            OSError: it cannot be read, or the folder not be written.
        """
        digest = _digest(path)
        for entry in self.entries:
            if entry.digest == digest:
                raise AlreadyThere(entry)
        powers = [block_powers(piece, SAMPLE_RATE) for piece in sound_of(path)]
        loudness = integrated_lufs(np.concatenate(powers)) if powers else -np.inf
        if loudness < SILENT_LUFS:
            raise UnreadableAudio("there is nothing but silence in it")
        opening = _opening(path)
        bits = fingerprint(opening)
        for entry in self.entries:
            if alike(bits, _bits(entry.fingerprint)):
                raise AlreadyThere(entry)
        names, duration_s = self._cut(path, digest, loudness)
        packed = base64.b64encode(np.packbits(bits).tobytes()).decode()
        entry = Entry(
            digest,
            path.name,
            origin.source,
            origin.licence,
            duration_s,
            loudness,
            names,
            packed,
            origin.kind,
        )
        self._note(entry)
        self.entries.append(entry)
        return entry

    def file(self, digest: str, kind: str) -> None:
        """Say what a file of the library is a sound of.

        Raises:
            KeyError: there is no such file.
            OSError: the folder cannot be written.
        """
        places = {entry.digest: place for place, entry in enumerate(self.entries)}
        place = places[digest]
        filed = replace(self.entries[place], kind=kind)
        self._note(filed)
        self.entries[place] = filed

    def samples(self, piece: str) -> Array:
        """A piece, (n_samples,) at 16 kHz."""
        return np.concatenate(list(sound_of(self._folder / PIECES / piece)))

    def _note(self, entry: Entry) -> None:
        path = self._folder / INDEX
        cut_off = path.is_file() and not path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="utf-8") as index:
            index.write("\n" if cut_off else "")
            index.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
            index.flush()
            os.fsync(index.fileno())

    def _cut(self, path: Path, digest: str, loudness: float) -> tuple[tuple[str, ...], float]:
        gain = 10.0 ** ((LEVEL_LUFS - loudness) / 20.0)
        names: list[str] = []
        n_samples = 0
        for number, piece in enumerate(sound_of(path)):
            n_samples += len(piece)
            if len(piece) >= SHORTEST_PIECE_S * SAMPLE_RATE or not names:
                names.append(f"{digest[:16]}-{number:04d}.flac")
                louder = np.clip(gain * piece, -HIGHEST_PEAK, HIGHEST_PEAK)
                write_flac(self._folder / PIECES / names[-1], louder)
        return tuple(names), n_samples / SAMPLE_RATE


def sound_of(path: Path) -> Iterator[Array]:
    """Yield the sound of a file in pieces of thirty seconds, the last one shorter.

    Raises:
        UnreadableAudio: there is no sound in it.
    """
    length = round(PIECE_S * SAMPLE_RATE)
    waiting: list[Array] = []
    resampler = AudioResampler("flt", "mono", SAMPLE_RATE)
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            if not container.streams.audio:
                raise UnreadableAudio("there is no sound in it")
            for frame in container.decode(container.streams.audio[0]):
                waiting += [part.to_ndarray()[0] for part in resampler.resample(frame)]
                if sum(map(len, waiting)) >= length:
                    whole = np.concatenate(waiting)
                    waiting = [whole[length:]]
                    yield whole[:length]
            waiting += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except (av.FFmpegError, EOFError) as error:
        raise UnreadableAudio("it is not a sound that can be decoded") from error
    rest = np.concatenate(waiting) if waiting else np.zeros(0, np.float32)
    for onset in range(0, len(rest), length):
        yield rest[onset : onset + length]


def seconds_of(piece: Array) -> Array:
    """The whole seconds of a piece, (n_seconds, 16000), without a copy."""
    whole = len(piece) // SAMPLE_RATE
    return piece[: whole * SAMPLE_RATE].reshape(whole, SAMPLE_RATE)


def mu_law(samples: Array) -> NDArray[np.uint8]:
    """256 levels of ITU-T G.711's mu-law, finer near silence; (n_samples,)."""
    curve = np.sign(samples) * np.log1p(255.0 * np.abs(samples)) / np.log(256.0)
    return np.asarray(np.round((curve + 1.0) / 2.0 * 255.0), np.uint8)


def from_mu_law(levels: NDArray[np.uint8]) -> Array:
    """The sound that `mu_law` wrote, as near as its levels are."""
    curve = levels.astype(np.float32) / 255.0 * 2.0 - 1.0
    return np.asarray(np.sign(curve) * np.expm1(np.abs(curve) * np.log(256.0)) / 255.0, np.float32)


def spectrum_of(samples: Array, config: MelConfig) -> Array:
    """Power spectrogram, (n_fft / 2 + 1, n_frames)."""
    return np.asarray(power_spectrogram(torch.from_numpy(samples)[None], config)[0].numpy())


def log_mel_of(samples: Array, config: MelConfig) -> Array:
    """Log-mel spectrogram in decibels, (n_mels, n_frames)."""
    return np.asarray(log_mel(torch.from_numpy(spectrum_of(samples, config))[None], config)[0])


def fingerprint(samples: Array) -> NDArray[np.bool_]:
    """Ten rows of 32 bits a second, the same for copies of a sound; (n_rows, 32)."""
    bands = np.log(_mel(samples) + 1e-9)
    rising = np.diff(np.diff(bands, axis=0), axis=1)
    return np.asarray(rising > 0.0).T


def alike(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    """Whether two fingerprints are of one sound, begun at most a second apart."""
    n_late = round(LATEST_S * PRINT.sample_rate / PRINT.hop_length)
    shorter, longer = sorted((len(one), len(other)))
    if longer - shorter > 2 * n_late or shorter < 2 * n_late:
        return False
    for late in range(-n_late, n_late + 1):
        a, b = (one[late:], other) if late >= 0 else (one, other[-late:])
        n_rows = min(len(a), len(b))
        if np.mean(a[:n_rows] != b[:n_rows]) < ALIKE:
            return True
    return False


def write_flac(path: Path, samples: Array) -> None:
    """Write 16 kHz mono, whole or not at all."""
    unfinished = path.with_name(path.name + ".part")
    with av.open(str(unfinished), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        pcm = np.round(samples * 32767.0).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    unfinished.replace(path)


def _mel(samples: Array) -> NDArray[np.float32]:
    config = PRINT
    power = power_spectrogram(torch.from_numpy(np.ascontiguousarray(samples))[None], config)
    return np.asarray(mel_power(power, config)[0].numpy())


def _opening(path: Path) -> Array:
    parts: list[Array] = []
    for piece in sound_of(path):
        parts.append(piece)
        if sum(map(len, parts)) >= LONGEST_PRINT_S * SAMPLE_RATE:
            break
    return np.concatenate(parts)[: round(LONGEST_PRINT_S * SAMPLE_RATE)]


def _bits(packed: str) -> NDArray[np.bool_]:
    flat = np.unpackbits(np.frombuffer(base64.b64decode(packed), np.uint8)).astype(bool)
    return flat[: len(flat) // 32 * 32].reshape(-1, 32)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(index: Path) -> Iterator[Entry]:
    """The lines of an index; one that was cut off by a crash is left out."""
    if not index.is_file():
        return
    for line in index.read_text(encoding="utf-8").splitlines():
        try:
            fields: dict[str, Any] = json.loads(line)
        except ValueError:
            continue
        yield Entry(**{**fields, "pieces": tuple(fields["pieces"])})
