"""The plain values that travel from what a person said to what Todak answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inference.audio import Waveform


class Emotion(StrEnum):
    """The six feelings of the Korean 감성대화 corpus, and neutral."""

    JOY = "joy"
    SADNESS = "sadness"
    ANGER = "anger"
    ANXIETY = "anxiety"
    EMBARRASSMENT = "embarrassment"
    HURT = "hurt"
    NEUTRAL = "neutral"


class DistressKind(StrEnum):
    """What a person may be in danger of; the emergency kinds are C1's, 1 to 14."""

    NONE = "none"
    SELFHARM = "selfharm"
    ASSAULT_SEXUAL = "assault_sexual"
    ROBBERY = "robbery"
    THEFT = "theft"
    VIOLENCE = "violence"
    FIRE = "fire"
    TRAPPED = "trapped"
    MEDICAL = "medical"
    ELECTRICAL = "electrical"
    GAS = "gas"
    FALL = "fall"
    COLLAPSE = "collapse"
    STORM = "storm"
    EARTHQUAKE = "earthquake"
    HELP = "help"


class DistressLevel(StrEnum):
    """How near the danger is, in the rows of the safety table."""

    NONE = "none"
    THOUGHTS = "thoughts"
    IN_PROGRESS = "in_progress"
    CRY = "cry"


class SoundKind(StrEnum):
    """What a recording may sound like: the nineteen kinds of C1, in its order; 14 emergencies."""

    ASSAULT_SEXUAL = "assault_sexual"
    ROBBERY = "robbery"
    THEFT = "theft"
    VIOLENCE = "violence"
    FIRE = "fire"
    TRAPPED = "trapped"
    MEDICAL = "medical"
    ELECTRICAL = "electrical"
    GAS = "gas"
    FALL = "fall"
    COLLAPSE = "collapse"
    STORM = "storm"
    EARTHQUAKE = "earthquake"
    HELP = "help"
    INDOOR = "indoor"
    OUTDOOR = "outdoor"
    WASHER = "washer"
    VACUUM = "vacuum"
    APPLIANCE = "appliance"


class EmergencyLevel(StrEnum):
    """How surely a recording sounds like an emergency, in the rows of the safety table."""

    NONE = "none"
    ASK = "ask"
    ALARM = "alarm"


class SoundState(StrEnum):
    """What is heard in one stretch of a recording."""

    EMERGENCY = "emergency"
    ORDINARY = "ordinary"
    SILENCE = "silence"


class Modality(StrEnum):
    """What an analysis was made from."""

    TEXT = "text"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class EmotionEstimate:
    """A calibrated guess at a feeling.

    `posterior` sums to 1 over the seven emotions; a class that the evidence cannot speak for has
    probability 0. `present` are the feelings heard at the same time, strongest first. `sure` says
    that the best class is above the threshold of its model card.
    """

    posterior: Mapping[Emotion, float]
    present: tuple[Emotion, ...]
    sure: bool

    @property
    def label(self) -> Emotion:
        """The most probable feeling."""
        return max(self.posterior, key=self.posterior.__getitem__)


@dataclass(frozen=True, slots=True)
class Distress:
    """Danger heard in words.

    `probability` in [0, 1] is that of being in any danger, `cry_probability` that of a cry for
    help of one of the fourteen kinds, at most as high: what words say of an emergency.
    """

    kind: DistressKind
    level: DistressLevel
    probability: float
    cry_probability: float = 0.0


NO_DISTRESS = Distress(DistressKind.NONE, DistressLevel.NONE, 0.0)


@dataclass(frozen=True, slots=True)
class Segment:
    """Words and where in the recording they are said, in seconds from its beginning."""

    text: str
    onset_s: float
    offset_s: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in a recording, as far as a Whisper model could write it down.

    `language` is a code such as "ko". `mean_log_probability` is that of a token, at most 0;
    `no_speech` in [0, 1] the highest probability of a window that nothing is said in it. What is
    not `trusted` may be invented: it is screened for danger and used for nothing else.
    """

    text: str
    language: str
    segments: tuple[Segment, ...]
    mean_log_probability: float
    no_speech: float
    trusted: bool


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """What was measured of how a person spoke; no judgement.

    `level_dbfs` is that of the loud parts, `speech_rate_per_s` counts peaks of loudness much like
    syllables, `pitch_range_semitones` spans the 5th to the 95th percentile. Both of pitch are None
    where nothing was voiced. Shares are in [0, 1].
    """

    duration_s: float
    level_dbfs: float
    voiced_share: float
    pause_share: float
    longest_pause_s: float
    speech_rate_per_s: float
    pitch_median_hz: float | None
    pitch_range_semitones: float | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of a recording, in seconds from its beginning; `offset_s` > `onset_s`."""

    onset_s: float
    offset_s: float
    state: SoundState


@dataclass(frozen=True, slots=True)
class Emergency:
    """What a recording sounds like.

    `probability` in [0, 1] is the calibrated one of an emergency, by whatever could speak. `kind`
    is the likeliest kind of sound; of an emergency (a level other than NONE) one of the fourteen.
    `votes` holds who takes it for an emergency, under "cnn", "encoder" and "words"; who could not
    speak, such as words without a trusted transcript, is absent. `timeline` covers the recording
    in order, without gaps.
    """

    probability: float
    level: EmergencyLevel
    kind: SoundKind
    votes: Mapping[str, bool]
    timeline: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of a person: what they wrote, what they recorded, or both.

    `recording` holds the encoded bytes of one audio or video file as received.
    """

    text: str | None = None
    recording: bytes | None = None


class SilentRecording(ValueError):
    """The recording holds nothing but silence."""


class NoSpeech(ValueError):
    """The recording holds sound, but no speech."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A recording in which somebody speaks; `transcript` is None where nobody wrote it down.

    `emergency` is what it sounds like, its words counted; None where nothing listened for that.
    """

    waveform: Waveform
    transcript: Transcript | None
    emergency: Emergency | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was understood of one utterance.

    `emotion` is the fused estimate, None where nothing could be judged (silence, an emoji-only
    text, a language it does not know). `words` and `voice` are the single modalities, None where
    absent.
    `transcript` is what was said in the recording, None where nothing wrote it down; `voice_facts`
    are measured of it, None where there was none. `emergency` is what the recording sounds like,
    None where there was none or nothing could listen to it.
    `disagree` says that words and voice contradict: light words in a heavy voice, or the reverse.
    """

    emotion: EmotionEstimate | None
    words: EmotionEstimate | None
    voice: EmotionEstimate | None
    disagree: bool
    distress: Distress
    modalities: tuple[Modality, ...]
    transcript: Transcript | None = None
    voice_facts: VoiceFacts | None = None
    emergency: Emergency | None = None
