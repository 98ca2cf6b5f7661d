"""What five people send: three hundred updates, the same in every run."""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from inference.analysis import DistressLevel, Emotion
from inference.pipeline import Analyzer
from inference.weights import SHIPPED_WEIGHTS
from tests.reliability.voices import SPOKEN_SEEDS, voice_note

SENTENCES = Path(__file__).parent.parent / "sentences" / "emotion_ko_test.tsv"
N_PEOPLE = 5
N_MESSAGES = 48
CORRECTED_EVERY = 4
SPOKEN_EVERY = 4
DANGER_EVERY = 12
THOUGHTS = (
    "죽고 싶다",
    "죽고 싶다는 생각이 자꾸 들어",
    "더는 살고 싶지 않아요",
    "자살 생각이 자꾸 나요",
    "그냥 죽어 버리고 싶어",
)
CRIES = ("살려 주세요 지금 맞고 있어요", "도와주세요 누가 문을 부수고 들어와요")


@dataclass(frozen=True, slots=True)
class Sent:
    """One message: words, or a recording; `correction` is tapped once it is answered.

    Dangers are thoughts of suicide, and come last: what comes after a danger depends on when it
    comes, and two runs could not be compared.
    """

    words: str | None
    recording: bytes | None
    in_danger: bool
    correction: str | None


@cache
def stories(seed: int = 1) -> list[list[Sent]]:
    """48 messages a person, of which 12 are spoken, 4 are in danger and 12 are corrected."""
    choice = random.Random(seed)
    said = calm_sentences()
    notes = [voice_note(seed) for seed in SPOKEN_SEEDS]
    feelings = [emotion.value for emotion in Emotion]

    def message(place: int) -> Sent:
        if place % DANGER_EVERY == 5:
            return Sent(choice.choice(THOUGHTS), None, True, None)
        correction = choice.choice(feelings) if place % CORRECTED_EVERY == 2 else None
        if place % SPOKEN_EVERY == 3:
            return Sent(None, choice.choice(notes), False, correction)
        return Sent(choice.choice(said), None, False, correction)

    told = [[message(place) for place in range(N_MESSAGES)] for _ in range(N_PEOPLE)]
    return [sorted(story, key=lambda sent: sent.in_danger) for story in told]


def n_updates(told: Sequence[Sequence[Sent]]) -> int:
    """Messages and taps together."""
    return sum(1 + (sent.correction is not None) for story in told for sent in story)


@cache
def calm_sentences() -> tuple[str, ...]:
    """What people tell of their days and the shipped weights take for no danger."""
    analyzer = Analyzer.load(SHIPPED_WEIGHTS)
    with SENTENCES.open(newline="") as file:
        texts = [row[2] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return tuple(text for text in texts if analyzer.screen(text).level is DistressLevel.NONE)
