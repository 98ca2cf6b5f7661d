"""The baseline's features against librosa's, and its weights behind the recogniser's interface."""

from pathlib import Path

import numpy as np
import pytest
import torch

from inference import checkpoints
from inference.analysis import Emotion
from inference.audio import SAMPLE_RATE, Waveform
from inference.checkpoints import CheckpointMismatch
from inference.speech_mlp import SpeechMlpRecognizer, mean_features
from models.speech_mlp import SpeechMlp, SpeechMlpConfig

WEIGHTS = Path(__file__).parents[2] / "models" / "weights" / "speech_mlp.safetensors"


@pytest.fixture
def glide() -> Waveform:
    time_s = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    noise = 0.01 * np.random.default_rng(0).standard_normal(len(time_s))
    samples = 0.3 * np.sin(2 * np.pi * (150.0 + 100.0 * time_s) * time_s) + noise
    return Waveform(samples.astype(np.float32), SAMPLE_RATE)


def test_the_features_are_the_documents(glide: Waveform) -> None:
    librosa = pytest.importorskip("librosa")
    samples = glide.samples
    expected = np.concatenate(
        [
            librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE, n_mfcc=40).mean(axis=1),
            librosa.feature.chroma_stft(
                S=np.abs(librosa.stft(samples)), sr=SAMPLE_RATE, tuning=0.0
            ).mean(axis=1),
            librosa.feature.melspectrogram(y=samples, sr=SAMPLE_RATE).mean(axis=1),
        ]
    )

    found = mean_features(glide).numpy()

    assert found.shape == (180,)
    assert np.allclose(found, expected, atol=1e-3, rtol=1e-4)


def test_the_weights_name_a_feeling(glide: Waveform) -> None:
    estimate = SpeechMlpRecognizer.load(WEIGHTS).predict(glide)

    assert set(estimate.posterior) == set(Emotion)
    assert sum(estimate.posterior.values()) == pytest.approx(1.0, abs=1e-5)
    assert estimate.posterior[Emotion.HURT] == 0.0


def test_weights_that_say_too_little_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mlp.safetensors"
    torch.manual_seed(0)
    config = SpeechMlpConfig(n_played=2)
    checkpoints.save(path, SpeechMlp(config), config, {"played": ["happy", "sad"]})

    with pytest.raises(CheckpointMismatch, match="sure_probability"):
        SpeechMlpRecognizer.load(path)
