"""The pitch of a voice over time, from the power spectrogram its other features come from."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import torch
from torch import Tensor

from inference.features import MelConfig

LOWEST_HZ: Final = 60.0
HIGHEST_HZ: Final = 600.0
HIGHEST_HARMONIC_HZ: Final = 2_500.0  # above, a voice is more noise than harmonics
LAG_STEP_S: Final = 1.0 / 16_000.0
LOUD_RANGE_DB: Final = 35.0  # below the loudest frame: what lies lower is a pause
VOICED_STRENGTH: Final = 0.5
SURE_STRENGTH: Final = 0.6  # frames that tell where this voice's pitch lies
FEWEST_SURE: Final = 5
# A period's multiples correlate as well as itself: each octave down costs this much strength.
OCTAVE_COST: Final = 0.02
# Beyond three quarters of an octave from the voice's median, each octave costs this much.
DISTANCE_FREE_OCTAVES: Final = 0.75
DISTANCE_COST: Final = 0.15
NO_PEAK: Final = -1.0


@dataclass(frozen=True, slots=True, eq=False)
class PitchTrack:
    """Pitch of each frame of one voice; every tensor has shape (n_frames,).

    `hz` is the best guess in each frame, 0 where there is none; it means something only where
    `voiced`. `strength` in [0, 1) is the share of the power that repeats with that period. `loud`
    frames are within 35 dB of the loudest, `voiced` ones loud and periodic. `level_db` is the
    power of the frame in dB, not calibrated.
    """

    hz: Tensor
    strength: Tensor
    level_db: Tensor
    loud: Tensor
    voiced: Tensor


def track_pitch(power: Tensor, config: MelConfig) -> PitchTrack:
    """Track the pitch of one voice by autocorrelation (Boersma, 1993).

    The autocorrelation of each frame, divided by that of the window, is searched for its highest
    peak between 60 and 600 Hz. A second search prefers peaks near the median of the first, which
    takes the place of a path search.

    Args:
        power: shape (n_fft // 2 + 1, n_frames), n_frames >= 1, from `power_spectrogram`.
        config: the one it was made with.
    """
    transform, lags_s = _autocorrelation(config)
    heard = power[: transform.shape[1]]
    total = heard.sum(dim=0)
    correlation = transform @ heard / (total + 1e-10)
    level_db = 10.0 * torch.log10(total + 1e-10)
    loud = (level_db > level_db.max() - LOUD_RANGE_DB) & (total > 1e-8)
    worth = _peaks(correlation, lags_s)
    hz, strength = _best(correlation, worth, lags_s)
    sure = (strength > SURE_STRENGTH) & loud
    if int(sure.sum()) >= FEWEST_SURE:
        octaves = torch.log2(hz[sure].median() * lags_s).abs()
        cost = DISTANCE_COST * (octaves - DISTANCE_FREE_OCTAVES).clamp(min=0.0)
        hz, strength = _best(correlation, worth - cost[:, None], lags_s)
    return PitchTrack(hz, strength, level_db, loud, loud & (strength > VOICED_STRENGTH))


def _peaks(correlation: Tensor, lags_s: Tensor) -> Tensor:
    """Return what each lag is worth as a period, (n_lags, n_frames); -1 where it is no peak."""
    inner = correlation[1:-1]
    highest = (inner >= correlation[:-2]) & (inner > correlation[2:])
    worth = inner - OCTAVE_COST * torch.log2(lags_s[1:-1] / lags_s[1])[:, None]
    edge = torch.full((1, correlation.shape[1]), NO_PEAK)
    return torch.cat([edge, worth.masked_fill(~highest, NO_PEAK), edge])


def _best(correlation: Tensor, worth: Tensor, lags_s: Tensor) -> tuple[Tensor, Tensor]:
    """Return pitch in Hz and strength of the lag worth most, by a parabola through its peak."""
    most, best = worth[1:-1].max(dim=0)
    before, peak, after = (correlation.gather(0, best[None] + k)[0] for k in range(3))
    curvature = (before - 2.0 * peak + after).clamp(max=-1e-9)
    shift = (0.5 * (before - after) / curvature).clamp(-0.5, 0.5)
    period_s = lags_s[1:-1][best] + shift * (lags_s[1] - lags_s[0])
    strength = (peak - 0.25 * (before - after) * shift).clamp(0.0, 0.999)
    found = most > 0.5 * NO_PEAK
    return found / period_s, strength * found


@lru_cache(maxsize=4)
def _autocorrelation(config: MelConfig) -> tuple[Tensor, Tensor]:
    """Return what makes autocorrelations of powers, (n_lags, n_bins), and the lags in seconds.

    They are divided by the autocorrelation of the window, whose taper would favour short periods.
    """
    bins_hz = torch.fft.rfftfreq(config.n_fft, 1.0 / config.sample_rate)
    bins_hz = bins_hz[bins_hz <= HIGHEST_HARMONIC_HZ]
    longest_s = min(1.0 / LOWEST_HZ, 0.5 * config.n_fft / config.sample_rate)
    shortest, longest = int(1.0 / HIGHEST_HZ / LAG_STEP_S), int(longest_s / LAG_STEP_S)
    lags_s = torch.arange(shortest - 1, longest + 3) * LAG_STEP_S
    transform = torch.cos(2.0 * torch.pi * lags_s[:, None] * bins_hz)
    window = torch.fft.rfft(torch.hann_window(config.n_fft)).abs().square()[: len(bins_hz)]
    window[0] /= 2.0  # every other bin stands for its mirror image too
    taper = transform @ window / window.sum()
    return transform / taper[:, None], lags_s
