"""How long it takes until sounds have decided: `python -m benchmarks.emergency [--json]`.

A ten-second note is decoded and judged by the ear, and in the same run encoded by an encoder of
the size of openai-whisper's tiny with random weights, the way its users run it: on thirty seconds,
padded. A note of ten minutes is judged once. Where the ear's weights are not there, nets of the
same shape are measured.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from whisper.audio import log_mel_spectrogram, pad_or_trim  # type: ignore[import-untyped]
from whisper.model import AudioEncoder  # type: ignore[import-untyped]

from benchmarks.material import NOTE_S, opus
from inference.audio import SAMPLE_RATE, Waveform, decode
from inference.emergency import EmergencyEar, Judge
from inference.weights import SHIPPED_WEIGHTS
from models.emergency_cnn import EmergencyCnn, EmergencyCnnConfig
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig

LONG_NOTE_S = 600.0
REPEATS = 15
THREADS = 2
TINY = (80, 1500, 384, 6, 4)  # n_mels, n_ctx, n_state, n_head, n_layer


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    as_json = parser.parse_args().json
    torch.set_num_threads(THREADS)
    measured = measure()
    if as_json:
        print(json.dumps(measured))
        return
    for name, value in measured.items():
        print(f"{name}: {value}")


@torch.inference_mode()
def measure() -> dict[str, Any]:
    """Median milliseconds of each way, taken in turns."""
    ear, trained = _ear()
    tiny = AudioEncoder(*TINY).eval()
    note = opus(_sound(NOTE_S))
    waveform = decode(note)
    long_note = Waveform(_sound(LONG_NOTE_S), SAMPLE_RATE)
    ways: dict[str, Callable[[], Any]] = {
        "decode": lambda: decode(note),
        "ear": lambda: ear.hear(waveform),
        "whisper_tiny_encoder_30s": lambda: tiny(_padded(waveform)),
    }
    took_ms: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(REPEATS):
        for name, way in ways.items():
            took_ms[name].append(_took_ms(way))
    medians = {f"{name}_ms": round(float(np.median(took)), 1) for name, took in took_ms.items()}
    return {
        **medians,
        "whisper_over_ear": round(
            medians["whisper_tiny_encoder_30s_ms"] / (medians["decode_ms"] + medians["ear_ms"]), 1
        ),
        "ten_minutes_ms": round(_took_ms(lambda: ear.hear(long_note))),
        "trained": trained,
        "threads": THREADS,
    }


def _ear() -> tuple[EmergencyEar, bool]:
    """The shipped ear where there is one; it hears an alarm, so that its timeline is measured."""
    judge = Judge(scale=0.0, offset=5.0, ask=0.5, alarm=0.9)
    judges = {"cnn": judge, "encoder": judge, "together": judge}
    try:
        shipped = EmergencyEar.load(SHIPPED_WEIGHTS)
    except FileNotFoundError:
        cnn = EmergencyCnn(EmergencyCnnConfig()).eval()
        encoder = EmergencyEncoder(EmergencyEncoderConfig()).eval()
        return EmergencyEar(cnn, encoder, judges), False
    return EmergencyEar(shipped.cnn, shipped.encoder, judges), True


def _padded(waveform: Waveform) -> torch.Tensor:
    sound = pad_or_trim(torch.from_numpy(waveform.samples))
    spectrogram: torch.Tensor = log_mel_spectrogram(sound)[None]
    return spectrogram


def _sound(seconds: float) -> NDArray[np.float32]:
    """Noise that swells three times a second, as loud as speech."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.random.default_rng(0).normal(0.0, 0.1, len(t))
    return (noise * (1.0 + np.sin(2.0 * np.pi * 3.0 * t))).astype(np.float32)


def _took_ms(way: Callable[[], Any]) -> float:
    began_at_s = time.perf_counter()
    way()
    return 1000.0 * (time.perf_counter() - began_at_s)


if __name__ == "__main__":
    main()
