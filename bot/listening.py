"""Recordings are judged by their sounds as soon as they are received, before anything else.

A scream waits neither for the words of the recording before it nor for its turn in the chat: what
is recorded here is fetched and heard beside the queue, and the handler takes what was heard. Both
may raise the alarm, which is one for one message.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.exchange import Incoming, Sound
from bot.incidents.alarms import Alarm, Source
from bot.incidents.consent import is_quiet
from bot.incoming import incoming_from
from bot.look_up import Known
from bot.policy import sound_source
from bot.receiving import recording_of
from bot.reply import Reply
from bot.sending import send
from bot.todak import Todak
from inference.analysis import Distress, DistressKind, DistressLevel, Emergency, SoundState

log = logging.getLogger(__name__)

RAISE_S = 3.0
"""Longer than an alarm takes to be raised; after it the person gets the numbers meanwhile."""

LONG_NOTE_BYTES = 500_000
"""Two minutes as Telegram records them: longer ones are listened to one at a time."""

FORGIVEN_S = 3600.0
"""What was received longer ago and is handled only now tells of another hour."""

KEPT_S = 120.0
MOST_AHEAD = 8
MOST_AHEAD_OF_A_CHAT = 3
"""Recordings heard before their turn, and for how long they are kept for it; more wait for it.

Ten minutes take forty megabytes.
"""

MOST_REMEMBERED = 1000
RECORDED_HERE = ("voice", "video_note")


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What a recording sounds like, and whether an alarm is all that it is answered by.

    What was passed on, a song or a film, or is old is asked about and has its ordinary answer too.
    `stored` is done once the alarm is stored, if there is one: whoever handles the message waits
    for that last.
    """

    sound: Sound
    alarmed: bool
    stored: "asyncio.Future[None] | None" = None


