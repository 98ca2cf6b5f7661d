"""Notes put together have the truth they say, and an ear is measured against it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.analysis import (
    Emergency,
    EmergencyLevel,
    SoundKind,
    SoundState,
    Stretch,
)
from inference.audio import SAMPLE_RATE, Waveform
from inference.emergency import EmergencyEar
from inference.timeline import STEP_S
from models.train.emergency_recordings import Recording
from models.train.emergency_timeline import Note, Sounds, made_note, main, measure_timeline
from tests.bot.sounds import wav


@pytest.fixture
def sounds(tmp_path: Path) -> Sounds:
    (tmp_path / "talk.wav").write_bytes(wav(3.0))
    (tmp_path / "scream.wav").write_bytes(wav(1.6))
    talk = Recording(
        tmp_path / "talk.wav", "fsdd", "speech", "", SoundKind.INDOOR, False, False, False, "one"
    )
    scream = replace(
        talk, path=tmp_path / "scream.wav", collection="iesc", emergency=True, group="other"
    )
    return Sounds([talk, scream], np.random.default_rng(1))


class Knowing(EmergencyEar):
    """An ear that knows the truth of each note, or hears nothing."""

    def __init__(self, notes: list[Note], *, deaf: bool) -> None:
        self._truth = {id(note.waveform): note.truth for note in notes}
        self._deaf = deaf

    def hear(self, waveform: Waveform) -> Emergency:
        truth = self._truth[id(waveform)]
        urgent = SoundState.EMERGENCY in truth and not self._deaf
        timeline = tuple(
            Stretch(i * STEP_S, min((i + 1) * STEP_S, waveform.duration_s), self._heard(state))
            for i, state in enumerate(truth)
        )
        level = EmergencyLevel.ASK if urgent else EmergencyLevel.NONE
        return Emergency(0.5, level, SoundKind.HELP, {}, timeline)

    def _heard(self, state: SoundState) -> SoundState:
        if self._deaf and state is SoundState.EMERGENCY:
            return SoundState.ORDINARY
        return state


def test_an_ear_that_knows_is_always_right(sounds: Sounds) -> None:
    rng = np.random.default_rng(2)
    notes = [made_note(sounds, rng, with_emergency=i % 2 == 0) for i in range(8)]
    knowing = Knowing(notes, deaf=False)
    measured = measure_timeline([(knowing, note) for note in notes])
    assert measured["accuracy"] == measured["emergency_recall"] == 1.0
    assert measured["emergencies_found"] == measured["emergency_precision"] == 1.0
    assert measured["ordinary_notes_asked_about"] == 0.0
    assert measured["onset_off_s_median"] <= STEP_S
    unhearing = Knowing(notes, deaf=True)
    deaf = measure_timeline([(unhearing, note) for note in notes])
    assert deaf["emergency_recall"] == deaf["emergencies_found"] == 0.0
    assert deaf["accuracy"] < 1.0 and deaf["onset_off_s_median"] is None


def test_the_truth_of_a_note_is_where_its_pieces_lie(sounds: Sounds) -> None:
    note = made_note(sounds, np.random.default_rng(3), with_emergency=True)
    assert note.emergency_s is not None
    assert len(note.truth) == -(-len(note.waveform.samples) // round(STEP_S * SAMPLE_RATE))
    begin_s, end_s = note.emergency_s
    for i, state in enumerate(note.truth):
        middle_s = (i + 0.5) * STEP_S
        if begin_s + STEP_S < middle_s < end_s - STEP_S:
            assert state is SoundState.EMERGENCY
        if middle_s < begin_s - STEP_S or middle_s > end_s + STEP_S:
            assert state is not SoundState.EMERGENCY


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--evaluate", "--weights", str(tmp_path)]) == 1
    assert "no weights" in capsys.readouterr().err
    assert main([]) == 2
    assert "todak train emergency" in capsys.readouterr().err
