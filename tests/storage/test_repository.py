import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from inference.analysis import Emotion, EmotionEstimate, Modality
from storage.database import Database
from storage.encryption import ServiceKeys, WrongServiceKey
from storage.key_store import KeyDestroyed, KeyStore
from storage.records import AgeBand, Consent, Language, Observation, Person, Purpose

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
CHAT = 7_000_000_001  # beyond 32 bits, as Telegram's ids are


def observation(message_id: int = 1, words: str | None = "다들 나만 빼고 갔어") -> Observation:
    posterior = {emotion: 0.05 for emotion in Emotion} | {Emotion.HURT: 0.7}
    return Observation(
        chat_id=CHAT,
        message_id=message_id,
        observed_at=NOW + timedelta(minutes=message_id),
        modalities=(Modality.TEXT,),
        estimate=EmotionEstimate(posterior, (Emotion.HURT, Emotion.SADNESS), True),
        words=words,
        model_version="test-1",
    )


def register(database: Database) -> None:
    database.register(CHAT, Language.KOREAN, AgeBand.ADULT, NOW)


def test_what_was_misheard_is_asked_and_told_once_within_the_time(database: Database) -> None:
    later = NOW + timedelta(minutes=5)
    with database.transaction() as memory:
        assert not memory.ask_what_was_said(CHAT, 3, NOW), "nobody is registered"
    register(database)
    with database.transaction() as memory:
        assert memory.told_what_was_said(CHAT, 4, NOW) is None
        assert memory.ask_what_was_said(CHAT, 3, later)
        assert memory.told_what_was_said(CHAT, 4, NOW) == 3
    with database.transaction() as memory:
        assert memory.told_what_was_said(CHAT, 4, NOW) == 3, "handled again"
        assert memory.told_what_was_said(CHAT, 5, NOW) is None
    with database.transaction() as memory:
        assert memory.told_what_was_said(CHAT, 4, NOW) is None, "another message ended it"
        assert memory.ask_what_was_said(CHAT, 3, NOW)
        assert memory.told_what_was_said(CHAT, 4, later) is None, "asked too long ago"


def test_what_was_told_takes_the_place_of_what_was_heard(database: Database) -> None:
    register(database)
    told = replace(observation(2, "가망이 없어"), modalities=(Modality.TEXT, Modality.VOICE))
    with database.transaction() as memory:
        assert not memory.put_right(1, told)
        memory.add_observation(replace(observation(1, None), transcript="가방이 좋아"))
        memory.correct_observation(CHAT, 1, "anger")
        assert memory.put_right(1, told)
    with database.transaction() as memory:
        found = memory.observation(CHAT, 1)
    assert found is not None
    assert (found.transcript, found.words, found.corrected) == ("가망이 없어", None, "anger")
    assert found.modalities == told.modalities


def test_person_is_registered_once_and_keeps_the_first_answers(database: Database) -> None:
    register(database)
    database.register(CHAT, Language.ENGLISH, AgeBand.YOUTH, NOW + timedelta(days=1))
    with database.transaction() as memory:
        again = memory.person(CHAT)
    assert again is not None
    assert (again.language, again.age_band) == (Language.KOREAN, AgeBand.ADULT)
    assert again.started_at == NOW


def test_a_key_is_made_while_others_write_and_destroyed_where_it_is_not_needed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, seen = database.keys.new_key, []

    def slow() -> str:
        """The operator's command; meanwhile another process registers the same person."""
        monkeypatch.setattr(database.keys, "new_key", make)
        register(database)
        seen.append(make())
        return seen[0]

    monkeypatch.setattr(database.keys, "new_key", slow)
    database.register(CHAT, Language.ENGLISH, AgeBand.YOUTH, NOW)
    assert len(seen) == 1
    with database.transaction() as memory:
        person = memory.person(CHAT)
        assert memory.add_observation(observation()), "the first one's key is there"
    assert person is not None and person.language is Language.KOREAN
    with pytest.raises(KeyDestroyed):
        database.keys.box(seen[0])


