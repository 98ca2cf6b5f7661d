"""What a person said, understood: decoded once, heard and read by each recogniser, fused."""

import threading
from pathlib import Path

from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Distress,
    EmotionEstimate,
    Modality,
    Utterance,
)
from inference.audio import decode, is_silent
from inference.distress import DistressScreen
from inference.emotion_fusion import fuse
from inference.speech_activity import SpeechActivity
from inference.speech_emotion import SpeechEmotionRecognizer
from inference.text_emotion import Readability, TextEmotionRecognizer

SHIPPED_WEIGHTS = Path(__file__).parent.parent / "models" / "weights"


class SilentRecording(ValueError):
    """The recording holds nothing but silence."""


class NoSpeech(ValueError):
    """The recording holds sound, but no speech."""


class Analyzer:
    """The recognisers of one profile, loaded once; safe to call from several threads."""

    def __init__(
        self,
        text: TextEmotionRecognizer,
        speech: SpeechEmotionRecognizer,
        distress: DistressScreen,
        speech_activity: SpeechActivity,
    ) -> None:
        self._text = text
        self._speech = speech
        self._distress = distress
        self._speech_activity = speech_activity
        self._listening = threading.Lock()

    @classmethod
    def load(cls, folder: Path = SHIPPED_WEIGHTS) -> "Analyzer":
        """The analyzer of a folder of weights.

        Raises:
            FileNotFoundError: a weights file is missing.
            CheckpointMismatch: a weights file is of another model.
        """
        return cls(
            TextEmotionRecognizer(folder / "text_emotion.safetensors"),
            SpeechEmotionRecognizer.load(folder / "speech_emotion.safetensors"),
            DistressScreen.load(folder / "distress.safetensors"),
            SpeechActivity(),
        )

    def screen(self, text: str | None) -> Distress:
        """Danger in words; quick, and keeps nothing."""
        return NO_DISTRESS if text is None else self._distress.screen(text)

    def reads(self, text: str) -> Readability:
        """Whether a text can be read at all, and if not, why."""
        return self._text.reads(text)

    def analyze(self, utterance: Utterance, distress: Distress | None = None) -> Analysis:
        """Everything understood of one utterance.

        Args:
            utterance: what was said.
            distress: what `screen` said of its text; None to screen it here.

        Raises:
            UnreadableAudio, RecordingTooLong, SilentRecording, NoSpeech: why its recording could
                not be heard.
        """
        words = None if utterance.text is None else self._text.predict(utterance.text)
        voice = None if utterance.recording is None else self._hear(utterance.recording)
        fused = fuse(words, voice)
        modalities = [
            modality
            for modality, estimate in ((Modality.TEXT, words), (Modality.VOICE, voice))
            if estimate is not None
        ]
        return Analysis(
            emotion=fused.emotion,
            words=words,
            voice=voice,
            disagree=fused.disagree,
            distress=self.screen(utterance.text) if distress is None else distress,
            modalities=tuple(modalities),
        )

    def _hear(self, recording: bytes) -> EmotionEstimate:
        waveform = decode(recording)
        if is_silent(waveform):
            raise SilentRecording
        with self._listening:
            has_speech = self._speech_activity.has_speech(waveform)
        if not has_speech:
            raise NoSpeech
        return self._speech.predict(waveform)
