"""Words and voice in two messages by one person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.exchange import Incoming, Response
from bot.halves import Half
from bot.policy import AnswerCrisis, OfferChoice, PointOutDisagreement
from bot.responder import Responder
from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Distress,
    Emotion,
    EmotionEstimate,
    Modality,
    Utterance,
)
from storage.database import Database
from storage.records import CONSENT_VERSIONS, Consent, Observation, Purpose
from tests.bot.responding import CHAT, NOW, incoming, register
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.sounds import wav


@pytest.fixture
def responder(analyzer: ScriptedAnalyzer, database: Database) -> Responder:
    return Responder(analyzer, database, lambda: NOW)


LATER = timedelta(seconds=40)


def following(first: Incoming, words: str | None, recording: bytes | None = None) -> Incoming:
    said = Utterance(words, recording)
    return replace(first, message_id=7, sent_at=first.sent_at + LATER, utterance=said)


def half_of(response: Response) -> Half:
    assert response.analysis is not None and response.analysis.emotion is not None
    [modality] = response.analysis.modalities
    return Half(5, NOW, modality, response.analysis.emotion, answer_id=6)


def observations(database: Database) -> list[Observation]:
    with database.transaction() as memory:
        return memory.observations(CHAT, NOW - LATER)


@pytest.mark.parametrize("voice_first", [True, False])
def test_words_and_voice_in_two_messages_are_one_observation(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database, voice_first: bool
) -> None:
    register(database, words=True, voice=True, history=True)
    analyzer.words["괜찮아"] = estimate(Emotion.NEUTRAL)
    halves = [("괜찮아", None), (None, wav())]
    first, second = reversed(halves) if voice_first else halves
    heard = incoming(*first)
    half = half_of(responder.respond(heard))
    for _ in range(2):  # it is handled again when its answer could not be sent
        together = responder.respond(following(heard, *second), half)
        assert together.joined == half
        assert together.act == PointOutDisagreement(Emotion.NEUTRAL, Emotion.SADNESS)
    [found] = observations(database)
    assert (found.message_id, found.also_message_id, found.observed_at) == (5, 7, NOW)
    assert found.modalities == (Modality.TEXT, Modality.VOICE) and found.words == "괜찮아"
    assert together.analysis is not None and found.estimate == together.analysis.emotion
    # After a restart nothing is known of the first: answered by itself, counted once.
    alone = responder.respond(following(heard, *second))
    assert alone.joined is None and alone.act is not None
    assert observations(database) == [found]


def test_the_fused_estimate_is_made_of_what_each_message_said(
    responder: Responder,
    analyzer: ScriptedAnalyzer,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(database, words=True, voice=True)
    analyzer.words["좋은 날"] = words = estimate(Emotion.JOY)
    seen: list[tuple[EmotionEstimate | None, EmotionEstimate | None]] = []
    together = analyzer.together

    def noted(
        words: EmotionEstimate | None, voice: EmotionEstimate | None, *others: Any
    ) -> Analysis:
        seen.append((words, voice))
        return together(words, voice, *others)

    monkeypatch.setattr(analyzer, "together", noted)
    half = Half(5, NOW, Modality.VOICE, estimate(Emotion.ANGER), 6)
    responder.respond(following(incoming(), "좋은 날"), half)
    half = Half(5, NOW, Modality.TEXT, words, 6)
    responder.respond(following(incoming(), None, wav()), half)
    joined = [each for each in seen if None not in each]
    assert joined == [(words, estimate(Emotion.ANGER)), (words, analyzer.voice)]
    assert observations(database) == []


@pytest.mark.parametrize(
    "modality, words, recording",
    [
        (Modality.TEXT, "좋은 날", None),
        (Modality.VOICE, None, wav()),
        (Modality.VOICE, "좋은 날", wav()),
        (Modality.TEXT, None, wav(level=0)),
        (Modality.VOICE, "글자 아님", None),
    ],
)
def test_only_what_the_other_sense_heard_is_joined(
    responder: Responder,
    analyzer: ScriptedAnalyzer,
    database: Database,
    modality: Modality,
    words: str | None,
    recording: bytes | None,
) -> None:
    register(database, words=True, voice=True, history=True)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    half = Half(5, NOW, modality, estimate(Emotion.SADNESS), 6)
    response = responder.respond(following(incoming(), words, recording), half)
    assert response.joined is None and response.act is not None
    assert [found.message_id for found in observations(database)] == [7]


@pytest.mark.parametrize("refused", [Purpose.WORDS, Purpose.VOICE])
def test_what_may_not_be_judged_is_not_joined(
    responder: Responder, analyzer: ScriptedAnalyzer, database: Database, refused: Purpose
) -> None:
    register(database, words=True, voice=True, history=True)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    with database.transaction() as memory:
        memory.add_consent(CHAT, Consent(refused, CONSENT_VERSIONS[refused], False, NOW))
    of_words = refused is Purpose.WORDS
    half = Half(5, NOW, Modality.VOICE if of_words else Modality.TEXT, analyzer.voice, 6)
    said = ("좋은 날", None) if of_words else (None, wav())
    response = responder.respond(following(incoming(), *said), half)
    assert response.act == OfferChoice(f"{refused.value}-refused") and response.joined is None
    assert analyzer.seen == []


def test_danger_heard_in_a_recording_is_no_half(
    responder: Responder,
    analyzer: ScriptedAnalyzer,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing hears it yet but the words; whatever does, help is not joined to a feeling."""
    register(database, words=True, voice=True, history=True)
    danger = analyzer.screen("죽고 싶어")
    heard = replace(analyzer.together(None, analyzer.voice, NO_DISTRESS), distress=danger)
    monkeypatch.setattr(analyzer, "analyze", lambda *_: heard)
    half = Half(5, NOW, Modality.TEXT, estimate(Emotion.JOY), 6)
    response = responder.respond(following(incoming(), None, wav()), half)
    assert response.act == AnswerCrisis(danger) and response.joined is None


def test_words_are_screened_once_though_they_are_asked_about_twice(
    responder: Responder, analyzer: ScriptedAnalyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    screened: list[str | None] = []
    screen = analyzer.screen

    def counted(self: ScriptedAnalyzer, words: str | None) -> Distress:
        screened.append(words)
        return screen(words)

    monkeypatch.setattr(ScriptedAnalyzer, "screen", counted)
    first = responder.danger_in("옥상에 올라와 있어")
    assert responder.screen(incoming("옥상에 올라와 있어")) == Response(None, AnswerCrisis(first))
    assert responder.danger_in("오늘 힘들었어") == NO_DISTRESS
    assert screened == ["옥상에 올라와 있어", "오늘 힘들었어"]
    kept = repr(vars(responder))
    assert "옥상" not in kept and "힘들었어" not in kept