class Listening:
    """Fetches and judges recordings, each once; used on the event loop alone."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak
        self._ahead: dict[tuple[int, int], asyncio.Task[Recorded]] = {}
        self._waited_s: dict[tuple[int, int], float] = {}
        self._helped: deque[tuple[int, int]] = deque(maxlen=MOST_REMEMBERED)
        # Threads of its own: it waits neither for the words of others nor for ten long minutes.
        self._ears = ThreadPoolExecutor(os.cpu_count() or 1, "ears")
        self._long_ear = ThreadPoolExecutor(1, "long-ear")

    def begin(self, update: Update) -> None:
        """Listen now to what is recorded here, though its turn may come later."""
        message = update.message
        if message is None or message.chat.type != ChatType.PRIVATE:
            return
        incoming, key = incoming_from(message), _key(message)
        if not incoming.recorded_here or incoming.file_kind not in RECORDED_HERE:
            return
        if key in self._ahead or self._too_many(incoming.chat_id):
            return
        loop = asyncio.get_running_loop()
        self._ahead[key] = task = loop.create_task(self._listen(message))
        task.add_done_callback(_note_failure)
        loop.call_later(KEPT_S, self._forget, key, task)

    @contextlib.contextmanager
    def waited(self, update: Update, seconds: float) -> Iterator[None]:
        """While an update is handled that was received so long ago."""
        message = update.message
        if message is None or seconds > FORGIVEN_S:
            yield
            return
        self._waited_s[_key(message)] = seconds
        try:
            yield
        finally:
            del self._waited_s[_key(message)]

    def age(self, incoming: Incoming) -> timedelta:
        """How old a message was when it was received; what Todak itself took does not count."""
        waited_s = self._waited_s.get((incoming.chat_id, incoming.message_id), 0.0)
        return self._todak.clock() - incoming.sent_at - timedelta(seconds=waited_s)

    async def to(self, message: Message) -> Recorded:
        """What was heard in a recording, or is heard now.

        Raises:
            BadRequest: it is larger than a bot may fetch, or gone.
            telegram.error.TelegramError: it could not be fetched.
        """
        task = self._ahead.pop(_key(message), None)
        if task is not None:
            with contextlib.suppress(Exception):  # tried again below
                return await task
        return await self._listen(message)

    async def stop(self) -> None:
        """Give up what was begun; its handler begins again at the next start."""
        for task in self._ahead.values():
            task.cancel()
        await asyncio.gather(*self._ahead.values(), return_exceptions=True)
        self._ears.shutdown(wait=False, cancel_futures=True)
        self._long_ear.shutdown(wait=False, cancel_futures=True)

    async def _listen(self, message: Message) -> Recorded:
        recording = await recording_of(message)
        ears = self._long_ear if len(recording) > LONG_NOTE_BYTES else self._ears
        loop = asyncio.get_running_loop()
        sound = await loop.run_in_executor(ears, self._todak.responder.hear, recording)
        if sound.emergency is None:
            return Recorded(sound, alarmed=False)
        return await self._raise_alarm(incoming_from(message), sound, sound.emergency)

    async def _raise_alarm(
        self, incoming: Incoming, sound: Sound, emergency: Emergency
    ) -> Recorded:
        """Raise an alarm where a recording sounds like an emergency.

        Whoever sent it, with or without consent. Where that takes long or fails the person gets
        the numbers at once, and it is tried again.
        """
        source = sound_source(
            emergency.level, recorded_here=incoming.recorded_here, age=self.age(incoming)
        )
        if source is None:
            return Recorded(sound, alarmed=False)
        known = await self._todak.look_up.person(incoming.chat_id)
        alarm = Alarm(
            chat_id=incoming.chat_id,
            message_id=incoming.message_id,
            source=source,
            kind=emergency.kind.value,
            sent_at=incoming.sent_at,
            language=known.language(incoming.language),
            age_band=known.age_band,
            heard=heard_in(emergency),
            file_id=incoming.file_id,
            file_kind=incoming.file_kind,
            recording_digest=hashlib.sha256(sound.recording).hexdigest(),
            recorded_at=incoming.first_sent_at,
            votes=tuple(sorted(name for name, voted in emergency.votes.items() if voted)),
        )
        raising = asyncio.ensure_future(self._todak.raise_alarm(alarm))
        done, _ = await asyncio.wait({raising}, timeout=RAISE_S)
        if not done or raising.exception() is not None:
            await self._give_numbers(incoming, emergency, known)
        return Recorded(sound, source is not Source.OLD_SOUND, await raising)

    async def _give_numbers(self, incoming: Incoming, emergency: Emergency, known: Known) -> None:
        """Say the numbers once, over the connections that nothing but danger uses.

        In quiet mode only that something was received: no number is to show.
        """
        key = (incoming.chat_id, incoming.message_id)
        if key in self._helped:
            return
        kind = DistressKind(emergency.kind.value)
        distress = Distress(kind, DistressLevel.CRY, emergency.probability)
        replies = self._todak.replies[known.language(incoming.language)]
        reply = replies.crisis(distress, incoming.message_id, known.age_band)
        guards = await self._todak.look_up.guards(incoming.chat_id, self._todak.clock())
        if is_quiet(guards.guarded, kind):
            reply = Reply(replies.say("incident-quiet"))
        try:
            await send(self._todak.urgent_bot, incoming.chat_id, reply)
            self._helped.append(key)
        except TelegramError as error:
            log.error("an emergency could not be answered at once: %s", type(error).__name__)

    def _too_many(self, chat_id: int) -> bool:
        of_chat = sum(ahead_of == chat_id for ahead_of, _ in self._ahead)
        return len(self._ahead) >= MOST_AHEAD or of_chat >= MOST_AHEAD_OF_A_CHAT

    def _forget(self, key: tuple[int, int], task: asyncio.Task[Recorded]) -> None:
        if self._ahead.get(key) is task:
            del self._ahead[key]


def heard_in(emergency: Emergency) -> tuple[tuple[str, float], ...]:
    """Where in a recording an emergency begins to be heard, as (state, onset_s)."""
    return tuple(
        (stretch.state.value, stretch.onset_s)
        for stretch in emergency.timeline
        if stretch.state is SoundState.EMERGENCY
    )


def _key(message: Message) -> tuple[int, int]:
    return message.chat_id, message.message_id


def _note_failure(task: asyncio.Task[Recorded]) -> None:
    """Its handler tries again and says what is wrong; here it is only known of."""
    if not task.cancelled() and task.exception() is not None:
        log.warning("a recording was not heard ahead: %s", type(task.exception()).__name__)
