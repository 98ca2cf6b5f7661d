from dataclasses import replace
from datetime import timedelta

import pytest

from storage.care_records import Outcome
from storage.database import Database
from storage.sealed_rows import NoSuchPerson
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


def test_an_incident_ends_the_open_question(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.care.ask(CHAT, "home-name", None, NOW)
        memory.care.open_incident(incident())
        assert memory.care.asked(CHAT, 1, NOW) is None
        memory.care.ask(CHAT, "home-name", None, NOW)
        memory.care.open_incident(incident())
        assert memory.care.asked(CHAT, 1, NOW) is not None, "the same incident, noted again"


def test_an_incident_is_noted_once_and_changes(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        assert memory.care.open_incident(incident())
    told = replace(incident(), state="acknowledged", content={"kind": "fire", "heard": []})
    with database.transaction() as memory:
        assert not memory.care.open_incident(told), "the same recording again"
        assert memory.care.incident(INCIDENT) == incident()
        assert memory.care.update_incident(told)
        assert not memory.care.update_incident(replace(told, id="incident:1:2:3"))
    with database.transaction() as memory:
        assert memory.care.incident(INCIDENT) == told
        assert memory.care.open_incidents(CHAT) == memory.care.incidents(CHAT) == [told]
        ended = replace(told, state="resolved", ended_at=NOW + timedelta(hours=1))
        assert memory.care.update_incident(ended)
        assert memory.care.open_incidents(CHAT) == []
        assert memory.care.incidents(CHAT) == [ended]


def test_an_incident_pretends_only_while_it_goes_on_under_duress() -> None:
    assert incident(state="cancelled").pretends
    assert not incident(state="cancelled", ended_at=NOW).pretends
    assert not incident().pretends


def test_a_stranger_has_no_incident_on_record(database: Database) -> None:
    with pytest.raises(NoSuchPerson), database.transaction() as memory:
        memory.care.open_incident(incident())
    with database.transaction() as memory:
        assert memory.care.incidents(CHAT) == []


def test_a_guardian_is_told_once_a_round_and_what_came_of_it_is_put_beside(
    database: Database,
) -> None:
    register(database)
    mother = add_guardian(database)
    with database.transaction() as memory:
        memory.care.open_incident(incident())
        assert memory.care.add_disclosure(disclosure(mother))
    sent = replace(
        disclosure(mother),
        outcome=Outcome.ACCEPTED,
        message_ids=(5, 6),
        enclosure_ids=(6,),
        live_location_id=6,
    )
    with database.transaction() as memory:
        assert not memory.care.add_disclosure(sent), "this round is recorded"
        assert memory.care.update_disclosure(sent)
        assert memory.care.add_disclosure(disclosure(mother, round_=2))
        assert not memory.care.update_disclosure(disclosure(mother, round_=3))
    with database.transaction() as memory:
        assert memory.care.disclosures(INCIDENT) == [sent, disclosure(mother, round_=2)]
        assert memory.care.disclosures_of(CHAT) == memory.care.disclosures(INCIDENT)


def test_an_acknowledgement_counts_once_and_stays(database: Database) -> None:
    register(database)
    mother = add_guardian(database)
    with database.transaction() as memory:
        memory.care.open_incident(incident())
        assert not memory.care.acknowledge(INCIDENT, mother.id, NOW), "never told"
        memory.care.add_disclosure(disclosure(mother))
        assert memory.care.acknowledge(INCIDENT, mother.id, NOW)
        assert not memory.care.acknowledge(INCIDENT, mother.id, NOW + timedelta(minutes=1))
        memory.care.update_disclosure(replace(disclosure(mother), outcome=Outcome.ACCEPTED))
        [found] = memory.care.disclosures(INCIDENT)
    assert (found.acknowledged_at, found.outcome) == (NOW, Outcome.ACCEPTED)


def test_a_removed_guardian_keeps_their_name_on_record(database: Database) -> None:
    register(database)
    mother = add_guardian(database)
    with database.transaction() as memory:
        memory.care.open_incident(incident())
        memory.care.add_disclosure(disclosure(mother))
        memory.care.remove(CHAT, mother.id)
    with database.transaction() as memory:
        assert memory.care.disclosures(INCIDENT) == [disclosure(mother)]
        assert memory.care.disclosures_to(MOTHER, NOW) == [disclosure(mother)]


def test_where_somebody_was_told_is_forgotten_and_the_incident_with_its_disclosures(
    database: Database,
) -> None:
    register(database)
    guardians = [add_guardian(database, CHAT, chat_id) for chat_id in (MOTHER, FRIEND)]
    with database.transaction() as memory:
        memory.care.open_incident(incident())
        for guardian in guardians:
            memory.care.add_disclosure(disclosure(guardian))
        assert memory.care.forget_where_told(NOW) == 0
        assert memory.care.forget_where_told(NOW + timedelta(seconds=1)) == 2
    with database.transaction() as memory:
        assert [each.guardian_chat_id for each in memory.care.disclosures(INCIDENT)] == [None] * 2
        assert memory.care.forget_incidents_before(NOW + timedelta(days=400)) == 0, "still open"
        memory.care.update_incident(incident(ended_at=NOW))
        assert memory.care.forget_incidents_before(NOW) == 0
        assert memory.care.forget_incidents_before(NOW + timedelta(seconds=1)) == 1
    with database.transaction() as memory:
        assert memory.care.disclosures_of(CHAT) == []
