"""The clock: what happens without anybody writing. What is due is read from the database."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from telegram.ext import ContextTypes

from bot.application import BotApplication
from bot.chat_workflows import ChatWorkflows
from bot.confirmations import Confirmations
from bot.erasure import TAKEN_BACK_WITHIN, Eraser, compact_all
from bot.guardian_snapshot import SNAPSHOT_EVERY, GuardianSnapshot
from bot.retention import Retention
from bot.workflow_engine import forget_finished
from storage.database import Database
from storage.sleep_choices import SENT_SOUNDS_KEPT

log = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(minutes=10)
ERASE_SOON = timedelta(milliseconds=200)
ERASE_AGAIN = timedelta(seconds=5)
SOON, AGAIN = "erase soon", "erase again"
NIGHT = time(19, 10, tzinfo=UTC)
"""Ten past four in Seoul."""

MORNING = time(2, tzinfo=UTC)
"""Eleven in the morning in Seoul: a question about a guardian wakes nobody."""

WORKFLOW_KEYS_KEPT = timedelta(days=2)
"""A new one is made every day; by then every process has read it, and seals with it."""

# The scheduler drops what it could not run within a second, unless told otherwise.
NEVER_SKIP = {"misfire_grace_time": None, "coalesce": True}


class Clock:
    """The recurring work of one bot, on its application's job queue."""

    def __init__(
        self,
        application: BotApplication,
        database: Database,
        workflows: ChatWorkflows,
        eraser: Eraser,
        snapshot: GuardianSnapshot,
        confirmations: Confirmations,
        retention: Retention,
    ) -> None:
        assert application.job_queue is not None
        self._jobs = application.job_queue
        self._database = database
        self._workflows = workflows
        self._eraser = eraser
        self._snapshot = snapshot
        self._confirmations = confirmations
        self._retention = retention
        self._now: Callable[[], datetime]
        self._telegram_now: Callable[[], datetime]
        self._asked = self._erasing = False

    def start(self, machine: Callable[[], datetime], telegram: Callable[[], datetime]) -> None:
        """Begin; deletions that the last process left unfinished come first.

        Workflows are dated by this machine's clock; what people were asked lapses by Telegram's.
        """
        self._now, self._telegram_now = machine, telegram
        self._jobs.run_repeating(
            self._sweep, SWEEP_EVERY, first=SWEEP_EVERY, job_kwargs=NEVER_SKIP
        )
        self._jobs.run_repeating(
            self._refresh_snapshot, SNAPSHOT_EVERY, first=SNAPSHOT_EVERY, job_kwargs=NEVER_SKIP
        )
        # A repeated job whose first time passes before the clock runs waits for its second.
        self._jobs.run_once(self._refresh_snapshot, 0, job_kwargs=NEVER_SKIP)
        self._jobs.run_daily(self._tidy, NIGHT, job_kwargs=NEVER_SKIP)
        self._jobs.run_daily(self._confirm, MORNING, job_kwargs=NEVER_SKIP)
        self.erase_soon()

    def erase_soon(self) -> None:
        """Finish the deletions that were asked for, again and again until none is left."""
        self._asked = True
        if not self._erasing and not self._jobs.get_jobs_by_name(SOON):
            self._jobs.run_once(self._erase, ERASE_SOON, name=SOON, job_kwargs=NEVER_SKIP)

    async def _erase(self, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Run once; however often somebody taps, one further run waits."""
        if self._erasing:
            return
        for job in self._jobs.get_jobs_by_name(AGAIN):
            job.schedule_removal()
        self._asked, self._erasing, finished = False, True, False
        try:
            finished = await self._eraser.run()
        except Exception as error:
            log.warning("the deletions could not be read: %s", type(error).__name__)
        finally:
            self._erasing = False
        if self._asked:
            self.erase_soon()
        elif not finished:
            self._jobs.run_once(self._erase, ERASE_AGAIN, name=AGAIN, job_kwargs=NEVER_SKIP)

    async def _refresh_snapshot(self, context: ContextTypes.DEFAULT_TYPE) -> None:
        try:
            await asyncio.to_thread(self._snapshot.refresh)
        except Exception as error:
            log.warning("the snapshot of guardians stays as it is: %s", type(error).__name__)

    async def _sweep(self, context: ContextTypes.DEFAULT_TYPE) -> None:
        now = self._now()
        await asyncio.to_thread(self._database.keys.renew_workflow_key, now)
        await asyncio.to_thread(self._forget_lapsed, self._telegram_now())
        while forgotten := await asyncio.to_thread(
            forget_finished, now, self._retention.workflows
        ):
            log.info("forgot %d finished workflows", forgotten)

    def _forget_lapsed(self, now: datetime) -> None:
        with self._database.transaction() as memory:
            memory.care.forget_lapsed(now)

    async def _confirm(self, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._confirmations.ask(self._now())

    async def _tidy(self, context: ContextTypes.DEFAULT_TYPE) -> None:
        await asyncio.to_thread(
            tidy, self._database, self._workflows, self._retention, self._now()
        )


def tidy(
    database: Database, workflows: ChatWorkflows, retention: Retention, now: datetime
) -> None:
    """The nightly work: delete what was kept long enough, old keys, and the remains of both."""
    if retention.observations is not None:
        with database.transaction() as memory:
            n_deleted = memory.forget_observations_before(now - retention.observations)
            memory.sleep.forget_before(now - retention.observations)
        log.info("deleted %d observations that were kept long enough", n_deleted)
    with database.transaction() as memory:
        memory.care.forget_incidents_before(now - retention.incidents)
        memory.care.forget_where_told(now - TAKEN_BACK_WITHIN)
        memory.sleep.forget_sent_before(now - SENT_SOUNDS_KEPT)
    database.keys.renew_workflow_key(now)
    workflows.reseal()
    database.keys.destroy_workflow_keys(now - WORKFLOW_KEYS_KEPT)
    compact_all(database, workflows)
