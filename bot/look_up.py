"""Who somebody is, in a second or not at all: help does not wait for the database."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.guardian_snapshot import GuardianSnapshot
from storage.care_records import Guarded
from storage.database import Database
from storage.encryption import WrongServiceKey
from storage.key_store import KeyDestroyed
from storage.records import AgeBand, Language, Person

log = logging.getLogger(__name__)

PATIENCE_S = 0.7
NOBODY_S = 3.0
"""For asking once more where a snapshot, which may be half a minute old, says that nobody is."""

THREADS = 8


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of somebody; `surely` is False when it did not answer in time."""

    person: Person | None
    surely: bool

    @property
    def age_band(self) -> AgeBand | None:
        """The age they told, as far as it is known."""
        return None if self.person is None else self.person.age_band

    def language(self, otherwise: Language) -> Language:
        """The language they chose, as far as it is known."""
        return otherwise if self.person is None else self.person.language


@dataclass(frozen=True, slots=True)
class Guards:
    """Who guards somebody, as far as it is known.

    Attributes:
        guarded: the person with guardians, home and position; None where nobody guards them.
        surely: False just after a start while nobody knows.
        fresh: whether the database said so, and not a snapshot that may be half a minute old.
    """

    guarded: Guarded | None
    surely: bool
    fresh: bool


NOBODY = Guards(None, surely=True, fresh=True)


class LookUp:
    """Reads persons in threads of its own, since a locked database holds them for long."""

    def __init__(self, database: Database, snapshot: GuardianSnapshot) -> None:
        self._database = database
        self._snapshot = snapshot
        self._threads = ThreadPoolExecutor(THREADS, "look-up")

    async def person(self, chat_id: int) -> Known:
        """The person of a chat, within `PATIENCE_S`; never raises for a database that is away."""
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._threads, self._read, chat_id)
        try:
            return Known(await asyncio.wait_for(reading, PATIENCE_S), surely=True)
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("nobody was looked up in time: %s", type(error).__name__)
            return Known(None, surely=False)

    async def guarded(self, chat_id: int, now: datetime) -> Guarded | None:
        """A person with guardians, home and position, from the snapshot where need be.

        Within `PATIENCE_S`; never raises for a database that is away.
        """
        return (await self.guards(chat_id, now)).guarded

    async def guards(self, chat_id: int, now: datetime, patience_s: float = PATIENCE_S) -> Guards:
        """Likewise, and how sure that is."""
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._threads, self._read_guarded, chat_id)
        try:
            return Guards(await asyncio.wait_for(reading, patience_s), surely=True, fresh=True)
        except (KeyDestroyed, WrongServiceKey) as error:
            log.error("guardians cannot be read: %s", type(error).__name__)
            return NOBODY
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("guardians are looked up in the snapshot: %s", type(error).__name__)
            found = await asyncio.to_thread(self._snapshot.of, chat_id, now)
            surely = found is not None or self._snapshot.is_read
            return Guards(found, surely, fresh=False)

    def _read_guarded(self, chat_id: int) -> Guarded | None:
        with self._database.transaction() as memory:
            return memory.care.guarded(chat_id)

    def _read(self, chat_id: int) -> Person | None:
        with self._database.transaction() as memory:
            return memory.person(chat_id)
