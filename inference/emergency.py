"""What a recording sounds like, from sounds alone: the convolutional network and the encoder.

A recording is heard in windows of a few seconds, each brought to one level, so that neither the
length of a note nor the gain of a phone tells anything. It sounds as much like an emergency as its
worst window does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference import checkpoints
from inference.analysis import (
    Distress,
    DistressKind,
    DistressLevel,
    Emergency,
    EmergencyLevel,
    SoundKind,
    Stretch,
)
from inference.audio import SAMPLE_RATE, Waveform, is_silent
from inference.features import MelConfig, mel_power, power_spectrogram
from inference.timeline import by_step, slide, stretches
from inference.weights import CNN_WEIGHTS, ENCODER_WEIGHTS
from models.emergency_cnn import EmergencyCnn, EmergencyCnnConfig
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig

KINDS: Final = tuple(SoundKind)
N_EMERGENCIES: Final = 14
EMERGENCIES: Final = KINDS[:N_EMERGENCIES]

MEL: Final = MelConfig(n_fft=400, hop_length=160, n_mels=80)  # Whisper's
RANGE_BELS: Final = 8.0  # below the loudest band nothing is heard, as in Whisper
QUIETEST_BELS: Final = -7.0  # a loudest band below this is silence and is not made louder
LEAST_POWER: Final = 1e-20

WINDOW_S: Final = 4.0
HOP_S: Final = 2.0
WINDOWS_A_BATCH: Final = 32
ENDS_BELOW: Final = 0.5  # of the probability at which an emergency begins


@dataclass(frozen=True, slots=True)
class Judge:
    """How the logits of a net, or of both together, become a probability and its two thresholds.

    The probability is the logistic of `scale` * logit + `offset`; `ask` and `alarm` are compared
    with it.
    """

    scale: float
    offset: float
    ask: float
    alarm: float

    def probability(self, logit: Tensor) -> Tensor:
        """Calibrated probability of an emergency, of the same shape."""
        return torch.sigmoid(self.scale * logit + self.offset)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What both nets make of n windows: logits over the nineteen kinds, (n, 19) each."""

    cnn: Tensor
    encoder: Tensor

    @property
    def together(self) -> Tensor:
        """The mean of both log-probabilities, (n, 19)."""
        return (self.cnn.log_softmax(1) + self.encoder.log_softmax(1)) / 2.0


