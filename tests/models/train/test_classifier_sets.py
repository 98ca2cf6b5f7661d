"""How clips are divided: a recording is never on both sides."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.train.classifier_sets import (
    DOCUMENT_KINDS,
    ESC10,
    Clip,
    Split,
    divided,
    document_clips,
    esc10_clips,
    nature_clips,
)
from models.train.made_triggers import MADE_KINDS
from models.train.sound_recordings import Part
from models.train.synthetic_speech import NoSynthesizer

DATA = Path(os.environ.get("TODAK_DATA", "../shared/data"))
SILENCE = np.zeros(8, np.float32)
DIVISIONS = ("nature", "document", "collections", "ear")


def groups(clips: list[Clip], places: object) -> set[str]:
    assert isinstance(places, list)
    return {clips[i].group for i in places}


def assert_divided(clips: list[Clip], splits: list[Split]) -> None:
    for split in splits:
        learned, choosing = groups(clips, split.learned), groups(clips, split.choosing)
        held_out = groups(clips, split.held_out)
        assert not learned & choosing and not (learned | choosing) & held_out, split.name
        known = {clips[i].kind for i in split.learned}
        assert {clips[i].kind for i in split.held_out} <= known, split.name


@st.composite
def some_clips(draw: st.DrawFn) -> list[Clip]:
    """Clips of a few recordings; a recording has one kind, and may be in two collections."""
    kinds = draw(st.lists(st.sampled_from(["rain", "wind", "birds"]), min_size=2, max_size=9))
    drawn = draw(
        st.lists(
            st.tuples(
                st.integers(0, len(kinds) - 1),
                st.sampled_from(["blanket", "noisekun", "cc_misc"]),
                st.integers(1, 40),
            ),
            min_size=4,
            max_size=30,
        )
    )
    parts = draw(st.lists(st.sampled_from(Part), min_size=len(kinds), max_size=len(kinds)))
    return [
        Clip(np.zeros(n, np.float32), kinds[i], f"fs{i}", collection, part=parts[i])
        for i, collection, n in drawn
    ]


@given(some_clips(), st.sampled_from(DIVISIONS))
def test_no_recording_is_on_both_sides(clips: list[Clip], name: str) -> None:
    assert_divided(clips, divided(name, clips))


@given(some_clips())
def test_every_clip_is_asked_once_if_its_kind_has_another_recording(clips: list[Clip]) -> None:
    asked = [i for split in divided("nature", clips) for i in split.held_out]
    recordings = {(clip.kind, clip.group) for clip in clips}
    several = {kind for kind, _ in recordings if sum(other == kind for other, _ in recordings) > 1}
    assert sorted(asked) == [i for i, clip in enumerate(clips) if clip.kind in several]


def test_a_recording_in_two_collections_teaches_neither_when_one_is_left_out() -> None:
    clips = [
        Clip(SILENCE, "wind", "fs1", "blanket"),
        Clip(SILENCE, "wind", "fs1", "noisekun"),
        Clip(SILENCE, "wind", "fs2", "cc_misc"),
        Clip(SILENCE, "stream", "yt1", "noisekun"),
    ]
    without = {split.name: split for split in divided("collections", clips)}
    assert without["without blanket"].held_out == [0]
    assert without["without blanket"].learned == [2, 3]
    assert without["without noisekun"].held_out == [1], "nothing else tells what a stream is"


def test_a_quarter_of_the_recordings_of_a_kind_chooses_and_never_the_only_one() -> None:
    clips = [Clip(SILENCE, "rain", f"fs{i}", ESC10, fold=1 + i % 5) for i in range(20)]
    clips += [Clip(SILENCE, "wind", "fs99", ESC10, fold=1), Clip(SILENCE, "wind", "f", ESC10)]
    first = divided(ESC10, clips)[0]
    assert len(first.choosing) == 4 and len(first.learned) == 13
    assert 21 in first.learned and 20 in first.held_out


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "audio" / ESC10).exists(), reason="no recordings here")
def test_real_recordings_are_divided_and_each_of_esc10_is_asked_once() -> None:
    clips = esc10_clips(DATA)
    splits = divided(ESC10, clips)
    assert_divided(clips, splits)
    assert sorted(i for split in splits for i in split.held_out) == list(range(400))
    nature = nature_clips(DATA)
    for name in ("nature", "collections", "ear"):
        assert_divided(nature, divided(name, nature))
    ear = divided("ear", nature)[0]
    assert all(nature[i].part is Part.EAR for i in (*ear.learned, *ear.choosing))


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "audio" / ESC10).exists(), reason="no recordings here")
def test_of_the_documents_kinds_what_is_made_is_marked(tmp_path: Path) -> None:
    try:
        clips = document_clips(DATA, tmp_path)
    except NoSynthesizer as error:
        pytest.skip(str(error))
    assert {clip.kind for clip in clips} == set(DOCUMENT_KINDS)
    assert {clip.kind for clip in clips if clip.made} == set(MADE_KINDS)
    assert {clip.kind for clip in clips if not clip.made} == set(DOCUMENT_KINDS) - set(MADE_KINDS)
    assert_divided(clips, divided("document", clips))
