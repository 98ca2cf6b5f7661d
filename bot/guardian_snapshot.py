"""Who guards whom, remembered for the time when the database is away.

At most `SNAPSHOT_EVERY` old when the database goes away, sealed in memory under a key that only
this process has. What a person took back in this process counts before it is committed, and a tap
that waits for the database to take something back counts as well; what they took back in another
process counts from the next refresh. What is sent meanwhile is written down once
the database is back. All of it ends with the process: an alarm that was sent while the database
was away, by a process that ended before it came back, is on no record.
"""

import logging
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from pydantic import TypeAdapter

from bot.outages import DATABASE_AWAY
from bot.taken_back import after_tap, takes_back
from storage.care_records import POSITION_KEPT, Disclosure, Guarded, Guardian, IncidentRecord
from storage.database import Database
from storage.key_store import KeyDestroyed
from storage.sealed_rows import NoSuchPerson

log = logging.getLogger(__name__)

SNAPSHOT_EVERY = timedelta(seconds=30)
BATCH = 20
"""Persons read in one transaction: on SQLite nobody else writes meanwhile."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """An incident and a disclosure that happened while the database was away."""

    incident: IncidentRecord
    disclosure: Disclosure | None


GUARDED, UNWRITTEN = TypeAdapter(Guarded), TypeAdapter(Unwritten)


class GuardianSnapshot:
    """What an incident needs when it cannot ask the database; safe to use from any thread.

    Until it `is_read` for the first time, whom it does not know may be guarded all the same.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fernet = Fernet(Fernet.generate_key())
        self._sealed: dict[int, bytes] = {}
        self._fingerprints: dict[int, bytes] = {}
        self._narrowed: set[int] = set()
        self._unwritten: list[bytes] = []
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self.is_read = False
        database.on_revocation(self.narrow)

    def of(self, chat_id: int, now: datetime) -> Guarded | None:
        """A person with guardians, home and position; None where nobody guards them."""
        with self._lock:
            sealed = self._sealed.get(chat_id)
        if sealed is None:
            return None
        found = GUARDED.validate_json(self._fernet.decrypt(sealed))
        if found.position is not None and found.position.shared_at <= now - POSITION_KEPT:
            return replace(found, position=None)
        return found

    def narrow(self, chat_id: int, holds: Guarded | None) -> None:
        """Drop whatever no longer `holds`, at once; what it adds comes with the next refresh."""
        with self._lock:
            self._narrowed.add(chat_id)
            self._fingerprints.pop(chat_id, None)
            sealed = self._sealed.pop(chat_id, None)
            if sealed is not None and holds is not None:
                known = GUARDED.validate_json(self._fernet.decrypt(sealed))
                self._sealed[chat_id] = self._seal(_narrowed(known, holds))

    def foresee(self, chat_id: int, action: str) -> None:
        """A tap that takes something back counts at once though it waits for the database."""
        if not takes_back(action):
            return
        with self._lock:
            sealed = dict(self._sealed)
        for person_chat_id, each in sealed.items():
            known = GUARDED.validate_json(self._fernet.decrypt(each))
            holds = after_tap(known, chat_id, action)
            if holds != known:
                self.narrow(person_chat_id, holds)

    def note(self, incident: IncidentRecord, disclosure: Disclosure | None = None) -> None:
        """Keep what happened without the database until it is back; of a round the last counts."""
        sealed = self._fernet.encrypt(UNWRITTEN.dump_json(Unwritten(incident, disclosure)))
        with self._lock:
            self._unwritten.append(sealed)

    def refresh(self) -> None:
        """Write down what was noted, and read what changed; one call at a time.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database is away; what is known stays.
        """
        with self._refreshing:
            self._write_down()
            with self._lock:
                self._narrowed.clear()
            with self._database.transaction() as memory:
                fingerprints = memory.care.fingerprints()
            with self._lock:
                for chat_id in self._sealed.keys() - fingerprints.keys():
                    del self._sealed[chat_id]
                    self._fingerprints.pop(chat_id, None)
                changed = [
                    chat_id
                    for chat_id, fingerprint in fingerprints.items()
                    if self._fingerprints.get(chat_id) != fingerprint
                ]
            for begin in range(0, len(changed), BATCH):
                self._read(changed[begin : begin + BATCH], fingerprints)
            self.is_read = True

    def _read(self, chat_ids: list[int], fingerprints: dict[int, bytes]) -> None:
        fresh: dict[int, bytes] = {}
        with self._database.transaction() as memory:
            for chat_id in chat_ids:
                try:
                    guarded = memory.care.guarded(chat_id)
                except KeyDestroyed:  # being deleted
                    guarded = None
                if guarded is not None:
                    fresh[chat_id] = self._seal(guarded)
        with self._lock:
            # What was taken back while this was read is read again with the next refresh.
            for chat_id in fresh.keys() - self._narrowed:
                self._sealed[chat_id] = fresh[chat_id]
                self._fingerprints[chat_id] = fingerprints[chat_id]

    def _write_down(self) -> None:
        with self._lock:
            waiting = list(self._unwritten)
        for sealed in waiting:
            try:
                self._write(UNWRITTEN.validate_json(self._fernet.decrypt(sealed)))
            except DATABASE_AWAY:
                raise
            except (NoSuchPerson, KeyDestroyed):
                log.info("a disclosure is not written down: its person was deleted")
            except Exception as error:  # one that cannot be written holds up no other
                log.error("a disclosure could not be written down: %s", type(error).__name__)
                continue
            with self._lock:
                self._unwritten.remove(sealed)

    def _write(self, happened: Unwritten) -> None:
        told = happened.disclosure
        with self._database.transaction() as memory:
            memory.care.open_incident(happened.incident)
            if told is None:
                return
            if not memory.care.add_disclosure(told):
                memory.care.update_disclosure(told)
            if told.acknowledged_at is not None:
                memory.care.acknowledge(told.incident_id, told.guardian_id, told.acknowledged_at)

    def _seal(self, guarded: Guarded) -> bytes:
        return self._fernet.encrypt(GUARDED.dump_json(guarded))


def _narrowed(known: Guarded, holds: Guarded) -> Guarded:
    """What was known as far as it still holds."""
    now = {guardian.id: guardian for guardian in holds.guardians}
    guardians = tuple(
        _narrowed_guardian(guardian, now[guardian.id])
        for guardian in known.guardians
        if guardian.id in now
    )
    return replace(holds, guardians=guardians)


def _narrowed_guardian(known: Guardian, holds: Guardian) -> Guardian:
    choices = known.choices & holds.choices
    return replace(holds, choices=choices, paused=known.paused or holds.paused)
