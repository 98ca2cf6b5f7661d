"""Recognisers that read what a test says they read."""

from dataclasses import dataclass, field

from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Distress,
    DistressKind,
    DistressLevel,
    Emergency,
    EmergencyLevel,
    Emotion,
    EmotionEstimate,
    Modality,
    Segment,
    SilentRecording,
    SoundKind,
    SoundState,
    Stretch,
    Transcript,
)
from inference.audio import decode, is_silent
from inference.language import Readability
from inference.recognition import Listened


def estimate(label: Emotion, probability: float = 0.96, *, sure: bool = True) -> EmotionEstimate:
    rest = (1 - probability) / (len(Emotion) - 1)
    posterior = {emotion: probability if emotion is label else rest for emotion in Emotion}
    return EmotionEstimate(posterior, (label,), sure)


SCREAM = Emergency(
    0.98,
    EmergencyLevel.ALARM,
    SoundKind.HELP,
    {"cnn": True, "encoder": True},
    (Stretch(0.0, 1.0, SoundState.EMERGENCY),),
)
DANGERS = {
    "죽고 싶어": Distress(DistressKind.SELFHARM, DistressLevel.THOUGHTS, 0.97),
    "옥상에 올라와 있어": Distress(DistressKind.SELFHARM, DistressLevel.IN_PROGRESS, 0.98),
    "칼 들고 있어요": Distress(DistressKind.VIOLENCE, DistressLevel.CRY, 0.98),
    "불이 났어요": Distress(DistressKind.FIRE, DistressLevel.CRY, 0.98),
}


@dataclass
class ScriptedTranscriber:
    """Writes down what the test says was said, whatever the recording holds."""

    said: str
    trusted: bool = True
    name: str = "scripted"
    synthetic: bool = False
    languages: list[str | None] = field(default_factory=list)

    def transcript(self, language: str | None) -> Transcript:
        self.languages.append(language)
        segment = Segment(self.said, 0.0, 1.0)
        return Transcript(self.said, "ko", (segment,), -0.2, 0.0, self.trusted)


@dataclass
class ScriptedAnalyzer:
    """Reads what the test says it reads; recordings are decoded for real."""

    words: dict[str, EmotionEstimate] = field(default_factory=dict)
    voice: EmotionEstimate = field(default_factory=lambda: estimate(Emotion.SADNESS))
    fails: int = 0
    seen: list[str | None] = field(default_factory=list)
    transcriber: ScriptedTranscriber | None = None
    ear: object | None = None
    emergency: Emergency | None = None
    feelings_version: str = "scripted"

    @property
    def whisper(self) -> str | None:
        return None if self.transcriber is None else self.transcriber.name

    @property
    def hears_emergencies(self) -> bool:
        return self.ear is not None

    def screen(self, text: str | None) -> Distress:
        return next((d for words, d in DANGERS.items() if text and words in text), NO_DISTRESS)

    def reads(self, text: str) -> Readability:
        """No text is foreign here; what the product says of those is tested with its own weights.

        See tests/bot/handlers/test_hard_to_read.py.
        """
        return Readability.NO_WORDS

    def hear(self, recording: bytes) -> Emergency | None:
        decode(recording)
        return self.emergency

    def listen(
        self,
        recording: bytes,
        language: str | None = None,
        emergency: Emergency | None = None,
    ) -> Listened:
        if is_silent(decode(recording)):
            raise SilentRecording
        said = None if self.transcriber is None else self.transcriber.transcript(language)
        return Listened(recording, said, emergency)

    def analyze(
        self, text: str | None, distress: Distress, listened: Listened | None = None
    ) -> Analysis:
        self.seen.append(text)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the model broke")
        transcript = None if listened is None else listened.transcript
        said = transcript.text if transcript is not None and transcript.trusted else None
        read = text or said
        words = None if read is None else self.words.get(read)
        voice = None if listened is None else self.voice
        return self.together(words, voice, distress, transcript)

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