def test_language_changes(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.set_language(CHAT, Language.ENGLISH)
    with database.transaction() as memory:
        person = memory.person(CHAT)
    assert person is not None and person.language is Language.ENGLISH


def test_newest_consent_counts_and_a_purpose_never_asked_is_absent(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        for minutes, granted in enumerate((True, False)):
            decided_at = NOW + timedelta(minutes=minutes)
            memory.add_consent(CHAT, Consent(Purpose.WORDS, 1, granted, decided_at))
    with database.transaction() as memory:
        consents = memory.consents(CHAT)
    assert set(consents) == {Purpose.WORDS}
    assert not consents[Purpose.WORDS].granted


def test_observation_comes_back_as_it_was(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        assert memory.add_observation(observation())
    with database.transaction() as memory:
        assert memory.observation(CHAT, 1) == observation()


def test_redelivered_message_is_counted_once(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        assert memory.add_observation(observation())
    with database.transaction() as memory:
        assert not memory.add_observation(replace(observation(), words="other"))
        memory.add_observation(observation(2))  # the transaction goes on
    with database.transaction() as memory:
        found = memory.observations(CHAT, NOW)
    assert [(o.message_id, o.words) for o in found] == [
        (1, observation().words),
        (2, observation().words),
    ]


def test_observations_are_oldest_first_and_begin_where_asked(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        for message_id in (3, 1, 2):
            memory.add_observation(observation(message_id))
        found = memory.observations(CHAT, NOW + timedelta(minutes=2))
    assert [o.message_id for o in found] == [2, 3]


def test_correction_stands_beside_the_guess(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.add_observation(observation())
        assert memory.correct_observation(CHAT, 1, "anger")
        assert not memory.correct_observation(CHAT, 99, "anger")
    with database.transaction() as memory:
        found = memory.observation(CHAT, 1)
    assert found is not None and found.estimate is not None
    assert (found.feeling, found.estimate.label) == ("anger", Emotion.HURT)


def joint(words: str | None) -> Observation:
    posterior = {emotion: 0.05 for emotion in Emotion} | {Emotion.SADNESS: 0.7}
    both = EmotionEstimate(posterior, (), True)
    modalities = (Modality.TEXT, Modality.VOICE)
    return replace(observation(3), modalities=modalities, estimate=both, words=words)


@pytest.mark.parametrize(
    "first, second, words",
    [("적은 말", None, "적은 말"), (None, "적은 말", "적은 말"), ("하나", "둘", "하나\n둘")],
)
def test_two_messages_heard_together_are_one_observation(
    database: Database, first: str | None, second: str | None, words: str
) -> None:
    register(database)
    with database.transaction() as memory:
        memory.add_observation(observation(1, first))
        memory.correct_observation(CHAT, 1, "anger")
        assert memory.join_observation(1, joint(second))
    with database.transaction() as memory:
        assert memory.join_observation(1, joint(second)), "redelivered"
        assert not memory.join_observation(1, replace(joint(None), message_id=4)), "a third"
        assert not memory.join_observation(9, joint(second)), "never stored"
        assert not memory.add_observation(observation(3)), "it is counted already"
        [found] = memory.observations(CHAT, NOW)
        assert memory.observation(CHAT, 3) == memory.observation(CHAT, 1) == found
        assert memory.observed_messages(CHAT, NOW) == [1, 3]
        assert memory.correct_observation(CHAT, 3, "hurt")
    assert found == replace(
        joint(words),
        message_id=1,
        also_message_id=3,
        observed_at=observation(1).observed_at,
        corrected="anger",
    )
    with database.transaction() as memory:
        assert memory.forget_observations(CHAT) == 1


def test_what_was_heard_stays_when_written_words_join_it(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.add_observation(replace(observation(1, None), transcript="음"))
        assert memory.join_observation(1, joint("진짜"))
    with database.transaction() as memory:
        found = memory.observation(CHAT, 1)
    assert found is not None and (found.transcript, found.words) == ("음", "진짜")


def test_the_record_can_be_deleted_alone(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        for message_id in (1, 2):
            memory.add_observation(observation(message_id))
    with database.transaction() as memory:
        assert memory.forget_observations(CHAT) == 2
        assert memory.observations(CHAT, NOW) == []
        assert memory.person(CHAT) is not None


def test_forgetting_removes_every_row(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.add_observation(observation())
        memory.add_consent(CHAT, Consent(Purpose.WORDS, 1, True, NOW))
        memory.begin_erasure(CHAT, NOW)
    with database.engine.connect() as connection:
        for table in ("person", "consent", "observation"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608


def test_an_error_rolls_everything_back(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as memory:
        assert memory.add_person(Person(CHAT, Language.KOREAN, AgeBand.ADULT, NOW), "")
        raise RuntimeError
    with database.transaction() as memory:
        assert memory.person(CHAT) is None


def test_words_and_feelings_are_unreadable_in_the_table(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.add_observation(observation())
    with database.engine.connect() as connection:
        row = bytes(connection.scalar(text("SELECT sealed FROM observation")))
    assert "나만".encode() not in row and b"hurt" not in row


def test_another_service_key_opens_nothing(database: Database, url: str) -> None:
    register(database)
    with database.transaction() as memory:
        memory.add_observation(observation())
    others = ServiceKeys([Fernet.generate_key().decode()])
    stranger = Database(database.engine, KeyStore(database.keys.engine, others))
    with pytest.raises(WrongServiceKey), stranger.transaction() as memory:
        memory.observation(CHAT, 1)


def test_times_come_back_aware_and_naive_ones_are_refused(database: Database) -> None:
    seoul = timezone(timedelta(hours=9))
    database.register(CHAT, Language.KOREAN, AgeBand.ADULT, NOW.astimezone(seoul))
    with database.transaction() as memory:
        person = memory.person(CHAT)
    assert person is not None and person.started_at == NOW
    assert person.started_at.tzinfo is not None
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="time zone"):
        database.register(2, Language.KOREAN, AgeBand.ADULT, naive)


def test_the_same_message_from_two_threads_is_counted_once(database: Database) -> None:
    register(database)
    results: list[bool] = []

    def add() -> None:
        with database.transaction() as memory:
            results.append(memory.add_observation(observation()))

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 5 + [True]
