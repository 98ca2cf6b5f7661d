import threading
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from inference.analysis import (
    Distress,
    DistressKind,
    DistressLevel,
    EmergencyLevel,
    Emotion,
    Modality,
    NoSpeech,
    Segment,
    SilentRecording,
    SoundState,
    Stretch,
    Transcript,
    Utterance,
)
from inference.audio import UnreadableAudio, Waveform, decode
from inference.emergency import EmergencyEar, Judge
from inference.pipeline import Analyzer, more_urgent
from inference.speech_activity import SpeechActivity
from inference.transcription import EncodedWindow, Transcriber
from models.emergency_cnn import EmergencyCnn, EmergencyCnnConfig
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig
from tests.inference.recordings import ACTORS, RATE, chord, silence, wav


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer.load()


def test_words_alone(analyzer: Analyzer) -> None:
    analysis = analyzer.analyze(Utterance(text="드디어 취업했어! 너무 행복해"))
    assert analysis.emotion is not None and analysis.emotion.label is Emotion.JOY
    assert analysis.modalities == (Modality.TEXT,)
    assert analysis.voice is None and not analysis.disagree
    assert analysis.distress.level is DistressLevel.NONE
    assert sum(analysis.emotion.posterior.values()) == pytest.approx(1, abs=1e-3)


def test_danger_is_part_of_the_analysis(analyzer: Analyzer) -> None:
    assert analyzer.analyze(Utterance(text="죽고 싶어")).distress.level is DistressLevel.THOUGHTS
    assert analyzer.screen(None).level is DistressLevel.NONE


def test_nothing_to_read_gives_no_estimate(analyzer: Analyzer) -> None:
    analysis = analyzer.analyze(Utterance(text="🌧️🌧️"))
    assert analysis.emotion is None and analysis.modalities == ()


def test_recordings_that_cannot_be_heard_say_why(analyzer: Analyzer) -> None:
    with pytest.raises(SilentRecording):
        analyzer.analyze(Utterance(recording=silence()))
    with pytest.raises(NoSpeech):
        analyzer.analyze(Utterance(recording=chord()))
    with pytest.raises(UnreadableAudio):
        analyzer.analyze(Utterance(recording=b""))


class EverywhereSpeech(SpeechActivity):
    """Hears speech in every sound."""

    def __init__(self) -> None:
        """Load nothing."""

    def has_speech(self, waveform: Waveform) -> bool:
        return True


class Says(Transcriber):
    """Writes down what the test says, whatever the sound."""

    def __init__(self, text: str, *, trusted: bool = True) -> None:
        """Load nothing."""
        self.said = Transcript(text, "ko", (Segment(text, 0.0, 1.0),), -0.2, 0.0, trusted)
        self.languages: list[str | None] = []

    def transcribe(
        self,
        waveform: Waveform,
        language: str | None = None,
        encoded: Sequence[EncodedWindow] | None = None,
    ) -> Transcript | None:
        self.languages.append(language)
        return self.said


def listening(
    analyzer: Analyzer, transcriber: Transcriber | None, ear: EmergencyEar | None = None
) -> Analyzer:
    """The same recognisers, hearing speech everywhere and writing it down."""
    return Analyzer(
        analyzer._text,
        analyzer._speech,
        analyzer._distress,
        EverywhereSpeech(),
        analyzer._fusion,
        transcriber,
        ear,
    )


def ear(offset: float) -> EmergencyEar:
    """One that takes everything (3) or nothing (-9) for an emergency, by nets never trained."""
    torch.manual_seed(0)
    judge = Judge(scale=0.0, offset=offset, ask=0.5, alarm=0.9)
    return EmergencyEar(
        EmergencyCnn(EmergencyCnnConfig()).eval(),
        EmergencyEncoder(EmergencyEncoderConfig()).eval(),
        {"cnn": judge, "encoder": judge, "together": judge},
    )


