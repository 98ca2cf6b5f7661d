"""Danger in words: thoughts of suicide, self-harm in progress, cries for help.

Every message is screened before anything else is done with it. Missing a person is worse than
asking one too many, so a message is as dangerous as its most dangerous sentence: nothing that is
said around it makes it harmless.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference import checkpoints
from inference.analysis import NO_DISTRESS, Distress, DistressKind, DistressLevel
from inference.character_ngrams import hashed_ngrams, join_letters
from inference.distress_phrases import certain_danger, is_everyday
from inference.language import Language, language_of
from inference.sentence_windows import windows
from inference.text_emotion import Pieces, normalise
from models.distress import DistressConfig, DistressNet
from models.sentence_encoder import PADDING

EMERGENCIES: Final = tuple(
    kind for kind in DistressKind if kind not in (DistressKind.NONE, DistressKind.SELFHARM)
)
CLASSES: Final = (
    (DistressKind.SELFHARM, DistressLevel.THOUGHTS),
    (DistressKind.SELFHARM, DistressLevel.IN_PROGRESS),
    *((kind, DistressLevel.CRY) for kind in EMERGENCIES),
)
CLOSELY_READ: Final = 24  # pieces of a long message that the slower reader sees
LONGEST_PIECE: Final = 62  # word pieces of a sentence that it reads
CERTAIN: Final = 0.95  # probability of a phrase that always means danger
SURE: Final = 0.5  # from this on a sentence may be more urgent than a likelier one beside it
CLS, SEP, UNKNOWN = 1, 2, 3

Scores = NDArray[np.float32]
Danger = tuple[DistressKind, DistressLevel]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which on a piece is taken for self-harm, or for a cry."""

    self_harm: float
    cry: float


class DistressScreen:
    """Tells whether a message speaks of danger, and of which; safe to use from several threads."""

    def __init__(self, net: DistressNet, extra: Mapping[str, Any]) -> None:
        self._net = net
        self._pieces = Pieces(extra["pieces"])
        self._votes_weight = float(extra["votes_weight"])
        self._reading_weight = float(extra["reading_weight"])
        self._offset = float(extra["offset"])
        self._thresholds = {Language(k): Thresholds(**v) for k, v in extra["thresholds"].items()}

    @classmethod
    def load(cls, path: Path) -> "DistressScreen":
        """The screen of a weights file.

        Raises:
            FileNotFoundError: there is no such file.
            CheckpointMismatch: a file of another model.
        """
        checkpoint = checkpoints.load(path, DistressConfig, DistressNet)
        return cls(checkpoint.module, checkpoint.extra)

    def screen(self, text: str) -> Distress:
        """The most urgent danger that `text` speaks of; never raises.

        `probability` is that of any danger, calibrated on lines of other authors; the cries' part
        of it is from the posterior of the kinds, of the piece that is most like a cry. Below the
        threshold of its language the kind is NONE, and the probability still tells how near it
        came. Of a long message all pieces go through the quick reader and those that it finds
        worst through the slow one.
        """
        if is_everyday(text) or not any(character.isalnum() for character in text):
            return NO_DISTRESS
        pieces = windows(join_letters(text))
        votes = vote(self._net, pieces)
        if len(pieces) > CLOSELY_READ:
            worst = np.argsort(-votes[:, 0], kind="stable")[:CLOSELY_READ]
            read = [pieces[i] for i in worst]
            votes = votes[worst]
        else:
            read = pieces
        reading = read_closely(self._net, self._pieces, read)
        logits = (
            self._votes_weight * votes[:, 0] + self._reading_weight * reading[:, 0] + self._offset
        )
        probabilities = 1.0 / (1.0 + np.exp(-logits))
        kinds = votes[:, 1:] + reading[:, 1:]
        cries = probabilities * cry_share(kinds)
        probability, cry_probability = float(probabilities.max()), float(cries.max())
        certain = next(filter(None, map(certain_danger, pieces)), None)
        thresholds = self._thresholds[language_of(text)]
        taken = (probabilities - cries >= thresholds.self_harm) | (cries >= thresholds.cry)
        danger = most_urgent(kinds[taken], probabilities[taken])
        if certain is not None:
            if danger is None or _knows_better(certain, danger, probability):
                danger = certain
            probability = max(probability, CERTAIN)
            if certain[1] is DistressLevel.CRY:
                cry_probability = max(cry_probability, CERTAIN)
        if danger is None:
            return Distress(DistressKind.NONE, DistressLevel.NONE, probability, cry_probability)
        return Distress(*danger, probability, cry_probability)


def most_urgent(kinds: Scores, probabilities: NDArray[np.floating[Any]]) -> Danger | None:
    """The danger of the most urgent piece that is surely one, else of the likeliest.

    `kinds` (n, kinds) are logits; None of no pieces.
    """
    order = np.argsort(-probabilities, kind="stable")
    dangers = [CLASSES[int(kinds[i].argmax())] for i in order]
    sure = [danger for danger, i in zip(dangers, order, strict=True) if probabilities[i] >= SURE]
    return max(sure or dangers[:1], key=_urgency, default=None)


def _urgency(danger: Danger) -> int:
    return tuple(DistressLevel).index(danger[1])


def _knows_better(certain: Danger, read: Danger, probability: float) -> bool:
    """Whether a phrase names the danger rather than what was read.

    It does where nothing was read as surely, and it knows what help is cried for; but it never
    makes a message less urgent.
    """
    if read[0] is DistressKind.HELP:
        return certain[1] is DistressLevel.CRY
    return probability < CERTAIN and _urgency(certain) >= _urgency(read)


def cry_share(kinds: Scores) -> Scores:
    """The part (n,) of the kinds' posterior that is of cries, from their logits (n, kinds)."""
    posterior = np.exp(kinds - kinds.max(axis=1, keepdims=True))
    cries = [level is DistressLevel.CRY for _, level in CLASSES]
    # Two sums of the same numbers may differ in the last digit.
    share: Scores = np.minimum(posterior[:, cries].sum(axis=1) / posterior.sum(axis=1), 1.0)
    return share


def vote(net: DistressNet, pieces: Sequence[str]) -> Scores:
    """What the n-grams of each piece say, (n, 1 + kinds) logits."""
    bags = [hashed_ngrams(piece) for piece in pieces]
    starts = np.cumsum([0] + [len(buckets) for buckets, _ in bags])[:-1]
    with torch.inference_mode():
        votes: Scores = net.votes(
            torch.from_numpy(np.concatenate([buckets for buckets, _ in bags])),
            torch.from_numpy(starts.astype(np.int64)),
            torch.from_numpy(np.concatenate([weights for _, weights in bags])),
        ).numpy()
    return votes


def read_closely(net: DistressNet, vocabulary: Pieces, pieces: Sequence[str]) -> Scores:
    """What the words of each piece say in their order, (n, 1 + kinds) logits."""
    with torch.inference_mode():
        logits: Scores = net.reading(numbered(vocabulary, pieces)).numpy()
    return logits


def numbered(vocabulary: Pieces, texts: Sequence[str]) -> torch.Tensor:
    """Word pieces (n, T) of texts, int64, T <= LONGEST_PIECE + 2, filled up with `PADDING`."""
    rows = [
        [CLS, *(vocabulary.cut(normalise(text))[:LONGEST_PIECE] or [UNKNOWN]), SEP]
        for text in texts
    ]
    longest = max(map(len, rows))
    return torch.tensor([row + [PADDING] * (longest - len(row)) for row in rows])
