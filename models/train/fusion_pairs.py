"""Pairs of a text and a voice, drawn by class, as no corpus of real pairs is open.

A pair is synthetic: its words and its voice were never said by one person. What it is to be called
follows from one of three situations:

- words and voice of the same class (half of the pairs);
- words that carry nothing (neutral), and a voice of any class: the voice's (a quarter);
- words of a feeling, and a calm voice or one that means no class (disgust, surprise): the words'.

Hurt and embarrassment, which no voice here plays, are always of the last kind.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.analysis import Emotion
from inference.text_emotion import Language
from models.train.fusion_voices import Voices
from models.train.texts import Example
from models.train.voice_corpus import Indices

EMOTIONS = tuple(Emotion)
KOREAN_SHARE = 0.6
SHARES = {"words": 0.4, "voice": 0.2, "both": 0.4}  # of steps: modality dropout
TEXTS_A_VOICE = 2  # a batch of texts alone is larger, as texts are cheaper and there are more
SAME_CLASS, NEUTRAL_WORDS = 0.5, 0.25  # of pairs; the rest are feelings told calmly
SMOOTHED = 0.1

Texts = Mapping[tuple[Language, Emotion], Sequence[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A batch: texts and clips, None where every one of them is absent; targets (B, 7)."""

    texts: Sequence[str] | None
    clips: Indices | None
    targets: Tensor


def by_class(examples: Sequence[Example]) -> Texts:
    """Texts by language and class; those without a class are left out."""
    found: dict[tuple[Language, Emotion], list[str]] = defaultdict(list)
    for example in examples:
        if example.emotion is not None:
            found[example.language, example.emotion].append(example.text)
    return found


def draw(texts: Texts, voices: Voices, n: int, rng: np.random.Generator) -> Drawn:
    """Draw a batch in which all have words, all have a voice, or all have both."""
    kind = rng.choice(list(SHARES), p=list(SHARES.values()))
    if kind == "words":
        said = [EMOTIONS[i] for i in rng.integers(len(EMOTIONS), size=TEXTS_A_VOICE * n)]
        return Drawn([draw_text(texts, e, rng) for e in said], None, _smooth(_one_hot(said)))
    if kind == "voice":
        clips = np.array([_draw_any(voices, rng) for _ in range(n)])
        return Drawn(None, clips, _smooth(voices.heard_as[clips]))
    pairs = [_pair(voices, rng) for _ in range(n)]
    clips = np.array([clip for _, clip, _ in pairs])
    targets = torch.stack([target for _, _, target in pairs])
    return Drawn([draw_text(texts, said, rng) for said, _, _ in pairs], clips, _smooth(targets))


def draw_text(texts: Texts, emotion: Emotion, rng: np.random.Generator) -> str:
    """A text of a class, Korean in `KOREAN_SHARE` of all cases."""
    language = Language.KOREAN if rng.random() < KOREAN_SHARE else Language.ENGLISH
    those = texts[language, emotion]
    return those[int(rng.integers(len(those)))]


def draw_clip(voices: Voices, emotion: Emotion | None, rng: np.random.Generator) -> int:
    """A clip heard as a class; None is an emotion that means none."""
    return int(rng.choice(voices.of_class[emotion]))


def draw_calm(voices: Voices, rng: np.random.Generator) -> int:
    """A calm clip, or one of an emotion that means no class."""
    return draw_clip(voices, Emotion.NEUTRAL if rng.random() < 0.5 else None, rng)


def _draw_any(voices: Voices, rng: np.random.Generator) -> int:
    classes = list(voices.of_class)
    return draw_clip(voices, classes[rng.integers(len(classes))], rng)


def _pair(voices: Voices, rng: np.random.Generator) -> tuple[Emotion, int, Tensor]:
    """The class of the words, a clip, and what the pair is to be called (7,)."""
    situation = rng.random()
    if situation < NEUTRAL_WORDS:
        clip = _draw_any(voices, rng)
        return Emotion.NEUTRAL, clip, voices.heard_as[clip]
    said = EMOTIONS[rng.integers(len(EMOTIONS))]
    alike = situation < NEUTRAL_WORDS + SAME_CLASS and said in voices.of_class
    clip = draw_clip(voices, said, rng) if alike else draw_calm(voices, rng)
    return said, clip, _one_hot([said])[0]


def _one_hot(emotions: Sequence[Emotion]) -> Tensor:
    return torch.tensor([[float(e is emotion) for e in EMOTIONS] for emotion in emotions])


def _smooth(targets: Tensor) -> Tensor:
    return (1.0 - SMOOTHED) * targets + SMOOTHED / len(EMOTIONS)
