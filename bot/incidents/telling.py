"""One guardian told: the alert, then words, recording and place, each as Telegram takes it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram import Bot, Message
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.incidents.acts import ARRIVED, Sent, Telling
from bot.incidents.alarms import Alarm
from bot.outages import is_outage, may_have_arrived
from bot.receiving import download
from bot.reply import Reply
from bot.sending import cannot_be_reached, send
from storage.care_records import Choice, Guarded, Guardian, Position
from storage.records import AgeBand

log = logging.getLogger(__name__)

ATTEMPT_S = 20.0
"""Longer than Telegram takes to answer on a slow line."""

ENCLOSURE_TRIES = 2
DETAILS_TRIES = 3
MOST_LIVE = timedelta(minutes=60)
FEWEST_LIVE = timedelta(seconds=60)
"""Telegram takes live locations of a minute and more."""


@dataclass(slots=True)
class _Enclosed:
    """What went along, and in which messages."""

    what: list[Choice]
    message_ids: list[int]
    live_location_id: int | None = None


class GuardianMessages:
    """Messages to guardians, over the connections that nothing but danger uses."""

    def __init__(self, bot: Bot, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._clock = clock

    async def tell(
        self,
        guardian: Guardian,
        round_: int,
        reply: Reply,
        details: Reply | None,
        alarm: Alarm,
        guarded: Guarded,
        enclosures: frozenset[Choice],
    ) -> Telling:
        """Send the message of a round and what may go along; never raises for Telegram's answer.

        `details` holds what of that is words. All that goes along is a message of its own, by
        which it is taken back.
        Of an answer that was lost nobody knows whether the message arrived: what goes along
        waits for the next try.
        """
        sent, message_id, wait_s = await self._send(guardian.guardian_chat_id, reply)
        enclosed = _Enclosed([], [])
        if sent is Sent.ACCEPTED:
            if details is not None:
                there = _in_the_details(alarm, guarded, enclosures)
                await self._enclose_details(guardian, details, there, enclosed)
            if Choice.RECORDING in enclosures and alarm.file_id is not None:
                await self._enclose_recording(guardian, alarm, enclosed)
            if Choice.LOCATION in enclosures and guarded.position is not None:
                await self._enclose_place(guardian, guarded.position, alarm, enclosed)
        return Telling(
            guardian_id=guardian.id,
            guardian_chat_id=guardian.guardian_chat_id,
            guardian_name=guardian.name,
            round=round_,
            sent=sent,
            at=self._clock(),
            what=tuple(str(what) for what in enclosed.what),
            message_ids=() if message_id is None else (message_id, *enclosed.message_ids),
            enclosure_ids=tuple(enclosed.message_ids),
            live_location_id=enclosed.live_location_id,
            place_at=_place_at(guarded, enclosed),
            wait_s=wait_s,
        )

    async def inform(self, chat_id: int, reply: Reply, tries: int = 3) -> None:
        """Say something that nothing depends on; tried a few times."""
        for number in range(tries):
            sent, _, wait_s = await self._send(chat_id, reply)
            if sent not in (Sent.LATER, Sent.FAILED):
                return
            await asyncio.sleep(max(wait_s, 0.5 * 2**number))
        log.warning("a guardian could not be informed of what happened since")

    async def take_back(self, chat_id: int, message_ids: tuple[int, ...], tries: int = 3) -> None:
        """Delete messages where Telegram lets a bot do so, which is for 48 hours."""
        for number in range(tries):
            try:
                async with asyncio.timeout(ATTEMPT_S):
                    await self._bot.delete_messages(chat_id, message_ids)
                return
            except (BadRequest, Forbidden):
                break
            except (TelegramError, TimeoutError):
                await asyncio.sleep(0.5 * 2**number)
        log.warning("what a guardian was shown could not be taken back")

    async def _send(self, chat_id: int, reply: Reply) -> tuple[Sent, int | None, float]:
        """What became of a message, its id, and for how long Telegram wants to be left alone.

        No link is looked at by Telegram: that of a map would tell the map's server the place.
        """
        try:
            async with asyncio.timeout(ATTEMPT_S):
                return Sent.ACCEPTED, await send(self._bot, chat_id, reply, preview=False), 0.0
        except RetryAfter as error:
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            return Sent.LATER, None, seconds
        except TimeoutError:
            return Sent.UNCERTAIN, None, 0.0
        except TelegramError as error:
            if may_have_arrived(error):
                return Sent.UNCERTAIN, None, 0.0
            if is_outage(error):
                return Sent.FAILED, None, 0.0
            if not cannot_be_reached(error):
                log.error("a guardian's message was refused: %s", type(error).__name__)
            return Sent.REFUSED, None, 0.0

    async def _enclose_details(
        self, guardian: Guardian, details: Reply, there: list[Choice], enclosed: _Enclosed
    ) -> None:
        """`there` is what stands in them; where an answer was lost it may have been read."""
        arrived = False
        for number in range(DETAILS_TRIES):
            sent, message_id, wait_s = await self._send(guardian.guardian_chat_id, details)
            arrived = arrived or sent in ARRIVED
            if message_id is not None:
                enclosed.message_ids.append(message_id)
            if sent in (Sent.ACCEPTED, Sent.REFUSED):
                break
            await asyncio.sleep(max(min(wait_s, ATTEMPT_S), 0.5 * 2**number))
        if arrived:
            enclosed.what.extend(there)
        else:
            log.warning("words or a place could not be shown to a guardian")

    async def _enclose_recording(
        self, guardian: Guardian, alarm: Alarm, enclosed: _Enclosed
    ) -> None:
        assert alarm.file_id is not None
        chat_id, file_id = guardian.guardian_chat_id, alarm.file_id
        ways: list[Callable[[], Awaitable[Message]]] = [
            lambda: self._by_file_id(chat_id, file_id, alarm.file_kind),
            lambda: self._as_audio(chat_id, file_id),
            lambda: self._as_document(chat_id, file_id),
        ]
        for way in ways:
            message = await self._enclose(way)
            if message is not None:
                enclosed.what.append(Choice.RECORDING)
                enclosed.message_ids.append(message.message_id)
                return
        log.warning("a recording could not be shown to a guardian")

    async def _enclose_place(
        self, guardian: Guardian, position: Position, alarm: Alarm, enclosed: _Enclosed
    ) -> None:
        live_s = _live_s(position, alarm, self._clock())
        message = await self._enclose(
            lambda: self._bot.send_location(
                guardian.guardian_chat_id,
                position.latitude,
                position.longitude,
                live_period=live_s,
                protect_content=True,
            )
        )
        if message is not None:
            if Choice.LOCATION not in enclosed.what:
                enclosed.what.append(Choice.LOCATION)
            enclosed.message_ids.append(message.message_id)
            enclosed.live_location_id = None if live_s is None else message.message_id

    async def _enclose(self, way: Callable[[], Awaitable[Message]]) -> Message | None:
        """What was sent; None where it was refused or did not go through in a few tries."""
        for _ in range(ENCLOSURE_TRIES):
            try:
                async with asyncio.timeout(ATTEMPT_S):
                    return await way()
            except RetryAfter as error:
                wait = error.retry_after
                seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
                await asyncio.sleep(min(seconds, ATTEMPT_S))
            except (BadRequest, Forbidden):
                return None
            except (TelegramError, TimeoutError) as error:
                log.warning("what goes along did not go through: %s", type(error).__name__)
        return None

    def _by_file_id(self, chat_id: int, file_id: str, kind: str | None) -> Awaitable[Message]:
        if kind == "audio":
            return self._bot.send_audio(chat_id, file_id, protect_content=True)
        if kind == "video_note":
            return self._bot.send_video_note(chat_id, file_id, protect_content=True)
        return self._bot.send_voice(chat_id, file_id, protect_content=True)

    async def _as_audio(self, chat_id: int, file_id: str) -> Message:
        """Where somebody takes no voice messages: the same sound as a music file."""
        recording = await self._download(file_id)
        return await self._bot.send_audio(
            chat_id, recording, filename="recording.ogg", title="Todak", protect_content=True
        )

    async def _as_document(self, chat_id: int, file_id: str) -> Message:
        recording = await self._download(file_id)
        return await self._bot.send_document(
            chat_id, recording, filename="recording.ogg", protect_content=True
        )

    async def _download(self, file_id: str) -> bytes:
        return await download(await self._bot.get_file(file_id))


def _in_the_details(alarm: Alarm, guarded: Guarded, enclosures: frozenset[Choice]) -> list[Choice]:
    """What of the enclosures is told in words."""
    there = {
        Choice.WORDS: bool(alarm.words),
        Choice.ADDRESS: bool(guarded.home.address),
        Choice.LOCATION: guarded.position is not None,
    }
    return [choice for choice, is_there in there.items() if is_there and choice in enclosures]


def _place_at(guarded: Guarded, enclosed: _Enclosed) -> datetime | None:
    """When the place was shared that went along; None where none did."""
    if guarded.position is None or Choice.LOCATION not in enclosed.what:
        return None
    return guarded.position.shared_at


def _live_s(position: Position, alarm: Alarm, now: datetime) -> int | None:
    """For how many seconds a live location is passed on; None where it stands still.

    Those of people under 19 are never passed on live.
    """
    if position.live_until is None or alarm.age_band is not AgeBand.ADULT:
        return None
    left = min(position.live_until, alarm.sent_at + MOST_LIVE) - now
    return int(left.total_seconds()) if left >= FEWEST_LIVE else None
