"""One message from hearing to deciding, in a worker thread; sends nothing itself."""

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.exchange import Incoming, Response, Sound
from bot.halves import Half
from bot.policy import Act, AnswerCrisis, OfferChoice, choose
from inference.analysis import (
    Analysis,
    Distress,
    DistressLevel,
    Modality,
    NoSpeech,
    SilentRecording,
    Utterance,
)
from inference.audio import RecordingTooLong, UnreadableAudio
from inference.language import Readability
from inference.recogniser_process import RecognisersEnded
from inference.recognition import Listened, Recognisers
from storage.database import Database
from storage.records import (
    CONSENT_VERSIONS,
    Consent,
    Language,
    Observation,
    Person,
    Purpose,
)

log = logging.getLogger(__name__)

MOST_SCREENED = 1000
"""Messages whose screening is remembered between being stored and being handled."""

ASKED_WITHIN = timedelta(minutes=10)
"""How long what a person writes is taken for what they said in a misheard voice note."""


UNREAD = {
    Readability.TOO_SHORT: "too-short",
    Readability.UNKNOWN_LANGUAGE: "unknown-language",
}
"""What is said of words that cannot be judged, otherwise that there are none."""


class Responder:
    """Hears, decides and remembers."""

    def __init__(
        self,
        recognisers: Recognisers,
        database: Database,
        clock: Callable[[], datetime],
        note_deaf: Callable[[], None] = lambda: None,
    ) -> None:
        """`note_deaf` counts a recording whose sounds could not be judged."""
        self._recognisers = recognisers
        self._note_deaf = note_deaf
        self._database = database
        self._clock = clock
        # Written messages must not wait for more recordings than there are cores.
        self._hearing = threading.BoundedSemaphore(os.cpu_count() or 1)
        self._salt = os.urandom(32)
        self._screened: dict[bytes, Distress] = {}

    def danger_in(self, text: str | None) -> Distress:
        """Danger in the words alone; asks no database.

        Every message is asked about twice, when it is stored and when it is handled: what was
        found first is found again by a digest of the words, so that nothing said is kept.
        """
        digest = hashlib.blake2b((text or "").encode("utf-8", "replace"), key=self._salt).digest()
        found = self._screened.get(digest)
        if found is None:
            found = self._recognisers.screen(text)
            if len(self._screened) >= MOST_SCREENED:
                self._screened.clear()
            self._screened[digest] = found
        return found

    def screen(self, incoming: Incoming) -> Response | None:
        """Danger in the words, before everything else and whoever writes; else None.

        Nothing is asked of the database: help waits for nothing.
        """
        return _help(self.danger_in(incoming.words))

    def hear(self, recording: bytes) -> Sound:
        """What a recording sounds like: before its words, before consent and whoever sent it.

        It asks nothing of the database. Where judging fails the person still gets the ordinary
        answer, and an operator is told.

        Raises:
            RecognisersEnded: nothing can be judged now; what is tried again may be.
        """
        try:
            return Sound(recording, self._recognisers.hear(recording))
        except (UnreadableAudio, RecordingTooLong) as error:
            return Sound(recording, unheard=error)
        except RecognisersEnded:
            raise
        except Exception as error:
            log.error("sounds could not be judged: %s", type(error).__name__)
            self._note_deaf()
            return Sound(recording)

    def respond(
        self, incoming: Incoming, half: Half | None = None, sound: Sound | None = None
    ) -> Response:
        """The answer to a message, remembered where that is allowed.

        Words are heard together with a voice that came just before, `half`, and a voice with
        words. `sound` is what `hear` made of its recording; None to hear it here.
        """
        distress = self.danger_in(incoming.words)
        danger = _help(distress)
        if danger is not None:
            return danger
        if sound is None and incoming.utterance.recording is not None:
            sound = self.hear(incoming.utterance.recording)
        heard = None if sound is None else self._listen(sound, incoming.spoken)
        danger = self._danger_spoken(heard)
        if danger is not None:
            return danger
        person, consents = self._recall(incoming.chat_id)
        if person is None:
            return Response(None, None)
        needed = _needed(incoming.utterance)
        undecided = [purpose for purpose in needed if purpose not in consents]
        if undecided:
            return Response(person, None, ask=undecided[0])
        allowed = _only_allowed(incoming.utterance, consents)
        analysis: Analysis | None = None
        act: Act = OfferChoice(f"{needed[0].value}-refused")
        if allowed is not None:
            if isinstance(heard, Listened) and not _granted(consents, Purpose.WORDS):
                heard = replace(heard, transcript=None)
            analysis, act = self._understand(allowed, distress, heard)
        voice_note = self._misheard(incoming, analysis)
        joint = None if voice_note is not None else self._together(half, analysis)
        if joint is None:
            half = None
        else:
            analysis, act = joint, choose(joint)
        if _granted(consents, Purpose.HISTORY):
            self._remember(incoming, analysis, half, voice_note)
        return Response(person, act, analysis=analysis, joined=half, puts_right=voice_note)

    def _listen(self, sound: Sound, language: Language | None) -> Listened | Exception:
        """A recording with its words, to look for danger in them, or why there are none.

        Like `screen` it asks nothing of the database, which may hold a caller for half a minute.
        """
        if sound.unheard is not None:
            return sound.unheard
        try:
            with self._hearing:
                return self._recognisers.listen(sound.recording, language, sound.emergency)
        except (UnreadableAudio, RecordingTooLong, SilentRecording, NoSpeech) as error:
            return error

    def danger_said(self, sound: Sound, language: Language | None) -> Response | None:
        """Danger in the words of a recording whose sounds raised an alarm; else None."""
        if self._recognisers.whisper is None:
            return None
        return self._danger_spoken(self._listen(sound, language))

    def _danger_spoken(self, heard: Listened | Exception | None) -> Response | None:
        """Help where what was said in a recording is dangerous, whoever said it; else None."""
        if not isinstance(heard, Listened) or heard.transcript is None:
            return None
        transcript = heard.transcript
        danger = _help(self._recognisers.screen(transcript.text))
        if danger is None:
            return None
        return replace(danger, spoken=True, said=transcript.text if transcript.trusted else None)

    def _understand(
        self, utterance: Utterance, distress: Distress, heard: Listened | Exception | None
    ) -> tuple[Analysis | None, Act]:
        """The analysis and the act; where a recording cannot be heard its caption is left."""
        if utterance.recording is None:
            heard = None
        if isinstance(heard, Exception):
            if utterance.text is None:
                return None, OfferChoice(_why_unheard(heard, utterance.recording))
            heard = None
        if heard is None:
            analysis = self._recognisers.analyze(utterance.text, distress)
        else:
            with self._hearing:
                analysis = self._recognisers.analyze(utterance.text, distress, heard)
        if analysis.emotion is None and utterance.text is not None:
            return analysis, OfferChoice(self._why_unread(utterance.text))
        return analysis, choose(analysis)

    def _together(self, half: Half | None, analysis: Analysis | None) -> Analysis | None:
        """Both messages as one, where this one was heard by the other sense; never in danger."""
        if half is None or analysis is None:
            return None
        if analysis.distress.level is not DistressLevel.NONE:
            return None
        words, voice = analysis.words, analysis.voice
        match half.modality, analysis.modalities:
            case Modality.VOICE, (Modality.TEXT,):
                voice = half.estimate
            case Modality.TEXT, (Modality.VOICE,):
                words = half.estimate
            case _:
                return None
        return self._recognisers.together(words, voice, analysis.distress, analysis.transcript)

    def _why_unread(self, text: str) -> str:
        return UNREAD.get(self._recognisers.reads(text), "no-words")

    def _recall(self, chat_id: int) -> tuple[Person | None, Mapping[Purpose, Consent]]:
        with self._database.transaction() as memory:
            person = memory.person(chat_id)
            return person, {} if person is None else current(memory.consents(chat_id))

    def _misheard(self, incoming: Incoming, analysis: Analysis | None) -> int | None:
        """The voice note whose words a message tells, because Todak asked; else None.

        What was passed on, cannot be read or may not be read tells none.
        """
        read = analysis is not None and analysis.words is not None
        if incoming.utterance.recording is not None or not (read and incoming.own):
            return None
        since = incoming.sent_at - ASKED_WITHIN
        with self._database.transaction() as memory:
            return memory.told_what_was_said(incoming.chat_id, incoming.message_id, since)

    def _remember(
        self,
        incoming: Incoming,
        analysis: Analysis | None,
        joined: Half | None,
        voice_note: int | None,
    ) -> None:
        """Store an observation, unless the consent or the person has gone since it was heard."""
        observation = Observation(
            chat_id=incoming.chat_id,
            message_id=incoming.message_id,
            observed_at=incoming.sent_at,
            modalities=() if analysis is None else analysis.modalities,
            estimate=None if analysis is None else analysis.emotion,
            words=incoming.utterance.text,
            model_version=self._recognisers.feelings_version,
            transcript=trusted_words(analysis),
        )
        with self._database.transaction() as memory:
            if not _granted(current(memory.consents(incoming.chat_id)), Purpose.HISTORY):
                return
            if voice_note is not None and memory.put_right(voice_note, observation):
                return
            if joined is None or not memory.join_observation(joined.message_id, observation):
                memory.add_observation(observation)