@pytest.fixture(scope="module")
def buzz() -> bytes:
    seconds = np.arange(2 * RATE) / RATE
    loud = np.sin(2 * np.pi * 3 * seconds) > 0
    return wav(np.sin(2 * np.pi * 180 * seconds) * loud / 3)


def test_what_is_said_in_a_recording_is_read(analyzer: Analyzer, buzz: bytes) -> None:
    transcriber = Says("드디어 취업했어! 너무 행복해")
    analysis = listening(analyzer, transcriber).analyze(Utterance(recording=buzz))
    assert analysis.transcript == transcriber.said
    assert analysis.words is not None and analysis.words.label is Emotion.JOY
    assert analysis.modalities == (Modality.TEXT, Modality.VOICE)
    heard = listening(analyzer, transcriber).listen(decode(buzz), "ko")
    assert transcriber.languages == [None, "ko"]
    again = listening(analyzer, transcriber).analyze(Utterance(recording=buzz), None, heard)
    assert again == analysis and len(transcriber.languages) == 2, "nothing is written down twice"


def test_what_may_be_invented_has_no_feeling_and_is_screened(
    analyzer: Analyzer, buzz: bytes
) -> None:
    doubted = Says("죽고 싶어", trusted=False)
    analysis = listening(analyzer, doubted).analyze(Utterance(recording=buzz))
    assert analysis.words is None and analysis.modalities == (Modality.VOICE,)
    assert analysis.distress.level is DistressLevel.THOUGHTS


def test_without_a_transcriber_only_the_tone_is_heard(analyzer: Analyzer, buzz: bytes) -> None:
    deaf = listening(analyzer, None)
    analysis = deaf.analyze(Utterance(recording=buzz))
    assert analysis.transcript is None and analysis.modalities == (Modality.VOICE,)


def test_sounds_are_heard_where_nobody_speaks(analyzer: Analyzer) -> None:
    noise = Waveform(np.random.default_rng(0).normal(0, 0.1, 5 * RATE).astype(np.float32), RATE)
    assert analyzer.hear(noise) is None or analyzer.ear is not None
    hearing = Analyzer(
        analyzer._text,
        analyzer._speech,
        analyzer._distress,
        analyzer._speech_activity,
        analyzer._fusion,
        ear=ear(3),
    )
    heard = hearing.hear(noise)
    assert heard is not None and heard.level is EmergencyLevel.ALARM
    assert heard.timeline == (Stretch(0.0, 5.0, SoundState.EMERGENCY),)
    with pytest.raises(NoSpeech):
        hearing.listen(noise, emergency=heard)


def test_what_it_sounds_like_is_part_of_the_analysis(analyzer: Analyzer, buzz: bytes) -> None:
    ordinary = listening(analyzer, None, ear(-9)).analyze(Utterance(recording=buzz)).emergency
    assert ordinary is not None and ordinary.level is EmergencyLevel.NONE
    assert ordinary.votes == {"cnn": False, "encoder": False}
    assert ordinary.timeline[-1].offset_s == 2.0
    assert all(stretch.state is not SoundState.EMERGENCY for stretch in ordinary.timeline)
    assert listening(analyzer, None).analyze(Utterance(recording=buzz)).emergency is None
    assert analyzer.analyze(Utterance(text="점심 먹었어")).emergency is None


@pytest.mark.parametrize("trusted", [True, False])
def test_words_that_are_trusted_have_a_vote(
    analyzer: Analyzer, buzz: bytes, trusted: bool
) -> None:
    cry = Says("살려주세요 불이 났어요", trusted=trusted)
    found = listening(analyzer, cry, ear(-9)).analyze(Utterance(recording=buzz)).emergency
    assert found is not None
    assert found.votes.get("words") is (True if trusted else None)
    assert found.level is (EmergencyLevel.ASK if trusted else EmergencyLevel.NONE)
    loud = listening(analyzer, cry, ear(3)).analyze(Utterance(recording=buzz)).emergency
    assert loud is not None and loud.level is EmergencyLevel.ALARM


