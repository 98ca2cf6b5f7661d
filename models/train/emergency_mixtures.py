"""Notes to learn from: recordings, made sounds and spoken sentences, mixed and damaged alike.

Every note, whatever collection it is from, goes through the same chain: another pitch and tempo, a
room, a narrower band, clipping, Opus, each by chance. Noise and other sounds are added to it while
it is learned (`emergency_fitting.py`). A sentence and a voice belong to one fold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.analysis import DistressLevel, SoundKind
from inference.audio import SAMPLE_RATE
from inference.emergency import EMERGENCIES, WINDOW_S
from inference.text_emotion import Language
from models.train.distress_lines import SENTENCES, read_danger
from models.train.emergency_recordings import N_FOLDS, phrase_fold
from models.train.emergency_signals import Rng, Samples, levelled, shaped_noise
from models.train.emergency_sounds import made_sound
from models.train.recordings import (
    resampled,
    stretched,
    with_opus,
    with_room,
)
from models.train.spoken_sentences import normalized
from models.train.synthetic_speech import (
    ACCENTS,
    TEST_VARIANTS,
    VALIDATION_VARIANTS,
    VARIANTS,
    Manner,
    Synthesizer,
)

LONGEST: Final = round(WINDOW_S * SAMPLE_RATE)
SHORTEST: Final = SAMPLE_RATE
GRID: Final = SAMPLE_RATE // 2  # notes are as many half seconds long, to stand in batches
WHISPERS: Final = ("whisper", "whisperf")
VOICES: Final = (*VARIANTS, *VALIDATION_VARIANTS, *TEST_VARIANTS)
HARMLESS: Final = "none"

Phrases = Mapping[tuple[str, int], Sequence[tuple[str, Language]]]


@dataclass(frozen=True, slots=True)
class Mixture:
    """What a note is made of: `spoken` is the sentence in it, empty where nothing is said."""

    samples: Samples
    spoken: str


def phrases_by_kind() -> Phrases:
    """What is cried in each emergency, and harmless sentences; a phrase is of one fold."""
    found: dict[tuple[str, int], list[tuple[str, Language]]] = {}
    for path in sorted(SENTENCES.glob("distress_*.tsv")):
        for line in read_danger(path):
            if line.level not in (DistressLevel.CRY, DistressLevel.NONE):
                continue
            text = normalized(line.text, line.language.value)
            if text and len(text) < 40:
                kind = line.kind.value if line.danger else HARMLESS
                found.setdefault((kind, phrase_fold(text)), []).append((text, line.language))
    return found


class Mixer:
    """Makes notes of one fold."""

    def __init__(self, fold: int, phrases: Phrases, rng: Rng) -> None:
        self._fold = fold
        self._phrases = phrases
        self._rng = rng
        self._synthesizer = Synthesizer()
        self._voices = [voice for i, voice in enumerate(VOICES) if i % N_FOLDS == fold]

    def made(self, kind: SoundKind) -> Mixture:
        """A made sound of a kind, most often with a sentence that fits it, -5 to 20 dB apart."""
        rng = self._rng
        n = GRID * int(rng.integers(2, 9))
        if rng.random() < 0.4:
            return Mixture(self.damaged(made_sound(kind, n, rng)), "")
        spoken, voice = self.sentence(kind.value if kind in EMERGENCIES else HARMLESS)
        sound = made_sound(kind, max(n, len(on_grid(voice))), rng)
        sound = mixed(sound, voice, rng.uniform(-5.0, 20.0), rng)
        return Mixture(self.damaged(sound), spoken)

    def spoken(self) -> Mixture:
        """A harmless sentence in a quiet room."""
        spoken, voice = self.sentence(HARMLESS)
        voice = on_grid(voice)
        room = levelled(quiet_room(self._rng, len(voice)))
        voice = mixed(voice, room, self._rng.uniform(15.0, 50.0), self._rng)
        return Mixture(self.damaged(voice), spoken)

    def real(self, samples: Samples) -> Samples:
        """A recording, cut or placed anywhere in a note, damaged."""
        rng = self._rng
        if rng.random() < 0.5:
            samples = resampled(samples, rng.uniform(0.88, 1.14))
            samples = stretched(samples, rng.uniform(0.88, 1.14))
        samples = cut(samples, rng)
        if rng.random() < 0.4 and len(samples) < LONGEST - GRID:
            longer = np.zeros(int(rng.integers(len(samples), LONGEST)), np.float32)
            onset = int(rng.integers(0, len(longer) - len(samples) + 1))
            longer[onset : onset + len(samples)] = samples
            samples = longer
        return self.damaged(samples)

    def sentence(self, of: str) -> tuple[str, Samples]:
        """A sentence of a kind, or a harmless one, spoken by a voice of this fold."""
        rng = self._rng
        candidates = self._phrases[of, self._fold]
        text, language = candidates[int(rng.integers(len(candidates)))]
        voice = str(rng.choice(WHISPERS if rng.random() < 0.1 else self._voices))
        hurried = of != HARMLESS
        how = Manner(
            voice=f"{rng.choice(ACCENTS[language.value])}+{voice}",
            rate=int(rng.integers(140, 260 if hurried else 200)),
            pitch=int(rng.integers(30, 95 if hurried else 76)),
            movement=int(rng.integers(20, 95)),
        )
        return text, self._synthesizer.speak(text, how).samples[:LONGEST]

    def damaged(self, samples: Samples) -> Samples:
        """The chain that every note goes through."""
        rng = self._rng
        samples = on_grid(levelled(samples))
        if rng.random() < 0.4:
            samples = with_room(samples, rng)
        if rng.random() < 0.5:
            samples = narrowed(samples, rng)
        samples = samples / (np.max(np.abs(samples)) + 1e-9)
        if rng.random() < 0.2:  # what is loud clips on a phone, whatever it is
            samples = np.clip(samples * 10.0 ** (rng.uniform(0.0, 15.0) / 20.0), -1.0, 1.0)
        samples = on_grid(np.asarray(0.7 * samples, np.float32))
        if rng.random() < 0.3:
            samples = on_grid(with_opus(samples, int(rng.integers(10_000, 32_000))))
        return samples


def cut(samples: Samples, rng: Rng) -> Samples:
    """At most a window's length of a recording, and sometimes a little less of it."""
    most = min(len(samples), LONGEST)
    length = most if rng.random() < 0.5 else int(most * rng.uniform(0.7, 1.0))
    onset = int(rng.integers(0, len(samples) - length + 1))
    return samples[onset : onset + length]


