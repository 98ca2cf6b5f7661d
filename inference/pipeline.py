"""What a person said, understood: decoded once, heard and read by each recogniser, fused."""

import threading
from dataclasses import replace
from pathlib import Path

from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Distress,
    DistressLevel,
    Emergency,
    EmotionEstimate,
    Heard,
    Modality,
    NoSpeech,
    SilentRecording,
    Transcript,
    Utterance,
    VoiceFacts,
)
from inference.audio import Waveform, decode, is_silent
from inference.distress import DistressScreen
from inference.emergency import EmergencyEar, with_words
from inference.emotion_fusion import Fusion, Said
from inference.explanation import Explanation, explain
from inference.fusions import load_fusion
from inference.language import Readability
from inference.speech_activity import SpeechActivity
from inference.speech_emotion import SpeechEmotionRecognizer
from inference.text_models import load_text_recognizer
from inference.text_recognizer import TextRecognizer
from inference.transcription import Transcriber
from inference.voice_facts import voice_facts
from inference.weights import SHIPPED_WEIGHTS, FusionName


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
        ear: EmergencyEar | None = None,
    ) -> None:
        self._text = text
        self._speech = speech
        self._distress = distress
        self._speech_activity = speech_activity
        self._fusion = fusion
        self._transcriber = transcriber
        self._ear = ear
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

        Without `transcriber` only tones are heard. `fusion` hears words and voice together. Where
        the folder lacks the weights for emergencies, these are not heard in sounds.

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
            load_ear(folder),
        )

    @property
    def transcriber(self) -> Transcriber | None:
        """What writes down the words of recordings, if anything does."""
        return self._transcriber

    @property
    def ear(self) -> EmergencyEar | None:
        """What hears emergencies in sounds, if anything does."""
        return self._ear

    def screen(self, text: str | None) -> Distress:
        """Danger in words; quick, and keeps nothing."""
        return NO_DISTRESS if text is None else self._distress.screen(text)

    def reads(self, text: str) -> Readability:
        """Whether a text can be read at all, and if not, why."""
        return self._text.reads(text)

    def hear(self, waveform: Waveform) -> Emergency | None:
        """What a recording sounds like, whoever speaks in it or nobody; None without an ear."""
        return None if self._ear is None else self._ear.hear(waveform)

    def listen(
        self,
        waveform: Waveform,
        language: str | None = None,
        emergency: Emergency | None = None,
    ) -> Heard:
        """What is said in a recording, written down where there is a transcriber.

        Args:
            waveform: what was recorded.
            language: the code of what is spoken; None to detect it.
            emergency: what `hear` said of it; its words may make it more urgent.

        Raises:
            SilentRecording, NoSpeech: there is nothing to listen to.
        """
        if is_silent(waveform):
            raise SilentRecording
        with self._listening:
            has_speech = self._speech_activity.has_speech(waveform)
        if not has_speech:
            raise NoSpeech
        if self._transcriber is None:
            return Heard(waveform, None, emergency)
        transcript = self._transcriber.transcribe(waveform, language)
        if emergency is not None and transcript is not None and transcript.trusted:
            emergency = with_words(emergency, self.screen(transcript.text))
        return Heard(waveform, transcript, emergency)

    def explain(self, waveform: Waveform, emergency: Emergency) -> Explanation:
        """What the ear looked at when it judged a recording that is not silent.

        Raises:
            LookupError: there is no ear.
        """
        if self._ear is None:
            raise LookupError("nothing listens for emergencies")
        with self._listening:
            spans = self._speech_activity.spans(waveform)
        return explain(self._ear, waveform, emergency, spans)

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
            waveform = decode(utterance.recording)
            heard = self.listen(waveform, emergency=self.hear(waveform))
        transcript = None if heard is None else heard.transcript
        text = _all_words(utterance.text, transcript)
        words = None if text is None else self._text.predict(text)
        voice, facts = (None, None) if heard is None else self._voice(heard.waveform)
        distress = self.screen(utterance.text) if distress is None else distress
        if transcript is not None:
            distress = more_urgent(distress, self.screen(transcript.text))
        said = Said(text, None if heard is None else heard.waveform, words, voice)
        analysis = self._fused(said, distress, transcript, facts)
        return analysis if heard is None else replace(analysis, emergency=heard.emergency)

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

    def _voice(self, waveform: Waveform) -> tuple[EmotionEstimate, VoiceFacts]:
        voice = self._speech.hear(waveform)
        return self._speech.estimate(voice), voice_facts(waveform, voice)


def load_ear(folder: Path) -> EmergencyEar | None:
    """What hears emergencies in sounds; None where a folder lacks its weights.

    Raises:
        CheckpointMismatch: a weights file is of another model.
    """
    try:
        return EmergencyEar.load(folder)
    except FileNotFoundError:
        return None


def more_urgent(one: Distress, other: Distress) -> Distress:
    """The danger of the two that is nearer; the levels are listed in that order."""
    levels = list(DistressLevel)
    return max(one, other, key=lambda distress: levels.index(distress.level))


def _all_words(text: str | None, transcript: Transcript | None) -> str | None:
    """What was written and what was said together; what is not trusted has no feeling."""
    said = transcript.text if transcript is not None and transcript.trusted else None
    both = [words for words in (text, said) if words is not None]
    return "\n".join(both) if both else None
