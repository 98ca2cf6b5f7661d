import io
import os
import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from inference.analysis import DistressLevel, Emotion, Modality, Utterance
from inference.audio import UnreadableAudio
from inference.pipeline import Analyzer, NoSpeech, SilentRecording

RECORDINGS = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio/ravdess/clips"
RATE = 16_000


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer.load()


def wav(samples: np.ndarray) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 30_000).astype("<i2").tobytes())
    return content.getvalue()


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
        analyzer.analyze(Utterance(recording=wav(np.zeros(2 * RATE))))
    seconds = np.arange(3 * RATE) / RATE
    chord = np.sum([np.sin(2 * np.pi * pitch * seconds) for pitch in (262, 330, 392)], 0) / 6
    with pytest.raises(NoSpeech):
        analyzer.analyze(Utterance(recording=wav(chord)))
    with pytest.raises(UnreadableAudio):
        analyzer.analyze(Utterance(recording=b""))


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
    angry = RECORDINGS / "03-01-05-02-01-01-12.ogg"
    if not angry.is_file():
        pytest.skip(f"no recordings in {RECORDINGS}")
    heard = analyzer.analyze(Utterance(recording=angry.read_bytes()))
    assert heard.modalities == (Modality.VOICE,) and heard.emotion is not None
    assert heard.emotion.label is Emotion.ANGER
    assert heard.emotion.posterior[Emotion.HURT] == 0
    both = analyzer.analyze(
        Utterance(text="정말 기쁘고 행복한 하루였어", recording=angry.read_bytes())
    )
    assert both.modalities == (Modality.TEXT, Modality.VOICE)
    assert both.disagree
