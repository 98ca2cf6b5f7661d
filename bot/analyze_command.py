"""`todak analyze`: what the recognisers make of texts and recordings, as JSON Lines."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from inference.analysis import Analysis, Utterance
from inference.audio import RecordingTooLong, UnreadableAudio
from inference.pipeline import Analyzer, NoSpeech, SilentRecording

LARGEST_FILE_BYTES = 50_000_000


class UnreadableInput(Exception):
    """One sentence on why an input cannot be analysed."""


def analyze_texts(analyzer: Analyzer, texts: Iterable[str]) -> Iterator[str]:
    """One JSON line a text."""
    for text in texts:
        yield _line(text, analyzer.analyze(Utterance(text=text)))


def analyze_file(analyzer: Analyzer, path: Path) -> str:
    """The JSON line of one recording.

    Raises:
        UnreadableInput: the file cannot be read, or nothing can be heard in it.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UnreadableInput(f"{path}: larger than {LARGEST_FILE_BYTES // 1_000_000} MB.")
        recording = path.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"{path}: cannot be read ({error.strerror}).") from error
    try:
        analysis = analyzer.analyze(Utterance(recording=recording))
    except RecordingTooLong as error:
        raise UnreadableInput(f"{path}: longer than {error.limit_s:.0f} seconds.") from error
    except SilentRecording as error:
        raise UnreadableInput(f"{path}: holds nothing but silence.") from error
    except NoSpeech as error:
        raise UnreadableInput(f"{path}: holds no speech.") from error
    except UnreadableAudio as error:
        raise UnreadableInput(f"{path}: {error}.") from error
    return _line(str(path), analysis)


def read_lines(path: Path) -> list[str]:
    """The texts of a file, one a line; what stands before a tab is left out.

    Raises:
        UnreadableInput: the file cannot be read or is not UTF-8.
    """
    try:
        content = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8-sig")
    except OSError as error:
        raise UnreadableInput(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UnreadableInput(f"{path}: is not text in UTF-8.") from error
    lines = [line for line in content.split("\n") if line.strip()]
    return [line.rstrip("\r").partition("\t")[2] if "\t" in line else line for line in lines]


def _line(name: str, analysis: Analysis) -> str:
    emotion = analysis.emotion
    distress = analysis.distress
    content = {
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
    }
    return json.dumps(content, ensure_ascii=False)
