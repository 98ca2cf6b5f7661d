"""Guardians are known while the database is away, and no longer than the person wants."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.guardian_snapshot import GuardianSnapshot
from bot.look_up import PATIENCE_S, LookUp
from storage.care_records import POSITION_KEPT, Choice, Guarded, Home, Outcome, Position
from storage.database import Database, make_engine
from storage.key_store import KeyStore
from storage.repository import Repository
from tests.reliability.databases import PostgresServer, locked
from tests.storage.caring import (
    CHAT,
    FRIEND,
    INCIDENT,
    MOTHER,
    NOW,
    add_guardian,
    disclosure,
    incident,
    register,
)

Away = Callable[[], AbstractContextManager[None]]
HERE = Position(37.5512345, 126.9876543, NOW)


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[PostgresServer]:
    pytest.importorskip("pgserver", reason="pgserver is not installed")
    with tempfile.TemporaryDirectory(prefix="todak-") as folder:
        server = PostgresServer(Path(folder) / "postgresql")
        yield server
        server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(
    kind: str, tmp_path: Path, keys: KeyStore, request: pytest.FixtureRequest
) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'todak.sqlite'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres_server").url
        engine = make_engine(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    opened = Database(make_engine(url), keys)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def away(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Away:
    """Takes the database away: PostgreSQL is stopped, SQLite's files are held by another."""
    if kind == "postgresql":
        take: Away = request.getfixturevalue("postgres_server").away
        return take
    return lambda: locked(*sorted(tmp_path.glob("*.sqlite")))


@pytest.fixture
def snapshot(database: Database) -> GuardianSnapshot:
    return GuardianSnapshot(database)


def in_database(database: Database) -> Guarded | None:
    with database.transaction() as memory:
        return memory.care.guarded(CHAT)


def fill(database: Database) -> int:
    """A person with a home, a position and a guardian who may hear of crime; the guardian's id."""
    register(database)
    mother = add_guardian(database)
    with database.transaction() as memory:
        memory.care.set_home(CHAT, Home("서울 어딘가 1길 2", "○○님", quiet=True))
        memory.care.set_position(CHAT, HERE)
        for choice in (Choice.CRIME, Choice.ADDRESS):
            memory.care.set_choice(CHAT, mother.id, choice, True, NOW)
    return mother.id


async def test_guardians_are_known_while_the_database_is_away(
    database: Database, snapshot: GuardianSnapshot, away: Away
) -> None:
    fill(database)
    snapshot.refresh()
    known = in_database(database)
    look_up = LookUp(database, snapshot)
    assert await look_up.guarded(CHAT, NOW) == known is not None
    with away():
        began_s = time.monotonic()
        assert await look_up.guarded(CHAT, NOW) == known
        assert await look_up.guarded(FRIEND, NOW) is None
        assert time.monotonic() - began_s < 2 * PATIENCE_S + 0.5
        assert snapshot.of(CHAT, NOW) == known


def test_memory_holds_no_name_or_place_in_the_clear(
    database: Database, snapshot: GuardianSnapshot
) -> None:
    fill(database)
    snapshot.refresh()
    snapshot.note(incident(), None)
    held = b"".join((*snapshot._sealed.values(), *snapshot._unwritten))
    for secret in ("어머니", "서울", "37.55", "crime", "violence", str(MOTHER)):
        assert secret.encode() not in held


def test_an_old_position_is_not_told(database: Database, snapshot: GuardianSnapshot) -> None:
    fill(database)
    snapshot.refresh()
    late = snapshot.of(CHAT, NOW + POSITION_KEPT)
    assert late is not None and late.position is None and late.home.address is not None


Change = Callable[[Repository, int], object]
REVOCATIONS: dict[str, Change] = {
    "remove": lambda memory, mother: memory.care.remove(CHAT, mother),
    "remove all": lambda memory, mother: memory.care.remove_all(CHAT),
    "pause": lambda memory, mother: memory.care.pause(CHAT, mother, True),
    "choice off": lambda memory, mother: memory.care.set_choice(
        CHAT, mother, Choice.CRIME, False, NOW
    ),
    "no address": lambda memory, mother: memory.care.set_home(CHAT, Home()),
    "no position": lambda memory, mother: memory.care.forget_position(CHAT),
    "guardian leaves": lambda memory, mother: memory.care.leave(MOTHER),
    "guardian is deleted": lambda memory, mother: memory.begin_erasure(MOTHER, NOW),
    "person is deleted": lambda memory, mother: memory.begin_erasure(CHAT, NOW),
}


