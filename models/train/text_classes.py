"""The sets of feelings that text models are trained to tell apart, and the sentences for each.

The documents also tried 기쁨 슬픔 우울 분노 설렘 and 기쁨 슬픔 놀람 분노; no data at hand names
우울, 설렘 or 놀람, so these are not among them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.analysis import Emotion
from inference.text_emotion import FEELINGS, Language
from models.train.aihub import divided, read_dialogue
from models.train.texts import Example, held_out, read_own, read_tests

HELD_OUT = 0.15
CLASS_SETS: Mapping[str, tuple[Emotion, ...]] = {
    "seven": tuple(Emotion),
    "six": FEELINGS,
    "four": (Emotion.JOY, Emotion.SADNESS, Emotion.ANGER, Emotion.ANXIETY),
}


@dataclass(frozen=True, slots=True)
class Sentences:
    """Labelled sentences to learn from, and those held out to choose the epoch and calibrate."""

    learnt: Sequence[Example]
    kept: Sequence[Example]


def of_classes(examples: Iterable[Example], classes: Sequence[Emotion]) -> list[Example]:
    """The examples whose feeling is one of `classes`."""
    return [example for example in examples if example.emotion in classes]


def gather(
    languages: Sequence[Language], classes: Sequence[Emotion], seed: int, aihub: Path | None = None
) -> Sentences:
    """The sentences written for the project, and those of a table of AI Hub's corpus if given.

    Whole groups of near-duplicates are held out.

    Raises:
        ValueError: the table cannot be read.
    """
    more, apart = ([], []) if aihub is None else divided(read_dialogue(aihub), HELD_OUT, seed)
    learnt = [line.example() for line in more]
    kept = [line.example() for line in apart]
    for language in languages:
        sentences = read_own(language)
        for sentence, out in zip(sentences, held_out(sentences, HELD_OUT, seed), strict=True):
            (kept if out else learnt).append(sentence)
    return Sentences(of_classes(learnt, classes), of_classes(kept, classes))


def unseen_sentences(language: Language, classes: Sequence[Emotion]) -> list[Example]:
    """The sentences that figures are from; written separately and read for nothing else."""
    return of_classes(read_tests(language), classes)
