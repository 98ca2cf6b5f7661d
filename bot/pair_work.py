"""Two short sounds and the question which of them tingled, as a durable workflow.

Each step ends in something that was sent and is recorded, so that after a kill nothing that was
sent is sent again.
"""

import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbos import DBOS, EnqueueOptions
from telegram import Bot
from telegram.error import TelegramError

from bot import finder_replies, sleep_replies
from bot.audio_sending import AudioSending, Track, Unreachable
from bot.event_loop import EventLoopCalls, NotDone
from bot.finder_buttons import Heard, heard_in, heard_text, sample
from bot.replies import Replies
from bot.reply import Reply
from bot.sending import cannot_be_reached, change, send
from bot.sound_making import SoundFile, Workshop, make
from bot.wording import Wording
from bot.workflow_engine import PAIRS, VERSION
from bot.workflows import Workflows
from storage.records import Language

log = logging.getLogger(__name__)

TRIES = 3
UPLOADS = 2

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PairOrder:
    """Two kinds for one chat. `origin_id` is the message whose button was tapped, and `turn`
    tells its taps apart; it shows that the sounds are on their way, and goes once they are there.
    """

    chat_id: int
    origin_id: int
    turn: int
    first: str
    second: str
    heard: Heard
    language: Language

    def plain(self) -> Plain:
        """As the workflow library stores it."""
        return {
            "chat_id": self.chat_id,
            "origin_id": self.origin_id,
            "turn": self.turn,
            "kinds": [self.first, self.second],
            "heard": heard_text(self.heard),
            "language": self.language.value,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "PairOrder":
        """What `plain` wrote."""
        heard = heard_in(plain["heard"])
        assert heard is not None, "only what a button holds is ordered"
        first, second = plain["kinds"]
        language = Language(plain["language"])
        ids = plain["chat_id"], plain["origin_id"], plain["turn"]
        return cls(*ids, first, second, heard, language)


class PairWork:
    """Begins, stops and carries out the sending of pairs."""

    def __init__(
        self,
        bot: Bot,
        flows: Workflows,
        audio: AudioSending,
        replies: Mapping[Language, Replies],
        folder: Path,
    ) -> None:
        """`folder` is where unfinished sounds lie."""
        self._bot = bot
        self._bot_id = int(bot.token.partition(":")[0])
        self._flows = flows
        self._audio = audio
        self._replies = replies
        self._workshop = Workshop(folder)

    def register(self, calls: EventLoopCalls) -> None:
        """Say what the workflow does; its steps run on the loop of `calls`."""

        @DBOS.step(name="send_sample")
        def send_sample(order: Plain, kind: str, place: str) -> int:
            return self._make_and_send(calls, PairOrder.from_plain(order), kind, place)

        @DBOS.step(name="ask_which")
        def ask_which(order: Plain, first_id: int, second_id: int) -> None:
            calls.run(lambda: self._ask(PairOrder.from_plain(order), first_id, second_id), TRIES)

        @DBOS.step(name="clear_pair")
        def clear_pair(order: Plain) -> None:
            pair = PairOrder.from_plain(order)
            calls.run(lambda: self.clear(pair.chat_id, pair.heard, pair.origin_id), TRIES)

        @DBOS.step(name="give_pair_up")
        def give_up(order: Plain) -> None:
            calls.run(lambda: self._give_up(PairOrder.from_plain(order)), TRIES)

        @DBOS.workflow(name="sleep_pair", max_recovery_attempts=None)
        def sleep_pair(order: Plain) -> None:
            try:
                first, second = order["kinds"]
                first_id = send_sample(order, first, "first")
                second_id = send_sample(order, second, "second") if first_id else 0
                if second_id:
                    ask_which(order, first_id, second_id)
                    clear_pair(order)
            except NotDone:
                log.error("two short sounds could not be made or sent")
                give_up(order)

    async def begin(self, order: PairOrder) -> None:
        """Have a pair sent; under the same message and turn it is sent once."""
        options: EnqueueOptions = {
            "workflow_name": "sleep_pair",
            "workflow_id": self._number(order),
            "queue_name": PAIRS,
            "app_version": VERSION,
        }
        await self._flows.enqueue(options, order.plain())

    async def is_known(self, order: PairOrder) -> bool:
        """Whether this tap was seen before."""
        return await self._flows.is_known(self._number(order))

    async def stop(self, chat_id: int, origin_id: int) -> None:
        """Send nothing more of the pair that this message promises."""
        for number in await self._flows.open_workflows(self._prefix(chat_id, origin_id)):
            await self._flows.cancel(number)

    async def clear(self, chat_id: int, heard: Heard, *others: int) -> None:
        """Take the sounds that were answered away, and other messages."""
        for message_id in (heard.first_id, heard.second_id, *others):
            if message_id:
                with contextlib.suppress(TelegramError):  # deleted already, or too old
                    await self._bot.delete_message(chat_id, message_id)

    def _make_and_send(
        self, calls: EventLoopCalls, order: PairOrder, kind: str, place: str
    ) -> int:
        """The message's id; 0 where nothing is wanted or can be sent any more."""
        say, recipe = self._say(order), sample(kind)
        track = Track(recipe, order.language, say("finder-title"), say("bot-name"))
        caption = say(f"finder-{place}")

        async def goes_on(_percent: int) -> bool:
            return await self._flows.is_wanted(self._number(order))

        async def send_again() -> int | None:
            try:
                return await self._audio.send_again(order.chat_id, track, caption, Reply(""))
            except Unreachable:
                return 0

        async def upload(made: SoundFile) -> int:
            length_s = recipe.duration_s
            try:
                return await self._audio.upload(
                    order.chat_id, track, made, length_s, caption, Reply("")
                )
            except Unreachable:
                return 0

        sent = calls.run(send_again, TRIES)
        if sent is not None:
            return sent
        with self._workshop.bench() as folder:
            made = calls.run(lambda: make(recipe, folder, goes_on), TRIES)
            return 0 if made is None else calls.run(lambda: upload(made), UPLOADS)

    async def _ask(self, order: PairOrder, first_id: int, second_id: int) -> None:
        heard = Heard(order.heard.comparisons, first_id, second_id)
        question = finder_replies.question(self._say(order), heard, order.first, order.second)
        with _reachable():
            await send(self._bot, order.chat_id, question)

    async def _give_up(self, order: PairOrder) -> None:
        with _reachable():
            await change(
                self._bot, order.chat_id, order.origin_id, sleep_replies.failed(self._say(order))
            )

    def _say(self, order: PairOrder) -> Wording:
        return self._replies[order.language].say

    def _number(self, order: PairOrder) -> str:
        return f"{self._prefix(order.chat_id, order.origin_id)}{order.turn}"

    def _prefix(self, chat_id: int, origin_id: int) -> str:
        # As other sounds of the chat, which are busy, let go and deleted by this beginning.
        return f"sleep_sound:{self._bot_id}:{chat_id}:{origin_id}-pair-"


@contextlib.contextmanager
def _reachable() -> Iterator[None]:
    """Nothing is said to a person who cannot be reached; other failures are tried again."""
    try:
        yield
    except TelegramError as error:
        if not cannot_be_reached(error):
            raise
