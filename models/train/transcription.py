"""Measure Whisper weights on recordings of one's own: `todak evaluate transcription`.

The folder holds recordings and one file `texts.tsv` with a line a recording: its file name, what
is said in it, and, if wanted, its language, parted by tabs; in UTF-8 or CP949.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inference.audio import RecordingTooLong, UnreadableAudio, Waveform, decode
from inference.checkpoints import CheckpointMismatch
from inference.transcription import Transcriber
from inference.weights import SHIPPED_WEIGHTS
from inference.whisper_weights import load_transcriber
from models.train.character_errors import character_errors, error_rate
from models.train.table_text import table_text

TEXTS = "texts.tsv"


class UnusableFolder(ValueError):
    """One sentence on why a folder cannot be measured on."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording and what is said in it; no `language` to have it detected."""

    path: Path
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was made of one recording: `wrong` of `said` characters, in `took_s` of processing."""

    heard: str
    language: str
    wrong: int
    said: int
    trusted: bool
    sound_s: float
    took_s: float


def pulled_weights() -> Path:
    """Where `todak pull` puts weights."""
    return Path(os.environ.get("TODAK_DATA_FOLDER") or "data") / "weights"


def read_recordings(folder: Path) -> list[Recording]:
    """The recordings of a folder, as its `texts.tsv` lists them.

    Raises:
        UnusableFolder: there is no such list, it is empty, or a line of it cannot be used.
    """
    listed = folder / TEXTS
    if not listed.is_file():
        raise UnusableFolder(f"there is no {listed}")
    try:
        rows = table_text(listed).splitlines()
    except ValueError as error:
        raise UnusableFolder(str(error)) from error
    recordings = []
    for i, row in enumerate(rows, 1):
        name, _, rest = row.partition("\t")
        text, _, language = rest.partition("\t")
        if not row.strip() or (i == 1 and name == "file"):
            continue
        if not text.strip():
            raise UnusableFolder(f"{listed}, line {i}: file name, tab, text are wanted")
        if not (folder / name).is_file():
            raise UnusableFolder(f"{listed}, line {i}: there is no {folder / name}")
        recordings.append(Recording(folder / name, text.strip(), language.strip() or None))
    if not recordings:
        raise UnusableFolder(f"{listed} lists no recordings")
    return recordings


def read_sound(recording: Recording) -> Waveform:
    """The sound of a recording.

    Raises:
        OSError: it cannot be read.
        UnusableFolder: it is no sound, or too long.
    """
    try:
        return decode(recording.path.read_bytes())
    except RecordingTooLong as error:
        sentence = f"{recording.path}: longer than {error.limit_s:.0f} seconds"
        raise UnusableFolder(sentence) from error
    except UnreadableAudio as error:
        raise UnusableFolder(f"{recording.path}: {error}") from error


def hear(
    transcriber: Transcriber, recording: Recording, waveform: Waveform, *, padded: bool
) -> Hearing:
    """Write one recording down and compare; `padded` fills its windows to 30 s."""
    began_s = time.perf_counter()
    encoded = transcriber.encode(waveform, padded=padded)
    transcript = transcriber.transcribe(waveform, recording.language, encoded)
    took_s = time.perf_counter() - began_s
    heard = "" if transcript is None else transcript.text
    language = recording.language or ("" if transcript is None else transcript.language)
    wrong, said = character_errors(recording.text, heard)
    trusted = transcript is not None and transcript.trusted
    return Hearing(heard, language, wrong, said, trusted, waveform.duration_s, took_s)


def summary(hearings: Sequence[Hearing]) -> dict[str, Any]:
    """Error rate with its interval, over all and over what the guards trusted, and the speed."""
    trusted = [one for one in hearings if one.trusted]
    languages = sorted({one.language for one in hearings if one.language})
    return {
        "all": _rate(hearings),
        "trusted": _rate(trusted) if trusted else None,
        "by_language": {
            code: _rate([one for one in hearings if one.language == code]) for code in languages
        },
        "sound_s": round(sum(one.sound_s for one in hearings), 2),
        "seconds_a_second": round(
            sum(one.took_s for one in hearings) / sum(one.sound_s for one in hearings), 4
        ),
    }


def _rate(hearings: Sequence[Hearing]) -> dict[str, Any]:
    return asdict(error_rate([(one.wrong, one.said) for one in hearings]))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; exit code 1 without the weights, 2 where the folder cannot be used."""
    arguments = _parsed(argv)
    if not arguments.evaluate:
        print("Nothing to train here: `todak train whisper` does.", file=sys.stderr)
        return 2
    try:
        recordings = read_recordings(arguments.data)
        waveforms = [read_sound(recording) for recording in recordings]
    except UnusableFolder as error:
        print(error, file=sys.stderr)
        return 2
    try:
        transcriber = load_transcriber(arguments.weights, [arguments.folder, pulled_weights()])
    except (FileNotFoundError, CheckpointMismatch) as error:
        print(f"The weights cannot be used: {error}", file=sys.stderr)
        return 1
    measured: dict[str, Any] = {"weights": transcriber.name, "synthetic": transcriber.synthetic}
    for name, padded in (("own_length", False), ("padded", True))[: 1 + arguments.padded]:
        hearings = []
        for recording, waveform in zip(recordings, waveforms, strict=True):
            hearings.append(hear(transcriber, recording, waveform, padded=padded))
            told = f"{recording.path.name}: {hearings[-1].wrong}/{hearings[-1].said} wrong"
            print(f"{told}: {hearings[-1].heard}", file=sys.stderr, flush=True)
        measured[name] = summary(hearings)
    if arguments.json:
        print(json.dumps(measured, ensure_ascii=False))
    else:
        print("\n".join(_told(measured)))
    return 0


def _told(measured: dict[str, Any]) -> list[str]:
    note = " (synthetic speech only: it does not understand people)"
    lines = [f"weights: {measured['weights']}{note if measured['synthetic'] else ''}"]
    for name in ("own_length", "padded"):
        if name not in measured:
            continue
        found = measured[name]
        rates = {"all": found["all"], "trusted": found["trusted"], **found["by_language"]}
        lines.append(f"{name.replace('_', ' ')}:")
        lines += [
            f"  {of}: character error rate {rate['rate']:.3f} "
            f"({rate['low']:.3f} to {rate['high']:.3f}), {rate['n_recordings']} recordings"
            for of, rate in rates.items()
            if rate is not None
        ]
        lines.append(f"  {found['seconds_a_second']} s of processing for a second of sound")
    return lines


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="todak evaluate transcription", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="recordings and texts.tsv")
    parser.add_argument("--weights", default="base", help="a name of OpenAI's or a file")
    parser.add_argument(
        "--folder",
        type=Path,
        default=SHIPPED_WEIGHTS,
        help="where a name is looked for first",
    )
    parser.add_argument("--padded", action="store_true", help="also filled with silence to 30 s")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--evaluate", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(argv)
