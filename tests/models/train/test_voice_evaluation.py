"""Measures of the voice model on cases whose answer is known."""

import numpy as np
import pytest

from inference.analysis import Emotion
from models.train.voice_evaluation import (
    EMOTIONS,
    SURE_PRECISION,
    HeldOut,
    area_under_curve,
    expected_calibration_error,
    fit_sure_probability,
    fit_temperature,
    interval,
    report,
    uar,
)

NAMES = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised", "bored")


def acted(n_clips: int = 900, sharpness: float = 1.0, overconfidence: float = 1.0) -> HeldOut:
    """Draw the truth from the very posterior that the logits state, then exaggerate the logits."""
    rng = np.random.default_rng(5)
    logits = sharpness * rng.standard_normal((n_clips, len(NAMES)))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    played = np.array([rng.choice(len(NAMES), p=row) for row in shares])
    fold = np.arange(n_clips) % 8
    corpus = np.where(np.arange(n_clips) % 3, "ravdess", "emodb2s")
    return HeldOut(NAMES, logits * overconfidence, played, fold, corpus, fold.astype(np.str_))


def test_uar_weighs_classes_and_not_clips() -> None:
    truth = np.array([0, 0, 0, 0, 1])

    assert uar(np.zeros(5, np.int64), truth) == pytest.approx(0.5)
    assert uar(truth, truth) == 1.0


def test_calibration_error_of_the_honest_and_of_the_boaster() -> None:
    rng = np.random.default_rng(2)
    confidence = rng.uniform(0.2, 1.0, 20_000)
    right = rng.random(20_000) < confidence

    assert expected_calibration_error(confidence, right) < 0.02
    assert expected_calibration_error(np.ones(20_000), right) == pytest.approx(0.4, abs=0.02)


def test_emotions_without_a_class_have_no_truth_to_hit() -> None:
    held = acted()

    for name, felt in zip(np.array(NAMES)[held.played], held.felt, strict=True):
        if name in ("disgust", "surprised"):
            assert felt == -1
        elif name in ("neutral", "calm", "bored"):
            assert EMOTIONS[felt] == Emotion.NEUTRAL


def test_a_posterior_is_one_of_seven_classes() -> None:
    posterior = acted().posterior(1.3)

    assert posterior.shape == (900, 7)
    assert np.allclose(posterior.sum(axis=1), 1.0)
    assert np.all(posterior[:, EMOTIONS.index(Emotion.HURT)] == 0.0)


def test_the_temperature_undoes_exaggeration() -> None:
    honest = fit_temperature(acted(4000, sharpness=2.0))
    boasting = fit_temperature(acted(4000, sharpness=2.0, overconfidence=2.5))

    assert boasting / honest == pytest.approx(2.5, rel=0.1)


def test_what_is_sure_is_right_often_enough() -> None:
    held = acted(4000, sharpness=3.0)

    threshold = fit_sure_probability(held, 1.0)

    posterior = held.posterior(1.0)
    sure = posterior.max(axis=1) >= threshold
    assert 0.05 < np.mean(sure) < 1.0
    assert np.mean(posterior.argmax(axis=1)[sure] == held.felt[sure]) >= SURE_PRECISION


def test_nothing_is_sure_where_nothing_is_known() -> None:
    held = acted(400, sharpness=0.0)

    assert np.all(held.posterior(1.0).max(axis=1) < fit_sure_probability(held, 1.0))


def test_the_interval_holds_the_value_and_draws_speakers() -> None:
    speaker = np.repeat([f"s{i}" for i in range(20)], 10)
    right = np.random.default_rng(0).random(200) < 0.6

    low, high = interval(lambda clips: float(np.mean(right[clips])), speaker)

    assert low < np.mean(right) < high
    assert high - low < 0.3


def test_the_report_says_what_the_card_needs() -> None:
    measured = report(acted(sharpness=2.0))

    assert set(measured["corpora"]) == {"ravdess", "emodb2s"}
    assert set(measured["without_a_class"]) == {"disgust", "surprised"}
    assert 0.0 <= measured["expected_calibration_error"] < 0.15
    low, high = measured["todak_accuracy"]["interval_95"]
    assert low <= measured["todak_accuracy"]["value"] <= high


def test_the_area_under_the_curve_counts_pairs_in_order() -> None:
    positive = np.array([False, False, True, True])

    assert area_under_curve(np.array([0.1, 0.2, 0.3, 0.4]), positive) == 1.0
    assert area_under_curve(np.array([0.4, 0.3, 0.2, 0.1]), positive) == 0.0
    assert area_under_curve(np.array([0.1, 0.3, 0.2, 0.4]), positive) == 0.75


@pytest.mark.slow
def test_arousal_is_told_from_the_played_emotions() -> None:
    held = acted(4000, sharpness=3.0)
    blind = HeldOut(
        NAMES, np.zeros_like(held.logits), held.played, held.fold, held.corpus, held.speaker
    )

    for half in ("arousal", "valence"):
        assert report(held)["circumplex"][half]["ravdess"]["value"] > 0.9
    chance = report(blind)["circumplex"]["arousal"]["ravdess"]
    assert chance["value"] == pytest.approx(0.5, abs=0.06)


def test_a_corpus_is_scored_by_its_own_clips() -> None:
    held = acted(sharpness=2.0)
    blank = np.where((held.corpus == "emodb2s")[:, None], 0.0, held.logits)
    blank[held.corpus == "emodb2s", NAMES.index("happy")] = 9.0
    only_happy = HeldOut(NAMES, blank, held.played, held.fold, held.corpus, held.speaker)

    corpora = report(only_happy)["corpora"]

    assert corpora["emodb2s"]["recall"]["happy"] == 1.0
    assert corpora["emodb2s"]["todak_recall"]["joy"] == 1.0
    assert corpora["emodb2s"]["todak_recall"]["sadness"] == 0.0
    assert corpora["ravdess"]["todak_recall"]["sadness"] > 0.0
