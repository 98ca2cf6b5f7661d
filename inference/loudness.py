"""Loudness of long sound as the ear weighs it (ITU-R BS.1770), and a limit on its peaks."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from inference.bands import Array

BLOCK_S: Final = 0.1  # loudness is measured over 0.4 s, every 0.1 s
ABSOLUTE_GATE_LUFS: Final = -70.0
RELATIVE_GATE_LU: Final = -10.0
OFFSET_LUFS: Final = -0.691
PIECE_S: Final = 10.0
AROUND_S: Final = 0.5

# The two filters of BS.1770 at 48 kHz: a shelf for the head, and a high pass.
SHELF: Final = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
HIGH_PASS: Final = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
FILTER_RATE: Final = 48_000


def block_powers(samples: Array, sample_rate: int) -> Array:
    """Return the weighted power of each whole 0.1 s of mono sound, (n_blocks,).

    It is filtered in pieces of ten seconds, each with half a second of what is around it.
    """
    block, piece, around = (round(s * sample_rate) for s in (BLOCK_S, PIECE_S, AROUND_S))
    n_blocks = len(samples) // block
    powers = np.zeros(n_blocks, np.float32)
    padded = np.pad(samples, (around, around + piece))
    for onset in range(0, n_blocks * block, piece):
        spectrum = np.fft.rfft(padded[onset : onset + piece + 2 * around])
        spectrum *= _weight(piece + 2 * around, sample_rate)
        weighted = np.fft.irfft(spectrum, piece + 2 * around)[around : around + piece]
        into = powers[onset // block : (onset + piece) // block]
        into[:] = np.square(weighted).reshape(-1, block).mean(axis=1)[: len(into)]
    return powers


def integrated_lufs(powers: Array) -> float:
    """Return the gated loudness of block powers (n_blocks,); -70 where nothing passes the gate."""
    if len(powers) < 4:
        return ABSOLUTE_GATE_LUFS
    windows = np.convolve(powers.astype(np.float64), np.full(4, 0.25), "valid")
    heard = windows[windows > 10.0 ** ((ABSOLUTE_GATE_LUFS - OFFSET_LUFS) / 10.0)]
    if not len(heard):
        return ABSOLUTE_GATE_LUFS
    heard = heard[heard > heard.mean() * 10.0 ** (RELATIVE_GATE_LU / 10.0)]
    return float(OFFSET_LUFS + 10.0 * np.log10(heard.mean()))


class Limiter:
    """A limit on peaks in a stream: gain is taken back smoothly over some 5 ms on either side.

    The last 12 ms are held back until what follows is known; `finish` gives them.
    """

    STEP_S: Final = 0.001
    REACH_STEPS: Final = 5

    def __init__(self, highest: float, sample_rate: int) -> None:
        self._highest = highest
        self._step = round(self.STEP_S * sample_rate)
        self._held = 2 * (self.REACH_STEPS + 1) * self._step
        self._waiting = np.zeros(0, np.float32)
        self._n_done = 0  # samples at the head of `_waiting` that were already given out

    def push(self, samples: Array) -> Array:
        """Take the next samples; return those whose gain is settled, one dimension each."""
        self._waiting = np.concatenate([self._waiting, samples])
        whole = (len(self._waiting) - self._held) // self._step * self._step
        return self._given(max(self._n_done, whole))

    def finish(self) -> Array:
        """Return what was held back."""
        return self._given(len(self._waiting))

    def _given(self, until: int) -> Array:
        given = (self._waiting * self._gain())[self._n_done : until]
        # The gain of a step depends on what lies before it as well.
        kept_from = max(0, (until - self._held) // self._step * self._step)
        self._waiting = self._waiting[kept_from:]
        self._n_done = until - kept_from
        return given

    def _gain(self) -> Array:
        n_steps = -(-len(self._waiting) // self._step)
        peaks = np.zeros(n_steps * self._step, np.float32)
        np.abs(self._waiting, out=peaks[: len(self._waiting)])
        highest = peaks.reshape(-1, self._step).max(axis=1)
        if highest.max(initial=0.0) <= self._highest:
            return np.ones(len(self._waiting), np.float32)
        wanted = np.minimum(1.0, self._highest / np.maximum(highest, 1e-9))
        reach = self.REACH_STEPS
        around = np.pad(wanted, 2 * reach + 1, constant_values=1.0)
        lowest = sliding_window_view(around, 2 * reach + 3).min(axis=1)
        window = np.hanning(2 * reach + 1)
        smooth = np.convolve(lowest, window / window.sum(), "valid")
        centres = (np.arange(n_steps) + 0.5) * self._step
        return np.asarray(np.interp(np.arange(len(self._waiting)), centres, smooth), np.float32)


def limited(samples: Array, highest: float, sample_rate: int) -> Array:
    """Return the samples with their peaks taken back to `highest`, as `Limiter` does."""
    return np.concatenate(list(limited_stream([samples], highest, sample_rate)))


def limited_stream(chunks: Iterable[Array], highest: float, sample_rate: int) -> Iterator[Array]:
    """Yield the chunks with their peaks taken back, what was held back as a last one.

    Each is worked on in pieces of ten seconds.
    """
    limiter = Limiter(highest, sample_rate)
    length = round(PIECE_S * sample_rate)
    for chunk in chunks:
        onsets = range(0, len(chunk), length)
        yield np.concatenate([limiter.push(chunk[onset : onset + length]) for onset in onsets])
    yield limiter.finish()


@lru_cache(maxsize=4)
def _weight(n_samples: int, sample_rate: int) -> Array:
    """Return the magnitude of both filters at the frequencies of a transform, below 24 kHz."""
    hertz = np.fft.rfftfreq(n_samples, 1.0 / sample_rate)
    turn = np.exp(-2j * np.pi * hertz / FILTER_RATE)
    response = np.ones_like(turn)
    for above, below in (SHELF, HIGH_PASS):
        response *= np.polynomial.polynomial.polyval(turn, above)
        response /= np.polynomial.polynomial.polyval(turn, below)
    return np.asarray(np.abs(response), np.float32)
