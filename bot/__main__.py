"""Todak's command line, and the one place where everything is put together."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import InvalidToken, TelegramError

from bot.command_line import DONE, FAILED, UNUSABLE, CommandFailed, command_line
from bot.contradictions import Contradiction, refuse_contradictions, refuse_one_database
from bot.logs import named, set_up
from bot.recipe_command import NotInstalled, run_recipe
from bot.service_keys import NoServiceKeys, key_source, open_service_keys
from bot.settings import Settings
from storage.database import Database, make_engine, make_workflow_engine
from storage.encryption import WrongServiceKey
from storage.key_store import KeyStore, holds_keys

if TYPE_CHECKING:
    from inference.pipeline import Analyzer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 failed, 2 unreadable input or wrong usage.

    Where nobody reads its output any more, as after `| head`, it ends without a word.
    """
    try:
        try:
            return _command(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _command(arguments: Sequence[str] | None) -> int:
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
        "sounds": lambda _: _sounds(given),
        "pull": lambda settings: _pull(settings, given.names),
        "train": lambda _: _recipe(given.model, [*rest, *given.options]),
        "evaluate": lambda _: _recipe(given.model, ["--evaluate", *rest, *given.options]),
    }
    try:
        settings = _settings()
        set_up(settings.log_level)
        return commands[given.command](settings)
    except CommandFailed as failure:
        print(failure, file=sys.stderr)
        return failure.code
    except Contradiction as contradiction:
        print(contradiction, file=sys.stderr)
        return UNUSABLE
    except InvalidToken:
        print("Telegram does not accept TODAK_TELEGRAM_TOKEN.", file=sys.stderr)
        return UNUSABLE
    except TelegramError as error:
        print(f"The Bot API cannot be used: {named(error)}.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        raise
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
    from bot.run_command import run

    refuse_contradictions(settings)
    database = _open_database(settings)
    database.migrate()
    run(settings, database)
    return DONE


def _local_chat(settings: Settings) -> int:
    from bot.run_command import run_local_chat

    settings.prepare_data_folder()
    run_local_chat(settings)
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

    found = findings(settings)
    try:
        found += hearing(_load_analyzer(settings, for_people=True), settings.whisper)
    except CommandFailed as failure:
        found.append(Finding("recognisers", str(failure), False))
    try:
        refuse_contradictions(settings)
    except Contradiction as contradiction:
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
    analyzer = _load_analyzer(settings, for_people=False)
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


def _sounds(given: argparse.Namespace) -> int:
    acts = {"ingest": _ingest, "propose": _propose, "file": _propose, "publish": _publish}
    return acts[given.act](given)


def _ingest(given: argparse.Namespace) -> int:
    from bot.sounds_command import NothingToTake, ingest

    try:
        sentence, all_read = ingest(given)
    except NothingToTake as error:
        raise CommandFailed(str(error), UNUSABLE) from error
    print(sentence)
    return DONE if all_read else FAILED


def _propose(given: argparse.Namespace) -> int:
    from bot.filing_command import CannotFile, file_proposed, propose

    try:
        print(propose(given.library) if given.act == "propose" else file_proposed(given.library))
    except CannotFile as error:
        raise CommandFailed(str(error), UNUSABLE) from error
    return DONE


def _publish(given: argparse.Namespace) -> int:
    from bot.publish_command import CannotPublish, publish
    from bot.sound_command import UnusableRecipe
    from inference.checkpoints import CheckpointMismatch

    try:
        print(publish(given))
    except UnusableRecipe as error:
        raise CommandFailed(str(error), UNUSABLE) from error
    except CannotPublish as error:
        raise CommandFailed(str(error)) from error
    except CheckpointMismatch as error:
        raise CommandFailed(f"{error}.") from error
    return DONE


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


def _load_analyzer(settings: Settings, *, for_people: bool) -> "Analyzer":
    from bot.recognisers import weights_of
    from inference.loading import load_analyzer
    from inference.weights import UnusableWeights

    try:
        return load_analyzer(weights_of(settings, for_people=for_people))
    except UnusableWeights as error:
        raise CommandFailed(str(error)) from error


def _open_database(settings: Settings) -> Database:
    settings.prepare_data_folder()
    refuse_one_database(settings)
    key_engine = make_engine(settings.key_database())
    try:
        service_keys = open_service_keys(key_source(settings), lambda: holds_keys(key_engine))
    except NoServiceKeys as error:
        raise CommandFailed(str(error), UNUSABLE) from error
    return Database(make_engine(settings.database()), KeyStore(key_engine, service_keys))


if __name__ == "__main__":
    sys.exit(main())