class EmergencyEar:
    """Tells emergencies from ordinary sounds; safe to share, the weights are only read."""

    def __init__(
        self, cnn: EmergencyCnn, encoder: EmergencyEncoder, judges: Mapping[str, Judge]
    ) -> None:
        """Wrap trained nets in evaluation mode; `judges` of "cnn", "encoder" and "together"."""
        self.cnn = cnn
        self.encoder = encoder
        self.judges = MappingProxyType(dict(judges))
        with torch.inference_mode():
            self._silence = cnn.silence()

    @classmethod
    def load(cls, folder: Path) -> EmergencyEar:
        """Read both nets, their calibration and thresholds.

        Raises:
            FileNotFoundError: one of the two files is not in the folder.
            CheckpointMismatch: it holds another model.
        """
        cnn = checkpoints.load(folder / CNN_WEIGHTS, EmergencyCnnConfig, EmergencyCnn)
        encoder = checkpoints.load(
            folder / ENCODER_WEIGHTS, EmergencyEncoderConfig, EmergencyEncoder
        )
        return cls(
            cnn.module.float(),
            encoder.module.float(),
            {
                "cnn": _judge(CNN_WEIGHTS, cnn.extra, "alone"),
                "encoder": _judge(ENCODER_WEIGHTS, encoder.extra, "alone"),
                "together": _judge(ENCODER_WEIGHTS, encoder.extra, "together"),
            },
        )

    def hear(self, waveform: Waveform) -> Emergency:
        """Judge a recording of any length by its worst window, and say when it sounds like it.

        Silence is ordinary. `votes` are those of "cnn" and "encoder", each at its *ask* threshold.
        The timeline holds an emergency only where the recording is judged one.
        """
        bels = bels_of(waveform)
        windows = [
            levelled(frames_between(bels, onset_s, onset_s + piece.duration_s))
            for onset_s, piece in windows_of(waveform)
            if not is_silent(piece)
        ]
        if not windows:
            votes = {"cnn": False, "encoder": False}
            emergency = Emergency(0.0, EmergencyLevel.NONE, SoundKind.INDOOR, votes, ())
        else:
            emergency = self.judge(self.listen(windows))
        return replace(emergency, timeline=self._timeline(waveform, bels, emergency))

    @torch.inference_mode()
    def listen(self, log_mels: Sequence[Tensor]) -> Heard:
        """Give spectrograms of `log_mel_of`, (80, T) each, T <= 3000, to both nets."""
        cnn, encoder = [], []
        for batch in _of_one_length(log_mels):
            cnn.append(self.cnn(batch[:, None], self._silence))
            encoder.append(self.encoder(batch))
        return Heard(torch.cat(cnn), torch.cat(encoder))

    def judge(self, heard: Heard) -> Emergency:
        """Judge windows of one recording together; `timeline` is left empty."""
        logit = emergency_logit(heard.together)
        worst = int(logit.argmax())
        judge = self.judges["together"]
        probability = float(judge.probability(logit[worst]))
        level = EmergencyLevel.NONE
        if probability >= judge.ask:
            level = EmergencyLevel.ALARM if probability >= judge.alarm else EmergencyLevel.ASK
        scores = heard.together[worst]
        among = scores if level is EmergencyLevel.NONE else scores[:N_EMERGENCIES]
        votes = {
            "cnn": self._votes("cnn", heard.cnn),
            "encoder": self._votes("encoder", heard.encoder),
        }
        return Emergency(probability, level, KINDS[int(among.argmax())], votes, ())

    def _timeline(
        self, waveform: Waveform, bels: Tensor, emergency: Emergency
    ) -> tuple[Stretch, ...]:
        """When it sounds like what it was judged to be; `bels` are those of `bels_of`."""
        if emergency.level is EmergencyLevel.NONE:
            return stretches(waveform, np.zeros(1, np.float32), 1.0, 1.0)
        steps = by_step(slide(bels, self._probability), bels.shape[1])
        # The windows of the judgement are longer: what was judged an emergency is somewhere.
        begins_at = min(self.judges["together"].ask, float(steps.max()))
        return stretches(waveform, steps, begins_at, ENDS_BELOW * begins_at)

    def _probability(self, bels: Tensor) -> Tensor:
        """Probability of an emergency in each window, (n,), of (n, 80, T)."""
        log_mels = levelled(bels)
        heard = Heard(self.cnn(log_mels[:, None], self._silence), self.encoder(log_mels))
        return self.judges["together"].probability(emergency_logit(heard.together))

    def _votes(self, name: str, logits: Tensor) -> bool:
        judge = self.judges[name]
        return bool(judge.probability(emergency_logit(logits).max()) >= judge.ask)


def with_words(emergency: Emergency, distress: Distress | None) -> Emergency:
    """Add what words say to what sounds say: two votes of three are an alarm.

    Words may raise the level and never lower it. `distress` is None where there is no trusted
    transcript: the words have no vote then.
    """
    if distress is None:
        return emergency
    cry = distress.level is DistressLevel.CRY
    votes = {**emergency.votes, "words": cry}
    if not cry:
        return replace(emergency, votes=votes)
    heard = any(vote for name, vote in votes.items() if name != "words")
    # What is cried is heard better in words; a cry for nothing but help leaves sounds their kind.
    plain = distress.kind is DistressKind.HELP and emergency.level is not EmergencyLevel.NONE
    return replace(
        emergency,
        probability=max(emergency.probability, distress.cry_probability),
        level=EmergencyLevel.ALARM if heard else max_level(emergency.level, EmergencyLevel.ASK),
        kind=emergency.kind if plain else SoundKind(distress.kind.value),
        votes=votes,
    )


