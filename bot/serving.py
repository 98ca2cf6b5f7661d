"""A running bot: put together, started in order, stopped without losing anything."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, Update
from telegram.constants import ChatType

from bot.application import BotApplication, introduce, route
from bot.audio_sending import AudioSending
from bot.chat_workflows import ChatWorkflows
from bot.confirmations import Confirmations
from bot.connection import (
    UPDATE_KINDS,
    Connection,
    bot_application,
    take_updates,
    urgent_bot,
    waiting,
)
from bot.edge import TelegramEdge
from bot.erasure import Eraser
from bot.guardian_snapshot import GuardianSnapshot
from bot.halves import Halves
from bot.health import DATABASE_AWAY, RECOGNISERS_AWAY, Health, whole
from bot.http_server import HttpServer
from bot.incidents.effects import IncidentEffects
from bot.incidents.replies import IncidentReplies
from bot.incidents.state import Times
from bot.incidents.told_replies import ToldReplies
from bot.incidents.workflow import Incidents
from bot.intake import Confidential, DurableUpdateQueue, Failures
from bot.listening import Listening
from bot.look_up import LookUp
from bot.operations import Metrics, Operations, webhook_path
from bot.pair_work import PairWork
from bot.replies import Replies
from bot.responder import Responder
from bot.retention import KEPT, Retention
from bot.schedule import Clock
from bot.sound_sending import SoundSending
from bot.sound_work import SoundWork
from bot.telegram_clock import TelegramClock
from bot.todak import Todak
from bot.workflow_engine import configure, launch
from bot.workflows import Workflows
from inference.recogniser_process import RecogniserFailed
from inference.recognition import Recognisers
from storage.database import Database
from storage.key_store import KeyStore
from storage.records import Language

log = logging.getLogger(__name__)

STOP_GRACE_S = 5.0
UPDATER_GRACE_S = 2.0
LOOK_AHEAD_S = 0.5
MOST_THREADS = 64
"""Threads are cheap while they wait for a database; the pool of the event loop has six here."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bot is made of."""

    recognisers: Recognisers
    database: Database
    workflow_engine: Engine
    keys: KeyStore
    operations_socket: socket.socket
    retention: Retention = KEPT
    times: Times = Times()  # noqa: RUF009  a frozen value
    sound_folder: Path = Path("data", "unfinished-sounds")


