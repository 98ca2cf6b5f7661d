"""Sleep sounds by recipe: which kinds, how strong, how long; made anew or the same again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from inference.bands import SAMPLE_RATE, Array, frequencies_hz
from inference.loudness import (
    BLOCK_S,
    Limiter,
    block_powers,
    integrated_lufs,
    limited,
    limited_stream,
)
from inference.random_phase import RandomPhase
from inference.sleep_textures import SHIPPED_WEIGHTS, Voice, draw_levels
from inference.sound_parts import Part
from inference.sound_recipe import Blend, Recipe, Strength, fade
from inference.weights import SLEEP_NETWORKS

TARGET_LUFS: Final = -27.0
HIGHEST_PEAK: Final = 10.0 ** (-5.0 / 20.0)  # codecs overshoot: decoded, it stays below -3 dBTP
CHUNK_S: Final = 65.6
LOOP_JOIN_S: Final = 2.0
GAIN_RATE: Final = 200  # Hz
PIECE_S: Final = 10  # of a chunk that is worked on at once
SETTLED_S: Final = (
    0.1  # around the end of a part only the next one sounds: more than the limiter sees
)


class UnknownKind(ValueError):
    """There is no such kind; the message lists those that there are."""


@dataclass(frozen=True, slots=True)
class Filtering:
    """What a strength does: `movement` is how far levels move around their mean (1: as drawn).

    Slopes are of 12 dB an octave below `low_cut_hz` and above `high_cut_hz`; `bass_db` lifts what
    is below 250 Hz and `clarity_db` what is around 2 kHz.
    """

    movement: float
    low_cut_hz: float
    high_cut_hz: float
    bass_db: float = 0.0
    clarity_db: float = 0.0

    def gains(self, hertz: Array) -> Array:
        """Return the amplitude gain at each frequency, (n_bins,)."""
        at = np.maximum(hertz, 1.0)
        gain = 1.0 / (1.0 + (self.low_cut_hz / at) ** 2) / (1.0 + (at / self.high_cut_hz) ** 2)
        bass = self.bass_db / (1.0 + (at / 250.0) ** 2)
        clarity = self.clarity_db * np.exp(-0.5 * np.log2(at / 2000.0) ** 2)
        return np.asarray(gain * 10.0 ** ((bass + clarity) / 20.0), np.float32)


FILTERINGS: Final = {
    Strength.FAINT: Filtering(movement=0.5, low_cut_hz=150.0, high_cut_hz=1500.0),
    Strength.SOFT: Filtering(movement=0.75, low_cut_hz=80.0, high_cut_hz=3500.0),
    Strength.FULL: Filtering(movement=1.0, low_cut_hz=30.0, high_cut_hz=12_000.0),
    Strength.DEEP: Filtering(movement=1.0, low_cut_hz=20.0, high_cut_hz=5000.0, bass_db=9.0),
    Strength.FOCUS: Filtering(movement=0.6, low_cut_hz=120.0, high_cut_hz=9000.0, clarity_db=3.0),
}


class SleepSounds:
    """The networks that sounds are drawn from."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = {kind: voice for voice in voices for kind in voice.kinds}

    @classmethod
    def load(cls, folder: Path = SHIPPED_WEIGHTS) -> "SleepSounds":
        """Read the shipped networks.

        Raises:
            FileNotFoundError, CheckpointMismatch: as `checkpoints.load` does.
        """
        return cls([Voice.load(folder / f"{name}.safetensors") for name in SLEEP_NETWORKS])

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds there are."""
        return tuple(self._voices)

    def one_voice(self, kinds: Sequence[str]) -> bool:
        """Whether one network draws all of these, so that there is something between them."""
        return len({id(self._voices[kind]) for kind in kinds}) == 1

    def render(self, recipe: Recipe, sample_rate: int) -> Iterator[Array]:
        """Yield the whole sound in chunks of about a minute, mono float32 in [-1, 1].

        At -27 LUFS over the whole file, fades included, and peaks at most -5 dBFS. Memory does not
        grow with length but for ten numbers a second.

        Args:
            recipe: what to make.
            sample_rate: a multiple of 16,000 Hz; there is nothing above 8 kHz.

        Raises:
            UnknownKind: a kind that there is no network for.
        """
        yield from limited_stream(self._levelled(recipe, sample_rate), HIGHEST_PEAK, sample_rate)

    def render_part(self, parts: Sequence[Part], number: int, sample_rate: int) -> Iterator[Array]:
        """Yield one part of a sound as `render` yields a whole one, each at -27 LUFS.

        Put together the parts are one sound; none needs those before it.

        Args:
            parts: as `parts_of` divided the sound.
            number: which, from 0.
            sample_rate: as for `render`.

        Raises:
            UnknownKind: as `render` does.
        """
        part = parts[number]
        chunks = self._levelled(part.recipe, sample_rate)
        if number + 1 < len(parts):
            chunks = self._running_on(chunks, part, parts[number + 1], sample_rate)
        n_lead, n_samples = (round(s * sample_rate) for s in (part.lead_s, part.duration_s))
        position = -n_lead
        for chunk in limited_stream(chunks, HIGHEST_PEAK, sample_rate):
            own = chunk[max(0, -position) : max(0, n_samples - position)]
            position += len(chunk)
            if len(own):
                yield own

    def _running_on(
        self, chunks: Iterator[Array], part: Part, following: Part, sample_rate: int
    ) -> Iterator[Array]:
        """Yield a part's chunks with the beginning of the next part's stream over their end.

        A moment of what follows comes after them, for the limiter to look ahead to.
        """
        n_join, n_settled = (round(s * sample_rate) for s in (following.lead_s, SETTLED_S))
        n_until = n_join + n_settled
        beginning = np.zeros(0, np.float32)
        for chunk in self._levelled(following.recipe, sample_rate):
            beginning = np.concatenate([beginning, chunk[: n_until - len(beginning)]])
            if len(beginning) == n_until:
                break
        # Two streams that know nothing of each other: their powers add.
        share = np.full(n_join, 0.5 * np.pi, np.float32)
        share[: n_join - n_settled] = np.linspace(0.0, 0.5 * np.pi, n_join - n_settled)
        falling, rising = np.cos(share), np.sin(share) * beginning[:n_join]
        falling[n_join - n_settled :] = 0.0
        position = n_join - round(part.recipe.duration_s * sample_rate)  # 0 where the join begins
        for chunk in chunks:
            joined = chunk[max(0, -position) :]
            into = slice(max(0, position), max(0, position) + len(joined))
            joined *= falling[into]
            joined += rising[into]
            position += len(chunk)
            yield chunk
        yield beginning[n_join:]

    def _levelled(self, recipe: Recipe, sample_rate: int) -> Iterator[Array]:
        """Yield the whole sound as loud as it shall be, fades included, its peaks as they are."""
        mixed = self._mixed(recipe, sample_rate)
        n_samples = round(recipe.duration_s * sample_rate)
        powers = np.zeros(0, np.float32)
        gain_db: float | None = None
        position = 0
        while position < n_samples:
            chunk = next(mixed)[: n_samples - position]
            if gain_db is None:
                gain_db = TARGET_LUFS - _expected_lufs(block_powers(chunk, sample_rate), recipe)
            # Crackles and thunder lose their peaks to the limit: what is left is what is heard.
            tamed = limited(chunk, HIGHEST_PEAK / 10.0 ** (gain_db / 20.0), sample_rate)
            powers = np.concatenate([powers, block_powers(tamed, sample_rate)])
            aimed_db = TARGET_LUFS - _expected_lufs(powers, recipe)
            knots_db = (gain_db if position else aimed_db, aimed_db)
            for onset in range(0, len(chunk), PIECE_S * sample_rate):
                piece = chunk[onset : onset + PIECE_S * sample_rate]
                share = onset / len(chunk), (onset + len(piece)) / len(chunk)
                from_db, to_db = (float(np.interp(at, (0.0, 1.0), knots_db)) for at in share)
                piece *= _gain(from_db, to_db, position + onset, len(piece), sample_rate, recipe)
            yield chunk
            gain_db = aimed_db
            position += len(chunk)

    def loop(self, recipe: Recipe, sample_rate: int) -> Array:
        """Return the sound so that its end runs on into its beginning, (n_samples,).

        Fades of the recipe are set aside: two more seconds are drawn, and laid over the first.
        """
        mixed = self._mixed(recipe, sample_rate)
        n_samples = round(recipe.duration_s * sample_rate)
        n_join = round(min(LOOP_JOIN_S, recipe.duration_s / 4.0) * sample_rate)
        drawn = np.zeros(0, np.float32)
        while len(drawn) < n_samples + n_join:
            drawn = np.concatenate([drawn, next(mixed)])
        looped = drawn[:n_samples].copy()
        # Two stretches of noise that know nothing of each other: their powers add.
        share = np.linspace(0.0, 0.5 * np.pi, n_join, dtype=np.float32)
        looped[:n_join] *= np.sin(share)
        looped[:n_join] += np.cos(share) * drawn[n_samples : n_samples + n_join]
        level = integrated_lufs(block_powers(looped, sample_rate))
        looped *= 10.0 ** ((TARGET_LUFS - level) / 20.0)
        limiter = Limiter(HIGHEST_PEAK, sample_rate)
        # Around the circle, so that gain agrees where it closes.
        around = limiter.push(np.concatenate([looped[-n_join:], looped, looped[:n_join]]))
        around = np.concatenate([around, limiter.finish()])
        return around[n_join : n_join + n_samples]

    def _mixed(self, recipe: Recipe, sample_rate: int) -> Iterator[Array]:
        """Yield chunks of all kinds together without end, each as loud as its weight asks."""
        for kind in recipe.weights:
            if kind not in self._voices:
                raise UnknownKind(f"{kind} is not one of {', '.join(self._voices)}")
        parts = self._parts(recipe)
        seeds = np.random.SeedSequence(recipe.seed).spawn(len(parts))
        streams = [
            _stream(voice, weights, recipe, sample_rate, seed)
            for (voice, weights), seed in zip(parts, seeds, strict=True)
        ]
        shares = [sum(weights.values()) for _, weights in parts]
        gains: list[float] = []
        while True:
            chunks = [next(stream) for stream in streams]
            if not gains:
                levels = [integrated_lufs(block_powers(one, sample_rate)) for one in chunks]
                gains = [
                    share**0.5 * 10.0 ** ((TARGET_LUFS - level) / 20.0)
                    for share, level in zip(shares, levels, strict=True)
                ]
            yield sum_of(chunks, gains)

    def _parts(self, recipe: Recipe) -> list[tuple[Voice, dict[str, float]]]:
        """Which voice draws which kinds: one a kind, or where they are to blend one a voice."""
        if recipe.blend is Blend.MIXED:
            return [(self._voices[kind], {kind: w}) for kind, w in recipe.weights.items()]
        found: dict[int, tuple[Voice, dict[str, float]]] = {}
        for kind, weight in recipe.weights.items():
            voice = self._voices[kind]
            found.setdefault(id(voice), (voice, {}))[1][kind] = weight
        return list(found.values())


def sum_of(chunks: Sequence[Array], gains: Sequence[float]) -> Array:
    """Return the weighted sum of chunks, as long as the shortest."""
    n_samples = min(map(len, chunks))
    summed = np.zeros(n_samples, np.float32)
    for chunk, gain in zip(chunks, gains, strict=True):
        summed += np.multiply(chunk[:n_samples], np.float32(gain), out=chunk[:n_samples])
    return summed


def _stream(
    voice: Voice,
    weights: dict[str, float],
    recipe: Recipe,
    sample_rate: int,
    seed: np.random.SeedSequence,
) -> Iterator[Array]:
    """Yield sound of one voice without end, before any gain."""
    filtering, bands = FILTERINGS[recipe.strength], voice.bands
    gains = filtering.gains(frequencies_hz(bands))
    of_levels, of_phase = seed.spawn(2)
    phase = RandomPhase(bands, sample_rate // SAMPLE_RATE, np.random.default_rng(of_phase))
    total = sum(weights.values())
    shares = {kind: weight / total for kind, weight in weights.items()}
    chunk_s = min(CHUNK_S, recipe.duration_s + LOOP_JOIN_S + 1.0)  # some is lost to the joins
    mean: Array | None = None
    for levels in draw_levels(voice, shares, chunk_s, of_levels):
        if filtering.movement < 1.0:
            mean = np.asarray(levels.mean(axis=0)) if mean is None else mean
            levels = np.asarray(mean + filtering.movement * (levels - mean), np.float32)
        yield phase.render(levels, gains)


def _gain(
    from_db: float, to_db: float, onset: int, n_samples: int, sample_rate: int, recipe: Recipe
) -> Array:
    """Return the gain of each sample: a slow ramp in dB, times the fades.

    Both are computed every 5 ms and drawn straight between: smooth, and cheap over hours.
    """
    step = sample_rate // GAIN_RATE
    knots = np.arange(0, n_samples + step, step)
    level = 10.0 ** (np.linspace(from_db, to_db, len(knots)) / 20.0)
    level *= fade((onset + knots) / sample_rate, recipe)
    return np.asarray(np.interp(np.arange(n_samples), knots, level), np.float32)


def _expected_lufs(powers: Array, recipe: Recipe) -> float:
    """Return how loud the whole file will be if the rest is like what there is already."""
    n_blocks = max(len(powers), int(recipe.duration_s / BLOCK_S))
    if not len(powers):
        return TARGET_LUFS
    whole = np.resize(powers, n_blocks)
    seconds = np.asarray((np.arange(n_blocks) + 0.5) * BLOCK_S, np.float64)
    return integrated_lufs(whole * np.square(fade(seconds, recipe)))
