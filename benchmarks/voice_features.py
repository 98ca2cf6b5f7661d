"""Todak's spectral features against librosa's: `python -m benchmarks.voice_features [--json]`.

The same features of the same notes in one run, on one thread: log-mel, MFCC with first and second
slopes, and chroma from one Fourier transform in torch, all notes in one batch and note by note; by
librosa call by call, as its users do, and from one transform. Needs
`.venv/bin/python -m pip install -e '.[bench]'`.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import librosa
import numpy as np
import torch
from numpy.typing import NDArray

from inference.features import MelConfig, chroma, delta, log_mel, mfcc, power_spectrogram

N_NOTES = 8
NOTE_S = 10.0
N_MFCC = 40
REPEATS = 7
CONFIG = MelConfig()

Notes = NDArray[np.float32]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    as_json = parser.parse_args().json
    torch.set_num_threads(1)
    measured = measure(_notes())
    if as_json:
        print(json.dumps(measured))
        return
    for name, value in measured.items():
        print(f"{name}: {value:.2f}")


@torch.inference_mode()
def measure(notes: Notes) -> dict[str, float]:
    """Milliseconds a note of each way, and how often Todak's time librosa's is."""
    waveforms = torch.from_numpy(notes)
    ways: dict[str, Callable[[], Any]] = {
        "todak_batch": lambda: _todak(waveforms),
        "todak_one_by_one": lambda: [_todak(waveform[None]) for waveform in waveforms],
        "librosa_one_transform": lambda: [_librosa_shared(note) for note in notes],
        "librosa_usual_calls": lambda: [_librosa(note) for note in notes],
    }
    took_ms: dict[str, list[float]] = {way: [] for way in ways}
    for way in ways.values():
        way()  # librosa compiles, torch fills its caches
    for _ in range(REPEATS):
        for name, way in ways.items():
            began_at_s = time.perf_counter()
            way()
            took_ms[name].append(1000.0 * (time.perf_counter() - began_at_s) / len(notes))
    best_ms = {f"{name}_ms": min(times) for name, times in took_ms.items()}
    ratios = {
        f"{slow}_over_{fast}": best_ms[f"{slow}_ms"] / best_ms[f"{fast}_ms"]
        for slow in ("librosa_one_transform", "librosa_usual_calls")
        for fast in ("todak_one_by_one", "todak_batch")
    }
    return {name: round(value, 2) for name, value in (best_ms | ratios).items()}


def _todak(waveforms: torch.Tensor) -> list[torch.Tensor]:
    power = power_spectrogram(waveforms, CONFIG)
    in_db = log_mel(power, CONFIG)
    cepstra = mfcc(in_db, N_MFCC)
    return [in_db, cepstra, delta(cepstra), delta(cepstra, 2), chroma(power, CONFIG)]


def _librosa(note: NDArray[np.float32]) -> list[Any]:
    shape: Any = {"sr": CONFIG.sample_rate, "n_fft": CONFIG.n_fft, "hop_length": CONFIG.hop_length}
    mel = librosa.feature.melspectrogram(y=note, n_mels=CONFIG.n_mels, **shape)
    cepstra = librosa.feature.mfcc(y=note, n_mfcc=N_MFCC, n_mels=CONFIG.n_mels, **shape)
    slopes = [librosa.feature.delta(cepstra, order=order) for order in (1, 2)]
    classes = librosa.feature.chroma_stft(y=note, tuning=0.0, **shape)
    return [librosa.power_to_db(mel), cepstra, *slopes, classes]


def _librosa_shared(note: NDArray[np.float32]) -> list[Any]:
    spectrum = librosa.stft(note, n_fft=CONFIG.n_fft, hop_length=CONFIG.hop_length)
    power = np.square(np.abs(spectrum))
    mel = librosa.feature.melspectrogram(S=power, sr=CONFIG.sample_rate, n_mels=CONFIG.n_mels)
    in_db = librosa.power_to_db(mel)
    cepstra = librosa.feature.mfcc(S=in_db, n_mfcc=N_MFCC)
    slopes = [librosa.feature.delta(cepstra, order=order) for order in (1, 2)]
    classes = librosa.feature.chroma_stft(S=power, sr=CONFIG.sample_rate, tuning=0.0)
    return [in_db, cepstra, *slopes, classes]


def _notes() -> Notes:
    """Harmonics with syllables and noise: what is in a note does not change what it costs."""
    rng = np.random.default_rng(0)
    time_s = np.arange(round(NOTE_S * CONFIG.sample_rate)) / CONFIG.sample_rate
    pitches_hz = rng.uniform(90.0, 300.0, (N_NOTES, 1))
    voices = sum(np.sin(2 * np.pi * k * pitches_hz * time_s) / k for k in range(1, 12))
    syllables = 0.05 + np.square(np.sin(2 * np.pi * 2.0 * time_s))
    noise = rng.standard_normal((N_NOTES, len(time_s)))
    return np.asarray(0.1 * voices * syllables + 0.002 * noise, np.float32)


if __name__ == "__main__":
    main()
