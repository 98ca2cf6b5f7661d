"""Todak's command line, and the one place where everything is put together."""

import argparse
import json
import re
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import uvloop
from pydantic import ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import InvalidToken, TelegramError

from bot.command_line import command_line
from bot.leaving import leave_in_time
from bot.logs import named, set_up
from bot.recipe_command import NotInstalled, run_recipe
from bot.service_keys import NoServiceKeys, key_source, open_service_keys
from bot.settings import Settings
from storage.database import Database, make_engine, make_workflow_engine
from storage.encryption import WrongServiceKey
from storage.key_store import KeyStore, holds_keys

if TYPE_CHECKING:
    from bot.local_chat.serve import LocalChat
    from bot.serving import Parts
    from inference.pipeline import Analyzer

DONE, FAILED, UNUSABLE = 0, 1, 2


class CommandFailed(Exception):
    """One sentence on what went wrong, and the exit status."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 failed, 2 unreadable input or wrong usage."""
    parser = command_line()
    given, rest = parser.parse_known_args(arguments)
    if rest and given.command not in ("train", "evaluate"):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    commands: dict[str, Callable[[Settings], int]] = {
        "run": _run,
        "local-chat": _local_chat,
        "migrate": _migrate,
        "rotate-keys": lambda settings: _rotate_keys(settings, finish=given.finish),
        "check": lambda settings: _check(settings, as_json=given.json),
        "analyze": lambda settings: _analyze(settings, given),
        "sound": lambda _: _sound(given),
        "sounds": lambda _: _ingest(given),
        "pull": lambda settings: _pull(settings, given.names),
        "train": lambda _: _recipe(given.model, rest),
        "evaluate": lambda _: _recipe(given.model, ["--evaluate", *rest]),
    }
    try:
        settings = _settings()
        set_up(settings.log_level)
        return commands[given.command](settings)
    except CommandFailed as failure:
        print(failure, file=sys.stderr)
        return failure.code
    except InvalidToken:
        print("Telegram does not accept TODAK_TELEGRAM_TOKEN.", file=sys.stderr)
        return UNUSABLE
    except TelegramError as error:
        print(f"The Bot API cannot be used: {named(error)}.", file=sys.stderr)
        return FAILED
    except (OSError, SQLAlchemyError, WrongServiceKey) as error:
        # Further lines of a database's error are the statement and the row.
        print(f"todak {given.command}: {str(error).partition(chr(10))[0]}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(str(part) for part in problem["loc"])
        raise CommandFailed(f"TODAK_{name.upper()}: {problem['msg']}.", UNUSABLE) from error


def _run(settings: Settings) -> int:
    from bot.serving import Parts

    _refuse_contradictions(settings)
    database = _open_database(settings)
    database.migrate()
    with _listen(settings.operations_host, settings.operations_port) as operations:
        workflow_engine = make_workflow_engine(settings.workflow_database())
        analyzer, retention = _load_analyzer(settings), settings.retention()
        times = settings.incident_times()
        parts = Parts(
            analyzer,
            database,
            workflow_engine,
            database.keys,
            operations,
            retention,
            times,
            settings.data_folder / "unfinished-sounds",
        )
        if settings.telegram_token is not None:
            _run_on_telegram(settings, parts, settings.telegram_token.get_secret_value())
        else:
            _run_on_local_chat(settings, parts)
    return DONE


def _run_on_telegram(settings: Settings, parts: "Parts", token: str) -> None:
    from bot.connection import Connection
    from bot.serving import serve

    secret, api = settings.webhook_secret, settings.bot_api_address
    connection = Connection(
        token,
        base_url=None if api is None else f"{api}/bot",
        base_file_url=None if api is None else f"{api}/file/bot",
        webhook_address=settings.public_address,
        webhook_secret="" if secret is None else secret.get_secret_value(),
    )
    say_ready = partial(_say_ready, "on Telegram", settings, parts.analyzer)
    uvloop.run(serve(connection, parts, say_ready, leave_in_time))


def _run_on_local_chat(settings: Settings, parts: "Parts") -> None:
    from bot.connection import Connection
    from bot.serving import serve

    chat = _open_chat(settings)
    try:
        connection = Connection(chat.token, chat.base_url, chat.base_file_url)
        where = f"open {chat.address}"
        say_ready = partial(_say_ready, where, settings, parts.analyzer)
        uvloop.run(serve(connection, parts, say_ready, leave_in_time))
    finally:
        chat.stop()


def _local_chat(settings: Settings) -> int:
    settings.prepare_data_folder()
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    chat = _open_chat(settings)
    print(f"The local chat is open: {chat.address}")
    print("Start a bot in it from another shell:")
    environment = f"TODAK_BOT_API_ADDRESS={chat.origin} TODAK_TELEGRAM_TOKEN={chat.token}"
    print(f"  {environment} todak run", flush=True)
    signal.sigwait(stops)
    chat.stop()
    return DONE


def _migrate(settings: Settings) -> int:
    database = _open_database(settings)
    database.migrate()
    print(f"The database is at revision {database.state().revision}.")
    return DONE


def _rotate_keys(settings: Settings, *, finish: bool) -> int:
    from bot.chat_workflows import ChatWorkflows
    from bot.rotate_command import NothingToRotate, drop_old_key, rotate

    database = _open_database(settings)
    database.migrate()
    workflows = ChatWorkflows(make_workflow_engine(settings.workflow_database()), database.keys)
    source = key_source(settings)
    try:
        for line in (drop_old_key if finish else rotate)(source, database.keys, workflows):
            print(line)
    except NothingToRotate as error:
        raise CommandFailed(str(error)) from error
    return DONE


def _check(settings: Settings, *, as_json: bool) -> int:
    from bot.check_command import Finding, findings, hearing

    database = _open_database(settings)
    place = make_url(settings.database()).render_as_string(hide_password=True)
    found = findings(database, place, settings)
    try:
        found += hearing(_load_analyzer(settings))
    except CommandFailed as failure:
        found.append(Finding("recognisers", str(failure), False))
    try:
        _refuse_contradictions(settings)
    except CommandFailed as contradiction:
        found.append(Finding("settings", str(contradiction), False))
    for finding in found:
        if as_json:
            print(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            print(f"{'  ok ' if finding.fine else 'note '} {finding.subject}: {finding.state}")
    return DONE


def _analyze(settings: Settings, given: argparse.Namespace) -> int:
    from bot.analyze_command import (
        CannotExplain,
        UnreadableInput,
        analyze_file,
        analyze_texts,
        read_lines,
    )

    if sum((given.text is not None, given.lines is not None, bool(given.files))) != 1:
        raise CommandFailed("Give --text, --lines or files, one of the three.", UNUSABLE)
    if given.explain is not None and len(given.files) != 1:
        raise CommandFailed("--explain draws the picture of one file.", UNUSABLE)
    try:
        texts = [given.text] if given.text is not None else []
        if given.lines is not None:
            texts = read_lines(given.lines)
    except UnreadableInput as error:
        raise CommandFailed(str(error), UNUSABLE) from error
    analyzer = _load_analyzer(settings)
    for line in analyze_texts(analyzer, texts):
        print(line)
    code = DONE
    for path in given.files:
        try:
            print(analyze_file(analyzer, path, given.explain))
        except UnreadableInput as error:
            print(error, file=sys.stderr)
            code = UNUSABLE
        except CannotExplain as error:
            raise CommandFailed(str(error)) from error
    return code


def _sound(given: argparse.Namespace) -> int:
    from bot.sound_command import UnusableRecipe, make_sound
    from inference.checkpoints import CheckpointMismatch

    try:
        print(make_sound(given))
    except UnusableRecipe as error:
        raise CommandFailed(str(error), UNUSABLE) from error
    except CheckpointMismatch as error:
        raise CommandFailed(f"{error}.") from error
    return DONE


def _ingest(given: argparse.Namespace) -> int:
    from bot.sounds_command import ingest

    sentence, all_read = ingest(given)
    print(sentence)
    return DONE if all_read else FAILED


def _recipe(model: str, arguments: list[str]) -> int:
    try:
        return run_recipe(model, arguments)
    except NotInstalled as error:
        raise CommandFailed(str(error)) from error


def _pull(settings: Settings, names: Sequence[str]) -> int:
    from bot.pull_command import UnknownName, pull

    settings.prepare_data_folder()
    try:
        for pulled in pull(names, settings.pulled_weights(), settings.hub_address):
            print(f"{pulled.name}: {pulled.n_bytes / 1e6:,.0f} MB in {pulled.place}")
    except UnknownName as error:
        raise CommandFailed(str(error), UNUSABLE) from error
    return DONE


def _load_analyzer(settings: Settings) -> "Analyzer":
    from bot.recognisers import UnusableWeights, load_analyzer

    try:
        return load_analyzer(settings)
    except UnusableWeights as error:
        raise CommandFailed(str(error)) from error


def _refuse_contradictions(settings: Settings) -> None:
    """Raise CommandFailed for settings that cannot go together."""
    token, address = settings.telegram_token, settings.public_address
    if token is not None and not re.fullmatch(r"\d+:\S+", token.get_secret_value()):
        _unusable("TODAK_TELEGRAM_TOKEN is not a token as @BotFather gives them (123456:ABC…).")
    if address is None:
        return
    if token is None:
        _unusable("TODAK_PUBLIC_ADDRESS is set, but TODAK_TELEGRAM_TOKEN is not.")
    if not address.startswith("https://") and settings.bot_api_address is None:
        _unusable("TODAK_PUBLIC_ADDRESS must begin with https://, as Telegram calls nothing else.")
    secret = settings.webhook_secret
    if secret is None or not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
        _unusable("TODAK_WEBHOOK_SECRET must be 16 to 256 of A-Z a-z 0-9 _ - here.")


def _unusable(sentence: str) -> NoReturn:
    raise CommandFailed(sentence, UNUSABLE)


def _open_database(settings: Settings) -> Database:
    settings.prepare_data_folder()
    if settings.key_database() == settings.database():
        _unusable("TODAK_KEY_DATABASE_URL must name another database than TODAK_DATABASE_URL.")
    key_engine = make_engine(settings.key_database())
    try:
        service_keys = open_service_keys(key_source(settings), lambda: holds_keys(key_engine))
    except NoServiceKeys as error:
        raise CommandFailed(str(error), UNUSABLE) from error
    return Database(make_engine(settings.database()), KeyStore(key_engine, service_keys))


def _open_chat(settings: Settings) -> "LocalChat":
    from bot.local_chat.serve import LocalChat
    from bot.local_chat.store import StoreInUse

    folder = settings.data_folder / "local-chat"
    host, port = settings.local_chat_host, settings.local_chat_port
    try:
        chat = LocalChat(folder, host=host, port=port)
    except OSError as error:
        sentence = f"{host}:{port} cannot be used ({error.strerror}); set TODAK_LOCAL_CHAT_PORT."
        raise CommandFailed(sentence) from error
    try:
        chat.start()
    except StoreInUse as error:
        chat.stop()
        raise CommandFailed(f"Another Todak has {folder} open.") from error
    return chat


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        sentence = f"{host}:{port} cannot be used ({error.strerror}); set TODAK_OPERATIONS_PORT."
        raise CommandFailed(sentence) from error


def _say_ready(where: str, settings: Settings, analyzer: "Analyzer") -> None:
    from bot.check_command import emergencies_in_sounds, words_in_voice_notes

    print(f"Todak is ready: {where}")
    print(f"The words of a voice note are {words_in_voice_notes(analyzer.transcriber)}.")
    print(f"Emergencies in its sounds are {emergencies_in_sounds(analyzer.ear)}.")
    print(
        f"/healthz and /metrics: http://{settings.operations_host}:{settings.operations_port}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
