"""Any order of choices, removals and refreshes: the snapshot never allows more."""

import tempfile

from cryptography.fernet import Fernet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.guardian_snapshot import GuardianSnapshot
from storage.care_records import Choice, Home
from storage.database import Database, make_engine
from storage.encryption import ServiceKeys
from storage.key_store import KeyStore
from tests.bot.test_guardian_snapshot import in_database
from tests.storage.caring import (
    CHAT,
    FRIEND,
    MOTHER,
    NOW,
    add_guardian,
    register,
)


class SnapshotMachine(RuleBasedStateMachine):
    """Whatever people do, the snapshot allows nothing that the database does not."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        service_keys = ServiceKeys([Fernet.generate_key().decode()])
        keys = KeyStore(make_engine(f"sqlite:///{self.folder.name}/keys.sqlite"), service_keys)
        self.database = Database(make_engine(f"sqlite:///{self.folder.name}/todak.sqlite"), keys)
        self.database.migrate()
        self.snapshot = GuardianSnapshot(self.database)
        register(self.database)

    @rule(guardian_chat_id=st.sampled_from([MOTHER, FRIEND]))
    def add(self, guardian_chat_id: int) -> None:
        with self.database.transaction() as memory:
            known = memory.care.guardian_by_chat(CHAT, guardian_chat_id)
        if known is None:
            add_guardian(self.database, CHAT, guardian_chat_id)

    @rule(place=st.integers(0, 1), choice=st.sampled_from(Choice), granted=st.booleans())
    def choose(self, place: int, choice: Choice, granted: bool) -> None:
        with self.database.transaction() as memory:
            for guardian in memory.care.guardians(CHAT)[place:]:
                memory.care.set_choice(CHAT, guardian.id, choice, granted, NOW)

    @rule(place=st.integers(0, 1), paused=st.booleans())
    def pause(self, place: int, paused: bool) -> None:
        with self.database.transaction() as memory:
            for guardian in memory.care.guardians(CHAT)[place:]:
                memory.care.pause(CHAT, guardian.id, paused)

    @rule(leaving=st.sampled_from([MOTHER, FRIEND]))
    def leave(self, leaving: int) -> None:
        with self.database.transaction() as memory:
            memory.care.leave(leaving)

    @rule(address=st.sampled_from([None, "서울"]))
    def move_house(self, address: str | None) -> None:
        with self.database.transaction() as memory:
            memory.care.set_home(CHAT, Home(address))

    @rule()
    def refresh(self) -> None:
        self.snapshot.refresh()
        holds = in_database(self.database)
        assert holds is not None
        assert self.snapshot.of(CHAT, NOW) == (holds if holds.guardians else None)

    @invariant()
    def allows_nothing_more(self) -> None:
        known, holds = self.snapshot.of(CHAT, NOW), in_database(self.database)
        assert holds is not None
        for guardian in () if known is None else known.guardians:
            [same] = [each for each in holds.guardians if each.id == guardian.id]
            assert guardian.choices <= same.choices
            assert guardian.paused >= same.paused
        assert known is None or known.home.address in (None, holds.home.address)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()


TestSnapshotMachine = SnapshotMachine.TestCase
TestSnapshotMachine.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
