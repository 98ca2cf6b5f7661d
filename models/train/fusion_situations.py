"""The situations that fusion is fitted for and measured in, as pairs of texts and clips."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.analysis import Emotion
from inference.emotion_fusion import EMOTIONS
from inference.text_emotion import Language
from models.train.fusion_pairs import draw_calm, draw_clip
from models.train.fusion_voices import Voices
from models.train.texts import CONTRADICTIONS, SENTENCES, TESTS, Example
from models.train.voice_corpus import Indices

HEAVY = (Emotion.SADNESS, Emotion.ANGER, Emotion.ANXIETY)  # of what voices can tell


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Texts with clips; `truth` are indices into EMOTIONS, what each pair is to be called."""

    texts: Sequence[str]
    clips: Indices
    truth: NDArray[np.int64]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.texts)

    def only(self, chosen: NDArray[np.bool_]) -> "Pairs":
        """The chosen pairs."""
        texts = [text for text, kept in zip(self.texts, chosen, strict=True) if kept]
        return replace(self, texts=texts, clips=self.clips[chosen], truth=self.truth[chosen])


def same_class(examples: Sequence[Example], voices: Voices, rng: np.random.Generator) -> Pairs:
    """Each text with a voice of its class; hurt and embarrassment are left out."""
    kept = [e for e in examples if e.emotion in voices.of_class]
    return _pairs(kept, (draw_clip(voices, e.emotion, rng) for e in kept))


def told_calmly(examples: Sequence[Example], voices: Voices, rng: np.random.Generator) -> Pairs:
    """Each text of a feeling with a calm voice, or one of disgust or surprise."""
    kept = [e for e in examples if e.emotion is not Emotion.NEUTRAL]
    return _pairs(kept, (draw_calm(voices, rng) for _ in kept))


def carrying_nothing(
    examples: Sequence[Example], voices: Voices, rng: np.random.Generator
) -> Pairs:
    """Each voice of a class with a neutral text; the voice is right."""
    neutral = [e.text for e in examples if e.emotion is Emotion.NEUTRAL]
    texts, clips, truth = [], [], []
    for emotion, those in voices.of_class.items():
        if emotion is None:
            continue
        for clip in those:
            texts.append(neutral[int(rng.integers(len(neutral)))])
            clips.append(int(clip))
            truth.append(EMOTIONS.index(emotion))
    return Pairs(texts, np.array(clips), np.array(truth))


def as_spoken(voices: Voices, statement_of: Sequence[str]) -> Pairs:
    """RAVDESS with the words that were really said, which carry nothing; the voice is right.

    `statement_of` holds the sentence of each clip, "" for those of other corpora.
    """
    found = [
        (statement_of[clip], int(clip), EMOTIONS.index(emotion))
        for emotion, clips in voices.of_class.items()
        if emotion is not None
        for clip in clips
        if statement_of[clip]
    ]
    texts, clips, truth = zip(*found, strict=True)
    return Pairs(texts, np.array(clips), np.array(truth))


def joined(a: Pairs, b: Pairs) -> Pairs:
    """Both one after the other."""
    return Pairs(
        [*a.texts, *b.texts],
        np.concatenate([a.clips, b.clips]),
        np.concatenate([a.truth, b.truth]),
    )


def contradicting(examples: Sequence[Example], voices: Voices) -> Pairs:
    """Each light text with every third heavy voice; `truth` is what the voice is."""
    found = [
        (example.text, int(clip), EMOTIONS.index(emotion))
        for i, example in enumerate(examples)
        for emotion in HEAVY
        for clip in voices.of_class[emotion][i % 3 :: 3]
    ]
    texts, clips, truth = zip(*found, strict=True)
    return Pairs(texts, np.array(clips), np.array(truth))


def agreeing(examples: Sequence[Example], voices: Voices, rng: np.random.Generator) -> Pairs:
    """The light texts of `contradicting` with voices of their own class, and calm ones."""
    pairs = [
        (e, draw_clip(voices, c, rng)) for e in examples for c in (e.emotion, Emotion.NEUTRAL)
    ]
    return _pairs([e for e, _ in pairs], (clip for _, clip in pairs))


def read_contradictions(path: Path) -> list[Example]:
    """Read lines `label<TAB>language<TAB>sentence`, light sentences for heavy voices."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        label, language, text = line.split("\t")
        examples.append(Example(text, Language(language), Emotion(label)))
    return examples


DEVELOPMENT_CONTRADICTIONS = SENTENCES / "contradiction.tsv"
TEST_CONTRADICTIONS = TESTS / CONTRADICTIONS


def _pairs(examples: Sequence[Example], clips: Iterable[int]) -> Pairs:
    truth = [EMOTIONS.index(e.emotion) for e in examples if e.emotion]
    return Pairs([e.text for e in examples], np.fromiter(clips, np.intp), np.array(truth))
