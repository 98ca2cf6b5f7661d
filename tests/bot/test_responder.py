from datetime import UTC, datetime
from typing import cast

import pytest
from sqlalchemy import text

from bot.policy import AnswerCrisis, NameFeeling, OfferChoice
from bot.responder import Incoming, Responder, Response
from inference.analysis import Distress, Emotion, Utterance
from inference.audio import RecordingTooLong, UnreadableAudio
from inference.pipeline import Analyzer, NoSpeech
from storage.database import Database
from storage.records import AgeBand, Consent, Language, Observation, Purpose
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.sounds import wav

NOW = datetime(2026, 5, 1, 22, tzinfo=UTC)
CHAT = 1001


@pytest.fixture
def responder(analyzer: ScriptedAnalyzer, database: Database) -> Responder:
    return Responder(cast(Analyzer, analyzer), database, lambda: NOW)


def register(database: Database, **granted: bool) -> None:
    database.register(CHAT, Language.KOREAN, AgeBand.ADULT, NOW)
    with database.transaction() as memory:
        for purpose, answer in granted.items():
            memory.add_consent(CHAT, Consent(Purpose(purpose), 1, answer, NOW))


def incoming(words: str | None = None, recording: bytes | None = None) -> Incoming:
    return Incoming(CHAT, 5, NOW, Language.KOREAN, Utterance(words, recording))


def stored(database: Database) -> Observation | None:
    with database.transaction() as memory:
        return memory.observation(CHAT, 5)


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
    register(database, words=True)
    monkeypatch.setattr("bot.responder.CONSENT_VERSION", 2)
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
    assert found.observed_at == NOW


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
    "error, recording, reason",
    [
        (RecordingTooLong(600.0), b"x", "too-long-recording"),
        (NoSpeech(), b"x", "no-speech"),
        (UnreadableAudio(), b"x", "unreadable-recording"),
        (UnreadableAudio(), b"", "empty-recording"),
    ],
)
def test_why_a_recording_was_not_heard(
    responder: Responder,
    analyzer: ScriptedAnalyzer,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    recording: bytes,
    reason: str,
) -> None:
    def analyze(utterance: Utterance, distress: Distress) -> None:
        raise error

    monkeypatch.setattr(analyzer, "analyze", analyze)
    register(database, voice=True)
    assert responder.respond(incoming(None, recording)).act == OfferChoice(reason)


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
