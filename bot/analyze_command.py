"""`todak analyze`: what the recognisers make of texts and recordings, as JSON Lines."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Emergency,
    NoSpeech,
    SilentRecording,
    Utterance,
)
from inference.audio import RecordingTooLong, UnreadableAudio, Waveform, decode
from inference.explanation import Explanation
from inference.explanation_picture import CannotDraw, draw
from inference.pipeline import Analyzer

LARGEST_FILE_BYTES = 50_000_000


class UnreadableInput(Exception):
    """One sentence on why an input cannot be analysed."""


class CannotExplain(Exception):
    """One sentence on why there is no picture."""


def analyze_texts(analyzer: Analyzer, texts: Iterable[str]) -> Iterator[str]:
    """One JSON line a text; of one without words its label is null."""
    for text in texts:
        yield _line(text, analyzer.analyze(Utterance(text=text)))


def analyze_file(analyzer: Analyzer, path: Path, picture: Path | None = None) -> str:
    """The JSON line of one recording; with `picture`, why it sounds like that is drawn there.

    Where nobody speaks there is no feeling, but the sounds may be heard all the same.

    Raises:
        UnreadableInput: the file cannot be read, or nothing can be heard in it.
        CannotExplain: the picture cannot be made or written.
    """
    try:
        waveform = decode(_read(path))
        emergency = analyzer.hear(waveform)
        analysis = _analyze(analyzer, waveform, emergency)
    except RecordingTooLong as error:
        raise UnreadableInput(f"{path}: longer than {error.limit_s:.0f} seconds.") from error
    except SilentRecording as error:
        raise UnreadableInput(f"{path}: holds nothing but silence.") from error
    except NoSpeech as error:
        raise UnreadableInput(f"{path}: holds no speech.") from error
    except UnreadableAudio as error:
        raise UnreadableInput(f"{path}: {error}.") from error
    if picture is None:
        return _line(str(path), analysis)
    if emergency is None:
        raise CannotExplain("The weights that hear emergencies in sounds are missing.")
    return _line(str(path), analysis, _drawn(analyzer, waveform, emergency, picture))


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UnreadableInput(f"{path}: larger than {LARGEST_FILE_BYTES // 1_000_000} MB.")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"{path}: cannot be read ({error.strerror}).") from error


def _analyze(analyzer: Analyzer, waveform: Waveform, emergency: Emergency | None) -> Analysis:
    try:
        heard = analyzer.listen(waveform, emergency=emergency)
    except NoSpeech:
        if emergency is None:
            raise
        return Analysis(None, None, None, False, NO_DISTRESS, (), emergency=emergency)
    return analyzer.analyze(Utterance(), heard=heard)


def _drawn(
    analyzer: Analyzer, waveform: Waveform, emergency: Emergency, picture: Path
) -> Explanation:
    explanation = analyzer.explain(waveform, emergency)
    try:
        draw(explanation, emergency, picture)
    except CannotDraw as error:
        raise CannotExplain(f"{error}.") from error
    except (OSError, ValueError) as error:
        raise CannotExplain(f"{picture}: cannot be written ({error}).") from error
    return explanation


def read_lines(path: Path) -> list[str]:
    """The texts of a file or of standard input ("-"), one a line.

    What stands before a tab is left out, and so is a mark at the beginning, as Windows writes it.
    A blank line is an empty text, so that the nth line of output is of the nth line of the file.

    Raises:
        UnreadableInput: the file cannot be read or is not UTF-8.
    """
    name = "standard input" if str(path) == "-" else str(path)
    try:
        read = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        content = read.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableInput(f"{name}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UnreadableInput(f"{name}: is not text in UTF-8.") from error
    lines = content.removesuffix("\n").split("\n") if content else []
    texts = [line.partition("\t")[2] if "\t" in line else line for line in lines]
    return [text.rstrip("\r") for text in texts]


def _line(name: str, analysis: Analysis, explanation: Explanation | None = None) -> str:
    emotion = analysis.emotion
    distress = analysis.distress
    content: dict[str, Any] = {
        "input": name,
        "label": None if emotion is None else emotion.label.value,
        "sure": emotion is not None and emotion.sure,
        "emotion": None
        if emotion is None
        else {key.value: round(value, 4) for key, value in emotion.posterior.items()},
        "present": [] if emotion is None else [key.value for key in emotion.present],
        "distress": {
            "kind": distress.kind.value,
            "level": distress.level.value,
            "probability": round(distress.probability, 4),
        },
        "modalities": [modality.value for modality in analysis.modalities],
        "transcript": None if analysis.transcript is None else asdict(analysis.transcript),
        "voice_facts": None
        if analysis.voice_facts is None
        else {
            name: None if value is None else round(value, 3)
            for name, value in asdict(analysis.voice_facts).items()
        },
        "emergency": None if analysis.emergency is None else _sounds(analysis.emergency),
    }
    if explanation is not None:
        content["explanation"] = _shares(explanation)
    return json.dumps(content, ensure_ascii=False)


def _sounds(emergency: Emergency) -> dict[str, Any]:
    return {
        "probability": round(emergency.probability, 4),
        "level": emergency.level.value,
        "kind": emergency.kind.value,
        "votes": dict(emergency.votes),
        "timeline": [
            [round(stretch.onset_s, 2), round(stretch.offset_s, 2), stretch.state.value]
            for stretch in emergency.timeline
        ],
    }


def _shares(explanation: Explanation) -> dict[str, float]:
    return {
        "onset_s": round(explanation.onset_s, 2),
        "speech_share": round(explanation.speech_share, 4),
        "relevance_off_speech": round(explanation.relevance_off_speech, 4),
        "attention_on_speech": round(explanation.attention_on_speech, 4),
    }
