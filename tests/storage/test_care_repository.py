from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from storage.care_codes import SameCode, typed_code
from storage.care_records import POSITION_KEPT, QUESTION_OPEN, Choice, Code, Home, Position
from storage.database import Database
from storage.sealed_rows import NoSuchPerson
from storage.tables import Table
from tests.storage.caring import (
    CHAT,
    FRIEND,
    INCIDENT,
    MOTHER,
    NOW,
    STRANGER,
    add_guardian,
    disclosure,
    incident,
    register,
)

HOME = Home("서울 어딘가 1길 2", "○○님", quiet=True)
HERE = Position(37.5512345, 126.9876543, NOW)


def test_home_comes_back_as_it_was_set(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        assert memory.care.home(CHAT) == Home()
        memory.care.set_home(CHAT, HOME)
    with database.transaction() as memory:
        assert memory.care.home(CHAT) == HOME
        memory.care.set_home(CHAT, replace(HOME, address=None))
    with database.transaction() as memory:
        assert memory.care.home(CHAT) == replace(HOME, address=None)


def test_codes_differ_and_the_duress_code_goes_with_the_cancel_code(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.care.set_home(CHAT, HOME)
        memory.care.set_code(CHAT, Code.CANCEL, "2580")
        with pytest.raises(SameCode):
            memory.care.set_code(CHAT, Code.DURESS, " ２５８０ ")
        memory.care.set_code(CHAT, Code.DURESS, "1470")
        with pytest.raises(SameCode):
            memory.care.set_code(CHAT, Code.CANCEL, "1470")
    with database.transaction() as memory:
        home = memory.care.home(CHAT)
        assert (typed_code("2580", home), typed_code("1470", home)) == (Code.CANCEL, Code.DURESS)
        assert home.address == HOME.address
        memory.care.set_code(CHAT, Code.CANCEL, None)
        assert memory.care.home(CHAT) == HOME


def test_the_newest_position_is_kept(database: Database) -> None:
    register(database)
    later = replace(HERE, latitude=35.0, shared_at=NOW + timedelta(minutes=1), live_until=NOW)
    with database.transaction() as memory:
        assert memory.care.position(CHAT) is None
        assert memory.care.set_position(CHAT, HERE)
        assert memory.care.set_position(CHAT, later)
        assert not memory.care.set_position(CHAT, HERE), "delivered late"
    with database.transaction() as memory:
        assert memory.care.position(CHAT) == later
        memory.care.forget_position(CHAT)
        assert memory.care.position(CHAT) is None


def test_a_position_ends_after_a_day_unless_an_incident_is_open(database: Database) -> None:
    register(database)
    old = NOW + POSITION_KEPT
    with database.transaction() as memory:
        memory.care.set_position(CHAT, HERE)
        memory.care.open_incident(incident())
        assert memory.care.forget_lapsed(old) == 0
        memory.care.update_incident(incident(ended_at=NOW))
        assert memory.care.forget_lapsed(old - timedelta(seconds=1)) == 0
        assert memory.care.forget_lapsed(old) == 1
        assert memory.care.position(CHAT) is None


def test_one_question_is_open_in_a_chat_and_lapses(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.care.ask(CHAT, "address", {"so far": "서울"}, NOW)
        memory.care.ask(CHAT, "shown_name", None, NOW)
    with database.transaction() as memory:
        question = memory.care.asked(CHAT, 5, NOW)
        assert question is not None and question.question == "shown_name"
        assert memory.care.asked(CHAT, 5, NOW + QUESTION_OPEN) is None
        assert memory.care.forget_lapsed(NOW + QUESTION_OPEN) == 1
        assert memory.care.asked(CHAT, 5, NOW) is None


def test_a_message_handled_again_meets_the_question_it_met_first(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.care.ask(CHAT, "address", None, NOW, asked_by=1)
        assert memory.care.asked(CHAT, 1, NOW) is None, "the command that began it"
    for _ in range(3):
        with database.transaction() as memory:
            question = memory.care.asked(CHAT, 2, NOW)
            assert question is not None and question.question == "address"
            memory.care.answered(CHAT, 2)
            memory.care.ask(CHAT, "shown_name", {"address": "서울"}, NOW, asked_by=2)
    for _ in range(3):
        with database.transaction() as memory:
            question = memory.care.asked(CHAT, 3, NOW)
            assert question is not None and question.content == {"address": "서울"}
            memory.care.answered(CHAT, 3)
    with database.transaction() as memory:
        assert memory.care.asked(CHAT, 4, NOW) is None
        memory.care.drop_question(CHAT)
        assert memory.care.asked(CHAT, 3, NOW) is None


def test_a_stranger_may_be_asked_but_nothing_of_theirs_is_kept(database: Database) -> None:
    with database.transaction() as memory:
        memory.care.ask(STRANGER, "adult", None, NOW)
    with database.transaction() as memory:
        question = memory.care.asked(STRANGER, 1, NOW)
        assert question is not None and (question.question, question.content) == ("adult", None)
    with pytest.raises(NoSuchPerson), database.transaction() as memory:
        memory.care.ask(STRANGER, "adult", {"name": "이름"}, NOW)


def everything(database: Database) -> None:
    """A person with one row in each table."""
    register(database)
    mother = add_guardian(database)
    with database.transaction() as memory:
        memory.care.set_choice(CHAT, mother.id, Choice.CRIME, True, NOW)
        memory.care.invite(CHAT, "초대한 이름", NOW)
        memory.care.set_home(CHAT, HOME)
        memory.care.set_position(CHAT, HERE)
        memory.care.open_incident(incident())
        memory.care.add_disclosure(disclosure(mother))
        memory.care.ask(CHAT, "address", {"so far": "물어본 주소"}, NOW)


CARE_TABLES = {"guardian", "invitation", "home", "position", "question", "incident", "disclosure"}


def test_what_is_sealed_stands_readable_in_no_table(database: Database) -> None:
    everything(database)
    found = b""
    with database.engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                found += b"".join(v if isinstance(v, bytes) else repr(v).encode() for v in row)
    secrets = ("어머니", "초대한", "서울", "○○님", "37.55", "126.98", "crime", "violence", "AwAC")
    for secret in (*secrets, "물어본", "recording", "quiet"):
        assert secret.encode() not in found, secret


def test_everything_goes_with_the_person(database: Database) -> None:
    everything(database)
    database.erase(CHAT, NOW)
    with database.engine.connect() as connection:
        for table in CARE_TABLES:
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table  # noqa: S608


def test_a_guardian_who_is_deleted_is_named_nowhere_and_the_incident_goes_on(
    database: Database,
) -> None:
    everything(database)
    friend = add_guardian(database, CHAT, FRIEND, "친구")
    with database.transaction() as memory:
        memory.care.ask(MOTHER, "leave", None, NOW)
    database.erase(MOTHER, NOW)
    with database.transaction() as memory:
        assert [each.id for each in memory.care.guardians(CHAT)] == [friend.id]
        [told] = memory.care.disclosures(INCIDENT)
        assert (told.guardian_chat_id, told.guardian_name) == (None, "어머니")
        assert memory.care.open_incidents(CHAT) == [incident()]
        [wish] = memory.erasures()
        memory.end_erasure(wish)
    with database.engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                assert MOTHER not in tuple(row), table.name