def max_level(one: EmergencyLevel, other: EmergencyLevel) -> EmergencyLevel:
    """The higher of two levels."""
    return max(one, other, key=tuple(EmergencyLevel).index)


def emergency_logit(logits: Tensor) -> Tensor:
    """Return the log-odds of the fourteen emergencies against the rest, (n,), of (n, 19)."""
    emergencies = logits[..., :N_EMERGENCIES].logsumexp(dim=-1)
    return emergencies - logits[..., N_EMERGENCIES:].logsumexp(dim=-1)


def windows_of(waveform: Waveform) -> list[tuple[float, Waveform]]:
    """Cut a recording into windows of `WINDOW_S`, with their onsets in seconds.

    The last one ends where the recording does, so that nothing is left over.
    """
    length, hop = round(WINDOW_S * SAMPLE_RATE), round(HOP_S * SAMPLE_RATE)
    last = max(0, len(waveform.samples) - length)
    onsets = [*range(0, last, hop), last]
    return [
        (onset / SAMPLE_RATE, Waveform(waveform.samples[onset : onset + length], SAMPLE_RATE))
        for onset in onsets
    ]


def log_mel_of(waveform: Waveform) -> Tensor:
    """Return Whisper's spectrogram raised by 1, of the sound brought to one level.

    Shape (80, T) with a hundred frames a second; the loudest band is 2, what is 80 dB below or
    silent is 0. Whisper's own values are this minus 1 at a loudest band of 0 in its logarithm.
    """
    return levelled(bels_of(waveform))


def bels_of(waveform: Waveform) -> Tensor:
    """Return the logarithm of the power in each band, (80, T), a hundred frames a second."""
    samples: NDArray[np.float32] = np.ascontiguousarray(waveform.samples, np.float32)
    power = mel_power(power_spectrogram(torch.from_numpy(samples)[None], MEL), MEL)[0]
    return power[:, : max(1, len(samples) // MEL.hop_length)].clamp(min=LEAST_POWER).log10()


def levelled(bels: Tensor) -> Tensor:
    """Return windows of `bels_of`, (..., 80, T), each brought to one level."""
    loudest = bels.amax(dim=(-2, -1), keepdim=True).clamp(min=QUIETEST_BELS)
    return (bels - loudest + RANGE_BELS).clamp(min=0.0) / 4.0


def frames_between(bels: Tensor, onset_s: float, offset_s: float) -> Tensor:
    """Return the frames of a part of a recording: one transform serves all windows."""
    begin = round(onset_s / MEL.frame_s)
    return bels[:, begin : max(begin + 1, round(offset_s / MEL.frame_s))]


def _of_one_length(log_mels: Sequence[Tensor]) -> list[Tensor]:
    """Stack runs of spectrograms of one length, in order, at most `WINDOWS_A_BATCH` at once."""
    runs: list[list[Tensor]] = []
    for log_mel in log_mels:
        fits = runs and runs[-1][0].shape == log_mel.shape and len(runs[-1]) < WINDOWS_A_BATCH
        if not fits:
            runs.append([])
        runs[-1].append(log_mel)
    return [torch.stack(run) for run in runs]


def _judge(name: str, extra: Mapping[str, Any], whose: str) -> Judge:
    try:
        if tuple(extra["kinds"]) != tuple(kind.value for kind in KINDS):
            raise checkpoints.CheckpointMismatch(f"{name} tells other kinds of sound")
        return Judge(**extra[whose])
    except (KeyError, TypeError) as error:
        raise checkpoints.CheckpointMismatch(f"{name} lacks {error}") from error
