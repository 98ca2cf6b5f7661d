"""What a person said, understood: decoded once, heard and read by each recogniser, fused."""

import threading
from dataclasses import dataclass
from pathlib import Path

from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Distress,
    DistressLevel,
    EmotionEstimate,
    Modality,
    Transcript,
    Utterance,
    VoiceFacts,
)
from inference.audio import Waveform, decode, is_silent
from inference.distress import DistressScreen
from inference.emotion_fusion import Fusion, Said
from inference.fusions import FusionName, load_fusion
from inference.speech_activity import SpeechActivity
from inference.speech_emotion import SpeechEmotionRecognizer
from inference.text_emotion import Readability
from inference.text_models import load_text_recognizer
from inference.text_recognizer import TextRecognizer
from inference.transcription import Transcriber
from inference.voice_facts import voice_facts

SHIPPED_WEIGHTS = Path(__file__).parent.parent / "models" / "weights"


class SilentRecording(ValueError):
    """The recording holds nothing but silence."""


class NoSpeech(ValueError):
    """The recording holds sound, but no speech."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A recording in which somebody speaks; `transcript` is None where nobody wrote it down."""

    waveform: Waveform
    transcript: Transcript | None


class Analyzer:
    """The recognisers of one profile, loaded once; safe to call from several threads."""

    def __init__(
        self,
        text: TextRecognizer,
        speech: SpeechEmotionRecognizer,
        distress: DistressScreen,
        speech_activity: SpeechActivity,
        fusion: Fusion,
        transcriber: Transcriber | None = None,
    ) -> None:
        self._text = text
        self._speech = speech
        self._distress = distress
        self._speech_activity = speech_activity
        self._fusion = fusion
        self._transcriber = transcriber
        self._listening = threading.Lock()

    @classmethod
    def load(
        cls,
        folder: Path = SHIPPED_WEIGHTS,
        transcriber: Transcriber | None = None,
        text_model: Path | None = None,
        fusion: FusionName = "late",
    ) -> "Analyzer":
        """The analyzer of a folder of weights, with another text model where one is named.

        Without `transcriber` only tones are heard. `fusion` hears words and voice together.

        Raises:
            FileNotFoundError: a weights file is missing.
            CheckpointMismatch: a weights file is of another model.
            MissingHubPackage: the text model needs a package of the extra `hub`.
            MissingAnalyser: the fusion needs the package kiwipiepy.
        """
        return cls(
            load_text_recognizer(text_model, folder / "text_emotion.safetensors"),
            SpeechEmotionRecognizer.load(folder / "speech_emotion.safetensors"),
            DistressScreen.load(folder / "distress.safetensors"),
            SpeechActivity(),
            load_fusion(fusion, folder),
            transcriber,
        )

    @property
    def transcriber(self) -> Transcriber | None:
        """What writes down the words of recordings, if anything does."""
        return self._transcriber

    def screen(self, text: str | None) -> Distress:
        """Danger in words; quick, and keeps nothing."""
        return NO_DISTRESS if text is None else self._distress.screen(text)

    def reads(self, text: str) -> Readability:
        """Whether a text can be read at all, and if not, why."""
        return self._text.reads(text)

    def listen(self, recording: bytes, language: str | None = None) -> Heard:
        """A recording, decoded and written down where there is a transcriber.

        Args:
            recording: the encoded bytes as received.
            language: the code of what is spoken; None to detect it.

        Raises:
            UnreadableAudio, RecordingTooLong, SilentRecording, NoSpeech: why it cannot be heard.
        """
        waveform = decode(recording)
        if is_silent(waveform):
            raise SilentRecording
        with self._listening:
            has_speech = self._speech_activity.has_speech(waveform)
        if not has_speech:
            raise NoSpeech
        if self._transcriber is None:
            return Heard(waveform, None)
        return Heard(waveform, self._transcriber.transcribe(waveform, language))

    def analyze(
        self, utterance: Utterance, distress: Distress | None = None, heard: Heard | None = None
    ) -> Analysis:
        """Everything understood of one utterance.

        Args:
            utterance: what was said.
            distress: what `screen` said of its text; None to screen it here.
            heard: what `listen` made of its recording; None to listen here.

        Raises:
            UnreadableAudio, RecordingTooLong, SilentRecording, NoSpeech: why its recording could
                not be heard.
        """
        if heard is None and utterance.recording is not None:
            heard = self.listen(utterance.recording)
        transcript = None if heard is None else heard.transcript
        text = _all_words(utterance.text, transcript)
        words = None if text is None else self._text.predict(text)
        voice, facts = (None, None) if heard is None else self._hear(heard.waveform)
        distress = self.screen(utterance.text) if distress is None else distress
        if transcript is not None:
            distress = more_urgent(distress, self.screen(transcript.text))
        waveform = None if heard is None else heard.waveform
        return self._fused(Said(text, waveform, words, voice), distress, transcript, facts)

    def together(
        self,
        words: EmotionEstimate | None,
        voice: EmotionEstimate | None,
        distress: Distress,
        transcript: Transcript | None = None,
    ) -> Analysis:
        """What words and voice of one person say together that were read and heard apart."""
        return self._fused(Said(None, None, words, voice), distress, transcript)

    def _fused(
        self,
        said: Said,
        distress: Distress,
        transcript: Transcript | None,
        facts: VoiceFacts | None = None,
    ) -> Analysis:
        fused = self._fusion.predict(said)
        modalities = [
            modality
            for modality, estimate in ((Modality.TEXT, said.words), (Modality.VOICE, said.voice))
            if estimate is not None
        ]
        return Analysis(
            emotion=fused.emotion,
            words=said.words,
            voice=said.voice,
            disagree=fused.disagree,
            distress=distress,
            modalities=tuple(modalities),
            transcript=transcript,
            voice_facts=facts,
        )

    def _hear(self, waveform: Waveform) -> tuple[EmotionEstimate, VoiceFacts]:
        voice = self._speech.hear(waveform)
        return self._speech.estimate(voice), voice_facts(waveform, voice)


def more_urgent(one: Distress, other: Distress) -> Distress:
    """The danger of the two that is nearer; the levels are listed in that order."""
    levels = list(DistressLevel)
    return max(one, other, key=lambda distress: levels.index(distress.level))


def _all_words(text: str | None, transcript: Transcript | None) -> str | None:
    """What was written and what was said together; what is not trusted has no feeling."""
    said = transcript.text if transcript is not None and transcript.trusted else None
    both = [words for words in (text, said) if words is not None]
    return "\n".join(both) if both else None
