"""A database that the fourth revision filled is upgraded and read back, row by row."""

from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import inspect

from inference.analysis import Emotion, EmotionEstimate, Modality
from storage.care_records import Choice, Guardian, Home
from storage.database import Database, _migrations, make_engine
from storage.key_store import KeyStore
from storage.records import CONSENT_VERSIONS, AgeBand, Consent, Language, Observation, Purpose
from tests.storage.caring import NOW, add_guardian, disclosure, incident

pytestmark = pytest.mark.slow

PEOPLE = [7_000_000_000 + number for number in range(60)]
N_OBSERVATIONS = 5


def observations(chat_id: int) -> list[Observation]:
    posterior = {emotion: 0.05 for emotion in Emotion} | {Emotion.HURT: 0.7}
    return [
        Observation(
            chat_id=chat_id,
            message_id=number,
            observed_at=NOW + timedelta(minutes=number),
            modalities=(Modality.TEXT, Modality.VOICE) if number % 2 else (Modality.TEXT,),
            estimate=EmotionEstimate(posterior, (Emotion.HURT,), bool(number % 2)),
            words=f"{chat_id}의 {number}번째 말",
            model_version="test-1",
            corrected="anger" if number == 3 else None,
            transcript="들은 말" if number == 4 else None,
        )
        for number in range(1, N_OBSERVATIONS + 1)
    ]


def decisions() -> list[Consent]:
    return [
        Consent(purpose, CONSENT_VERSIONS[purpose], granted, NOW)
        for purpose, granted in ((Purpose.WORDS, True), (Purpose.VOICE, False))
    ]


@pytest.fixture
def of_fourth_revision(url: str, keys: KeyStore) -> Database:
    """What `upgrade` to 0004 made and the repository of that time filled."""
    database = Database(make_engine(url), keys)
    keys.prepare()
    configuration = _migrations()
    with database.engine.begin() as connection:
        configuration.attributes |= {"connection": connection, "adopt_key": keys.adopt}
        command.upgrade(configuration, "0004")
        assert "guardian" not in inspect(connection).get_table_names()
    for chat_id in PEOPLE:
        database.register(chat_id, Language.KOREAN, AgeBand.ADULT, NOW)
        with database.transaction() as memory:
            for consent in decisions():
                memory.add_consent(chat_id, consent)
            for observation in observations(chat_id):
                assert memory.add_observation(observation)
            assert memory.ask_what_was_said(chat_id, 4, NOW)
    return database


def test_everything_is_read_back_and_guardians_can_be_added(of_fourth_revision: Database) -> None:
    database = of_fourth_revision
    database.migrate()
    assert database.state().revision == database.state().newest_revision
    for chat_id in PEOPLE:
        with database.transaction() as memory:
            person = memory.person(chat_id)
            assert person is not None and person.started_at == NOW
            assert memory.consent_decisions(chat_id) == decisions()
            assert memory.observations(chat_id, NOW) == observations(chat_id)
            assert memory.told_what_was_said(chat_id, 9, NOW) == 4
            assert memory.care.guarded(chat_id) is not None
            assert memory.care.guardians(chat_id) == []
            assert memory.care.incidents(chat_id) == []
    told = {chat_id: _with_guardian(database, chat_id) for chat_id in PEOPLE}
    database.migrate()
    for chat_id, guardian in told.items():
        with database.transaction() as memory:
            guarded = memory.care.guarded(chat_id)
            assert guarded is not None and guarded.home == Home(address=f"{chat_id}의 집")
            assert [each.id for each in guarded.guardians] == [guardian.id]
            assert guarded.guardians[0].choices == {Choice.HELP}
            assert memory.care.disclosures_of(chat_id) == [disclosure(guardian)]
    database.close()


def _with_guardian(database: Database, chat_id: int) -> Guardian:
    guardian = add_guardian(database, chat_id, chat_id + 1000, f"{chat_id}의 어머니")
    with database.transaction() as memory:
        memory.care.set_home(chat_id, Home(address=f"{chat_id}의 집"))
        memory.care.set_choice(chat_id, guardian.id, Choice.HELP, True, NOW)
        memory.care.open_incident(incident(chat_id=chat_id))
        memory.care.add_disclosure(disclosure(guardian))
    return guardian
