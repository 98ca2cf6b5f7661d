"""What the recognisers hear of a recording: the voice in it, from one Fourier transform."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.audio import Waveform, trim
from inference.features import MelConfig, decibels, log_mel, mel_power, power_spectrogram
from inference.voice_contours import CONTOURS, VoiceContours, voice_contours
from models.voice_statistics import n_statistics, voice_statistics

PIECE_S: Final = 3.0
MOST_PIECES: Final = 16  # of a long note, spread evenly, so that ten minutes cost what one does
RANGE_DB: Final = 80.0
FEWEST_HOPS: Final = 4  # a shorter sound is padded: movement needs frames


@dataclass(frozen=True, slots=True, eq=False)
class HeardVoice:
    """One voice: `log_mel` (n_mels, n_frames), free of level, and its contours."""

    log_mel: Tensor
    contours: VoiceContours
    config: MelConfig


def hear(waveform: Waveform, config: MelConfig) -> HeardVoice:
    """Hear the trimmed voice; of more than 48 s, 16 pieces of 3 s stand for the whole."""
    power = _power(waveform, config)
    mel = mel_power(power, config)
    return HeardVoice(_level_free(decibels(mel)), voice_contours(power, mel, config), config)


def voice_features(waveform: Waveform, config: MelConfig) -> Tensor:
    """Return the log-mel spectrogram of the trimmed voice, free of the recording's level.

    80 dB of range are kept; mean 0 and deviation 1 over all values. Shape (n_mels, n_frames). Of
    more than 48 s, 16 pieces of 3 s stand for the whole.
    """
    return _level_free(log_mel(_power(waveform, config), config))


def statistics_of(heard: HeardVoice) -> Tensor:
    """Return the statistics that the voice models read, (n_statistics,)."""
    pitch = heard.contours.pitch
    return voice_statistics(
        heard.log_mel, heard.contours.values, pitch.loud, pitch.voiced, heard.config.frame_s
    )


def n_statistics_of(config: MelConfig) -> int:
    """How many numbers `statistics_of` gives."""
    return n_statistics(config.n_mels, len(CONTOURS))


def _power(waveform: Waveform, config: MelConfig) -> Tensor:
    samples = torch.from_numpy(_excerpt(trim(waveform)))
    missing = max(0, FEWEST_HOPS * config.hop_length - len(samples))
    samples = torch.nn.functional.pad(samples, (0, missing))
    return power_spectrogram(samples[None], config)[0]


def _level_free(in_db: Tensor) -> Tensor:
    kept = torch.maximum(in_db, in_db.max() - RANGE_DB)
    return (kept - kept.mean()) / (kept.std() + 1e-3)


def _excerpt(waveform: Waveform) -> NDArray[np.float32]:
    """Return all samples, or the evenly spread pieces that stand for a long note."""
    length = round(PIECE_S * waveform.sample_rate)
    if len(waveform.samples) <= MOST_PIECES * length:
        return waveform.samples
    onsets = np.linspace(0, len(waveform.samples) - length, MOST_PIECES).round().astype(int)
    return np.concatenate([waveform.samples[onset : onset + length] for onset in onsets])
