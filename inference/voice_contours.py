"""How a voice sounds from frame to frame: its pitch, its roughness, and where its power lies.

A choice of the low-level descriptors of eGeMAPS (Eyben et al., 2016), taken from the power
spectrum that the mel bands come from.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import torch
from torch import Tensor

from inference.features import POWER_FLOOR, MelConfig
from inference.pitch import PitchTrack, track_pitch

CONTOURS: Final = (
    "pitch_semitones",  # above 55 Hz; where there is no pitch, of the lowest that is looked for
    "harmonicity_db",  # of the periodic part over the rest
    "level_db",  # below the loudest frame, at least -60
    "alpha_ratio_db",  # 50 to 1000 Hz over 1 to 5 kHz
    "hammarberg_db",  # strongest bin below 2 kHz over that of 2 to 5 kHz
    "slope_0_500_db_khz",
    "slope_500_1500_db_khz",
    "centroid_khz",
    "flatness_db",  # geometric over arithmetic mean of the mel bands
    "flux",  # distance of neighbouring frames' normalised mel bands, 0 to about 1.4
    "first_over_second_harmonic_db",
    "first_harmonic_over_300_1000_db",
    "first_harmonic_over_2000_3500_db",
)
PITCH_ZERO_HZ: Final = 55.0
LEVEL_RANGE_DB: Final = 60.0
SPECTRAL_RANGE_DB: Final = 80.0


@dataclass(frozen=True, slots=True, eq=False)
class VoiceContours:
    """`values` (n_contours, n_frames) in the order of CONTOURS, and the pitch they rest on."""

    values: Tensor
    pitch: PitchTrack


def voice_contours(power: Tensor, mel: Tensor, config: MelConfig) -> VoiceContours:
    """Describe one voice frame by frame.

    Args:
        power: shape (n_fft // 2 + 1, n_frames), from `power_spectrogram`.
        mel: shape (n_mels, n_frames), from `mel_power` of the same.
        config: the one both were made with.
    """
    pitch = track_pitch(power, config)
    bins_hz = torch.fft.rfftfreq(config.n_fft, 1.0 / config.sample_rate)
    power = torch.maximum(power, power.max() * 10.0 ** (-SPECTRAL_RANGE_DB / 10.0))
    sums, slopes, n_low = _projections(config)
    below_1k, above_1k, moment, total = (sums @ power).clamp(min=POWER_FLOOR)
    slope_low, slope_mid = slopes @ _decibels(power[:n_low])

    def strongest(from_hz: float, to_hz: float) -> Tensor:
        inside = torch.nonzero((bins_hz >= from_hz) & (bins_hz < to_hz))
        return _decibels(power[int(inside[0]) : int(inside[-1]) + 1].amax(dim=0))

    first, second = (_harmonic(power, k * pitch.hz, config) for k in (1, 2))
    floor = mel.max() * 10.0 ** (-SPECTRAL_RANGE_DB / 10.0)
    bands = torch.maximum(mel, floor).clamp(min=POWER_FLOOR)
    shape = bands.sqrt() / bands.sum(dim=0).sqrt()
    moved = (shape[:, 1:] - shape[:, :-1]).norm(dim=0)
    values = [
        12.0 * torch.log2(pitch.hz.clamp(min=PITCH_ZERO_HZ) / PITCH_ZERO_HZ),
        _decibels(pitch.strength / (1.0 - pitch.strength)).clamp(min=-20.0),
        (pitch.level_db - pitch.level_db.max()).clamp(min=-LEVEL_RANGE_DB),
        _decibels(below_1k / above_1k),
        strongest(0.0, 2000.0) - strongest(2000.0, 5000.0),
        slope_low,
        slope_mid,
        moment / total,
        _decibels(bands).mean(dim=0) - _decibels(bands.mean(dim=0)),
        torch.cat([torch.zeros(1), moved]),
        first - second,
        first - strongest(300.0, 1000.0),
        first - strongest(2000.0, 3500.0),
    ]
    return VoiceContours(torch.stack(values), pitch)


def _harmonic(power: Tensor, hz: Tensor, config: MelConfig) -> Tensor:
    """Return the strongest of the three bins around a frequency a frame, in dB, (n_frames,)."""
    bins = (hz * (config.n_fft / config.sample_rate)).round().long().clamp(1, len(power) - 2)
    around = [power.gather(0, bins[None] + k)[0] for k in (-1, 0, 1)]
    return _decibels(torch.stack(around).amax(dim=0))


def _decibels(power: Tensor) -> Tensor:
    return 10.0 * torch.log10(power.clamp(min=POWER_FLOOR))


@lru_cache(maxsize=4)
def _projections(config: MelConfig) -> tuple[Tensor, Tensor, int]:
    """Return sums over bins (4, n_bins), slopes over the lowest bins (2, n_low), and n_low.

    The sums: 50 to 1000 Hz, 1 to 5 kHz, all weighted by frequency in kHz, all.
    """
    bins_hz = torch.fft.rfftfreq(config.n_fft, 1.0 / config.sample_rate)
    sums = torch.stack(
        [
            ((bins_hz >= 50.0) & (bins_hz < 1000.0)).float(),
            ((bins_hz >= 1000.0) & (bins_hz < 5000.0)).float(),
            bins_hz / 1000.0,
            torch.ones_like(bins_hz),
        ]
    )
    n_low = int((bins_hz < 1500.0).sum())
    slopes = torch.zeros(2, n_low)
    for row, (from_hz, to_hz) in zip(slopes, ((0.0, 500.0), (500.0, 1500.0)), strict=True):
        inside = (bins_hz[:n_low] >= from_hz) & (bins_hz[:n_low] < to_hz)
        khz = bins_hz[:n_low][inside] / 1000.0
        row[inside] = (khz - khz.mean()) / (khz - khz.mean()).square().sum()
    return sums, slopes, n_low