@pytest.mark.parametrize("revocation", REVOCATIONS)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_is_taken_back_counts_before_the_next_refresh(
    database: Database, snapshot: GuardianSnapshot, revocation: str
) -> None:
    mother = fill(database)
    snapshot.refresh()
    before = snapshot.of(CHAT, NOW)
    with database.transaction() as memory:
        REVOCATIONS[revocation](memory, mother)
    now = snapshot.of(CHAT, NOW)
    assert now == in_database(database) != before


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_is_allowed_comes_with_the_next_refresh(
    database: Database, snapshot: GuardianSnapshot
) -> None:
    mother = fill(database)
    snapshot.refresh()
    with database.transaction() as memory:
        memory.care.set_choice(CHAT, mother, Choice.WORDS, True, NOW)
        memory.care.set_choice(CHAT, mother, Choice.CRIME, False, NOW)
    narrowed = snapshot.of(CHAT, NOW)
    assert narrowed is not None and narrowed.guardians[0].choices == {Choice.ADDRESS}
    snapshot.refresh()
    assert snapshot.of(CHAT, NOW) == in_database(database)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_removal_counts_though_nobody_knows_whether_it_was_committed(
    database: Database, snapshot: GuardianSnapshot
) -> None:
    mother = fill(database)
    snapshot.refresh()

    def lost(connection: object) -> None:
        raise OperationalError("COMMIT", None, RuntimeError())

    event.listen(database.engine, "commit", lost)
    with pytest.raises(OperationalError), database.transaction() as memory:
        memory.care.remove(CHAT, mother)
    event.remove(database.engine, "commit", lost)
    narrowed = snapshot.of(CHAT, NOW)
    assert narrowed is not None and narrowed.guardians == ()
    snapshot.refresh()
    assert snapshot.of(CHAT, NOW) == in_database(database), "it was not"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_tap_that_waits_for_the_database_counts_at_once(
    database: Database, snapshot: GuardianSnapshot
) -> None:
    mother = fill(database)
    snapshot.refresh()
    snapshot.foresee(FRIEND, f"guardian:{mother}:remove-yes")
    assert snapshot.of(CHAT, NOW) == in_database(database), "not theirs"
    snapshot.foresee(CHAT, f"choice:{mother}:crime:off")
    known = snapshot.of(CHAT, NOW)
    assert known is not None and known.guardians[0].choices == {Choice.ADDRESS}
    snapshot.foresee(CHAT, f"guardian:{mother}:remove-yes")
    known = snapshot.of(CHAT, NOW)
    assert known is not None and known.guardians == ()
    snapshot.refresh()
    assert snapshot.of(CHAT, NOW) == in_database(database), "the database is back"


class Interrupted(Database):
    """Something happens right after a transaction, once."""

    afterwards: Callable[[], None] | None = None

    @contextmanager
    def transaction(self) -> Iterator[Repository]:
        with super().transaction() as memory:
            yield memory
        happen, self.afterwards = self.afterwards, None
        if happen is not None:
            happen()


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("n_before", [0, 1])
def test_a_refresh_that_read_before_a_removal_does_not_bring_the_guardian_back(
    database: Database, n_before: int
) -> None:
    interrupted = Interrupted(database.engine, database.keys)
    snapshot = GuardianSnapshot(interrupted)
    mother = fill(interrupted)

    def remove() -> None:
        with interrupted.transaction() as memory:
            memory.care.remove(CHAT, mother)

    def removed_next() -> None:
        interrupted.afterwards = remove

    interrupted.afterwards = removed_next if n_before else remove
    snapshot.refresh()
    known = snapshot.of(CHAT, NOW)
    assert known is None or known.guardians == ()
    snapshot.refresh()
    assert snapshot.of(CHAT, NOW) is None


@pytest.mark.parametrize("kind", ["sqlite"])
def test_another_process_learns_with_its_next_refresh(
    database: Database, snapshot: GuardianSnapshot
) -> None:
    mother = fill(database)
    other = Database(make_engine(str(database.engine.url)), database.keys)
    others = GuardianSnapshot(other)
    others.refresh()
    with database.transaction() as memory:
        memory.care.remove(CHAT, mother)
    assert others.of(CHAT, NOW) is not None
    others.refresh()
    assert others.of(CHAT, NOW) is None
    other.engine.dispose()


def test_what_was_sent_meanwhile_is_written_down_once(
    database: Database, snapshot: GuardianSnapshot, away: Away, kind: str
) -> None:
    mother = fill(database)
    snapshot.refresh()
    known = snapshot.of(CHAT, NOW)
    assert known is not None
    told = disclosure(known.guardians[0])
    sent = replace(told, outcome=Outcome.ACCEPTED, message_ids=(5,), acknowledged_at=NOW)
    with away():
        for noted in (None, told, sent):
            snapshot.note(incident(), noted)
        if kind == "postgresql":  # SQLite would let it wait for half a minute
            with pytest.raises(SQLAlchemyError):
                snapshot.refresh()
    for _ in range(2):
        snapshot.refresh()
        with database.transaction() as memory:
            assert memory.care.incidents(CHAT) == [incident()]
            assert memory.care.disclosures(INCIDENT) == [sent]
        assert snapshot._unwritten == []
    assert mother == sent.guardian_id


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_the_database_knows_better_stays_and_deleted_people_are_left_out(
    database: Database, snapshot: GuardianSnapshot
) -> None:
    fill(database)
    snapshot.note(incident(), None)
    ended = replace(incident(), ended_at=NOW + timedelta(minutes=5), state="resolved")
    with database.transaction() as memory:
        memory.care.open_incident(ended)
    snapshot.refresh()
    with database.transaction() as memory:
        assert memory.care.incidents(CHAT) == [ended]
    snapshot.note(replace(incident(), id="incident:1:2:3"), None)
    database.erase(CHAT, NOW)
    snapshot.refresh()
    assert snapshot._unwritten == [] and in_database(database) is None
