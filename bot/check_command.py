"""`todak check`: what is configured, what stands ready, and what cannot work and why."""

from dataclasses import dataclass
from pathlib import Path

from inference.pipeline import SHIPPED_WEIGHTS
from inference.transcription import Transcriber
from storage.database import Database

WEIGHTS = ("text_emotion", "speech_emotion", "distress")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `fine` is False where something cannot work."""

    subject: str
    state: str
    fine: bool


def findings(
    database: Database, database_place: str, updates: str, weights_folder: Path | None
) -> list[Finding]:
    """Everything worth saying, in the order of the start."""
    folder = SHIPPED_WEIGHTS if weights_folder is None else weights_folder
    return [
        _database(database, database_place),
        Finding("updates", updates, True),
        Finding("profile", f"embedded, weights in {folder}", folder.is_dir()),
        *(_weights(folder / f"{name}.safetensors") for name in WEIGHTS),
        Finding("guardians", "not told of anything: this version cannot alert anyone", False),
    ]


def words_in_voice_notes(transcriber: Transcriber | None) -> str:
    """Whether words are read, and by which weights; ends a sentence about them."""
    if transcriber is None:
        return "not read (TODAK_WHISPER names no weights); only its tone is heard"
    if transcriber.synthetic:
        name = transcriber.name
        return f"read by {name}, which learned from a synthesiser alone: it does not hear people"
    return f"read by Whisper {transcriber.name}, which can mishear"


def _database(database: Database, place: str) -> Finding:
    state = database.state()
    if not state.reachable:
        return Finding("database", f"{state.kind} at {place}: cannot be reached", False)
    if state.revision != state.newest_revision:
        revision = state.revision or "empty"
        text = f"at revision {revision}; `todak migrate` brings it to {state.newest_revision}"
        return Finding("database", f"{state.kind} at {place}, {text}", False)
    return Finding("database", f"{state.kind} at {place}, revision {state.revision}", True)


def _weights(path: Path) -> Finding:
    if not path.is_file():
        return Finding(path.stem, f"{path} is missing", False)
    return Finding(path.stem, f"{path.stat().st_size / 1_000_000:.1f} MB", True)
