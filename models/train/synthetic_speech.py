"""Speech that espeak-ng speaks, in this process, with the sound each moment belongs to.

espeak-ng is a formant synthesiser (Debian's package `espeak-ng`, GPL-3; nothing of it is shipped).
What it speaks is far more regular than any person: a model trained on it hears only it.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from av import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from inference.audio import SAMPLE_RATE

LIBRARY: Final = "libespeak-ng.so.1"

# From espeak-ng/speak_lib.h
AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
INITIALIZE_PHONEME_EVENTS: Final = 1
CHARACTERS_UTF8: Final = 1
RATE, PITCH, RANGE = 1, 3, 4
END_OF_LIST, PHONEME = 0, 7

# Left out are those that are no voice of a person (robots, announcers) and whispers, and of the
# many that differ in nothing but their name all but one, if one of them is in the test.
VARIANTS: Final = (  # noqa: SIM905
    "adam Alex Andrea Andy antonio aunty belinda benjamin boris caleb croak david Denis Diogo ed "
    "edward edward2 f1 f2 f3 f4 Gene Gene2 grandma grandpa Gustave Henrique Hugo iven iven2 iven3 "
    "iven4 Jacky john kaukovalta klatt klatt2 klatt3 klatt4 linda m1 m2 m3 m4 m5 m6 marcelo Marco "
    "Mario max michael michel miguel mike Mr Nguyen norbert pablo paul pedro quincy rob robert "
    "sandro steph steph2 steph3 travis victor zac"
).split()
VALIDATION_VARIANTS: Final = ("Lee", "klatt5", "m7", "RicishayMax")
TEST_VARIANTS: Final = ("Alicia", "anika", "Annie", "AnxiousAndy", "f5", "m8", "Storm", "Tweaky")
ACCENTS: Final = {
    "ko": ("ko",),
    "en": ("en-us", "en", "en-gb-x-rp", "en-gb-scotland", "en-gb-x-gbclan", "en-us-nyc"),
}


class NoSynthesizer(RuntimeError):
    """espeak-ng is not installed."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sentence is spoken: `voice` as espeak-ng names it, `rate` in words a minute, `pitch`
    and its `movement` from 0 to 99 (50 is the voice's own).
    """

    voice: str
    rate: int
    pitch: int
    movement: int


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A spoken sentence: float32 `samples` at 16 kHz and when each phoneme begins.

    `phonemes` are espeak-ng's names with their onsets in seconds, in order.
    """

    samples: NDArray[np.float32]
    phonemes: Sequence[tuple[float, str]]


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Synthesizer:
    """espeak-ng in this process; one at a time, from one thread."""

    def __init__(self) -> None:
        """Load the library.

        Raises:
            NoSynthesizer: there is none.
        """
        try:
            self._library = ctypes.CDLL(LIBRARY)
        except OSError as error:
            raise NoSynthesizer("espeak-ng is not installed: apt-get install espeak-ng") from error
        self._rate = self._library.espeak_Initialize(
            AUDIO_OUTPUT_SYNCHRONOUS, 500, None, INITIALIZE_PHONEME_EVENTS
        )
        self._blocks: list[NDArray[np.int16]] = []
        self._phonemes: list[tuple[float, str]] = []
        self._callback = _CALLBACK(self._receive)  # kept, as the library holds only its address
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, manner: Manner) -> Spoken:
        """Speak one sentence.

        Raises:
            ValueError: there is no such voice.
        """
        if self._library.espeak_SetVoiceByName(manner.voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {manner.voice}")
        for parameter, value in (
            (RATE, manner.rate),
            (PITCH, manner.pitch),
            (RANGE, manner.movement),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._blocks, self._phonemes = [], []
        encoded = text.encode() + b"\0"
        self._library.espeak_Synth(
            encoded, ctypes.c_size_t(len(encoded)), 0, 0, 0, CHARACTERS_UTF8, None, None
        )
        pcm = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
        return Spoken(self._resampled(pcm), tuple(self._phonemes))

    def _receive(
        self,
        samples: "ctypes._Pointer[ctypes.c_short]",
        n: int,
        events: "ctypes._Pointer[_Event]",
    ) -> int:
        if samples and n:
            self._blocks.append(np.ctypeslib.as_array(samples, (n,)).copy())
        for i in range(1_000_000):
            if events[i].type == END_OF_LIST:
                break
            if events[i].type == PHONEME:
                name = events[i].name.decode("utf-8", "replace")
                self._phonemes.append((events[i].audio_position_ms / 1000.0, name))
        return 0

    def _resampled(self, pcm: NDArray[np.int16]) -> NDArray[np.float32]:
        frame = AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate = self._rate
        resampler = AudioResampler("flt", "mono", SAMPLE_RATE)
        blocks = [*resampler.resample(frame), *resampler.resample(None)]
        return np.concatenate([block.to_ndarray()[0] for block in blocks])


def manner(language: str, variants: Sequence[str], rng: np.random.Generator) -> Manner:
    """Draw a voice of `language` ("ko" or "en") among `variants`, with its speed and pitch."""
    accent = rng.choice(ACCENTS[language])
    return Manner(
        voice=f"{accent}+{rng.choice(list(variants))}",
        rate=int(rng.integers(130, 200)),
        pitch=int(rng.integers(25, 76)),
        movement=int(rng.integers(20, 81)),
    )
