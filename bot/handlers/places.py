"""A person shares where they are: kept as the last position if they want that."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot import live_locations
from bot import place_replies as say_to
from bot.handlers.home import remember_positions
from bot.handlers.talk import Handler
from bot.handlers.taps import parts, tapped
from bot.incidents.state import PlaceShared
from bot.open_incidents import tell_open_incidents
from bot.reply import Reply
from bot.responder import current
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from storage.care_records import Choice, Position
from storage.records import AgeBand, Person, Purpose
from storage.repository import Repository

KNOWN_FOR = timedelta(minutes=30)
SAME_DEGREES = 1e-4
"""About ten metres, which a phone that lies still may be off from one time to the next."""


class Kept(StrEnum):
    """What became of a position."""

    KEPT = "kept"
    UNASKED = "unasked"
    REFUSED = "refused"
    OLDER = "older"


class Places:
    """Positions, shared once or live. Of their updates nothing stays that says where."""

    def __init__(
        self, todak: Todak, otherwise: Handler, screened: Callable[[Handler], Handler]
    ) -> None:
        """`otherwise` answers positions of people who are not registered, and forwarded ones.

        `screened` makes a handler look for danger first: a venue has a title.
        """
        self._todak = todak
        self._otherwise = otherwise
        self._answer = screened(self._keep_or_ask)

    async def shared(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A position, or the first of a live location."""
        self._todak.confidential.note(update.update_id)
        await self._answer(update, context)

    async def _keep_or_ask(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        message = update.message
        person, replies, chat_id = await known(self._todak, update)
        position = position_in(message)
        if person is None or position is None:
            await self._otherwise(update, context)
        elif _is_not_kept(person, position):
            await send(context.bot, chat_id, Reply(replies.say("location-live-youth")))
        else:
            before = await asyncio.to_thread(self._position, chat_id)
            kept, anyone = await asyncio.to_thread(self._keep, chat_id, position)
            if kept is Kept.UNASKED:
                question = say_to.consent_question(replies.say, person.age_band)
                await send(context.bot, chat_id, question, reply_to=message.message_id)
            elif kept is Kept.REFUSED:
                await send(context.bot, chat_id, Reply(replies.say("location-refused")))
            else:
                await self._pass_on(update, chat_id, before, position)
                reply = say_to.kept(
                    replies.say, anyone=anyone, live=position.live_until is not None
                )
                await send(context.bot, chat_id, reply)

    async def moved(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A live location moved or ended; nothing is said to that.

        One that has ended has no period any more, and follows a person of 14 to 18 all the same.
        """
        assert update.edited_message is not None
        self._todak.confidential.note(update.update_id)
        position = position_in(update.edited_message)
        person, _, chat_id = await known(self._todak, update)
        if person is None or person.age_band is AgeBand.YOUTH:
            return
        if position is not None:
            shown = await asyncio.to_thread(self._move, chat_id, position)
            await live_locations.pass_on(context.bot, shown, position)

    async def decide(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Whether positions may be kept; the one that was asked about is kept at once."""
        query, chat_id = tapped(update)
        self._todak.confidential.note(update.update_id)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
            return
        on = parts(query)[1] == "yes"
        message = query.message
        about = message.reply_to_message if isinstance(message, Message) else None
        position = None if about is None else position_in(about)
        if position is not None and _is_not_kept(person, position):
            position = None
        before = await asyncio.to_thread(self._position, chat_id)
        anyone = await asyncio.to_thread(self._decide, chat_id, on, position)
        if on and position is not None:
            await self._pass_on(update, chat_id, before, position)
        await acknowledge(query)
        if not on:
            await replace(query, Reply(replies.say("location-refused")))
        elif position is None:
            await replace(query, Reply(replies.say("location-from-now-on")))
        else:
            live = position.live_until is not None
            await replace(query, say_to.kept(replies.say, anyone=anyone, live=live))

    async def _pass_on(
        self, update: Update, chat_id: int, before: Position | None, position: Position
    ) -> None:
        """Guardians who are being told of an emergency see it now, where they may."""
        key = str(update.update_id)
        event = PlaceShared(position.shared_at, _is_known(before, position), key)
        await tell_open_incidents(self._todak, chat_id, event, key)

    def _position(self, chat_id: int) -> Position | None:
        with self._todak.database.transaction() as memory:
            return memory.care.position(chat_id)

    def _keep(self, chat_id: int, position: Position) -> tuple[Kept, bool]:
        """What became of it, and whether any guardian would hear of it."""
        with self._todak.database.transaction() as memory:
            consent = current(memory.consents(chat_id)).get(Purpose.LOCATION)
            if consent is None:
                return Kept.UNASKED, False
            if not consent.granted:
                return Kept.REFUSED, False
            kept = memory.care.set_position(chat_id, position)
            return Kept.KEPT if kept else Kept.OLDER, _anyone_hears(memory, chat_id)

    def _move(self, chat_id: int, position: Position) -> list[live_locations.Shown]:
        """Keep where somebody is now if they want that; where guardians are shown it.

        A place that comes late is shown to nobody; that sharing ended counts whenever it comes.
        """
        kept, _ = self._keep(chat_id, position)
        ended = kept is Kept.OLDER and position.live_until is None
        if kept is not Kept.KEPT and not ended:
            return []
        with self._todak.database.transaction() as memory:
            return live_locations.shown_to_guardians(memory, chat_id)

    def _decide(self, chat_id: int, on: bool, position: Position | None) -> bool:
        with self._todak.database.transaction() as memory:
            remember_positions(memory, chat_id, on, self._todak)
            if on and position is not None:
                memory.care.set_position(chat_id, position)
            return _anyone_hears(memory, chat_id)


def position_in(message: Message) -> Position | None:
    """Where a message says that its sender is; None where it was forwarded or holds no place."""
    location = message.location
    if location is None or message.forward_origin is not None:
        return None
    live_until = None
    if location.live_period:
        period = location.live_period
        seconds = period.total_seconds() if isinstance(period, timedelta) else period
        live_until = message.date + timedelta(seconds=seconds)
    shared_at = message.edit_date or message.date
    return Position(location.latitude, location.longitude, shared_at, live_until)


def _is_not_kept(person: Person, position: Position) -> bool:
    """A live location follows somebody; of a person of 14 to 18 it is not kept."""
    return person.age_band is AgeBand.YOUTH and position.live_until is not None


def _is_known(before: Position | None, position: Position) -> bool:
    """Whether a place tells nothing new. A live one does, and so does one that is handled again:
    it may have told nobody the first time.
    """
    if before is None or position.live_until is not None:
        return False
    return (
        timedelta(0) < position.shared_at - before.shared_at < KNOWN_FOR
        and abs(position.latitude - before.latitude) < SAME_DEGREES
        and abs(position.longitude - before.longitude) < SAME_DEGREES
    )


def _anyone_hears(memory: Repository, chat_id: int) -> bool:
    guardians = memory.care.guardians(chat_id)
    return any(Choice.LOCATION in each.choices for each in guardians if not each.paused)
