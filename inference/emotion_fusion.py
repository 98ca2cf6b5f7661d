"""Words and voice heard together: one calibrated estimate, and whether the two contradict."""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.analysis import Emotion, EmotionEstimate

# Among the feelings that words name, the voice moves the choice with this exponent. The voice
# model has heard actors in English and German only, so that clear words outweigh it.
VOICE_WEIGHT = 0.3
# Words without a feeling leave the choice to the voice, but speak a little for neutral.
NEUTRAL_WORDS_WEIGHT = 1.3
# A fused feeling below this is not sure, whatever the modalities thought of themselves.
SURE_PROBABILITY = 0.5

HEAVY = frozenset({Emotion.SADNESS, Emotion.ANGER, Emotion.ANXIETY, Emotion.HURT})
LIGHT = frozenset({Emotion.NEUTRAL, Emotion.JOY})


@dataclass(frozen=True, slots=True)
class Fused:
    """The estimate from both modalities, None where there was neither; their contradiction."""

    emotion: EmotionEstimate | None
    disagree: bool


def fuse(words: EmotionEstimate | None, voice: EmotionEstimate | None) -> Fused:
    """Fuse what the words and the voice of one utterance say; either may be absent.

    The words' probability of neutral is read as "the words carry no feeling": that mass follows
    the voice. The mass of the feelings stays with the words and is moved between those that the
    voice can tell apart by log-linear pooling. What the voice has no evidence for (probability 0)
    keeps the words' mass exactly. A contradiction is never sure.
    """
    if words is None or voice is None:
        return Fused(words or voice, disagree=False)
    posterior = _pool(words.posterior, voice.posterior)
    contradiction = disagree(words, voice)
    label = max(posterior, key=posterior.__getitem__)
    backed = (words.sure and words.label == label) or (voice.sure and voice.label == label)
    present = (*words.present, *(e for e in voice.present if e not in words.present))
    sure = backed and posterior[label] >= SURE_PROBABILITY and not contradiction
    return Fused(EmotionEstimate(posterior, present, sure), contradiction)


def disagree(words: EmotionEstimate, voice: EmotionEstimate) -> bool:
    """Say whether words and voice contradict.

    They do if both are sure of different feelings, or if the voice is sure of a heavy feeling
    under words that are more likely neutral or joyful than not ("괜찮아" in a sad voice).
    """
    if not voice.sure or voice.label in (Emotion.NEUTRAL, words.label):
        return False
    if words.sure and words.label != Emotion.NEUTRAL:
        return True
    lightness = sum(words.posterior.get(emotion, 0.0) for emotion in LIGHT)
    return voice.label in HEAVY and lightness >= 0.5


def _pool(words: Mapping[Emotion, float], voice: Mapping[Emotion, float]) -> dict[Emotion, float]:
    """Fuse two posteriors; the result sums to 1 over the seven emotions, as each of them does."""
    fused = {emotion: words.get(emotion, 0.0) for emotion in Emotion}
    heard = [emotion for emotion in Emotion if voice.get(emotion, 0.0) > 0.0]
    feelings = [emotion for emotion in heard if emotion != Emotion.NEUTRAL]
    named = sum(fused[emotion] for emotion in feelings)
    unspoken = fused.pop(Emotion.NEUTRAL) if heard else 0.0
    pooled = _scaled({e: fused[e] * voice[e] ** VOICE_WEIGHT for e in feelings}, named)
    tilt = {Emotion.NEUTRAL: NEUTRAL_WORDS_WEIGHT}
    followed = _scaled({e: voice[e] * tilt.get(e, 1.0) for e in heard}, unspoken)
    fused |= pooled
    return {e: fused.get(e, 0.0) + followed.get(e, 0.0) for e in Emotion}


def _scaled(weights: Mapping[Emotion, float], total: float) -> dict[Emotion, float]:
    """Scale weights to sum to `total`; weights that are all 0 stay so."""
    scale = total / (sum(weights.values()) or 1.0)
    return {emotion: weight * scale for emotion, weight in weights.items()}
