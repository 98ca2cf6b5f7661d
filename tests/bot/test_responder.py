"""What is made of a message: consents, recognisers, what is kept."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.exchange import Response
from bot.policy import AnswerCrisis, NameFeeling, OfferChoice, PointOutDisagreement
from bot.responder import Responder, trusted_words
from inference.analysis import (
    Emotion,
    NoSpeech,
)
from inference.recogniser_process import RecognisersEnded
from storage.database import Database
from storage.records import CONSENT_VERSIONS, Consent, Language, Purpose
from tests.bot.responding import CHAT, NOW, incoming, register, stored
from tests.bot.scripted import ScriptedAnalyzer, ScriptedTranscriber, estimate
from tests.bot.sounds import wav


@pytest.fixture
def responder(analyzer: ScriptedAnalyzer, database: Database) -> Responder:
    return Responder(analyzer, database, lambda: NOW)


def test_a_stranger_is_asked_first_and_nothing_is_read(
    responder: Responder, analyzer: ScriptedAnalyzer
) -> None:
    assert responder.respond(incoming("오늘 힘들었어")) == Response(None, None)
    assert analyzer.seen == []


def test_each_purpose_is_asked_before_it_is_needed(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(database, words=True)
    assert responder.respond(incoming("괜찮아", wav())).ask is Purpose.VOICE
    assert analyzer.seen == []


def test_an_old_consent_is_asked_again(
    responder: Responder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(database, words=True, history=True)
    monkeypatch.setitem(CONSENT_VERSIONS, Purpose.HISTORY, CONSENT_VERSIONS[Purpose.HISTORY] + 1)
    assert responder.respond(incoming("오늘")).ask is None, "words have the wording they had"
    monkeypatch.setitem(CONSENT_VERSIONS, Purpose.WORDS, CONSENT_VERSIONS[Purpose.WORDS] + 1)
    assert responder.respond(incoming("오늘")).ask is Purpose.WORDS


def test_what_was_understood_is_remembered(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(database, words=True, history=True)
    analyzer.words["다들 나만 빼고"] = estimate(Emotion.HURT)
    act = responder.respond(incoming("다들 나만 빼고")).act
    assert act == NameFeeling(Emotion.HURT, True, (), False)
    found = stored(database)
    assert found is not None and found.feeling == "hurt" and found.words == "다들 나만 빼고"
    assert found.observed_at == NOW and found.model_version == analyzer.feelings_version


def test_what_was_said_is_told_by_ones_own_words_that_may_and_can_be_read(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(database, words=True)
    with database.transaction() as memory:
        assert memory.ask_what_was_said(CHAT, 3, NOW)
    analyzer.words["가망이 없어"] = estimate(Emotion.HURT)
    told = incoming("가망이 없어")
    for other in (replace(told, own=False), incoming("😭")):
        assert responder.respond(other).puts_right is None
    with database.transaction() as memory:
        memory.add_consent(
            CHAT, Consent(Purpose.WORDS, CONSENT_VERSIONS[Purpose.WORDS], False, NOW)
        )
    assert responder.respond(told).puts_right is None
    with database.transaction() as memory:
        later = NOW + timedelta(seconds=1)
        memory.add_consent(
            CHAT, Consent(Purpose.WORDS, CONSENT_VERSIONS[Purpose.WORDS], True, later)
        )
    assert responder.respond(told).puts_right == 3


@pytest.mark.parametrize("granted", [{"words": True, "history": False}, {"words": True}])
def test_without_consent_nothing_is_remembered(
    responder: Responder,
    analyzer: ScriptedAnalyzer,
    database: Database,
    granted: dict[str, bool],
) -> None:
    register(database, **granted)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    assert isinstance(responder.respond(incoming("좋은 날")).act, NameFeeling)
    assert stored(database) is None


def test_refused_words_are_not_read_but_a_choice_can_be_kept(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(database, words=False, history=True)
    assert responder.respond(incoming("오늘")).act == OfferChoice("words-refused")
    assert analyzer.seen == []
    found = stored(database)
    assert found is not None and found.estimate is None


def test_of_two_modalities_only_the_allowed_one_is_judged(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(database, words=False, voice=True)
    act = responder.respond(incoming("괜찮아", wav())).act
    assert isinstance(act, NameFeeling) and act.from_voice_only
    assert analyzer.seen == [None]


def test_a_recording_that_cannot_be_heard_leaves_its_caption(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(database, words=True, voice=True)
    analyzer.words["괜찮아"] = estimate(Emotion.SADNESS)
    act = responder.respond(incoming("괜찮아", wav(level=0))).act
    assert isinstance(act, NameFeeling) and not act.from_voice_only


@pytest.mark.parametrize(
    "recording, reason",
    [
        (wav(601), "too-long-recording"),
        (wav(level=0), "silent-recording"),
        (b"x", "unreadable-recording"),
        (b"", "empty-recording"),
    ],
)
def test_why_a_recording_was_not_heard(
    responder: Responder, database: Database, recording: bytes, reason: str
) -> None:
    register(database, voice=True)
    assert responder.respond(incoming(None, recording)).act == OfferChoice(reason)


def test_a_recording_without_speech_has_no_feeling(
    responder: Responder,
    analyzer: ScriptedAnalyzer,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def listen(*_: object) -> None:
        raise NoSpeech

    monkeypatch.setattr(analyzer, "listen", listen)
    register(database, voice=True)
    assert responder.respond(incoming(None, wav())).act == OfferChoice("no-speech")


def test_what_is_said_is_read_with_both_consents_and_kept_with_the_record(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    analyzer.transcriber = ScriptedTranscriber("다들 나만 빼고 갔어")
    analyzer.words["다들 나만 빼고 갔어"] = estimate(Emotion.HURT)
    register(database, words=True, voice=True, history=True)
    response = responder.respond(replace(incoming(None, wav()), spoken=Language.KOREAN))
    assert isinstance(response.act, PointOutDisagreement)
    assert trusted_words(response.analysis) == "다들 나만 빼고 갔어"
    assert analyzer.transcriber.languages == ["ko"], "once"
    found = stored(database)
    assert found is not None and found.transcript == "다들 나만 빼고 갔어" and found.words is None
    with database.engine.begin() as connection:
        (sealed,) = connection.execute(text("SELECT sealed FROM observation")).one()
    assert "다들".encode() not in sealed


def test_without_consent_to_words_only_the_tone_counts(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    analyzer.transcriber = ScriptedTranscriber("다들 나만 빼고 갔어")
    analyzer.words["다들 나만 빼고 갔어"] = estimate(Emotion.HURT)
    register(database, words=False, voice=True, history=True)
    act = responder.respond(incoming(None, wav())).act
    assert isinstance(act, NameFeeling) and act.from_voice_only
    found = stored(database)
    assert found is not None and found.transcript is None


def test_what_may_be_invented_is_neither_shown_nor_kept(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    analyzer.transcriber = ScriptedTranscriber("시청해 주셔서 감사합니다", trusted=False)
    register(database, words=True, voice=True, history=True)
    assert trusted_words(responder.respond(incoming(None, wav())).analysis) is None
    found = stored(database)
    assert found is not None and found.transcript is None


@pytest.mark.parametrize("trusted", [True, False])
def test_spoken_danger_needs_no_consent_no_person_and_no_database(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database, trusted: bool
) -> None:
    analyzer.transcriber = ScriptedTranscriber("이제 그만 죽고 싶어", trusted=trusted)
    danger = incoming(None, wav())
    response = responder.respond(danger)
    assert isinstance(response.act, AnswerCrisis) and response.spoken
    assert response.said == ("이제 그만 죽고 싶어" if trusted else None)
    register(database, words=False, voice=False, history=True)
    assert isinstance(responder.respond(danger).act, AnswerCrisis)
    assert stored(database) is None
    with database.engine.begin() as connection:  # holds the lock that everyone else waits for
        began_s = time.monotonic()
        assert isinstance(responder.respond(danger).act, AnswerCrisis)
        assert time.monotonic() - began_s < 10.0
        connection.execute(text("ALTER TABLE person RENAME TO gone"))
    assert isinstance(responder.respond(danger).act, AnswerCrisis)
    analyzer.transcriber = ScriptedTranscriber("오늘은 그냥 그랬어")
    with pytest.raises(SQLAlchemyError):
        responder.respond(danger)


def test_what_is_written_after_the_question_takes_the_place_of_what_was_heard(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    analyzer.transcriber = ScriptedTranscriber("가방이 좋아")
    analyzer.words["가망이 없어"] = estimate(Emotion.HURT)
    register(database, words=True, voice=True, history=True)
    responder.respond(incoming(None, wav()))
    with database.transaction() as memory:
        assert memory.ask_what_was_said(CHAT, 5, NOW)
    told = replace(incoming("가망이 없어"), message_id=8, sent_at=NOW + timedelta(minutes=9))
    for _ in range(2):  # handled again after a crash, it is the same
        assert responder.respond(told).puts_right == 5
    found = stored(database)
    assert found is not None and found.transcript == "가망이 없어"
    assert found.estimate is not None and found.estimate.label is Emotion.HURT
    with database.transaction() as memory:
        assert len(memory.observations(CHAT, NOW - timedelta(days=1))) == 1
    later = replace(told, message_id=9)
    assert responder.respond(later).puts_right is None, "one message answers"


def test_after_ten_minutes_a_message_is_its_own_again(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(database, words=True, voice=True, history=True)
    with database.transaction() as memory:
        assert memory.ask_what_was_said(CHAT, 5, NOW)
    late = replace(incoming("괜찮아"), message_id=8, sent_at=NOW + timedelta(minutes=11))
    assert responder.respond(late).puts_right is None


def test_danger_needs_no_consent_no_person_and_no_database(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    danger = incoming("이제 그만 죽고 싶어")
    assert isinstance(responder.respond(danger).act, AnswerCrisis)
    register(database, words=False, history=True)
    assert isinstance(responder.respond(danger).act, AnswerCrisis)
    assert stored(database) is None, "the screening keeps nothing"
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE person RENAME TO gone"))
    assert isinstance(responder.respond(danger).act, AnswerCrisis)
    assert analyzer.seen == []


def test_recognisers_that_have_ended_are_no_ordinary_answer(
    responder: Responder, analyzer: ScriptedAnalyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried again they may be there: nobody's scream is taken for a calm voice meanwhile."""

    def ended(recording: bytes) -> None:
        raise RecognisersEnded

    monkeypatch.setattr(analyzer, "hear", ended)
    with pytest.raises(RecognisersEnded):
        responder.hear(wav())
