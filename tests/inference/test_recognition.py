"""Recordings as they were received: what was decoded is kept until it was listened to."""

import numpy as np
import pytest

from inference import recognition
from inference.analysis import NO_DISTRESS, NoSpeech, SilentRecording
from inference.audio import RecordingTooLong, UnreadableAudio, Waveform, decode
from inference.pipeline import Analyzer
from inference.recognition import Listened, Recognition
from tests.inference.recordings import RATE, chord, silence, voice, wav


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer.load()


@pytest.fixture
def recognisers(analyzer: Analyzer) -> Recognition:
    return Recognition(analyzer)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Each recording that was decoded."""
    recordings: list[bytes] = []

    def noted(recording: bytes) -> Waveform:
        recordings.append(recording)
        return decode(recording)

    monkeypatch.setattr(recognition, "decode", noted)
    return recordings


def test_a_note_is_decoded_once(recognisers: Recognition, decoded: list[bytes]) -> None:
    note = voice()
    emergency = recognisers.hear(note)
    listened = recognisers.listen(note, "en", emergency)
    analysis = recognisers.analyze(None, NO_DISTRESS, listened)
    assert analysis.emotion is not None and analysis.voice is not None
    assert analysis.emergency == emergency and listened.recording == note
    assert decoded == [note]
    recognisers.analyze(None, NO_DISTRESS, listened)
    assert decoded == [note, note], "it was let go, and is there again for who asks"


def test_what_was_not_heard_first_is_decoded_when_it_is_listened_to(
    recognisers: Recognition, decoded: list[bytes]
) -> None:
    with pytest.raises(NoSpeech):
        recognisers.listen(chord())
    with pytest.raises(SilentRecording):
        recognisers.listen(silence())
    assert decoded == [chord(), silence()]


def test_the_oldest_is_let_go_where_many_wait(
    recognisers: Recognition, decoded: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "MOST_KEPT_BYTES", 8 * RATE * 4)
    chords = [chord(3.0 + 0.1 * number) for number in range(3)]
    for each in chords:
        recognisers.hear(each)
    for each in chords:
        with pytest.raises(NoSpeech):
            recognisers.listen(each)
    assert decoded == [*chords, chords[0]], "two of three seconds each are kept"


@pytest.mark.parametrize("content", [b"", b"no sound at all", chord()[:30]])
def test_what_cannot_be_decoded_says_so(recognisers: Recognition, content: bytes) -> None:
    with pytest.raises(UnreadableAudio):
        recognisers.hear(content)
    with pytest.raises(UnreadableAudio):
        recognisers.listen(content)


def test_what_is_too_long_says_so(recognisers: Recognition) -> None:
    with pytest.raises(RecordingTooLong):
        recognisers.hear(wav(np.zeros(601 * RATE)))


def test_texts_are_read_as_the_analyzer_reads_them(
    recognisers: Recognition, analyzer: Analyzer
) -> None:
    text = "드디어 취업했어! 너무 행복해"
    assert recognisers.screen(text) == analyzer.screen(text)
    assert recognisers.reads(text) == analyzer.reads(text)
    read = recognisers.analyze(text, NO_DISTRESS)
    assert read.words is not None and read.voice is None
    both = recognisers.together(read.words, read.words, NO_DISTRESS)
    assert both == analyzer.together(read.words, read.words, NO_DISTRESS)


def test_it_says_what_it_has(analyzer: Analyzer) -> None:
    has = Recognition(analyzer)
    assert has.whisper is None and has.hears_emergencies
    assert Listened(b"", None).emergency is None


def test_what_nobody_asks_about_is_let_go(
    recognisers: Recognition, decoded: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    recognisers.hear(chord())
    recognisers.let_go_of_old()
    with pytest.raises(NoSpeech):
        recognisers.listen(chord())
    assert decoded == [chord()], "it was heard just now"
    recognisers.hear(chord())
    monkeypatch.setattr(recognition, "KEPT_S", 0.0)
    recognisers.let_go_of_old()
    with pytest.raises(NoSpeech):
        recognisers.listen(chord())
    assert decoded == [chord()] * 3


def test_what_cannot_be_listened_to_is_let_go_at_once(
    recognisers: Recognition, decoded: list[bytes]
) -> None:
    recognisers.hear(chord())
    for _ in range(2):
        with pytest.raises(NoSpeech):
            recognisers.listen(chord())
    assert decoded == [chord()] * 2
