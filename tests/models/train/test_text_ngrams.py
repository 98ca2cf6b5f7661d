"""Fitting readers of n-grams: what they learn, what they know at most."""

import numpy as np
import pytest

from inference.analysis import Emotion
from inference.text_emotion import Language, batch, known_rows, ngrams, normalise
from models.text_emotion import NgramReader
from models.train import text_ngrams
from models.train.text_ngrams import core_reader, feeling_reader, goemotions_reader
from models.train.texts import Example

HAPPY = [f"오늘 정말 행복했어 {sign}" for sign in "!.?~"]
SCARED = [f"내일이 너무 무서워 {sign}" for sign in "!.?~"]


def scores(reader: NgramReader, text: str) -> list[float]:
    row = known_rows(ngrams(normalise(text)), reader.numbers())
    found: list[float] = reader(batch([row]))[0].tolist()
    return found


def test_feelings_are_learnt_from_words() -> None:
    rows = [Example(t, Language.KOREAN, Emotion.JOY) for t in HAPPY]
    rows += [Example(t, Language.KOREAN, Emotion.ANXIETY) for t in SCARED]
    rows += [Example("밥 먹는 중", Language.KOREAN, other) for other in Emotion]
    reader = feeling_reader(rows, {(Language.KOREAN, emotion): 1.0 for emotion in Emotion})
    order = list(Emotion)
    assert order[int(np.argmax(scores(reader, "참 행복했어")))] is Emotion.JOY
    assert order[int(np.argmax(scores(reader, "무서워")))] is Emotion.ANXIETY


def test_core_labels_are_independent() -> None:
    both = frozenset({Emotion.JOY, Emotion.ANXIETY})
    rows = [Example(t, Language.KOREAN, core=frozenset({Emotion.JOY})) for t in HAPPY]
    rows += [Example(t, Language.KOREAN, core=both) for t in SCARED]
    rows += [Example("밥 먹는 중", Language.KOREAN, core=frozenset(Emotion) - both)] * 2
    reader = core_reader(rows)
    assert scores(reader, "무서워")[3] > scores(reader, "행복했어")[3]


def test_no_more_ngrams_are_known_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_ngrams, "N_GOEMOTIONS", 10)
    rows = [Example(t, Language.ENGLISH) for t in ("so happy", "so happy", "very sad", "very sad")]
    wanted = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    reader = goemotions_reader(rows, wanted)
    assert len(reader.hashes) == 11
    assert len(reader.numbers()) == 10
