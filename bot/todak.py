"""What every handler works with."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from telegram import Bot, Message, Update, User

from bot.guardian_snapshot import GuardianSnapshot
from bot.halves import Halves
from bot.incidents.alarms import Alarm
from bot.incidents.state import Event
from bot.intake import Confidential
from bot.look_up import LookUp
from bot.replies import Replies
from bot.responder import Responder
from inference.analysis import DistressLevel
from inference.language import language_of
from storage.database import Database
from storage.records import AgeBand, Language, Person

FEWEST_LETTERS = 8
"""An "ok" or a name says little about the language somebody speaks."""


@dataclass(frozen=True, slots=True)
class LookAfter:
    """A person in danger, looked back at later; holds no word of theirs."""

    chat_id: int
    message_id: int
    level: DistressLevel
    language: Language
    age_band: AgeBand | None


@dataclass(frozen=True, slots=True)
class Todak:
    """The collaborators, put together once in `bot/serving.py`.

    `look_after` starts the durable questions after a danger, `answered` tells those of a chat
    what was tapped; both are safe to call twice. `in_danger` says whether a danger that was
    happening in a chat is still being asked about, `in_quiet` whether nothing of that is to show.
    `urgent_bot` sends over connections of its own, which nothing but danger uses; `look_up` reads
    persons for it without waiting long.
    `guardian_snapshot` keeps what is sent while the database is away, until it is back.
    `halves` remembers for a minute what may be heard together with the next message.
    `confidential` is told which updates are forgotten once they are handled.
    `erase_soon` has a deletion that was asked for finished.
    `raise_alarm` begins an incident, or raises the one the same message began; where storage is
    away it begins in memory, as `carry_alarm` has it begin, and what it returns is done once it is
    stored. `of_edit` numbers the alarm of an
    edited message: one of its own, unless one of that message goes on for the same danger.
    `signal_incident` tells the incident of a chat's message what happened, once for each key, and
    says whether it is still there; `signal_in_memory` only one that is carried in memory, or all
    of the chat.
    """

    responder: Responder
    urgent_bot: Bot
    look_up: LookUp
    guardian_snapshot: GuardianSnapshot
    halves: Halves
    confidential: Confidential
    database: Database
    replies: Mapping[Language, Replies]
    clock: Callable[[], datetime]
    look_after: Callable[[LookAfter], Awaitable[None]]
    answered: Callable[[int, str], Awaitable[None]]
    in_danger: Callable[[int], Awaitable[bool]]
    in_quiet: Callable[[int], Awaitable[bool]]
    erase_soon: Callable[[], None]
    raise_alarm: Callable[[Alarm], "Awaitable[asyncio.Future[None]]"]
    carry_alarm: Callable[[Alarm], None]
    of_edit: Callable[[Alarm], Awaitable[Alarm]]
    signal_incident: Callable[[int, int, Event, str], Awaitable[bool]]
    signal_in_memory: Callable[[int, int | None, Event], bool]

    def person(self, chat_id: int) -> Person | None:
        """The registered person of a chat; reads the database."""
        with self.database.transaction() as memory:
            return memory.person(chat_id)

    def erasing(self, chat_id: int) -> bool:
        """Whether a deletion of this chat is not finished; reads the database."""
        with self.database.transaction() as memory:
            return memory.erasing(chat_id)


async def known(todak: Todak, update: Update) -> tuple[Person | None, Replies, int]:
    """Whoever sent this if registered, what is said in their language, and their chat."""
    assert update.effective_chat is not None
    chat_id = update.effective_chat.id
    person = await asyncio.to_thread(todak.person, chat_id)
    language = language_of_stranger(update) if person is None else person.language
    return person, todak.replies[language], chat_id


def language_of_stranger(update: Update) -> Language:
    """The language of somebody of whom nothing is kept: of their own words, or of the message
    whose button they tapped, else of their client.

    A child who is not registered is so answered in the language that they chose.
    """
    message = update.effective_message
    text = message.text or message.caption if isinstance(message, Message) else None
    return language_of_words(text, update.effective_user)


def language_of_words(text: str | None, user: User | None) -> Language:
    """The language of `text` where it says enough about that, else of the person's client."""
    if text is not None and not text.startswith("/"):
        latin = sum(character.isascii() and character.isalpha() for character in text)
        if latin >= FEWEST_LETTERS or any("가" <= character <= "힣" for character in text):
            return Language(language_of(text).value)
    return client_language(user)


def client_language(user: User | None) -> Language:
    """The language of somebody who has not chosen: English where their Telegram is not Korean."""
    code = None if user is None else user.language_code
    return Language.KOREAN if code is None or code.startswith("ko") else Language.ENGLISH
