"""Measure when emergencies are heard, and what by: `todak evaluate emergency-timeline`.

Notes are put together from real recordings: ordinary speech and sounds, silence, and in half of
them one emergency of the phone recordings somewhere. Each half second is then emergency, ordinary
or silence. The shipped weights have learned from these recordings, though not from such notes, so
the figures are optimistic; the training measures its held-out nets in the same way, and their
cards tell what came of it. On windows of a scream beside speech, what the convolutions and the
encoder look at is compared with where silero-vad hears speech.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.analysis import EmergencyLevel, SoundState
from inference.audio import SAMPLE_RATE, Waveform, decode, trim
from inference.emergency import EmergencyEar
from inference.explanation import Explanation, explain
from inference.speech_activity import SpeechActivity
from inference.timeline import STEP_S
from inference.weights import SHIPPED_WEIGHTS
from models.train.emergency_recordings import Recording, read_recordings
from models.train.emergency_signals import Rng, Samples, levelled

N_NOTES: Final = 150
N_EXPLAINED: Final = 60
LOUDNESS: Final = 0.07  # root mean square, -23 dBFS
PIECES: Final = (3, 9)
SILENCE_SHARE: Final = 0.25
SILENCE_S: Final = (0.8, 2.5)
STATES: Final = tuple(SoundState)


@dataclass(frozen=True, slots=True, eq=False)
class Note:
    """A note put together; `truth` (n_steps,) is what each half second mostly holds."""

    waveform: Waveform
    truth: tuple[SoundState, ...]
    emergency_s: tuple[float, float] | None


class Sounds:
    """Recordings of the training's own list, read when they are drawn."""

    def __init__(self, recordings: Sequence[Recording], rng: Rng) -> None:
        learned = [each for each in recordings if each.learned]
        # What burns or storms goes on for minutes; on a phone an emergency begins.
        self._emergencies = [r for r in learned if r.emergency and r.collection == "iesc"]
        self._ordinary = [r for r in learned if not r.emergency]
        self._speech = [r for r in self._ordinary if r.collection in ("ravdess", "fsdd")]
        self._rng = rng

    def emergency(self) -> Samples:
        """A scream, a shot or breaking glass."""
        return self._drawn(self._emergencies)

    def ordinary(self) -> Samples:
        """Speech, crying, households, nature."""
        return self._drawn(self._ordinary)

    def speech(self) -> Samples:
        """Calm or moved speech."""
        return self._drawn(self._speech)

    def silence(self) -> Samples:
        """A quiet room."""
        n = round(self._rng.uniform(*SILENCE_S) * SAMPLE_RATE)
        return (1e-4 * self._rng.standard_normal(n)).astype(np.float32)

    def _drawn(self, of: Sequence[Recording]) -> Samples:
        path = of[int(self._rng.integers(len(of)))].path
        return LOUDNESS * levelled(trim(decode(path.read_bytes())).samples)


def made_note(sounds: Sounds, rng: Rng, *, with_emergency: bool) -> Note:
    """Ordinary pieces and silence in any order, an emergency among them where wanted."""
    n_pieces = int(rng.integers(*PIECES))
    at = int(rng.integers(n_pieces)) if with_emergency else -1
    pieces: list[Samples] = []
    states: list[SoundState] = []
    for i in range(n_pieces):
        if i == at:
            pieces.append(sounds.emergency())
            states.append(SoundState.EMERGENCY)
        elif rng.random() < SILENCE_SHARE:
            pieces.append(sounds.silence())
            states.append(SoundState.SILENCE)
        else:
            pieces.append(sounds.ordinary())
            states.append(SoundState.ORDINARY)
    waveform = Waveform(np.concatenate(pieces).clip(-1.0, 1.0), SAMPLE_RATE)
    by_sample = np.repeat([STATES.index(state) for state in states], [len(p) for p in pieces])
    step = round(STEP_S * SAMPLE_RATE)
    truth = tuple(
        STATES[int(np.bincount(by_sample[begin : begin + step]).argmax())]
        for begin in range(0, len(by_sample), step)
    )
    begins_s = np.cumsum([0, *map(len, pieces)]) / SAMPLE_RATE
    span = (float(begins_s[at]), float(begins_s[at + 1])) if with_emergency else None
    return Note(waveform, truth, span)


