"""Figures and thresholds of the sound detectors, on cases whose answer is known."""

from pathlib import Path

import numpy as np
import pytest

from inference.analysis import SoundKind
from inference.emergency import KINDS
from models.train.emergency_card import cnn_card, encoder_card, tables
from models.train.emergency_corpus import Note, Sort
from models.train.emergency_evaluation import (
    ASK_RATE,
    SILENT,
    HeldOut,
    area,
    balanced_error,
    detector_judges,
    emergency_odds,
    fit_judge,
    fit_logistic,
    load_held_out,
    log_softmax,
    probability_of,
    report,
    save_held_out,
    wilson,
    with_together,
)
from models.train.emergency_recordings import Recording

INDOOR, HELP = KINDS.index(SoundKind.INDOOR), KINDS.index(SoundKind.HELP)


def recordings() -> list[Recording]:
    made = []
    for i in range(600):
        scream, cry = i % 6 == 0, i % 6 == 1
        label = "scream" if scream else "help_keyword_angry" if cry else "speech_go_angry"
        kind = SoundKind.HELP if scream else SoundKind.INDOOR
        group = f"iesc_unknown:{i}"
        made.append(
            Recording(Path(str(i)), "iesc", label, "angry", kind, scream, cry, False, group)
        )
    return made


def held_out(distance: float = 4.0) -> HeldOut:
    rng = np.random.default_rng(3)
    all_recordings = recordings()
    notes, logits = [], []
    for i, one in enumerate(all_recordings):
        for _ in range(2):
            notes.append(Note(Sort.RECORDED, KINDS.index(one.kind), i % 3, i))
            row = rng.standard_normal(len(KINDS))
            row[HELP if one.emergency else INDOOR] += distance
            logits.append(row)
    for k in range(len(KINDS)):
        notes.append(Note(Sort.MADE, k, 0, -1))
        logits.append(np.eye(len(KINDS))[k] * 9.0)
    both = np.array(logits)
    return HeldOut(all_recordings, notes, with_together(both, both + 0.1))


def test_a_recording_counts_by_its_worst_window() -> None:
    held = held_out()
    odds = emergency_odds(held.logits["cnn"])

    scores = held.scores("cnn")

    assert scores[7] == pytest.approx(max(odds[14], odds[15]))


def test_a_recording_without_a_window_is_silent() -> None:
    held = held_out()
    kept = [i for i, note in enumerate(held.notes) if note.recording != 5]
    logits = {name: values[kept] for name, values in held.logits.items()}
    without = HeldOut(held.recordings, [held.notes[i] for i in kept], logits)

    assert without.scores("together")[5] == SILENT


def test_thresholds_follow_the_ordinary_notes() -> None:
    rng = np.random.default_rng(0)
    emergency = np.arange(2000) % 10 == 0
    scores = rng.standard_normal(2000) + 4.0 * emergency

    judge = fit_judge(scores, emergency)

    ordinary = probability_of(judge, scores[~emergency])
    assert np.mean(ordinary >= judge.ask) <= ASK_RATE
    assert np.mean(ordinary >= judge.ask) > 0.5 * ASK_RATE
    assert not np.any(ordinary >= judge.alarm)
    assert judge.ask < judge.alarm


def test_the_logistic_is_found_again() -> None:
    rng = np.random.default_rng(1)
    scores = 3.0 * rng.standard_normal(20_000)
    emergency = rng.random(20_000) < 1.0 / (1.0 + np.exp(-(0.7 * scores - 1.5)))

    scale, offset = fit_logistic(scores, emergency)

    assert scale == pytest.approx(0.7, abs=0.05)
    assert offset == pytest.approx(-1.5, abs=0.1)


def test_the_logistic_of_scores_that_part_cleanly_is_finite() -> None:
    emergency = np.arange(100) >= 50

    scale, offset = fit_logistic(np.where(emergency, 9.0, -9.0), emergency)

    assert np.isfinite([scale, offset]).all()
    assert scale > 0


def test_wilson_bounds_none_of_many() -> None:
    low, high = wilson(0, 4000)

    assert low == 0.0
    assert high == pytest.approx(0.00096, abs=1e-4)


def test_the_area_of_chance_and_of_certainty() -> None:
    positive = np.arange(400) % 4 == 0
    groups = np.arange(400).astype(str)

    assert area(positive.astype(float), positive, groups)["value"] == 1.0
    chance = area(np.random.default_rng(0).random(400), positive, groups)
    assert chance["interval_95"][0] < 0.5 < chance["interval_95"][1]


def test_balanced_error() -> None:
    emergency = np.arange(10) >= 5

    assert balanced_error(np.arange(10.0), emergency) == 0.0
    assert balanced_error(-np.arange(10.0), emergency) == pytest.approx(0.5)


def test_rows_of_log_softmax_are_probabilities() -> None:
    logits = np.random.default_rng(0).standard_normal((5, 19)) * 50

    assert np.exp(log_softmax(logits)).sum(axis=1) == pytest.approx(np.ones(5))


def test_every_figure_and_every_table() -> None:
    held = held_out()

    measured = report(held)

    together = measured["together"]
    assert together["screams_auc"]["value"] > 0.99
    assert together["ordinary_at_alarm"]["value"] == 0.0
    assert together["ordinary_at_ask"]["value"] <= ASK_RATE
    assert together["made"]["kinds"]["value"] == 1.0
    assert measured["heard_as"]["spoken cries, fearful or angry"]["ask"]["notes"] == 100
    assert "| screams |" in tables(measured)


def test_the_cards_name_data_command_and_thresholds() -> None:
    held = held_out()
    measured = report(held)
    judges = {
        name: {"scale": j.scale, "offset": j.offset, "ask": j.ask, "alarm": j.alarm}
        for name, j in detector_judges(held).items()
    }
    facts = {
        "seed": 1,
        "schedule": {"cnn": 4, "encoder": 4},
        "epochs": {"cnn": 3, "encoder": 4},
        "text_share": 0.1,
        "encoder_parameters": 99,
    }

    for card in (cnn_card(measured, judges, facts), encoder_card(measured, judges, facts)):
        assert "CC BY-NC-SA 4.0" in card
        assert "todak train emergency --data ../shared/data --seed 1" in card
        assert "{" not in card


def test_held_out_scores_are_read_again(tmp_path: Path) -> None:
    held = held_out()

    save_held_out(tmp_path / "kept.safetensors", held)
    again = load_held_out(tmp_path / "kept.safetensors", held.recordings)

    assert again.scores("together") == pytest.approx(held.scores("together"), abs=0.05)
    with pytest.raises(FileNotFoundError):
        load_held_out(tmp_path / "none.safetensors", held.recordings)