def mixed(samples: Samples, other: Samples, ratio_db: float, rng: Rng) -> Samples:
    """Both sounds, the first `ratio_db` louder than the other, which lies anywhere in it."""
    onset = int(rng.integers(0, max(1, len(samples) - len(other) + 1)))
    part = levelled(other)[: len(samples) - onset]
    made = levelled(samples).copy()
    made[onset : onset + len(part)] += 10.0 ** (-ratio_db / 20.0) * part
    return made


def narrowed(samples: Samples, rng: Rng) -> Samples:
    """The band of a telephone, or of any microphone between it and this one."""
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1.0 / SAMPLE_RATE)
    spectrum[hz > rng.uniform(3300.0, 8000.0)] *= 1e-3
    spectrum[hz < rng.uniform(20.0, 350.0)] *= 0.05
    return np.asarray(np.fft.irfft(spectrum, len(samples)), np.float32)


def on_grid(samples: Samples) -> Samples:
    """The sound, one to four seconds long in half seconds, with silence after it."""
    n = min(LONGEST, max(SHORTEST, -(-len(samples) // GRID) * GRID))
    return np.pad(samples[:n], (0, n - len(samples[:n])))


def quiet_room(rng: Rng, n: int | None = None) -> Samples:
    """Noise alone, `n` samples of it or some seconds: a note in which nothing happens."""
    n = GRID * int(rng.integers(2, 9)) if n is None else n
    return 0.01 * shaped_noise(n, 20.0, rng.uniform(1000, 8000), rng.uniform(0, 6), rng)
