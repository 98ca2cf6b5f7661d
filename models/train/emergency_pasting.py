"""Short emergencies inside other recordings.

Recordings of emergencies hold little else, so a net learns the whole clip rather than the scream
in it. Here the loudest second of a note, emergency or ordinary, is heard anywhere in an ordinary
recording: what is pasted tells the kind, and not that something is.
"""

from typing import Final

import torch
from torch import Tensor

from models.train.emergency_signals import Rng

PASTED_SHARE: Final = 0.4  # of the recordings of a batch
LENGTH_FRAMES: Final = (60, 150)
ABOVE_DB: Final = (-3.0, 18.0)  # how much louder than what it is pasted into


def pasted(log_mel: Tensor, others: Tensor, recorded: Tensor, rng: Rng) -> Tensor:
    """Notes of which some are an excerpt of themselves inside an ordinary recording.

    Args:
        log_mel: shape (n, 80, T), of `log_mel_of`.
        others: as many ordinary recordings, of the same shape.
        recorded: which notes may be pasted, booleans of shape (n,).
        rng: what is drawn.
    """
    found = log_mel.clone()
    n_frames = log_mel.shape[2]
    for i in torch.nonzero(recorded)[:, 0].tolist():
        if rng.random() >= PASTED_SHARE:
            continue
        length = min(n_frames, int(rng.integers(*LENGTH_FRAMES)))
        excerpt = loudest(10.0 ** (4.0 * log_mel[i]), length)
        under = 10.0 ** (4.0 * others[i])
        onset = int(rng.integers(n_frames - length + 1))
        ratio = 10.0 ** (rng.uniform(*ABOVE_DB) / 10.0)
        under = under * (excerpt.mean() / under.mean() / ratio)
        under[:, onset : onset + length] += excerpt
        found[i] = under.log10() / 4.0
    return found


def loudest(power: Tensor, length: int) -> Tensor:
    """The `length` frames that hold most power, (n_bands, length), of (n_bands, T)."""
    sums = power.sum(dim=0).cumsum(dim=0)
    sums = torch.cat([sums.new_zeros(1), sums])
    onset = int((sums[length:] - sums[:-length]).argmax())
    return power[:, onset : onset + length]
