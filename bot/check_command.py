"""`todak check`: what is configured, what stands ready, and what cannot work and why."""

from dataclasses import dataclass
from pathlib import Path

from bot.pull_command import HUB_PROFILE, present
from bot.settings import Settings
from inference.emergency import CNN_WEIGHTS, ENCODER_WEIGHTS, EmergencyEar
from inference.pipeline import SHIPPED_WEIGHTS, Analyzer
from inference.transcription import Transcriber
from storage.database import Database

WEIGHTS = ("text_emotion", "speech_emotion", "distress")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `fine` is False where something cannot work."""

    subject: str
    state: str
    fine: bool


def findings(database: Database, database_place: str, settings: Settings) -> list[Finding]:
    """Everything worth saying, in the order of the start."""
    folder = settings.weights_folder or SHIPPED_WEIGHTS
    return [
        _database(database, database_place),
        _updates(settings),
        _profile(folder, settings.text_model),
        _pulled(settings.pulled_weights()),
        *(_weights(folder / f"{name}.safetensors") for name in WEIGHTS),
        Finding("guardians", "told by message of what each person switched on", True),
    ]


def words_in_voice_notes(transcriber: Transcriber | None) -> str:
    """Whether words are read, and by which weights; ends a sentence about them."""
    if transcriber is None:
        return "not read (TODAK_WHISPER names no weights); only its tone is heard"
    if transcriber.synthetic:
        name = transcriber.name
        return f"read by {name}, which learned from a synthesiser alone: it does not hear people"
    return f"read by Whisper {transcriber.name}, which can mishear"


def hearing(analyzer: Analyzer) -> list[Finding]:
    """What is heard in voice notes, once the weights have loaded."""
    transcriber = analyzer.transcriber
    reads = transcriber is not None and not transcriber.synthetic
    hears = analyzer.ear is not None
    return [
        Finding("recognisers", "the weights load", True),
        Finding("words in voice notes", words_in_voice_notes(transcriber), reads),
        Finding("emergencies in sounds", emergencies_in_sounds(analyzer.ear), hears),
    ]


def emergencies_in_sounds(ear: EmergencyEar | None) -> str:
    """Whether emergencies are heard in sounds; ends a sentence about them."""
    if ear is None:
        return f"not heard: {CNN_WEIGHTS} or {ENCODER_WEIGHTS} is missing"
    return "heard, which can be wrong and can miss"


def _database(database: Database, place: str) -> Finding:
    state = database.state()
    if not state.reachable:
        return Finding("database", f"{state.kind} at {place}: cannot be reached", False)
    if state.revision != state.newest_revision:
        revision = state.revision or "empty"
        text = f"at revision {revision}; `todak migrate` brings it to {state.newest_revision}"
        return Finding("database", f"{state.kind} at {place}, {text}", False)
    return Finding("database", f"{state.kind} at {place}, revision {state.revision}", True)


def _updates(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("updates", "local chat in the browser, no token set", True)
    how = "long polling" if settings.public_address is None else "webhook"
    return Finding("updates", f"Telegram by {how}", True)


def _profile(folder: Path, text_model: Path | None) -> Finding:
    if text_model is None:
        return Finding("profile", f"embedded, weights in {folder}", folder.is_dir())
    state = f"feelings in words by {text_model}, all else by the weights in {folder}"
    return Finding("profile", state, text_model.exists())


def _pulled(folder: Path) -> Finding:
    there = present(folder)
    if not there:
        names = ", ".join(HUB_PROFILE)
        return Finding("pulled weights", f"none; `todak pull` fetches {names}", True)
    named = ", ".join(f"{each.name} ({each.n_bytes / 1e6:,.0f} MB)" for each in there)
    return Finding("pulled weights", f"{named} in {folder}", True)


def _weights(path: Path) -> Finding:
    if not path.is_file():
        return Finding(path.stem, f"{path} is missing", False)
    return Finding(path.stem, f"{path.stat().st_size / 1_000_000:.1f} MB", True)
