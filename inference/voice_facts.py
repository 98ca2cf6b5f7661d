"""What can be measured of how a person spoke, as plain numbers with units."""

from typing import Final

import torch
from torch import Tensor

from inference.analysis import VoiceFacts
from inference.audio import Waveform, level_dbfs
from inference.voice import HeardVoice

SOUNDING_DB: Final = 15.0  # below the loud parts: what has no pitch and is softer is a pause
SHORTEST_PAUSE_S: Final = 0.25  # the closure of a consonant is shorter
SMOOTHING_S: Final = 0.08
SYLLABLE_DIP_DB: Final = (
    2.0  # de Jong and Wempe, 2009: between two syllables the level dips so far
)
SYLLABLE_RANGE_DB: Final = 25.0
FEWEST_VOICED: Final = 5  # frames; of fewer no pitch is told


def voice_facts(waveform: Waveform, voice: HeardVoice) -> VoiceFacts:
    """Measure the voice of a recording.

    Pitch, pauses and rate are of the voice between its first and last sound; of more than 48 s, of
    the pieces that stand for it.

    Args:
        waveform: the whole recording.
        voice: what was heard of it.
    """
    pitch, frame_s = voice.contours.pitch, voice.config.frame_s
    heard_s = len(pitch.hz) * frame_s
    loud_db = torch.quantile(pitch.level_db, 0.95)
    sounding = pitch.voiced | (pitch.level_db > loud_db - SOUNDING_DB)
    pauses_s = [length for length in _silences_s(sounding, frame_s) if length >= SHORTEST_PAUSE_S]
    hz = pitch.hz[pitch.voiced]
    told = len(hz) >= FEWEST_VOICED
    low, high = torch.quantile(hz, torch.tensor([0.05, 0.95])).tolist() if told else (1.0, 1.0)
    return VoiceFacts(
        duration_s=waveform.duration_s,
        level_dbfs=level_dbfs(waveform),
        voiced_share=float(pitch.voiced.float().mean()),
        pause_share=sum(pauses_s) / heard_s,
        longest_pause_s=max(pauses_s, default=0.0),
        speech_rate_per_s=_syllables(pitch.level_db, pitch.voiced, frame_s) / heard_s,
        pitch_median_hz=float(hz.median()) if told else None,
        pitch_range_semitones=12.0 * float(torch.tensor(high / low).log2()) if told else None,
    )


def _silences_s(sounding: Tensor, frame_s: float) -> list[float]:
    """Lengths of the gaps between sounds."""
    at = torch.nonzero(sounding)[:, 0]
    return [(gap - 1) * frame_s for gap in torch.diff(at).tolist() if gap > 1]


def _syllables(level_db: Tensor, voiced: Tensor, frame_s: float) -> int:
    """Count the peaks of the smoothed level that are voiced, with a dip between each two."""
    n = 2 * round(SMOOTHING_S / frame_s / 2) + 1
    padded = torch.nn.functional.pad(level_db[None], (n // 2, n // 2), mode="replicate")[0]
    smooth = padded.unfold(0, n, 1).mean(dim=1)
    floor = float(torch.quantile(smooth, 0.95)) - SYLLABLE_RANGE_DB
    count, lowest, highest, falling = 0, float("inf"), -float("inf"), False
    for level, is_voiced in zip(smooth.tolist(), voiced.tolist(), strict=True):
        if falling:
            lowest = min(lowest, level)
            if level >= lowest + SYLLABLE_DIP_DB:
                falling, highest = False, -float("inf")
        if not falling and level > floor and is_voiced:
            highest = max(highest, level)
        if not falling and level <= highest - SYLLABLE_DIP_DB:
            falling, lowest, count = True, level, count + 1
    return count + (not falling and highest > floor)
