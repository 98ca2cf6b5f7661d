"""Words and voice heard together: one calibrated estimate, and whether the two contradict."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from inference.analysis import Emotion, EmotionEstimate
from inference.audio import Waveform
from inference.weights import CheckpointMismatch

Floats = NDArray[np.float64]

EMOTIONS: Final = tuple(Emotion)
NEUTRAL: Final = EMOTIONS.index(Emotion.NEUTRAL)
LIGHT: Final = np.array([e in (Emotion.NEUTRAL, Emotion.JOY) for e in EMOTIONS])
JOYFUL: Final = np.array([e is Emotion.JOY for e in EMOTIONS])
FUSION_WEIGHTS: Final = "fusion.json"


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance and what each modality alone says of it; None where it is absent."""

    text: str | None
    waveform: Waveform | None
    words: EmotionEstimate | None
    voice: EmotionEstimate | None


@dataclass(frozen=True, slots=True)
class Fused:
    """The estimate from both modalities, None where there was neither; their contradiction."""

    emotion: EmotionEstimate | None
    disagree: bool


class Fusion(Protocol):
    """A recogniser of both modalities."""

    def predict(self, said: Said) -> Fused:
        """Judge one utterance; either modality may be absent."""


@dataclass(frozen=True, slots=True)
class LateFusion:
    """Pools the two estimates; the numbers are fitted by `todak train fusion`.

    Temperatures (> 0) soften a posterior before it is pooled. That words carry no feeling has the
    log-odds of neutral, times `unspoken_slope`, plus `unspoken_offset`; such words leave the
    choice to the voice, in which neutral counts `neutral_weight` times. Among the feelings
    that words do name, the voice moves the choice with the exponent `voice_weight`. A fused
    feeling below `sure_probability` is not sure. Words and voice contradict from a `contradiction`
    of that probability on.
    """

    words_temperature: float
    voice_temperature: float
    voice_weight: float
    neutral_weight: float
    unspoken_offset: float
    unspoken_slope: float
    sure_probability: float
    contradiction: float

    @classmethod
    def load(cls, path: Path) -> "LateFusion":
        """Read the fitted numbers.

        Raises:
            FileNotFoundError: there is no such file.
            CheckpointMismatch: it holds something else.
        """
        if not path.is_file():
            raise FileNotFoundError(f"no weights at {path}")
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{field.name: float(values[field.name]) for field in fields(cls)})
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointMismatch(f"{path.name} holds no late fusion: {error}") from error

    def save(self, path: Path) -> None:
        """Write the numbers as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def predict(self, said: Said) -> Fused:
        """See `Fusion`."""
        return self.fuse(said.words, said.voice)

    def fuse(self, words: EmotionEstimate | None, voice: EmotionEstimate | None) -> Fused:
        """Fuse what the words and the voice of one utterance say; either may be absent.

        A feeling is sure if one of the two is sure of it by itself and the pooled probability is
        high enough. A contradiction is never sure.
        """
        if words is None or voice is None:
            return Fused(words or voice, disagree=False)
        said, heard = row(words), row(voice)
        pooled = self.pool(said, heard)
        posterior = dict(zip(EMOTIONS, pooled.tolist(), strict=True))
        disagree = bool(contradiction(said, heard) >= self.contradiction)
        label = max(posterior, key=posterior.__getitem__)
        backed = (words.sure and words.label == label) or (voice.sure and voice.label == label)
        present = (*words.present, *(e for e in voice.present if e not in words.present))
        sure = backed and posterior[label] >= self.sure_probability and not disagree
        return Fused(EmotionEstimate(posterior, present, sure), disagree)

    def pool(self, words: Floats, voice: Floats) -> Floats:
        """Fuse posteriors (..., 7); the result sums to 1, as each of them does.

        The probability that the words carry no feeling follows the voice. The rest stays with the
        words and is moved between the feelings that the voice can tell apart by log-linear
        pooling. What the voice has no evidence for (probability 0) is not moved.
        """
        words = _tempered(words, self.words_temperature)
        voice = _tempered(voice, self.voice_temperature)
        neutral = np.arange(len(EMOTIONS)) == NEUTRAL
        unspoken = self._unspoken(words[..., NEUTRAL])
        spoken = _scaled(np.where(neutral, 0.0, words), 1.0 - unspoken)
        movable = np.where(voice > 0.0, spoken, 0.0)
        moved = _scaled(movable * voice**self.voice_weight, movable.sum(-1))
        followed = _scaled(voice * np.where(neutral, self.neutral_weight, 1.0), unspoken)
        pooled: Floats = (spoken - movable) + moved + followed
        return pooled

    def _unspoken(self, neutral: Floats) -> Floats:
        """The probability that words carry no feeling, from that of neutral; 0 and 1 stay so."""
        kept = np.clip(neutral, 0.0, 1.0)  # a sum of parts may exceed 1 by rounding
        with np.errstate(divide="ignore", over="ignore"):
            log_odds = np.log(kept) - np.log1p(-kept)
            likely = self.unspoken_offset + self.unspoken_slope * log_odds
            unspoken: Floats = 1.0 / (1.0 + np.exp(-likely))
        return unspoken


def contradiction(words: Floats, voice: Floats) -> Floats:
    """The probability that words and voice contradict, from posteriors (..., 7).

    They do if the words are neutral or joyful and the voice is heavy ("괜찮아" in a sad voice), or
    the words are heavy and the voice is joyful. Two different heavy feelings do not.
    """
    in_heavy_voice, in_joyful_voice = _contradictions(words, voice)
    found: Floats = in_heavy_voice + in_joyful_voice
    return found


def contradicting(words: EmotionEstimate, voice: EmotionEstimate) -> tuple[Emotion, Emotion]:
    """The feelings of words and voice that contradict, never the same one.

    A voice can be heavy as a whole though neutral is likelier than each heavy feeling, and words
    light though a heavy feeling is likelier than neutral and joy: named is the likeliest of the
    side that contradicts.
    """
    said, heard = row(words), row(voice)
    in_heavy_voice, in_joyful_voice = _contradictions(said, heard)
    if in_heavy_voice >= in_joyful_voice:
        return _likeliest(said, LIGHT), _likeliest(heard, ~LIGHT)
    return _likeliest(said, ~LIGHT), Emotion.JOY


def _contradictions(words: Floats, voice: Floats) -> tuple[Floats, Floats]:
    """The probabilities (...) of light words in a heavy voice, and of heavy ones in a joyful."""
    light, bright = words[..., LIGHT].sum(-1), voice[..., JOYFUL].sum(-1)
    heavy = 1.0 - voice[..., LIGHT].sum(-1)
    return light * heavy, (1.0 - light) * bright


def _likeliest(posterior: Floats, among: NDArray[np.bool_]) -> Emotion:
    return EMOTIONS[int(np.where(among, posterior, -1.0).argmax())]


def row(estimate: EmotionEstimate) -> Floats:
    """The posterior as an array (7,)."""
    return np.array([estimate.posterior.get(emotion, 0.0) for emotion in EMOTIONS])


def _tempered(posterior: Floats, temperature: float) -> Floats:
    return _scaled(posterior ** (1.0 / temperature), posterior.sum(-1))


def _scaled(weights: Floats, total: Floats) -> Floats:
    """Scale weights (..., 7) to sum to `total` (...); weights that are all 0 stay so."""
    sums = weights.sum(-1)[..., None]
    scaled: Floats = weights / np.where(sums > 0.0, sums, 1.0) * total[..., None]
    return scaled
