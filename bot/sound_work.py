"""Sleep sounds as durable workflows: what was asked for comes, after a restart too.

A step ends in something that was sent and is recorded: after a kill the workflow goes on with the
step that was interrupted, and makes the same sound again from its seed.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from dbos import DBOS, EnqueueOptions

from bot import sleep_replies
from bot.event_loop import EventLoopCalls, NotDone
from bot.sound_making import SoundFile, Workshop, make
from bot.sound_sending import Order, Outcome, SoundSending
from bot.workflow_engine import SOUNDS, VERSION
from bot.workflows import Workflows

log = logging.getLogger(__name__)

MINUTE_S = 60.0
"""How long a minute of the menu lasts; tests have no time for so long a one."""

OPENING_MINUTES = 2.0
EDIT_EVERY_S = 10.0
ASK_EVERY_S = 5.0
"""How often one that waits for its turn asks whether it is still wanted."""

TRIES = 3
UPLOADS = 2
"""Tries of what Telegram may have taken, or refuses; an hour is 43 MB."""

Plain = dict[str, Any]
_Watch = Callable[[int | None], Awaitable[bool]]
"""Told how many percent are made, None while it waits for its turn; whether it is wanted."""


class SoundWork:
    """Begins, stops and carries out the making of sounds.

    In a process one long file is made at a time, and beside it one beginning: nobody waits for
    somebody else's hour to hear the first minutes, and the other core stays the chat's.
    """

    def __init__(self, bot_id: int, flows: Workflows, sending: SoundSending, folder: Path) -> None:
        """`folder` is where unfinished sounds lie."""
        self._bot_id = bot_id
        self._flows = flows
        self._sending = sending
        self._workshop = Workshop(folder)
        self._beginnings, self._wholes = asyncio.Lock(), asyncio.Lock()  # first come, first served

    def register(self, calls: EventLoopCalls) -> None:
        """Say what the workflow does; its steps run on the loop of `calls`."""
        self._workshop.clear()

        @DBOS.step(name="send_again")
        def send_again(order: Plain) -> str:
            return self._send_again(calls, Order.from_plain(order), 0)

        @DBOS.step(name="send_opening")
        def send_opening(order: Plain) -> str:
            return self._make_and_send(calls, Order.from_plain(order), None)

        @DBOS.step(name="send_whole")
        def send_whole(order: Plain) -> str:
            return self._make_and_send(calls, Order.from_plain(order), 0)

        @DBOS.step(name="send_part")
        def send_part(order: Plain, number: int) -> str:
            outcome = self._send_again(calls, Order.from_plain(order), number)
            if outcome != Outcome.UNKNOWN:
                return outcome
            return self._make_and_send(calls, Order.from_plain(order), number)

        @DBOS.step(name="clear_away")
        def clear_away(order: Plain) -> None:
            calls.run(lambda: self._sending.clear_away(Order.from_plain(order)), TRIES)

        @DBOS.step(name="give_up")
        def give_up(order: Plain) -> None:
            calls.run(lambda: self._give_up(Order.from_plain(order)), TRIES)

        @DBOS.workflow(name="sleep_sound", max_recovery_attempts=None)
        def sleep_sound(order: Plain) -> None:
            try:
                outcome = send_again(order)
                if outcome == Outcome.UNKNOWN:
                    outcome = send_opening(order)
                    if outcome == Outcome.SENT:
                        outcome = send_whole(order)
                # What was sent is a night's first part, or a shorter sound and all of it.
                for number in range(1, Order.from_plain(order).n_parts):
                    if outcome == Outcome.SENT:
                        outcome = send_part(order, number)
                if outcome == Outcome.SENT:
                    clear_away(order)
            except NotDone:
                log.error("a sleep sound could not be made or sent")
                give_up(order)

    async def is_busy(self, chat_id: int) -> bool:
        """Whether a sound for this chat is being made or waits for its turn."""
        return bool(await self._flows.open_workflows(self._prefix(chat_id)))

    async def is_known(self, chat_id: int, origin_id: int, seed: int) -> bool:
        """Whether this tap was seen before, however its sound ended."""
        return await self._flows.is_known(self._number(chat_id, origin_id, seed))

    async def begin(self, order: Order) -> None:
        """Have a sound made; under the same message and seed it is made once."""
        options: EnqueueOptions = {
            "workflow_name": "sleep_sound",
            "workflow_id": self._number(order.chat_id, order.origin_id, order.recipe.seed),
            "queue_name": SOUNDS,
            "app_version": VERSION,
        }
        await self._flows.enqueue(options, order.plain())

    async def stop(self, chat_id: int, origin_id: int, seed: int) -> bool:
        """Make this sound no further; False where nothing of it is left to be made."""
        number = self._number(chat_id, origin_id, seed)
        if not await self._flows.is_open(number):
            return False
        await self._flows.cancel(number)
        return True

    async def let_go(self, chat_id: int) -> None:
        """Make nothing more for a chat whose person has everything deleted."""
        for number in await self._flows.open_workflows(self._prefix(chat_id)):
            await self._flows.cancel(number)

    def _send_again(self, calls: EventLoopCalls, order: Order, part: int) -> Outcome:
        return calls.run(lambda: self._sending.send_again(order, part), TRIES)

    def _make_and_send(self, calls: EventLoopCalls, order: Order, part: int | None) -> Outcome:
        """A part, or with None the opening: made once, sent as often as it takes."""
        minutes = OPENING_MINUTES if part is None else order.recipe.minutes
        n_parts = 1 if part is None else order.n_parts
        recipe = replace(order.recipe, minutes=minutes * MINUTE_S / 60.0)
        duration_s = recipe.duration_s / n_parts
        goes_on = self._watch(order, part)
        number = self._number(order.chat_id, order.origin_id, order.recipe.seed)

        async def send_if_wanted(made: SoundFile) -> Outcome:
            # A finished file may wait long for Telegram; stopped meanwhile, it is not sent.
            if not await self._flows.is_wanted(number):
                return Outcome.OVER
            if part is None:
                return await self._sending.send_opening(order, made, duration_s)
            return await self._sending.send_part(order, part, made, duration_s)

        with self._workshop.bench() as folder:

            async def make_in_turn() -> SoundFile | None:
                turn = self._beginnings if part is None else self._wholes
                if not await _taken(turn, goes_on):
                    return None
                try:
                    return await make(recipe, folder, goes_on, (part or 0, n_parts))
                finally:
                    turn.release()

            made = calls.run(make_in_turn, TRIES)
            return (
                Outcome.OVER if made is None else calls.run(lambda: send_if_wanted(made), UPLOADS)
            )

    def _watch(self, order: Order, part: int | None) -> _Watch:
        """What tells a sound in the making whether it is still wanted, and shows how far it is.

        Nothing is shown of the opening.
        """
        number = self._number(order.chat_id, order.origin_id, order.recipe.seed)
        say = self._sending.say(order)
        show_again_s = math.inf if part is None else time.monotonic()

        async def goes_on(percent: int | None) -> bool:
            nonlocal show_again_s
            if not await self._flows.is_wanted(number):
                # The tap said so too, but a word of progress may have come after it.
                await self._sending.show(order, sleep_replies.stopped(say))
                return False
            if time.monotonic() < show_again_s:
                return True
            show_again_s = time.monotonic() + EDIT_EVERY_S
            of_all = (100 * (part or 0) + (percent or 0)) // order.n_parts
            progress = sleep_replies.making(
                say, order.recipe, order.origin_id, of_all, waits=percent is None
            )
            return await self._sending.show(order, progress)

        return goes_on

    async def _give_up(self, order: Order) -> None:
        await self._sending.show(order, sleep_replies.failed(self._sending.say(order)))

    def _number(self, chat_id: int, origin_id: int, seed: int) -> str:
        return f"{self._prefix(chat_id)}{origin_id}-{seed}"

    def _prefix(self, chat_id: int) -> str:
        return f"sleep_sound:{self._bot_id}:{chat_id}:"


async def _taken(turn: asyncio.Lock, goes_on: _Watch) -> bool:
    """Wait for a turn, in line, for as long as it is wanted; whether it was taken."""
    percent = None if turn.locked() else 0
    taking = asyncio.ensure_future(turn.acquire())
    try:
        while await goes_on(percent):
            done, _ = await asyncio.wait({taking}, timeout=ASK_EVERY_S)
            if done:
                return True
    except BaseException:
        _give_back(taking, turn)
        raise
    _give_back(taking, turn)
    return False


def _give_back(taking: "asyncio.Future[Literal[True]]", turn: asyncio.Lock) -> None:
    if not taking.cancel():
        turn.release()  # it had it already
