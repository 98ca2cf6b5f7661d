"""What the bot asks of recognisers: about texts, and about recordings as they were received.

The bytes of a recording are a tenth of its samples, and decoding a stranger's file is nothing for
the process that must not end: whoever recognises decodes, and keeps what was decoded for a while.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from inference.analysis import (
    Analysis,
    Distress,
    Emergency,
    EmotionEstimate,
    Heard,
    Transcript,
    Utterance,
)
from inference.audio import Waveform, decode
from inference.language import Readability
from inference.weights import Weights, feelings_version

if TYPE_CHECKING:
    from inference.pipeline import Analyzer

MOST_KEPT_BYTES: Final = 32_000_000
"""Of samples: fifty notes of 10 s, or one of 8 minutes."""

KEPT_S: Final = 120.0
"""For how long at most: what is heard before its turn is kept as long by the bot."""


@dataclass(frozen=True, slots=True, eq=False)
class Listened:
    """A recording in which somebody speaks, as `Heard`, with the bytes in place of the samples."""

    recording: bytes
    transcript: Transcript | None
    emergency: Emergency | None = None


class Recognisers(Protocol):
    """Recognisers of one profile, here or in another process; called from several threads."""

    @property
    def whisper(self) -> str | None:
        """The name of what writes down the words of recordings, if anything does."""

    @property
    def hears_emergencies(self) -> bool:
        """Whether emergencies are heard in sounds."""

    @property
    def feelings_version(self) -> str:
        """A name of the weights that estimate feelings, which other weights do not have."""

    def screen(self, text: str | None) -> Distress:
        """Danger in words; quick, and keeps nothing."""

    def reads(self, text: str) -> Readability:
        """Whether a text can be read at all, and if not, why."""

    def hear(self, recording: bytes) -> Emergency | None:
        """What a recording sounds like, whoever speaks in it or nobody; None without an ear.

        Raises:
            UnreadableAudio, RecordingTooLong: it cannot be decoded.
        """

    def listen(
        self,
        recording: bytes,
        language: str | None = None,
        emergency: Emergency | None = None,
    ) -> Listened:
        """What is said in a recording, written down where there is a transcriber.

        Args:
            recording: one audio or video file.
            language: the code of what is spoken; None to detect it.
            emergency: what `hear` said of it; its words may make it more urgent.

        Raises:
            UnreadableAudio, RecordingTooLong, SilentRecording, NoSpeech: nothing can be heard.
        """

    def analyze(
        self, text: str | None, distress: Distress, listened: Listened | None = None
    ) -> Analysis:
        """Everything understood of a text, of what `listen` heard, or of both as one.

        `distress` is what `screen` said of the text.
        """

    def together(
        self,
        words: EmotionEstimate | None,
        voice: EmotionEstimate | None,
        distress: Distress,
        transcript: Transcript | None = None,
    ) -> Analysis:
        """What words and voice of one person say together that were read and heard apart."""


@dataclass(frozen=True, slots=True, eq=False)
class _Decoded:
    """A recording that was decoded, and when."""

    waveform: Waveform
    at_s: float


class Recognition:
    """An analyzer that is told recordings as they were received."""

    def __init__(self, analyzer: "Analyzer", weights: Weights = Weights()) -> None:  # noqa: B008
        """`weights` are those that the analyzer was read from."""
        self._analyzer = analyzer
        self._weights = weights
        self._decoded: OrderedDict[bytes, _Decoded] = OrderedDict()
        self._keeping = threading.Lock()

    @property
    def whisper(self) -> str | None:
        """The name of what writes down the words of recordings, if anything does."""
        transcriber = self._analyzer.transcriber
        return None if transcriber is None else transcriber.name

    @property
    def hears_emergencies(self) -> bool:
        """Whether emergencies are heard in sounds."""
        return self._analyzer.ear is not None

    @cached_property
    def feelings_version(self) -> str:
        """A name of the weights that estimate feelings."""
        return feelings_version(self._weights)

    def screen(self, text: str | None) -> Distress:
        """Danger in words."""
        return self._analyzer.screen(text)

    def reads(self, text: str) -> Readability:
        """Whether a text can be read at all, and if not, why."""
        return self._analyzer.reads(text)

    def hear(self, recording: bytes) -> Emergency | None:
        """What a recording sounds like; it is listened to soon, and kept until then."""
        waveform = decode(recording)
        self._keep(recording, waveform)
        return self._analyzer.hear(waveform)

    def listen(
        self,
        recording: bytes,
        language: str | None = None,
        emergency: Emergency | None = None,
    ) -> Listened:
        """What is said in a recording."""
        try:
            heard = self._analyzer.listen(self._waveform(recording), language, emergency)
        except Exception:
            self._let_go(recording)  # nothing more is asked about it
            raise
        return Listened(recording, heard.transcript, heard.emergency)

    def analyze(
        self, text: str | None, distress: Distress, listened: Listened | None = None
    ) -> Analysis:
        """Everything understood of a text, of what was heard, or of both; it is let go then."""
        if listened is None:
            return self._analyzer.analyze(Utterance(text), distress)
        waveform = self._waveform(listened.recording)
        heard = Heard(waveform, listened.transcript, listened.emergency)
        analysis = self._analyzer.analyze(Utterance(text), distress, heard)
        self._let_go(listened.recording)
        return analysis

    def together(
        self,
        words: EmotionEstimate | None,
        voice: EmotionEstimate | None,
        distress: Distress,
        transcript: Transcript | None = None,
    ) -> Analysis:
        """What words and voice of one person say together."""
        return self._analyzer.together(words, voice, distress, transcript)

    def let_go_of_old(self) -> None:
        """Let go of what nobody has asked about for `KEPT_S`."""
        since_s = time.monotonic() - KEPT_S
        with self._keeping:
            for key in [key for key, each in self._decoded.items() if each.at_s <= since_s]:
                del self._decoded[key]

    def _waveform(self, recording: bytes) -> Waveform:
        with self._keeping:
            kept = self._decoded.get(digest_of(recording))
        return decode(recording) if kept is None else kept.waveform

    def _keep(self, recording: bytes, waveform: Waveform) -> None:
        """Keep it, and let go of the oldest beyond `MOST_KEPT_BYTES`."""
        with self._keeping:
            self._decoded[digest_of(recording)] = _Decoded(waveform, time.monotonic())
            n_bytes = sum(each.waveform.samples.nbytes for each in self._decoded.values())
            while n_bytes > MOST_KEPT_BYTES:
                _, oldest = self._decoded.popitem(last=False)
                n_bytes -= oldest.waveform.samples.nbytes

    def _let_go(self, recording: bytes) -> None:
        with self._keeping:
            self._decoded.pop(digest_of(recording), None)


def digest_of(recording: bytes) -> bytes:
    """A name of a recording: what is remembered of it need not hold all its bytes."""
    return hashlib.blake2b(recording, digest_size=16).digest()
