"""Collections of sounds are read by what they hold, and no group stands in two folds."""

from collections import Counter
from pathlib import Path

import pytest

from inference.analysis import SoundKind
from models.train.emergency_recordings import COLLECTIONS, N_FOLDS, folds_of, read_recordings

HEADER = "file,label,emotion,emergency,group"
ROWS = {
    "iesc": [
        "clips/a.ogg,scream,fearful,help_call,iesc_unknown",
        "clips/b.ogg,scream,fearful,help_call,iesc_unknown",
        "clips/c.ogg,help_keyword_calm,calm,help_call?,iesc_1",
        "clips/d.ogg,bacho_(save)_angry,angry,help_call?,iesc_1",
        "clips/e.ogg,speech_go_fearful,fearful,normal_indoor,iesc_2",
        "clips/f.ogg,glass_break,,theft?,iesc_unknown",
    ],
    "esc10": [
        "clips/a.ogg,fire_crackling,,fire,fs1",
        "clips/b.ogg,chainsaw,,normal_outdoor,fs2",
    ],
    "blanket": ["clips/a.ogg,rain,,normal_outdoor,freesound:2"],
    "household_timgrau": ["clips/a.ogg,vacuum_cleaner,,vacuum,v"],
    "ravdess": [f"clips/{i}.ogg,angry,angry,,actor{i % 6}" for i in range(12)],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in COLLECTIONS:
        folder = tmp_path / "audio" / name
        folder.mkdir(parents=True)
        rows = [HEADER, *ROWS.get(name, [])]
        (folder / "labels.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_what_a_recording_is_follows_from_its_label(data: Path) -> None:
    found = {(one.collection, one.label): one for one in read_recordings(data)}

    scream = found["iesc", "scream"]
    assert scream.emergency and scream.kind is SoundKind.HELP
    assert found["esc10", "fire_crackling"].kind is SoundKind.FIRE
    assert found["household_timgrau", "vacuum_cleaner"].kind is SoundKind.VACUUM
    assert found["ravdess", "angry"].kind is SoundKind.INDOOR
    assert not found["ravdess", "angry"].emergency
    assert not found["iesc", "speech_go_fearful"].spoken_cry


def test_cries_that_words_define_are_neither(data: Path) -> None:
    cries = [one for one in read_recordings(data) if one.spoken_cry]

    assert {one.label for one in cries} == {"help_keyword_calm", "bacho_(save)_angry"}
    assert not any(one.emergency for one in cries)


def test_no_group_is_divided(data: Path) -> None:
    recordings = read_recordings(data)

    folds = folds_of(recordings)

    of: dict[str, set[int]] = {}
    for one, fold in zip(recordings, folds, strict=True):
        of.setdefault(one.group, set()).add(fold)
    assert all(len(found) == 1 for found in of.values())
    assert set(folds) == set(range(N_FOLDS))
    # A sound that two collections hold is one group.
    assert of["fs2"] and sum(one.group == "fs2" for one in recordings) == 2


def test_each_fold_has_its_share_of_a_collection(data: Path) -> None:
    recordings = read_recordings(data)

    counts = Counter(
        fold
        for one, fold in zip(recordings, folds_of(recordings), strict=True)
        if one.collection == "ravdess"
    )

    assert counts == {0: 4, 1: 4, 2: 4}


def test_unknown_speakers_are_told_apart_by_their_file(data: Path) -> None:
    groups = [one.group for one in read_recordings(data) if one.label == "scream"]

    assert len(set(groups)) == 2
