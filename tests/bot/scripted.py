"""Recognisers that read what a test says they read."""

from dataclasses import dataclass, field

from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Distress,
    DistressKind,
    DistressLevel,
    Emotion,
    EmotionEstimate,
    Modality,
    Transcript,
    Utterance,
)
from inference.audio import decode, is_silent
from inference.pipeline import SilentRecording
from inference.text_emotion import Readability


def estimate(label: Emotion, probability: float = 0.9, *, sure: bool = True) -> EmotionEstimate:
    rest = (1 - probability) / (len(Emotion) - 1)
    posterior = {emotion: probability if emotion is label else rest for emotion in Emotion}
    return EmotionEstimate(posterior, (label,), sure)


DANGERS = {
    "죽고 싶어": Distress(DistressKind.SELFHARM, DistressLevel.THOUGHTS, 0.97),
    "옥상에 올라와 있어": Distress(DistressKind.SELFHARM, DistressLevel.IN_PROGRESS, 0.98),
    "칼 들고 있어요": Distress(DistressKind.VIOLENCE, DistressLevel.CRY, 0.98),
    "불이 났어요": Distress(DistressKind.FIRE, DistressLevel.CRY, 0.98),
}


@dataclass
class ScriptedAnalyzer:
    """Reads what the test says it reads; recordings are decoded for real."""

    words: dict[str, EmotionEstimate] = field(default_factory=dict)
    voice: EmotionEstimate = field(default_factory=lambda: estimate(Emotion.SADNESS))
    fails: int = 0
    seen: list[str | None] = field(default_factory=list)

    def screen(self, text: str | None) -> Distress:
        return next((d for words, d in DANGERS.items() if text and words in text), NO_DISTRESS)

    def reads(self, text: str) -> Readability:
        return Readability.NO_WORDS

    def analyze(self, utterance: Utterance, distress: Distress | None = None) -> Analysis:
        self.seen.append(utterance.text)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the model broke")
        words = None if utterance.text is None else self.words.get(utterance.text)
        voice = None
        if utterance.recording is not None:
            if is_silent(decode(utterance.recording)):
                raise SilentRecording
            voice = self.voice
        return self.together(words, voice, distress or self.screen(utterance.text))

    def together(
        self,
        words: EmotionEstimate | None,
        voice: EmotionEstimate | None,
        distress: Distress,
        transcript: Transcript | None = None,
    ) -> Analysis:
        heard = [m for m, e in ((Modality.TEXT, words), (Modality.VOICE, voice)) if e is not None]
        disagree = words is not None and voice is not None and words.label is not voice.label
        return Analysis(words or voice, words, voice, disagree, distress, tuple(heard), transcript)
