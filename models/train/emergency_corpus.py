"""The notes that the two sound detectors learn from and are measured on, as spectrograms.

Four sorts: every recording as it is, in windows as the product hears it; damaged copies of it;
made notes of each kind; and harmless sentences alone, since a synthetic voice must not tell an
emergency. They are made once, in shards in a work folder: what was stopped goes
on. Every note belongs to one fold, with all that is mixed into it.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from inference.analysis import SoundKind
from inference.audio import SAMPLE_RATE, Waveform, decode, is_silent
from inference.emergency import KINDS, N_EMERGENCIES, log_mel_of, windows_of
from models.train.emergency_mixtures import Mixer, Phrases, phrases_by_kind, quiet_room
from models.train.emergency_recordings import (
    N_FOLDS,
    Recording,
    folds_of,
)
from models.train.emergency_signals import Rng, Samples
from models.train.speech_emotion import OutOfTime

RECORDINGS_A_SHARD: Final = 500
MADE_A_SHARD: Final = 20  # of each kind
SCREAM_COPIES: Final = 4
OTHER_EMERGENCY_COPIES: Final = 6
ORDINARY_SHARE: Final = 0.3  # of the ordinary recordings have a copy
MADE_SHARDS: Final = 2  # a fold
SPOKEN_A_SHARD: Final = 120  # one a fold
QUIET_SHARE: Final = 0.15  # of the made ordinary indoor notes nothing happens


class Sort(StrEnum):
    """Where a note comes from."""

    RECORDED = "recorded"
    DAMAGED = "damaged"
    MADE = "made"
    SPOKEN = "spoken"


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of one note. `recording` is the index of its recording, -1 if it is made."""

    sort: Sort
    kind: int
    fold: int
    recording: int
    spoken: str = ""

    @property
    def emergency(self) -> bool:
        """Whether its kind is one of the fourteen."""
        return self.kind < N_EMERGENCIES


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """All notes with their spectrograms, float16 of shape (80, T) each, and all recordings."""

    recordings: Sequence[Recording]
    notes: Sequence[Note]
    log_mels: Sequence[Tensor]


class _Maker:
    """Makes the notes of each shard."""

    def __init__(self, recordings: Sequence[Recording], seed: int) -> None:
        self._recordings = recordings
        self._folds = folds_of(recordings)
        self._seed = seed
        self._phrases: Phrases = phrases_by_kind()

    def shards(self) -> Iterator[tuple[str, Callable[[Rng], Iterator[tuple[Note, Samples]]]]]:
        """Names of all shards with what makes their notes."""
        n = len(self._recordings)
        parts = [
            range(begin, min(begin + RECORDINGS_A_SHARD, n))
            for begin in range(0, n, RECORDINGS_A_SHARD)
        ]
        for part in parts:
            yield f"recorded-{part.start}", partial(self._recorded, part)
        for part in parts:
            yield f"damaged-{part.start}", partial(self._damaged, part)
        for fold in range(N_FOLDS):
            for i in range(MADE_SHARDS):
                yield f"made-{fold}-{i}", partial(self._made, fold)
            yield f"spoken-{fold}", partial(self._spoken, fold)

    def _recorded(self, chosen: range, _: Rng) -> Iterator[tuple[Note, Samples]]:
        for i in chosen:
            for _onset_s, piece in windows_of(_heard(self._recordings[i])):
                yield self._note(Sort.RECORDED, i), piece.samples

    def _damaged(self, chosen: range, rng: Rng) -> Iterator[tuple[Note, Samples]]:
        mixers = [Mixer(fold, self._phrases, rng) for fold in range(N_FOLDS)]
        for i in chosen:
            n_copies = _copies(self._recordings[i], rng)
            if n_copies:
                whole = _heard(self._recordings[i]).samples
            for _ in range(n_copies):
                yield self._note(Sort.DAMAGED, i), mixers[self._folds[i]].real(whole)

    def _made(self, fold: int, rng: Rng) -> Iterator[tuple[Note, Samples]]:
        mixer = Mixer(fold, self._phrases, rng)
        for k, kind in enumerate(KINDS):
            for _ in range(MADE_A_SHARD):
                if kind == "indoor" and rng.random() < QUIET_SHARE:
                    yield Note(Sort.MADE, k, fold, -1), quiet_room(rng)
                    continue
                mixture = mixer.made(kind)
                yield Note(Sort.MADE, k, fold, -1, mixture.spoken), mixture.samples

    def _spoken(self, fold: int, rng: Rng) -> Iterator[tuple[Note, Samples]]:
        mixer = Mixer(fold, self._phrases, rng)
        for _ in range(SPOKEN_A_SHARD):
            mixture = mixer.spoken()
            yield (
                Note(Sort.SPOKEN, KINDS.index(SoundKind.INDOOR), fold, -1, mixture.spoken),
                (mixture.samples),
            )

    def _note(self, sort: Sort, i: int) -> Note:
        return Note(sort, KINDS.index(self._recordings[i].kind), self._folds[i], i)


def _heard(recording: Recording) -> Waveform:
    return decode(recording.path.read_bytes())


def _copies(recording: Recording, rng: Rng) -> int:
    if not recording.learned:
        return 0
    if not recording.emergency:
        return int(rng.random() < ORDINARY_SHARE)
    return SCREAM_COPIES if recording.label == "scream" else OTHER_EMERGENCY_COPIES


def read_corpus(
    recordings: Sequence[Recording], work: Path, seed: int, deadline_s: float
) -> Corpus:
    """Make the shards that are not in `work` yet, and read all.

    Raises:
        NoSynthesizer: espeak-ng is not installed.
        OutOfTime: `deadline_s` of the clock has passed.
    """
    maker = _Maker(recordings, seed)
    notes: list[Note] = []
    log_mels: list[Tensor] = []
    for name, make in maker.shards():
        path = work / f"{name}-seed{seed}.safetensors"
        if not path.exists():
            if time.monotonic() > deadline_s:
                raise OutOfTime
            print(f"making {name}", file=sys.stderr, flush=True)
            _write(path, make(np.random.default_rng((seed, crc32(name.encode())))))
        found, heard = _read(path)
        notes += found
        log_mels += heard
    return Corpus(recordings, notes, log_mels)


def _write(path: Path, made: Iterator[tuple[Note, Samples]]) -> None:
    """Write notes that are not silent as one spectrogram, side by side, whole or not at all."""
    notes, log_mels = [], []
    for note, samples in made:
        waveform = Waveform(samples, SAMPLE_RATE)
        if note.sort is Sort.RECORDED and is_silent(waveform):
            continue
        log_mel = log_mel_of(waveform).half()
        notes.append({**asdict(note), "n_frames": log_mel.shape[1]})
        log_mels.append(log_mel)
    unfinished = path.with_name(path.name + ".part")
    facts = {"notes": json.dumps(notes, ensure_ascii=False)}
    save_file({"log_mel": torch.cat(log_mels, dim=1).contiguous()}, unfinished, facts)
    unfinished.replace(path)


def _read(path: Path) -> tuple[list[Note], list[Tensor]]:
    with safe_open(path, framework="pt") as file:
        facts = json.loads(file.metadata()["notes"])
        together = file.get_tensor("log_mel")
    lengths = [fact.pop("n_frames") for fact in facts]
    notes = [Note(**{**fact, "sort": Sort(fact["sort"])}) for fact in facts]
    return notes, list(together.split(lengths, dim=1))
