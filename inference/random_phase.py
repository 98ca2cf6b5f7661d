"""Sound from magnitudes alone, the phase borrowed from white noise: no iteration, no seam.

Rain, wind and waves are noise whose level moves in time and frequency; the ear follows the levels
and not the phase. Neighbouring frames must still agree with each other, so the phase is that of
one continuous noise seen through the same windows, its magnitudes set aside.
"""

import numpy as np

from inference.bands import Array, Bands, amplitudes_of

SMALLEST = 1e-9
BLOCK = 1024  # frames transformed at once, so that an hour takes no more memory than a minute


class RandomPhase:
    """A stream of sound from a stream of band levels.

    What comes out does not depend on how the frames were divided between calls. The sample rate is
    16 kHz times `oversampling`: the spectrum is only continued with zeros.
    """

    def __init__(self, bands: Bands, oversampling: int, rng: np.random.Generator) -> None:
        self._bands = bands
        self._rng = rng
        self._window = np.hanning(bands.n_fft + 1)[:-1].astype(np.float32)
        self._n_out = bands.n_fft * oversampling
        self._hop_out = bands.hop_length * oversampling
        out_window = np.hanning(self._n_out + 1)[:-1].astype(np.float32)
        overlaps = np.square(out_window).reshape(-1, self._hop_out).sum(axis=0)
        self._out_window = out_window * oversampling / overlaps.mean()
        self._noise = self._draw(bands.n_fft - bands.hop_length)
        self._tail = np.zeros(self._n_out - self._hop_out, np.float32)

    def render(self, levels_db: Array, gains: Array) -> Array:
        """Return the next n_frames * hop samples.

        Args:
            levels_db: band levels, (n_frames, n_bands).
            gains: what each frequency's magnitude is multiplied by, (n_bins,).
        """
        samples = np.empty(len(levels_db) * self._hop_out, np.float32)
        for onset in range(0, len(levels_db), BLOCK):
            amplitudes = amplitudes_of(levels_db[onset : onset + BLOCK], self._bands) * gains
            until = (onset + len(amplitudes)) * self._hop_out
            samples[onset * self._hop_out : until] = self._block(amplitudes)
        return samples

    def _block(self, amplitudes: Array) -> Array:
        n_frames = len(amplitudes)
        noise = np.concatenate([self._noise, self._draw(n_frames * self._bands.hop_length)])
        self._noise = noise[n_frames * self._bands.hop_length :]
        frames = np.lib.stride_tricks.sliding_window_view(noise, self._bands.n_fft)
        spectrum = np.fft.rfft(frames[:: self._bands.hop_length][:n_frames] * self._window)
        spectrum *= amplitudes / (np.abs(spectrum) + SMALLEST)
        pieces = np.fft.irfft(spectrum, self._n_out) * self._out_window
        return self._overlapped(np.asarray(pieces, np.float32))

    def _overlapped(self, pieces: Array) -> Array:
        """Add pieces (n_frames, n_out), each a hop after the one before, to what is left over."""
        n_frames, hop = len(pieces), self._hop_out
        summed = np.zeros((n_frames - 1) * hop + self._n_out, np.float32)
        summed[: len(self._tail)] = self._tail
        by_hop = summed.reshape(-1, hop)
        for k in range(self._n_out // hop):
            by_hop[k : k + n_frames] += pieces[:, k * hop : (k + 1) * hop]
        self._tail = summed[n_frames * hop :].copy()
        return summed[: n_frames * hop]

    def _draw(self, n_samples: int) -> Array:
        return self._rng.standard_normal(n_samples, dtype=np.float32)
