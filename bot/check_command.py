"""`todak check`: what is configured, what stands ready, and what cannot work and why."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.operations import OWN_PATHS, webhook_path
from bot.pull_command import HUB_PROFILE, present
from bot.recognisers import emergencies_in_sounds, words_in_voice_notes
from bot.service_keys import NoServiceKeys, key_source, open_service_keys
from bot.settings import Settings
from inference.pipeline import Analyzer
from inference.recognition import Recognition
from inference.weights import SHIPPED_WEIGHTS, sleep_weights_are_there
from inference.whisper_weights import find_weights
from storage.database import make_engine, state_of
from storage.key_store import holds_keys

TO_COME = "not there yet, made at the first start"
WEIGHTS = ("text_emotion", "speech_emotion", "distress")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `fine` is False where something cannot work."""

    subject: str
    state: str
    fine: bool


def findings(settings: Settings) -> list[Finding]:
    """Everything worth saying, in the order of the start; only looks, and makes nothing."""
    folder = settings.weights_folder or SHIPPED_WEIGHTS
    return [
        _data_folder(settings.data_folder),
        _database(settings),
        *_keys(settings),
        _workflow_database(settings),
        _updates(settings),
        _public_address(settings.public_address),
        _operations(settings),
        _profile(folder, settings.text_model),
        _transcriber(settings, folder),
        Finding("fusion", settings.fusion, True),
        _pulled(settings.pulled_weights()),
        *(_weights(folder / f"{name}.safetensors") for name in WEIGHTS),
        _sleep_sounds(),
        Finding("guardians", "told by message of what each person switched on", True),
    ]


def hearing(analyzer: Analyzer, whisper: str | None) -> list[Finding]:
    """What is heard in the voice notes of people, once the weights have loaded."""
    has = Recognition(analyzer)
    words = words_in_voice_notes(has.whisper, whisper)
    hears = has.hears_emergencies
    return [
        Finding("recognisers", "the weights load", True),
        Finding("words in voice notes", words, has.whisper is not None),
        Finding("emergencies in sounds", emergencies_in_sounds(hears), hears),
    ]


def _data_folder(folder: Path) -> Finding:
    return Finding("data folder", str(folder) if folder.is_dir() else f"{folder}: {TO_COME}", True)


def _database(settings: Settings) -> Finding:
    engine = make_engine(settings.database())
    where = f"{engine.dialect.name} at {_place(settings.database())}"
    if _is_to_come(settings.database(), settings.data_folder):
        return Finding("database", f"{where}: {TO_COME}", True)
    state = state_of(engine)
    if not state.reachable:
        return Finding("database", f"{where}: cannot be reached", False)
    if state.revision != state.newest_revision:
        revision = state.revision or "empty"
        text = f"at revision {revision}; `todak migrate` brings it to {state.newest_revision}"
        return Finding("database", f"{where}, {text}", False)
    return Finding("database", f"{where}, revision {state.revision}", True)


def _keys(settings: Settings) -> list[Finding]:
    """The database of the keys, and the service keys that open them."""
    url, stored = settings.key_database(), False
    place = _place(url)
    if _is_to_come(url, settings.data_folder):
        database = Finding("key database", f"{place}: {TO_COME}", True)
    else:
        try:
            stored = holds_keys(make_engine(url))
            state = "holds keys" if stored else "holds no key yet"
            database = Finding("key database", f"{place}, {state}", True)
        except SQLAlchemyError:
            database = Finding("key database", f"{place}: cannot be reached", False)
    return [database, _service_keys(settings, stored=stored)]


def _service_keys(settings: Settings, *, stored: bool) -> Finding:
    try:
        source = key_source(settings)
        if source.path is not None and not source.path.exists() and not stored:
            return Finding("service keys", f"{source.name}: {TO_COME}", True)
        open_service_keys(source, lambda: True)  # so that no file is made
    except (NoServiceKeys, OSError) as error:
        return Finding("service keys", str(error), False)
    return Finding("service keys", f"{source.name}, readable", True)


def _workflow_database(settings: Settings) -> Finding:
    url = settings.workflow_database()
    to_come = f": {TO_COME}" if _is_to_come(url, settings.data_folder) else ""
    return Finding("workflow database", f"{_place(url)}{to_come}", True)


def _place(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _is_to_come(url: str, data_folder: Path) -> bool:
    """Whether a database is a file that is not there, and can be made."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database is None:
        return False
    path = Path(parsed.database)
    return not path.exists() and (path.parent.is_dir() or path.parent == data_folder)


def _updates(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("updates", "local chat in the browser, no token set", True)
    how = "long polling" if settings.public_address is None else "webhook"
    return Finding("updates", f"Telegram by {how}", True)


def _public_address(address: str | None) -> Finding:
    if address is None:
        return Finding("public address", "none, so there is no webhook", True)
    path = webhook_path(address)
    return Finding("public address", f"{address}, served as {path} on the operations port", True)


def _operations(settings: Settings) -> Finding:
    where = f"http://{settings.operations_host}:{settings.operations_port}"
    return Finding("operations", f"{' and '.join(OWN_PATHS)} at {where}", True)


def _profile(folder: Path, text_model: Path | None) -> Finding:
    if text_model is None:
        return Finding("profile", f"embedded, weights in {folder}", folder.is_dir())
    state = f"feelings in words by {text_model}, all else by the weights in {folder}"
    return Finding("profile", state, text_model.exists())


def _transcriber(settings: Settings, folder: Path) -> Finding:
    if settings.whisper is None:
        return Finding("transcriber", "none, as TODAK_WHISPER is empty", True)
    try:
        path = find_weights(settings.whisper, [folder, settings.pulled_weights()])
    except FileNotFoundError as error:
        return Finding("transcriber", f"TODAK_WHISPER: {error}", False)
    return Finding("transcriber", f"{settings.whisper} by {path}", True)


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


def _sleep_sounds() -> Finding:
    if not sleep_weights_are_there():
        return Finding("sleep sounds", f"not made: {SHIPPED_WEIGHTS} lacks their weights", False)
    return Finding("sleep sounds", "the weights are there", True)
