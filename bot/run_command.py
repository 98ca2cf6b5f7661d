"""`todak run` and `todak local-chat`: what is started, in which order, and what is said of it."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import uvloop

from bot.command_line import CommandFailed
from bot.leaving import leave_in_time
from bot.local_chat.serve import LocalChat
from bot.local_chat.store import StoreInUse
from bot.recognisers import emergencies_in_sounds, weights_of, words_in_voice_notes
from bot.settings import Settings
from bot.sound_loops import SoundLoops
from inference.recogniser_process import RecogniserProcess, RecognisersEnded
from inference.recognition import Recognisers
from inference.weights import UnusableWeights
from storage.database import Database, make_workflow_engine

if TYPE_CHECKING:
    from bot.serving import Parts


def run(settings: Settings, database: Database) -> None:
    """Run the bot until it is stopped: on Telegram with a token, else in the local chat.

    Raises:
        CommandFailed: the weights cannot be used, or an address is taken.
        telegram.error.InvalidToken: the token is not a bot's.
    """
    with (
        _listen(settings.operations_host, settings.operations_port) as operations,
        _recognisers(settings) as recognisers,
    ):
        from bot.serving import Parts  # meanwhile the other process reads the weights

        workflow_engine = make_workflow_engine(settings.workflow_database())
        parts = Parts(
            recognisers,
            database,
            workflow_engine,
            database.keys,
            operations,
            settings.retention(),
            settings.incident_times(),
            settings.data_folder / "unfinished-sounds",
        )
        _wait_for(recognisers)
        if settings.telegram_token is not None:
            _run_on_telegram(settings, parts, settings.telegram_token.get_secret_value())
        else:
            _run_on_local_chat(settings, parts)


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
    say_ready = partial(_say_ready, "on Telegram", settings, parts.recognisers)
    uvloop.run(serve(connection, parts, say_ready, leave_in_time))


def _run_on_local_chat(settings: Settings, parts: "Parts") -> None:
    from bot.connection import Connection
    from bot.serving import serve

    chat = _open_chat(settings)
    try:
        connection = Connection(chat.token, chat.base_url, chat.base_file_url)
        where = f"open {chat.address}"
        say_ready = partial(_say_ready, where, settings, parts.recognisers)
        uvloop.run(serve(connection, parts, say_ready, leave_in_time))
    finally:
        chat.stop()


def run_local_chat(settings: Settings) -> None:
    """Keep the local chat open until it is stopped, and say how a bot is started in it.

    Raises:
        CommandFailed: its address is taken, or another has it open.
    """
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    chat = _open_chat(settings)
    print(f"The local chat is open: {chat.address}")
    print("Start a bot in it from another shell:")
    environment = f"TODAK_BOT_API_ADDRESS={chat.origin} TODAK_TELEGRAM_TOKEN={chat.token}"
    print(f"  {environment} todak run", flush=True)
    signal.sigwait(stops)
    chat.stop()


@contextmanager
def _recognisers(settings: Settings) -> Iterator[RecogniserProcess]:
    recognisers = RecogniserProcess(weights_of(settings, for_people=True))
    try:
        yield recognisers
    finally:
        recognisers.stop()


def _wait_for(recognisers: RecogniserProcess) -> None:
    try:
        recognisers.ready()
    except (RecognisersEnded, UnusableWeights) as error:
        raise CommandFailed(f"{error}") from error


def _open_chat(settings: Settings) -> LocalChat:
    loops = SoundLoops(settings.data_folder / "sound-loops")
    folder = settings.data_folder / "local-chat"
    host, port = settings.local_chat_host, settings.local_chat_port
    try:
        chat = LocalChat(folder, host=host, port=port, find_loop=loops.find)
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


def _say_ready(where: str, settings: Settings, recognisers: Recognisers) -> None:
    print(f"Todak is ready: {where}")
    words = words_in_voice_notes(recognisers.whisper, settings.whisper)
    print(f"The words of a voice note are {words}.")
    print(f"Emergencies in its sounds are {emergencies_in_sounds(recognisers.hears_emergencies)}.")
    print(
        f"/healthz and /metrics: http://{settings.operations_host}:{settings.operations_port}",
        flush=True,
    )