async def serve(
    connection: Connection,
    parts: Parts,
    on_ready: Callable[[], None],
    on_stop: Callable[[], None],
) -> None:
    """Run the bot until SIGINT or SIGTERM; `on_stop` is called before it is taken apart.

    Raises:
        telegram.error.InvalidToken: the token is not a bot's.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(MOST_THREADS))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(connection, parts):
        # What was loaded stays: walking all of it again would hold up messages for 0.1 s and more.
        gc.collect()
        gc.freeze()
        on_ready()
        await stop.wait()
        on_stop()


@dataclass(frozen=True, slots=True)
class _Built:
    """A bot put together, nothing of it started."""

    application: BotApplication
    urgent_bot: Bot
    listening: Listening
    flows: Workflows
    incidents: Incidents
    sounds: SoundWork
    pairs: PairWork
    clock: Clock
    telegram_clock: TelegramClock
    edge: TelegramEdge
    http: HttpServer


@contextlib.asynccontextmanager
async def running(connection: Connection, parts: Parts) -> AsyncIterator[BotApplication]:
    """A bot that takes updates while the context is open, and finishes them on leaving."""
    built = _build(connection, parts)
    application = built.application
    await application.initialize()
    await built.urgent_bot.initialize()
    engine = configure(parts.workflow_engine, parts.keys)
    rows = ChatWorkflows(parts.workflow_engine, parts.keys)
    built.flows.register(built.edge, asyncio.get_running_loop(), rows.forget_content)
    built.incidents.register(built.flows.calls)
    built.sounds.register(built.flows.calls)
    built.pairs.register(built.flows.calls)
    try:
        await introduce(application.bot)
        built.incidents.begin()
        await launch(engine)
        built.clock.start(_now, built.telegram_clock.now)
        await application.start()
        await built.http.start()
        await take_updates(application, connection)
        yield application
    finally:
        try:
            built.incidents.stop()
            await _stop(application, built.http, lambda: built.flows.stop(engine, STOP_GRACE_S))
        finally:
            await built.listening.stop()
            await built.urgent_bot.shutdown()


def _build(connection: Connection, parts: Parts) -> _Built:
    metrics, failures = Metrics(), Failures()
    whisper = parts.recognisers.whisper
    bot_id = int(connection.token.partition(":")[0])
    flows = Workflows(bot_id, parts.workflow_engine, parts.keys)
    queue = DurableUpdateQueue(
        lambda update, received_at_s: _store(
            update, received_at_s, edge, listening, flows, metrics
        ),
        lambda update: _on_trouble(update, application, connection, edge, metrics),
    )
    telegram_clock = TelegramClock(_now)
    application = bot_application(connection, queue, telegram_clock)
    snapshot = GuardianSnapshot(parts.database)
    urgent, look_up = urgent_bot(connection), LookUp(parts.database, snapshot)
    said = {language: (IncidentReplies(language), ToldReplies(language)) for language in Language}
    effects = IncidentEffects(urgent, parts.database, look_up, said, telegram_clock.now, metrics)
    incidents = Incidents(
        bot_id, flows, effects, parts.times, lambda alarm: edge.give_numbers(alarm)
    )
    todak = Todak(
        responder=Responder(
            parts.recognisers, parts.database, telegram_clock.now, metrics.unjudged.inc
        ),
        urgent_bot=urgent,
        look_up=look_up,
        guardian_snapshot=snapshot,
        halves=Halves(),
        confidential=Confidential(),
        database=parts.database,
        replies={language: Replies(language, parts.retention, whisper) for language in Language},
        clock=telegram_clock.now,
        look_after=flows.look_after,
        answered=flows.answered,
        in_danger=lambda chat_id: _in_danger(chat_id, flows, effects),
        in_quiet=effects.records.in_quiet,
        erase_soon=lambda: clock.erase_soon(),
        raise_alarm=incidents.raise_alarm,
        carry_alarm=incidents.carry,
        of_edit=effects.records.of_edit,
        signal_incident=incidents.signal,
        signal_in_memory=incidents.signal_in_memory,
    )
    listening = Listening(todak)
    rows = ChatWorkflows(parts.workflow_engine, parts.keys)
    audio = AudioSending(application.bot, parts.database, _now)
    sending = SoundSending(application.bot, audio, parts.database, todak.replies)
    sounds = SoundWork(bot_id, flows, sending, parts.sound_folder)
    pairs = PairWork(application.bot, flows, audio, todak.replies, parts.sound_folder)
    route(application, todak, listening, rows, failures, metrics, sounds, pairs)
    eraser = Eraser(
        application.bot,
        parts.database,
        rows,
        lambda chat_id, answer: _let_go(chat_id, answer, flows, incidents, sounds),
    )
    confirmations = Confirmations(application.bot, parts.database, todak.replies)
    clock = Clock(
        application, parts.database, rows, eraser, snapshot, confirmations, parts.retention
    )
    edge = TelegramEdge(application, todak, listening, failures, metrics)
    database = Health(lambda: _reachable(parts), DATABASE_AWAY)
    recognisers = Health(lambda: _recognises(parts), RECOGNISERS_AWAY)
    operations = Operations(metrics, whole(database, recognisers))
    if connection.webhook_address is not None:
        path = webhook_path(connection.webhook_address)
        operations.add_webhook(path, connection.webhook_secret, application.bot, queue.put)
    http = HttpServer(operations, parts.operations_socket)
    return _Built(
        application,
        urgent,
        listening,
        flows,
        incidents,
        sounds,
        pairs,
        clock,
        telegram_clock,
        edge,
        http,
    )


async def _in_danger(chat_id: int, flows: Workflows, effects: IncidentEffects) -> bool:
    return await flows.in_danger(chat_id) or await effects.records.in_danger(chat_id)


async def _let_go(
    chat_id: int, answer: str, flows: Workflows, incidents: Incidents, sounds: SoundWork
) -> None:
    await flows.answered(chat_id, answer)
    await incidents.let_go(chat_id)
    await sounds.let_go(chat_id)


async def _store(
    update: Update,
    received_at_s: float,
    edge: TelegramEdge,
    listening: Listening,
    flows: Workflows,
    metrics: Metrics,
) -> None:
    if not any(getattr(update, kind) for kind in UPDATE_KINDS):
        return  # not asked for, and nothing answers it
    if update.effective_chat is None or update.effective_chat.type != ChatType.PRIVATE:
        return  # a group is no place to talk here, and a tap in one would speak for it
    if update.callback_query is not None and not update.callback_query.data:
        return  # no button of ours; the library would give it to the first handler of taps
    listening.begin(update)
    urgent = await edge.is_urgent(update)
    await flows.store_update(update, received_at_s, urgent=urgent)
    if urgent:
        edge.expect(update)
    metrics.received.inc()


async def _on_trouble(
    update: Update,
    application: BotApplication,
    connection: Connection,
    edge: TelegramEdge,
    metrics: Metrics,
) -> None:
    metrics.storage_waits.inc()
    while True:
        found = await waiting(application, connection, update)
        await asyncio.gather(*(edge.help_at_once(each) for each in found))
        await asyncio.sleep(LOOK_AHEAD_S)


async def _stop(
    application: BotApplication, http: HttpServer, finish: Callable[[], Awaitable[None]]
) -> None:
    """Take nothing more, finish what is running, close; the rest waits in the database."""
    await http.stop()
    if application.updater is not None and application.updater.running:
        # Where Telegram cannot be reached this would wait for it; updates stored twice are one.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(application.updater.stop(), UPDATER_GRACE_S)
    try:
        await finish()
    finally:
        if application.running:
            await application.stop()
        await application.shutdown()


def _reachable(parts: Parts) -> bool:
    try:
        with parts.workflow_engine.connect() as connection:
            connection.execute(select(1))
    except SQLAlchemyError:
        return False
    return parts.database.state().reachable


def _recognises(parts: Parts) -> bool:
    try:
        parts.recognisers.screen("")
    except RecogniserFailed:
        return False
    return True


def _now() -> datetime:
    return datetime.now(UTC)
