"""What every recogniser of written feelings does, and the one that judges by a model's scores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from inference.analysis import Emotion, EmotionEstimate
from inference.language import Language, Readability, language_of
from inference.text_emotion import LONGEST_TEXT, heard, normalise, windows

Scorer = Callable[[Sequence[str]], Tensor]


class TextRecognizer(Protocol):
    """Names the feeling in a message; safe to use from several threads."""

    def reads(self, text: str) -> Readability:
        """Tell whether `text` holds words of a language the model knows."""

    def predict(self, text: str) -> EmotionEstimate | None:
        """Judge one message; None where `reads` says why it cannot be judged."""


@dataclass(frozen=True, slots=True)
class ScoreCalibration:
    """How scores become an estimate; fitted on sentences held out of training.

    `temperature` divides the scores before the softmax. `sure` is the probability of the best
    class from which on it is right nine times in ten, above 1 where none is. `present` is the
    probability from which on another feeling than the best is present too.
    """

    temperature: float
    sure: float
    present: float


class ScoringRecognizer:
    """A recogniser of `classes` by the scores (logits) that a model gives to stretches of text."""

    def __init__(
        self,
        score: Scorer,
        classes: Sequence[Emotion],
        calibrations: Mapping[Language, ScoreCalibration],
        readable: Callable[[str], Readability],
    ) -> None:
        """Put together what judges.

        Args:
            score: gives (n, len(classes)) scores to n texts; called from several threads.
            classes: what the columns stand for; the other feelings get probability 0.
            calibrations: one for each language the model knows.
            readable: whether a text is Korean or English at all; the embedded recogniser's.
        """
        self._score = score
        self._classes = tuple(classes)
        self._calibrations = calibrations
        self._readable = readable

    def reads(self, text: str) -> Readability:
        """Tell whether `text` holds words of a language the model knows."""
        readability = self._readable(text)
        if readability is Readability.READABLE and _language(text) not in self._calibrations:
            return Readability.UNKNOWN_LANGUAGE
        return readability

    def predict(self, text: str) -> EmotionEstimate | None:
        """Judge one message; of a long one, the mean over windows spread over it."""
        if self.reads(text) is not Readability.READABLE:
            return None
        calibration = self._calibrations[_language(text)]
        scores = self._score(windows(" ".join(text[:LONGEST_TEXT].split())))
        shares = (scores.double() / calibration.temperature).softmax(1).mean(0)
        said = dict(zip(self._classes, shares.tolist(), strict=True))
        posterior = {emotion: said.get(emotion, 0.0) for emotion in Emotion}
        sure = bool(shares.max() >= calibration.sure)
        return EmotionEstimate(posterior, heard(posterior, calibration.present), sure)


def _language(text: str) -> Language:
    return language_of(normalise(text))
