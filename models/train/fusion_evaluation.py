"""How well words and voice are understood together, by each way of fusing them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from inference.analysis import Emotion, EmotionEstimate
from inference.emotion_fusion import LateFusion, contradiction
from inference.joint_emotion import JointReader
from models.train.fusion_situations import (
    TEST_CONTRADICTIONS,
    Pairs,
    agreeing,
    as_spoken,
    contradicting,
    joined,
    read_contradictions,
    same_class,
    told_calmly,
)
from models.train.fusion_voices import Voices
from models.train.late_fusion import Posteriors
from models.train.texts import Example

Floats = NDArray[np.float64]
Words = Mapping[str, EmotionEstimate | None]
Rival = Callable[[Pairs], Floats]

N_RESAMPLES = 1000
BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class Situations:
    """Pairs of test sentences and test voices, by name."""

    judged: Mapping[str, Pairs]
    contradicting: Pairs
    agreeing: Mapping[str, Pairs]

    @classmethod
    def of(
        cls, test: Sequence[Example], voices: Voices, statements: Sequence[str]
    ) -> "Situations":
        """Draw them, always alike; `voices` are those of the test."""
        rng = np.random.default_rng(0)
        alike = same_class(test, voices, rng)
        unheard = [e for e in test if e.emotion in (Emotion.HURT, Emotion.EMBARRASSMENT)]
        others = told_calmly(unheard, voices, rng)
        calmly = told_calmly(test, voices, rng)
        light = read_contradictions(TEST_CONTRADICTIONS)
        return cls(
            {
                "same class, five classes": alike,
                "same class or calm, seven classes": joined(alike, others),
                "feelings told calmly": calmly,
                "RAVDESS as spoken": as_spoken(voices, statements),
            },
            contradicting(light, voices),
            {
                "same class": alike,
                "told calmly": calmly,
                "the same light sentences, same class or calm": agreeing(light, voices, rng),
            },
        )

    @property
    def texts(self) -> list[str]:
        """All texts in them, each once."""
        pairs = (*self.judged.values(), self.contradicting, *self.agreeing.values())
        return list(dict.fromkeys(text for some in pairs for text in some.texts))


def rivals(
    words: Words,
    heard: Sequence[EmotionEstimate],
    late: Mapping[str, LateFusion],
    nets: Mapping[str, JointReader],
    voices: Voices,
) -> dict[str, Rival]:
    """Every way of judging pairs, by name; each gives posteriors or logits (n, 7)."""

    def of(pairs: Pairs) -> Posteriors:
        return Posteriors.of(pairs, words, heard)

    def pooled(fusion: LateFusion, pairs: Pairs) -> Floats:
        return fusion.pool(of(pairs).words, of(pairs).voice)

    def jointly(reader: JointReader, pairs: Pairs) -> Floats:
        return judged_jointly(reader, pairs, voices)

    found: dict[str, Rival] = {
        "words alone": lambda pairs: of(pairs).words,
        "voice alone": lambda pairs: of(pairs).voice,
    }
    found |= {name: partial(pooled, fusion) for name, fusion in late.items()}
    found |= {name: partial(jointly, reader) for name, reader in nets.items()}
    return found


@torch.inference_mode()
def judged_jointly(
    reader: JointReader, pairs: Pairs, voices: Voices, *, deaf: bool = False, blind: bool = False
) -> Floats:
    """Logits (n, 7) of a network; `deaf` leaves the voices out, `blind` the words."""
    reader.net.eval()
    order = sorted(range(len(pairs)), key=lambda i: len(pairs.texts[i]))
    found = np.zeros((len(pairs), len(Emotion)))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        texts = [None if blind else pairs.texts[i] for i in rows]
        clips = [voices.corpus.variants[pairs.clips[i]][0].float() for i in rows]
        n_frames = torch.tensor([0 if deaf else clip.shape[1] for clip in clips])
        log_mels = torch.zeros(len(rows), clips[0].shape[0], max(1, int(n_frames.max())))
        for row, clip in enumerate(clips if not deaf else ()):
            log_mels[row, :, : clip.shape[1]] = clip
        found[rows] = reader.logits(texts, log_mels, n_frames).double().numpy()
    return found


def measure(
    situations: Situations, ways: Mapping[str, Rival], words: Words
) -> dict[str, dict[str, Any]]:
    """Accuracy by situation and way; pairs whose words cannot be read are left out."""
    table: dict[str, dict[str, Any]] = {}
    for name, pairs in situations.judged.items():
        readable = pairs.only(np.array([words[text] is not None for text in pairs.texts]))
        table[name] = {
            way: _accuracy(judge(readable).argmax(1) == readable.truth)
            for way, judge in ways.items()
        }
    return table


def alone(
    test: Sequence[Example], nets: Mapping[str, JointReader], words: Words, voices: Voices
) -> dict[str, Any]:
    """Accuracy on texts without a voice: the text model's, and that of networks that miss it."""
    truth = np.array([list(Emotion).index(e.emotion) for e in test if e.emotion])
    pairs = Pairs([e.text for e in test], np.zeros(len(test), np.intp), truth)
    labels = [None if (said := words[text]) is None else said.label for text in pairs.texts]
    right = np.array([label is e.emotion for label, e in zip(labels, test, strict=True)])
    found = {"late": _accuracy(right)}
    for name, reader in nets.items():
        logits = judged_jointly(reader, pairs, voices, deaf=True)
        found[name] = _accuracy(logits.argmax(1) == truth)
    return found


def say_contradictions(
    situations: Situations,
    words: Words,
    heard: Sequence[EmotionEstimate],
    threshold: float,
) -> dict[str, Any]:
    """How often a contradiction is said, of pairs that contradict and of those that do not."""

    def said(pairs: Pairs) -> NDArray[np.bool_]:
        found = Posteriors.of(pairs, words, heard)
        return np.asarray(contradiction(found.words, found.voice) >= threshold)

    return {
        "contradicting": _accuracy(said(situations.contradicting)),
        **{name: _accuracy(said(pairs)) for name, pairs in situations.agreeing.items()},
    }


def _accuracy(right: NDArray[np.bool_]) -> dict[str, Any]:
    """The share, its bootstrap 95 % interval over the pairs, and how many there are."""
    rng = np.random.default_rng(0)
    n = len(right)
    shares = [right[rng.integers(0, n, n)].mean() for _ in range(N_RESAMPLES)]
    low, high = np.percentile(shares, (2.5, 97.5))
    return {
        "value": round(float(right.mean()), 3),
        "interval_95": [round(float(low), 3), round(float(high), 3)],
        "pairs": n,
    }
