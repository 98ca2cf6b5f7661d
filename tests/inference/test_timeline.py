from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.analysis import SoundState, Stretch
from inference.audio import SAMPLE_RATE, Waveform
from inference.features import MelConfig, log_mel, power_spectrogram
from inference.timeline import (
    FRAMES_PER_S,
    STEP_S,
    WINDOW_FRAMES,
    by_step,
    slide,
    stretches,
    window_onsets,
    worst,
)

MEL = MelConfig(n_fft=400, hop_length=160, n_mels=80)
RNG = np.random.default_rng(5)


def sound(*parts: tuple[str, float]) -> Waveform:
    """Murmuring ("room"), a shrill tone with noise ("shriek") and nothing ("silence")."""
    pieces = []
    for kind, seconds in parts:
        t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        hum = 0.05 * np.sin(2 * np.pi * 150 * t) * (1 + np.sin(2 * np.pi * 4 * t))
        shriek = 0.4 * np.sin(2 * np.pi * 3000 * t) + RNG.normal(0, 0.02, len(t))
        pieces.append({"room": hum, "shriek": shriek, "silence": 0.0 * t}[kind])
    return Waveform(np.concatenate(pieces).astype(np.float32), SAMPLE_RATE)


def mel_of(waveform: Waveform) -> torch.Tensor:
    return log_mel(power_spectrogram(torch.from_numpy(waveform.samples)[None], MEL), MEL)[0]


def shrill(windows: torch.Tensor) -> torch.Tensor:
    """How much of a window is shrill: a detector made by hand."""
    loud = windows[:, 55:65].amax(dim=1) > 0.0
    return (2.0 * loud.float().mean(dim=1)).clamp(max=1.0)


def timeline_of(waveform: Waveform) -> tuple[Stretch, ...]:
    mel = mel_of(waveform)
    return stretches(waveform, by_step(slide(mel, shrill), mel.shape[1]), 0.5, 0.3)


def states_of(timeline: tuple[Stretch, ...]) -> list[str]:
    return [stretch.state.value for stretch in timeline]


def test_an_emergency_has_an_onset_and_an_offset() -> None:
    timeline = timeline_of(sound(("room", 5), ("shriek", 2), ("room", 4), ("silence", 3)))
    assert states_of(timeline) == ["ordinary", "emergency", "ordinary", "silence"]
    assert timeline[1].onset_s == pytest.approx(5, abs=1.0)
    assert timeline[1].offset_s == pytest.approx(7, abs=1.0)
    assert timeline[3].onset_s == pytest.approx(11, abs=0.5)


def test_the_last_second_of_five_minutes_is_heard() -> None:
    timeline = timeline_of(sound(("room", 299), ("shriek", 1)))
    assert states_of(timeline) == ["ordinary", "emergency"]
    assert timeline[-1].onset_s == pytest.approx(299, abs=1.0)
    assert timeline[-1].offset_s == 300


@pytest.mark.parametrize("begins_s", [0.0, 0.3, 4.75, 8.6])
def test_one_second_is_found_wherever_it_is(begins_s: float) -> None:
    timeline = timeline_of(
        sound(("room", begins_s), ("shriek", 1), ("room", max(0.1, 9 - begins_s)))
    )
    [found] = [stretch for stretch in timeline if stretch.state is SoundState.EMERGENCY]
    assert found.onset_s == pytest.approx(begins_s, abs=1.0)


def test_silence_is_silence_also_between_two_cries() -> None:
    timeline = timeline_of(sound(("shriek", 2), ("silence", 1), ("shriek", 2)))
    assert states_of(timeline) == ["emergency", "silence", "emergency"]
    assert states_of(timeline_of(sound(("silence", 7)))) == ["silence"]


def test_a_click_in_the_scores_is_no_emergency() -> None:
    waveform = sound(("room", 5))
    flicker = np.array([0, 0, 0, 0.9, 0, 0.4, 0.4, 0.4, 0, 0], np.float32)
    assert states_of(stretches(waveform, flicker, 0.5, 0.3)) == ["ordinary"]
    flicker[6] = 0.9
    emergency = stretches(waveform, flicker, 0.5, 0.3)[1]
    assert (emergency.onset_s, emergency.offset_s) == (2.5, 4.0), "the weaker threshold extends it"


def test_the_worst_excerpts_lie_apart_and_inside() -> None:
    waveform = sound(("room", 20), ("shriek", 2), ("room", 20), ("shriek", 1), ("room", 3))
    mel = mel_of(waveform)
    found = worst(slide(mel, shrill), mel.shape[1], 10.0, 2)
    assert len(found) == 2
    first, second = ([frame / FRAMES_PER_S for frame in excerpt] for excerpt in found)
    assert first[0] < 20 and first[1] > 22 and second[0] < 42 and second[1] > 43
    short = mel[:, :300]
    assert worst(slide(short, shrill), 300, 10.0, 3) == [(0, 300)]


@given(n_frames=st.integers(1, 60_100))
@settings(deadline=None, max_examples=60)
def test_windows_cover_every_frame(n_frames: int) -> None:
    onsets = window_onsets(n_frames)
    assert onsets[0] == 0 and onsets == sorted(set(onsets))
    assert all(after - before <= 50 for before, after in pairwise(onsets))
    assert onsets[-1] + WINDOW_FRAMES >= n_frames
    assert n_frames < WINDOW_FRAMES or onsets[-1] + WINDOW_FRAMES == n_frames


@given(
    n_samples=st.integers(800, 40 * SAMPLE_RATE),
    seed=st.integers(0, 2**32 - 1),
    begins_at=st.floats(0, 1),
    ends_below=st.floats(0, 1),
)
@settings(deadline=None, max_examples=80)
def test_stretches_cover_the_recording_in_order(
    n_samples: int, seed: int, begins_at: float, ends_below: float
) -> None:
    rng = np.random.default_rng(seed)
    loudness = np.repeat(rng.choice([0.0, 1e-3, 0.1], n_samples // 4000 + 1), 4000)[:n_samples]
    waveform = Waveform((loudness * rng.normal(size=n_samples)).astype(np.float32), SAMPLE_RATE)
    n_frames = n_samples // 160
    probabilities = rng.random(len(window_onsets(n_frames))).astype(np.float32)
    ends_below = min(begins_at, ends_below)
    timeline = stretches(waveform, by_step(probabilities, n_frames), begins_at, ends_below)
    assert timeline[0].onset_s == 0 and timeline[-1].offset_s == waveform.duration_s
    for before, after in pairwise(timeline):
        assert before.offset_s == after.onset_s and before.state is not after.state
        assert before.offset_s % STEP_S == 0
    assert all(stretch.onset_s < stretch.offset_s for stretch in timeline)


@given(seed=st.integers(0, 2**32 - 1), n_frames=st.integers(1, 3000))
@settings(deadline=None, max_examples=40)
def test_a_step_is_as_likely_as_its_windows(seed: int, n_frames: int) -> None:
    probabilities = np.random.default_rng(seed).random(len(window_onsets(n_frames)))
    steps = by_step(probabilities.astype(np.float32), n_frames)
    assert len(steps) == -(-n_frames // 50)
    assert probabilities.min() - 1e-6 <= steps.min() and steps.max() <= probabilities.max() + 1e-6
