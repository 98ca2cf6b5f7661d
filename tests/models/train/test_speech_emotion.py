"""The recipe from recordings to weights, on a corpus of synthetic voices."""

import io
import json
from pathlib import Path

import av
import numpy as np
import pytest

from inference.audio import SAMPLE_RATE, Waveform
from inference.speech_emotion import SpeechEmotionRecognizer
from models.train import speech_emotion
from models.train.speech_emotion import main
from models.train.voice_corpus import NOT_PLAYED_IN, PLAYED

PITCH_HZ = {emotion: 110.0 * 1.25**i for i, emotion in enumerate(PLAYED)}


def voice(pitch_hz: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time_s = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    harmonics = sum(np.sin(2 * np.pi * k * pitch_hz * time_s) / k for k in range(1, 8))
    return (0.2 * harmonics + 0.005 * rng.standard_normal(len(time_s))).astype(np.float32)


def write_corpus(folder: Path, corpus: str, speakers: list[tuple[str, int]]) -> None:
    (folder / "clips").mkdir(parents=True)
    rows = ["file,label,emotion,speaker,fold"]
    played = [emotion for emotion in PLAYED if emotion not in NOT_PLAYED_IN[corpus]]
    for i, (speaker, fold) in enumerate(speakers):
        for j in range(3):
            emotion = played[(3 * i + j) % len(played)]
            name = f"clips/{speaker}-{j}.wav"
            pcm = (voice(PITCH_HZ[emotion], i) * 32767).astype(np.int16)
            buffer = io.BytesIO()
            with av.open(buffer, "w", format="wav") as output:
                stream = output.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono")
                frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
                frame.sample_rate = SAMPLE_RATE
                output.mux([*stream.encode(frame), *stream.encode(None)])
            (folder / name).write_bytes(buffer.getvalue())
            rows.append(f"{name},{emotion},{emotion},{speaker},{fold or ''}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    actors = [(f"actor{i:02d}{'MF'[i % 2]}", i % 5 + 1) for i in range(10)]
    # Both sexes in each fold: actors i and i + 5 share a fold and differ in parity.
    write_corpus(tmp_path / "data" / "audio" / "ravdess", "ravdess", actors)
    germans = [(f"german{i}", 0) for i in range(8)]
    write_corpus(tmp_path / "data" / "audio" / "emodb2s", "emodb2s", germans)
    monkeypatch.setattr(speech_emotion, "N_VARIANTS", 1)
    return tmp_path / "data"


def command(data: Path, *more: str) -> list[str]:
    folder = data.parent
    paths = ["--data", str(data), "--out", str(folder / "voice.safetensors")]
    return [*paths, "--work", str(folder / "work"), "--epochs", "3", *more]


def test_from_recordings_to_weights_and_card(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(data)) == 0

    measured = json.loads(capsys.readouterr().out)
    assert measured["corpora"]["ravdess"]["uar"]["clips"] == 30
    weights = data.parent / "voice.safetensors"
    recognizer = SpeechEmotionRecognizer.load(weights)
    samples = np.tile(voice(200.0, 0), 4)
    estimate = recognizer.predict(Waveform(samples, SAMPLE_RATE))
    assert sum(estimate.posterior.values()) == pytest.approx(1.0, abs=1e-5)
    card = weights.with_suffix(".md").read_text(encoding="utf-8")
    assert "CC BY-NC-SA 4.0" in card
    assert "Korean speech is unseen" in card
    assert "{" not in card


def test_a_stopped_training_goes_on_where_it_was(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(data, "--evaluate", "--limit-minutes", "0")) == 1
    assert "out of time" in capsys.readouterr().err

    assert main(command(data, "--evaluate")) == 0
    first = capsys.readouterr()
    assert main(command(data, "--evaluate")) == 0
    second = capsys.readouterr()

    assert "fold 8 epoch 3/3" in first.err
    assert "epoch" not in second.err
    assert first.out == second.out
    assert not (data.parent / "voice.safetensors").exists()


def test_without_recordings_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(tmp_path / "nothing")) == 2
    assert "no recordings" in capsys.readouterr().err
