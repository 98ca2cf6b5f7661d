"""The recipe from recordings to two detectors, thresholds and cards, on made recordings."""

import io
import json
from pathlib import Path

import av
import numpy as np
import pytest

from inference.audio import SAMPLE_RATE, Waveform
from inference.emergency import EmergencyEar
from models.train import emergency, emergency_bands, emergency_corpus, emergency_fitting
from models.train.emergency import main
from models.train.emergency_recordings import COLLECTIONS
from models.train.emergency_signals import voiced
from models.train.emergency_sounds import scream
from models.train.synthetic_speech import NoSynthesizer, Synthesizer


def wav(samples: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    pcm = (0.3 * samples / np.max(np.abs(samples)) * 32767).astype(np.int16)
    with av.open(buffer, "w", format="wav") as output:
        stream = output.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        output.mux([*stream.encode(frame), *stream.encode(None)])
    return buffer.getvalue()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Screams and voices, as files in the layout of the collections."""
    try:
        Synthesizer()
    except NoSynthesizer as error:
        pytest.skip(str(error))
    monkeypatch.setattr(emergency_fitting, "BATCHES_AN_EPOCH", 5)
    monkeypatch.setattr(emergency_bands, "BAND_BATCHES", 2)
    monkeypatch.setattr(emergency_corpus, "MADE_A_SHARD", 1)
    monkeypatch.setattr(emergency_corpus, "MADE_SHARDS", 1)
    monkeypatch.setattr(emergency_corpus, "SCREAM_COPIES", 1)
    rng = np.random.default_rng(0)
    for name in COLLECTIONS:
        folder = tmp_path / "data" / "audio" / name
        (folder / "clips").mkdir(parents=True)
        rows = ["file,label,emotion,emergency,group"]
        for i in range(9 if name == "iesc" else 0):
            high = voiced(np.full(SAMPLE_RATE, 200.0), 0.3, rng)
            samples = scream(SAMPLE_RATE, rng) if i < 4 else high
            (folder / f"clips/{i}.wav").write_bytes(wav(samples))
            label = "scream" if i < 4 else "help_keyword_angry" if i == 4 else "speech_go_angry"
            rows.append(f"clips/{i}.wav,{label},angry,normal_indoor,iesc_{i}")
        (folder / "labels.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path / "data"


def command(data: Path, *more: str) -> list[str]:
    folders = ["--data", str(data), "--out", str(data.parent), "--work", str(data / "work")]
    return [*folders, "--cnn-epochs", "2", "--encoder-epochs", "2", "--json", *more]


@pytest.mark.slow
def test_from_recordings_to_an_ear(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(data)) == 0

    measured = json.loads(capsys.readouterr().out)
    assert measured["together"]["screams_auc"]["notes"] == 8
    ear = EmergencyEar.load(data.parent)
    rng = np.random.default_rng(1)
    heard = ear.hear(Waveform(0.1 * scream(2 * SAMPLE_RATE, rng), SAMPLE_RATE))
    assert 0.0 <= heard.probability <= 1.0
    for name in ("emergency_cnn.md", "emergency_encoder.md"):
        card = (data.parent / name).read_text("utf-8")
        assert "CC BY-NC-SA 4.0" in card
        assert "{" not in card
    # The figures are made again without training, from the scores that were kept.
    assert main(command(data, "--evaluate")) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["cnn"]["screams_auc"] == measured["cnn"]["screams_auc"]


@pytest.mark.slow
def test_what_was_stopped_goes_on(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(data, "--limit-minutes", "0")) == 1
    assert "out of time" in capsys.readouterr().err
    assert main(command(data)) == 0


def test_nothing_to_listen_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert emergency.main(["--data", str(tmp_path), "--work", str(tmp_path / "w")]) == 2
    assert "nothing to listen to" in capsys.readouterr().err
