"""What every handler works with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from telegram import User

from bot.replies import Replies
from bot.responder import Responder
from inference.analysis import DistressLevel
from storage.database import Database
from storage.records import AgeBand, Language, Person


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
    """The collaborators, put together once in `bot/__main__.py`.

    `look_after` starts the durable questions after a danger, `answered` tells those of a chat
    what was tapped; both are safe to call twice. `in_danger` says whether a danger that was
    happening in a chat is still being asked about.
    """

    responder: Responder
    database: Database
    replies: Mapping[Language, Replies]
    clock: Callable[[], datetime]
    look_after: Callable[[LookAfter], Awaitable[None]]
    answered: Callable[[int, str], Awaitable[None]]
    in_danger: Callable[[int], Awaitable[bool]]

    def person(self, chat_id: int) -> Person | None:
        """The registered person of a chat; reads the database."""
        with self.database.transaction() as memory:
            return memory.person(chat_id)


def client_language(user: User | None) -> Language:
    """The language of somebody who has not chosen: English where their Telegram is not Korean."""
    code = None if user is None else user.language_code
    return Language.KOREAN if code is None or code.startswith("ko") else Language.ENGLISH
