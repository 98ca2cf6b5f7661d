"""A corpus of synthetic voices in the layout of the real ones."""

import io
from pathlib import Path

import av
import numpy as np
import pytest

from inference.audio import SAMPLE_RATE
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
def voices(tmp_path: Path) -> Path:
    """A data folder with ten actors of five folds and eight German speakers."""
    actors = [(f"actor{i:02d}{'MF'[i % 2]}", i % 5 + 1) for i in range(10)]
    # Both sexes in each fold: actors i and i + 5 share a fold and differ in parity.
    write_corpus(tmp_path / "data" / "audio" / "ravdess", "ravdess", actors)
    germans = [(f"german{i}", 0) for i in range(8)]
    write_corpus(tmp_path / "data" / "audio" / "emodb2s", "emodb2s", germans)
    return tmp_path / "data"
