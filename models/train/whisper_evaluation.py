"""How well the small Whisper hears sentences and voices that it did not learn from."""

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.audio import SAMPLE_RATE, Waveform
from inference.transcription import Transcriber
from inference.whisper_weights import load_transcriber
from models.train.character_errors import character_errors, error_rate
from models.train.recordings import with_noise, with_opus
from models.train.spoken_sentences import TEST_SENTENCES, Line, held_out, read_lines
from models.train.synthetic_speech import TEST_VARIANTS

N_EACH = 60
CODEC_BIT_RATE = 16_000

Said = Sequence[tuple[Line, NDArray[np.float32]]]


def measured_on_test(weights: Path, seed: int, n_each: int = N_EACH) -> dict[str, Any]:
    """Character error rates by language: clean, through the codec, noisy, and filled to 30 s."""
    transcriber = load_transcriber(str(weights), [])
    lines = read_lines(TEST_SENTENCES)
    spoken = held_out(lines, TEST_VARIANTS, n_each, (seed, 4_000))
    clean = [(line, samples) for line, _, samples in spoken]
    rng = np.random.default_rng((seed, 5_000))
    return {
        "clean": measured(transcriber, clean, "clean"),
        "codec": measured(
            transcriber, [(line, with_opus(one, CODEC_BIT_RATE)) for line, one in clean], "codec"
        ),
        "noise": measured(
            transcriber, [(line, with_noise(one, rng)) for line, one in clean], "noise"
        ),
        "padded": measured(transcriber, clean, "padded", padded=True),
        "language_found": language_found(transcriber, clean),
    }


def measured(
    transcriber: Transcriber, said: Said, name: str, *, padded: bool = False
) -> dict[str, Any]:
    """Error rate of each language, the share that was trusted, and seconds a second of sound."""
    counts: dict[str, list[tuple[int, int]]] = {"ko": [], "en": []}
    n_trusted, sound_s, took_s = 0, 0.0, 0.0
    for i, (line, samples) in enumerate(said):
        if i % 50 == 0:
            print(f"{name} {i}/{len(said)}", file=sys.stderr, flush=True)
        waveform = Waveform(samples, SAMPLE_RATE)
        began_s = time.perf_counter()
        encoded = transcriber.encode(waveform, padded=padded)
        transcript = transcriber.transcribe(waveform, line.language, encoded)
        took_s += time.perf_counter() - began_s
        sound_s += waveform.duration_s
        n_trusted += transcript is not None and transcript.trusted
        heard = "" if transcript is None else transcript.text
        counts[line.language].append(character_errors(line.text, heard))
    return {
        **{code: asdict(error_rate(counts[code])) for code in counts},
        "trusted": n_trusted / len(said),
        "seconds_a_second": took_s / sound_s,
    }


def language_found(transcriber: Transcriber, said: Said) -> float:
    """How often the language is detected, where something is heard at all."""
    right = [
        transcript.language == line.language
        for line, samples in said[::5]
        if (transcript := transcriber.transcribe(Waveform(samples, SAMPLE_RATE))) is not None
    ]
    return sum(right) / len(right)
