"""How scores become an estimate, whatever gives them."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from inference.analysis import Emotion
from inference.language import Language, Readability
from inference.text_recognizer import ScoreCalibration, ScoringRecognizer

FOUR = (Emotion.JOY, Emotion.SADNESS, Emotion.ANGER, Emotion.ANXIETY)
KOREAN = {Language.KOREAN: ScoreCalibration(temperature=1.0, sure=0.7, present=0.3)}


def recognizer(
    scores: Sequence[Sequence[float]],
    calibrations: dict[Language, ScoreCalibration] | None = None,
    readable: Readability = Readability.READABLE,
) -> ScoringRecognizer:
    def score(texts: Sequence[str]) -> Tensor:
        assert len(texts) == len(scores)
        return torch.tensor(scores).log()

    return ScoringRecognizer(score, FOUR, calibrations or KOREAN, lambda _: readable)


def test_what_the_classes_lack_has_probability_nought() -> None:
    estimate = recognizer([[0.1, 0.5, 0.4, 0.0]]).predict("오늘은 좀 그래")
    assert estimate is not None
    assert list(estimate.posterior) == list(Emotion)
    assert list(estimate.posterior.values()) == pytest.approx([0.1, 0.5, 0.4, 0, 0, 0, 0])
    assert estimate.present == (Emotion.SADNESS, Emotion.ANGER) and not estimate.sure


def test_temperature_and_threshold_decide_whether_it_is_sure() -> None:
    scores = [[0.64, 0.16, 0.16, 0.04]]
    cool = {Language.KOREAN: ScoreCalibration(temperature=0.5, sure=0.7, present=0.3)}
    warm = recognizer(scores).predict("기뻐")
    cold = recognizer(scores, cool).predict("기뻐")
    assert warm is not None and cold is not None
    assert not warm.sure and cold.sure
    assert cold.posterior[Emotion.JOY] == pytest.approx(0.4096 / (0.4096 + 2 * 0.0256 + 0.0016))


def test_a_long_text_is_the_mean_of_its_windows() -> None:
    estimate = recognizer([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]).predict("가나다 " * 100)
    assert estimate is not None
    assert estimate.posterior[Emotion.JOY] == pytest.approx(0.5)
    assert estimate.posterior[Emotion.ANGER] == pytest.approx(0.5)


def test_a_language_it_was_not_taught_is_not_read() -> None:
    korean = recognizer([[1.0, 0.0, 0.0, 0.0]])
    assert korean.reads("I am so happy today") is Readability.UNKNOWN_LANGUAGE
    assert korean.predict("I am so happy today") is None
    assert korean.reads("정말 기뻐") is Readability.READABLE
    empty = recognizer([[1.0, 0.0, 0.0, 0.0]], readable=Readability.NO_WORDS)
    assert empty.reads("🌧️") is Readability.NO_WORDS and empty.predict("🌧️") is None