def made_notes(recordings: Sequence[Recording], n_notes: int, rng: Rng) -> list[Note]:
    """Notes of these recordings, every other one with an emergency."""
    sounds = Sounds(recordings, rng)
    return [made_note(sounds, rng, with_emergency=i % 2 == 0) for i in range(n_notes)]


def measure_timeline(heard: Sequence[tuple[EmergencyEar, Note]]) -> dict[str, Any]:
    """Accuracy over half seconds, emergencies found, and how far off their onset is.

    `heard` are notes, each with the ear that hears it.
    """
    table = np.zeros((3, 3), np.int64)
    n_found, off_s, n_false = 0, [], 0
    for ear, note in heard:
        emergency = ear.hear(note.waveform)
        for i, true in enumerate(note.truth):
            middle_s = min((i + 0.5) * STEP_S, note.waveform.duration_s - 1e-3)
            said = next(s for s in emergency.timeline if s.offset_s > middle_s)
            table[STATES.index(true), STATES.index(said.state)] += 1
        urgent = [s for s in emergency.timeline if s.state is SoundState.EMERGENCY]
        if note.emergency_s is None:
            n_false += emergency.level is not EmergencyLevel.NONE
            continue
        begin_s, end_s = note.emergency_s
        found = [s for s in urgent if s.onset_s < end_s and s.offset_s > begin_s]
        n_found += bool(found)
        off_s += [abs(stretch.onset_s - begin_s) for stretch in found[:1]]
    n_planted = sum(note.emergency_s is not None for _, note in heard)
    urgent_steps = table[STATES.index(SoundState.EMERGENCY)]
    return {
        "n_notes": len(heard),
        "n_steps": int(table.sum()),
        "accuracy": round(float(np.trace(table) / table.sum()), 4),
        "emergency_recall": round(float(urgent_steps[0] / max(1, urgent_steps.sum())), 4),
        "emergency_precision": round(float(table[0, 0] / max(1, table[:, 0].sum())), 4),
        "emergencies_found": round(n_found / max(1, n_planted), 4),
        "ordinary_notes_asked_about": round(n_false / max(1, len(heard) - n_planted), 4),
        "onset_off_s_median": round(float(np.median(off_s)), 2) if off_s else None,
    }


def measure_explanations(ear: EmergencyEar, sounds: Sounds) -> dict[str, Any]:
    """What both detectors look at in a scream beside speech, on average."""
    activity = SpeechActivity()
    explained: list[Explanation] = []
    for i in range(N_EXPLAINED):
        halves = [sounds.emergency()[: 2 * SAMPLE_RATE], sounds.speech()[: 2 * SAMPLE_RATE]]
        samples: NDArray[np.float32] = np.concatenate(halves[:: 1 if i % 2 else -1])
        waveform = Waveform(samples.clip(-1.0, 1.0), SAMPLE_RATE)
        spans = activity.spans(waveform)
        explained.append(explain(ear, waveform, ear.hear(waveform), spans))
    names = ("speech_share", "relevance_off_speech", "attention_on_speech")
    return {
        "n_windows": N_EXPLAINED,
        **{
            name: round(float(np.mean([getattr(e, name) for e in explained])), 4) for name in names
        },
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; exit code 1 without the weights or the recordings."""
    parser = argparse.ArgumentParser(prog="todak evaluate emergency-timeline", description=__doc__)
    parser.add_argument("--evaluate", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--weights", type=Path, default=SHIPPED_WEIGHTS, help="a folder")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args(argv)
    if not arguments.evaluate:
        print("Nothing to train here: `todak train emergency` does.", file=sys.stderr)
        return 2
    rng = np.random.default_rng(arguments.seed)
    try:
        ear = EmergencyEar.load(arguments.weights)
        recordings = read_recordings(arguments.data)
    except FileNotFoundError as error:
        print(f"Nothing can be measured: {error}", file=sys.stderr)
        return 1
    notes = made_notes(recordings, N_NOTES, rng)
    measured = {
        "timeline": measure_timeline([(ear, note) for note in notes]),
        "explanation": measure_explanations(ear, Sounds(recordings, rng)),
    }
    if arguments.json:
        print(json.dumps(measured))
    else:
        for name, figures in measured.items():
            for figure, value in figures.items():
                print(f"{name}: {figure} {value}")
    return 0
