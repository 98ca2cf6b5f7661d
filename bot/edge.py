"""What the durable workflows ask of the Telegram side, and help that waits for none of them."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from telegram import Bot, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, RetryAfter

from bot.application import BotApplication
from bot.handlers.crisis import TELL
from bot.handlers.incidents import IncidentAnswers
from bot.handlers.taps import CRISIS_TAP
from bot.incidents.alarms import Alarm
from bot.incidents.word_alarms import asked_for, noticed
from bot.incoming import incoming_from
from bot.intake import Failures
from bot.listening import Listening
from bot.operations import Metrics
from bot.outages import wait_as_told
from bot.reply import Reply
from bot.sending import cannot_be_reached, send
from bot.todak import LookAfter, Todak, language_of_stranger
from bot.workflows import seconds_since
from inference.analysis import NO_DISTRESS, Distress, DistressLevel

log = logging.getLogger(__name__)

URGENT_TAPS = ("crisis:", "inc:", "care:")
HELP_S = 5.0
EXPECTED_S = 3.0
"""An urgent update that is stored is begun within a tenth of this."""


class TelegramEdge:
    """What the durable workflows ask of the Telegram side."""

    def __init__(
        self,
        application: BotApplication,
        todak: Todak,
        listening: Listening,
        failures: Failures,
        metrics: Metrics,
    ) -> None:
        self._application = application
        self._todak = todak
        self._listening = listening
        self._answers = IncidentAnswers(todak)
        self._failures = failures
        self._metrics = metrics
        self._helped: set[int] = set()
        self._helping: set[asyncio.Task[None]] = set()
        self._expected: dict[int, asyncio.TimerHandle] = {}
        self._screening = ThreadPoolExecutor(2, "screening")

    async def handle(self, update: dict[str, Any], waited_s: float) -> bool:
        """Process one update; raises what its handler raised, so that it is tried again.

        Whether what it says is not to be kept.
        """
        parsed = Update.de_json(update, self._application.bot)
        expected = self._expected.pop(parsed.update_id, None)
        if expected is not None:
            expected.cancel()
        self._helped.discard(parsed.update_id)
        with self._listening.waited(parsed, waited_s):
            await self._application.process_update(parsed)
        try:
            self._failures.raise_for(parsed.update_id)
        except RetryAfter as error:
            await wait_as_told(error)
            raise
        return self._todak.confidential.take(parsed.update_id)

    async def apologise(self, update: dict[str, Any]) -> None:
        """Send the fixed reply, in the person's language as far as it can be known."""
        self._metrics.apologies.inc()
        parsed = Update.de_json(update, self._application.bot)
        if parsed.effective_chat is None:
            return
        chat_id = parsed.effective_chat.id
        language = language_of_stranger(parsed)
        try:
            person = await asyncio.to_thread(self._todak.person, chat_id)
            language = language if person is None else person.language
        except Exception:
            log.exception("the fixed reply goes out in the client's language")
        await self._send(self._application.bot, chat_id, self._todak.replies[language].fallback())

    async def is_urgent(self, update: Update) -> bool:
        """Whether it speaks of danger, or answers a question about one."""
        if update.callback_query is not None:
            return (update.callback_query.data or "").startswith(URGENT_TAPS)
        try:
            return (await self._danger_in(update)).level is not DistressLevel.NONE
        except Exception:
            # Stored all the same: its handler fails too, and the person gets the fixed reply.
            # Raised here it would wait for ever, and everyone behind it.
            log.exception("an update could not be screened before it was stored")
            return False

    async def _danger_in(self, update: Update) -> Distress:
        message = update.effective_message
        if message is None or message.chat.type != ChatType.PRIVATE:
            return NO_DISTRESS
        text = incoming_from(message).words
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._screening, self._todak.responder.danger_in, text)

    def expect(self, update: Update) -> None:
        """Help at once if an urgent update that is stored is not begun soon.

        The database may go away between the two.
        """
        loop = asyncio.get_running_loop()
        self._expected[update.update_id] = loop.call_later(EXPECTED_S, self._help, update)

    def _help(self, update: Update) -> None:
        self._expected.pop(update.update_id, None)
        task = asyncio.get_running_loop().create_task(self.help_at_once(update))
        self._helping.add(task)
        task.add_done_callback(self._helping.discard)

    async def help_at_once(self, update: Update) -> None:
        """Answer a danger, or a tap after one, that cannot be handled now; never raises.

        It is answered once more, and looked after, when it can be. What another tap takes back
        from guardians counts from now on.
        """
        if update.update_id in self._helped:
            return
        self._helped.add(update.update_id)
        try:
            self._listening.begin(update)  # gives the numbers where no alarm can be raised
            await self._foresee(update)
            await self._answers.at_once(update)
            reply = await self._help_for(update)
            chat = update.effective_chat
            if reply is not None and chat is not None:
                async with asyncio.timeout(HELP_S):
                    await send(self._todak.urgent_bot, chat.id, reply)
        except Exception as error:
            self._helped.discard(update.update_id)
            log.error("danger could not be answered at once: %s", type(error).__name__)
        except asyncio.CancelledError:
            self._helped.discard(update.update_id)
            raise

    async def _foresee(self, update: Update) -> None:
        query, chat = update.callback_query, update.effective_chat
        if query is not None and query.data is not None and chat is not None:
            await asyncio.to_thread(self._todak.guardian_snapshot.foresee, chat.id, query.data)

    async def _help_for(self, update: Update) -> Reply | None:
        tap = CRISIS_TAP.match((update.callback_query and update.callback_query.data) or "")
        distress = NO_DISTRESS if update.callback_query else await self._danger_in(update)
        message = update.effective_message
        if message is None or (tap is None and distress.level is DistressLevel.NONE):
            return None
        known = await self._todak.look_up.person(message.chat.id)
        replies = self._todak.replies[known.language(language_of_stranger(update))]
        if tap is None:
            incoming = incoming_from(message)
            found = await noticed(
                self._todak, incoming, distress, replies.say.language, known.age_band
            )
            alarm = found.alarm
            if alarm is not None and (found.told or found.quiet):
                self._todak.carry_alarm(alarm)
            if found.quiet:
                return None
            number = message.message_id if alarm is None else alarm.message_id
            return replies.crisis(distress, number, known.age_band, someone_told=found.told)
        level, message_id, answer = tap.groups()
        if answer == TELL:
            message_id = str(message.message_id)  # of the question, as its handler has it
            chat_id, number, language = message.chat.id, message.message_id, replies.say.language
            now = self._todak.clock()
            self._todak.carry_alarm(asked_for(chat_id, number, now, language, known.age_band))
        return replies.crisis_answered(
            DistressLevel(level), int(message_id), answer, known.age_band
        )

    async def look_back(self, look_after: LookAfter) -> None:
        """Ask a person in danger once more."""
        replies = self._todak.replies[look_after.language]
        reply = replies.look_back(look_after.level, look_after.message_id, look_after.age_band)
        await self._send(self._todak.urgent_bot, look_after.chat_id, reply)

    async def give_numbers(self, alarm: Alarm) -> None:
        """Send the fixed reply for an alarm that nothing could be made of."""
        self._metrics.apologies.inc()
        reply = self._todak.replies[alarm.language].fallback()
        await self._send(self._todak.urgent_bot, alarm.chat_id, reply)

    async def _send(self, bot: Bot, chat_id: int, reply: Reply) -> None:
        try:
            await send(bot, chat_id, reply)
        except (Forbidden, BadRequest) as error:
            if not cannot_be_reached(error):
                raise
            log.info("a person has blocked the bot or is gone; nothing can be said to them")
        except RetryAfter as error:
            await wait_as_told(error)
            raise

    def note_retry(self, reason: str) -> None:
        """Count a step that is tried again."""
        self._metrics.retries.labels(reason).inc()

    def note_answered(self, received_at_s: float) -> None:
        """Count an update as dealt with."""
        self._metrics.answered.inc()
        self._metrics.answer_seconds.observe(seconds_since(received_at_s))