def test_a_judgement_is_explained_by_the_window_that_decided(analyzer: Analyzer) -> None:
    waveform = Waveform(np.random.default_rng(0).normal(0, 0.1, 9 * RATE).astype("f4"), RATE)
    hearing = listening(analyzer, None, ear(3))
    heard = hearing.hear(waveform)
    assert heard is not None
    hearing._speech_activity = SpeechActivity()
    explanation = hearing.explain(waveform, heard)
    assert explanation.kind is heard.kind
    assert explanation.relevance.shape == explanation.log_mel.shape == (80, 400)
    assert 0.0 <= explanation.onset_s <= 5.0 and not explanation.speech.any()
    assert explanation.relevance_off_speech == pytest.approx(1.0)
    with pytest.raises(LookupError):
        listening(analyzer, None).explain(waveform, heard)


def test_the_nearer_danger_counts() -> None:
    thoughts = Distress(DistressKind.SELFHARM, DistressLevel.THOUGHTS, 0.9)
    cry = Distress(DistressKind.FIRE, DistressLevel.CRY, 0.8)
    assert more_urgent(thoughts, cry) is more_urgent(cry, thoughts) is cry


@pytest.mark.skipif(not ACTORS.is_dir(), reason="needs recordings in $TODAK_DATA")
def test_a_recording_has_voice_facts_and_a_text_none(analyzer: Analyzer) -> None:
    calm = (ACTORS / "03-01-01-01-01-01-05.ogg").read_bytes()

    facts = analyzer.analyze(Utterance(recording=calm)).voice_facts

    assert facts is not None and facts.pitch_median_hz is not None
    assert 70.0 < facts.pitch_median_hz < 140.0
    assert 0.0 < facts.voiced_share < 1.0 and 2.0 < facts.duration_s < 5.0
    assert analyzer.analyze(Utterance(text="점심 먹었어")).voice_facts is None


def test_several_threads_get_what_one_gets(analyzer: Analyzer) -> None:
    texts = [
        "내일 발표인데 잠이 안 와",
        "다들 나만 빼고 놀러 갔어",
        "so angry at my boss",
        "점심 먹었어",
    ]
    alone = [analyzer.analyze(Utterance(text=text)) for text in texts]
    together = [alone[0]] * len(texts)

    def read(number: int) -> None:
        for _ in range(5):
            together[number] = analyzer.analyze(Utterance(text=texts[number]))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        assert one.emotion is not None and other.emotion is not None
        assert dict(other.emotion.posterior) == pytest.approx(
            dict(one.emotion.posterior), abs=1e-4
        )


@pytest.mark.slow
def test_a_real_voice_is_heard_and_contradictions_are_noticed(analyzer: Analyzer) -> None:
    angry = ACTORS / "03-01-05-02-01-01-12.ogg"
    if not angry.is_file():
        pytest.skip(f"no recordings in {ACTORS}")
    heard = analyzer.analyze(Utterance(recording=angry.read_bytes()))
    assert heard.modalities == (Modality.VOICE,) and heard.emotion is not None
    assert heard.emotion.label is Emotion.ANGER
    assert heard.emotion.posterior[Emotion.HURT] == 0
    both = analyzer.analyze(
        Utterance(text="정말 기쁘고 행복한 하루였어", recording=angry.read_bytes())
    )
    assert both.modalities == (Modality.TEXT, Modality.VOICE)
    assert both.disagree
    one_after_the_other = analyzer.together(both.words, heard.voice, both.distress)
    assert one_after_the_other.emotion is not None and both.emotion is not None
    assert one_after_the_other.disagree
    assert dict(one_after_the_other.emotion.posterior) == pytest.approx(
        dict(both.emotion.posterior), abs=1e-4
    )
