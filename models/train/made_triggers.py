"""Made sounds of the source document's kinds that no recording is at hand of.

Voices are espeak-ng's, whispers its whispering variants; sand, a plastic bag and eating are grains
of noise. None is a recording: what names them has learned how they are made, and a figure on them
says little about the real thing. Each "recording" has sentences, grains, a room and noise of its
own. A seed draws them, but the noise that espeak-ng whispers with is its own, so that what was
made is kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from inference.audio import SAMPLE_RATE
from models.train.emergency_signals import (
    Rng,
    Samples,
    at_random,
    impact,
    levelled,
    regular,
    scattered,
    shaped_noise,
    wandering,
)
from models.train.recordings import resampled, with_noise, with_room
from models.train.spoken_sentences import SENTENCES, Line, read_lines
from models.train.synthetic_speech import Manner, Synthesizer

SEED: Final = 0  # of what is made: trainings of any seed have the same sounds
LENGTH_S: Final = 12.0
N_LENGTH: Final = round(LENGTH_S * SAMPLE_RATE)
N_GRAINS: Final = 12
MEN: Final = ("m1", "m2", "m3", "m4", "m7", "max", "Diogo", "robert", "paul", "Mario")
WHISPERERS: Final = MappingProxyType(
    {"whispering man": ("whisper",), "whispering woman": ("whisperf",), "talking man": MEN}
)


def sand(n: int, rng: Rng) -> Samples:
    """Sand that crumbles: a dense rush of the shortest grains, in strokes."""
    grains = [impact(rng.uniform(0.0008, 0.003), 1500, 6500, 0.05, rng) for _ in range(N_GRAINS)]
    at = at_random(n, rng.uniform(600, 1500), rng)
    strokes = wandering(n, rng.uniform(1.0, 3.0), rng)
    at = at[rng.random(len(at)) < strokes[at] ** 2]
    bed = shaped_noise(n, 800, 7000, 2.0, rng) * strokes**2
    return np.asarray(scattered(n, at, grains, rng) + rng.uniform(0.02, 0.1) * bed, np.float32)


def plastic_bag(n: int, rng: Rng) -> Samples:
    """A bag that is crumpled: sharp crackles of all sizes in bursts, bright and ringing."""
    crackles = [
        impact(np.exp(rng.uniform(np.log(0.001), np.log(0.012))), 1800, 7500, 0.6, rng)
        for _ in range(2 * N_GRAINS)
    ]
    at = at_random(n, rng.uniform(80, 250), rng)
    at = at[rng.random(len(at)) < wandering(n, rng.uniform(2.0, 6.0), rng)[at] ** 3]
    return scattered(n, at if len(at) else np.array([0]), crackles, rng)


def eating(n: int, rng: Rng) -> Samples:
    """Chewing: about one bite a second, each a swarm of crunches over a dull, wet thud."""
    crunches = [impact(rng.uniform(0.003, 0.02), 400, 4500, 0.3, rng) for _ in range(N_GRAINS)]
    thuds = [impact(rng.uniform(0.03, 0.08), 120, 700, 0.5, rng) for _ in range(4)]
    bites = regular(n, rng.uniform(0.9, 1.8), 0.2, rng)
    spread_s = rng.uniform(0.05, 0.15)
    at = np.concatenate(
        [
            bite + (rng.exponential(spread_s, int(rng.integers(8, 30))) * SAMPLE_RATE).astype(int)
            for bite in bites
        ]
    )
    made = scattered(n, at[at < n], crunches, rng)
    return np.asarray(made + rng.uniform(0.3, 1.0) * scattered(n, bites, thuds, rng), np.float32)


GRAINS: Final[Mapping[str, Callable[[int, Rng], Samples]]] = MappingProxyType(
    {"sand": sand, "plastic bag": plastic_bag, "eating": eating}
)
MADE_KINDS: Final = (*GRAINS, *WHISPERERS)


def made_triggers(n: int, kept: Path) -> dict[str, list[Samples]]:
    """Return `n` made recordings of each made kind: those in `kept`, else made and kept there.

    Raises:
        NoSynthesizer: espeak-ng is not installed.
    """
    if not kept.exists():
        maker = TriggerMaker()
        made = {
            f"{kind}/{i}": torch.from_numpy(samples)
            for kind in MADE_KINDS
            for i, samples in enumerate(maker.recordings(kind, n))
        }
        save_file(made, kept.with_suffix(".part"))
        kept.with_suffix(".part").replace(kept)
    tensors = load_file(kept)
    return {kind: [tensors[f"{kind}/{i}"].numpy() for i in range(n)] for kind in MADE_KINDS}


class TriggerMaker:
    """Makes the kinds without recordings; sentences are shared out, none is spoken twice.

    Raises:
        NoSynthesizer: espeak-ng is not installed.
    """

    def __init__(self) -> None:
        self._synthesizer = Synthesizer()
        lines = read_lines(SENTENCES)
        order = np.random.default_rng(SEED).permutation(len(lines))
        self._lines = iter([lines[i] for i in order])

    def recordings(self, kind: str, n: int) -> Iterator[Samples]:
        """Yield `n` sounds of 12 s of one kind, each (192000,), root mean square 1.

        Raises:
            ValueError: the kind is not a made one.
        """
        place = MADE_KINDS.index(kind)
        for number in range(n):
            rng = np.random.default_rng((SEED, place, number))
            if kind in GRAINS:
                samples = GRAINS[kind](N_LENGTH, rng)
            else:
                samples = self._spoken(WHISPERERS[kind], rng)
            yield _recorded(samples, rng)

    def _spoken(self, variants: Sequence[str], rng: Rng) -> Samples:
        """Return sentences of one speaker: a voice, its size, its speed."""
        variant, size = rng.choice(list(variants)), rng.uniform(0.93, 1.07)
        rate, pitch = int(rng.integers(110, 170)), int(rng.integers(25, 60))
        said: list[Samples] = []
        while sum(map(len, said)) < N_LENGTH:
            line: Line = next(self._lines)
            accent = "ko" if line.language == "ko" else "en-us"
            manner = Manner(f"{accent}+{variant}", rate, pitch, int(rng.integers(20, 81)))
            spoken = self._synthesizer.speak(line.text, manner).samples
            if len(spoken) > SAMPLE_RATE // 4:
                said.append(resampled(spoken, size))
                said.append(np.zeros(int(rng.uniform(0.1, 0.6) * SAMPLE_RATE), np.float32))
        return np.concatenate(said)[:N_LENGTH]


def _recorded(samples: Samples, rng: Rng) -> Samples:
    """Return the sound in a room, mostly, with noise: a made kind is not known by its silence."""
    if rng.random() < 0.7:
        samples = with_room(samples, rng)
    return levelled(with_noise(samples, rng))