def current(consents: Mapping[Purpose, Consent]) -> Mapping[Purpose, Consent]:
    """The decisions about today's wording; those about an older one are asked again."""
    return {
        purpose: consent
        for purpose, consent in consents.items()
        if consent.version == CONSENT_VERSIONS[purpose]
    }


def trusted_words(analysis: Analysis | None) -> str | None:
    """What was said in a recording, if it was written down and is trusted."""
    transcript = None if analysis is None else analysis.transcript
    return transcript.text if transcript is not None and transcript.trusted else None


def _help(distress: Distress) -> Response | None:
    if distress.level is DistressLevel.NONE:
        return None
    return Response(None, AnswerCrisis(distress))


def _granted(consents: Mapping[Purpose, Consent], purpose: Purpose) -> bool:
    return purpose in consents and consents[purpose].granted


def _needed(utterance: Utterance) -> list[Purpose]:
    wanted = ((Purpose.VOICE, utterance.recording), (Purpose.WORDS, utterance.text))
    return [purpose for purpose, content in wanted if content is not None]


def _only_allowed(utterance: Utterance, consents: Mapping[Purpose, Consent]) -> Utterance | None:
    """What of the utterance may be judged, None if nothing."""
    text = utterance.text if _granted(consents, Purpose.WORDS) else None
    recording = utterance.recording if _granted(consents, Purpose.VOICE) else None
    return None if text is None and recording is None else Utterance(text, recording)


def _why_unheard(error: Exception, recording: bytes | None) -> str:
    if isinstance(error, RecordingTooLong):
        return "too-long-recording"
    if isinstance(error, SilentRecording):
        return "silent-recording"
    if isinstance(error, NoSpeech):
        return "no-speech"
    return "unreadable-recording" if recording else "empty-recording"
