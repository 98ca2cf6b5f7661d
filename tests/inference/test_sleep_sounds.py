from itertools import pairwise

import numpy as np
import psutil
import pyloudnorm  # type: ignore[import-untyped]
import pytest

from inference.bands import SAMPLE_RATE, Array
from inference.loudness import block_powers, integrated_lufs
from inference.sleep_sounds import FILTERINGS, SleepSounds, UnknownKind
from inference.sleep_textures import SHIPPED_WEIGHTS
from inference.sound_recipe import Blend, Recipe, Strength

pytestmark = pytest.mark.skipif(
    not (SHIPPED_WEIGHTS / "sleep_texture.safetensors").is_file(),
    reason="models/weights lacks sleep_texture",
)
KINDS = ("rain", "waves", "stream", "wind", "fireplace", "thunder", "birds", "crickets")


@pytest.fixture(scope="module")
def sounds() -> SleepSounds:
    return SleepSounds.load()


def rendered(sounds: SleepSounds, recipe: Recipe) -> Array:
    return np.concatenate(list(sounds.render(recipe, SAMPLE_RATE)))


def test_the_kinds_are_natures(sounds: SleepSounds) -> None:
    assert sounds.kinds == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_at_the_level_for_sleep(sounds: SleepSounds, kind: str) -> None:
    samples = rendered(sounds, Recipe(((kind, 1.0),), 0.7, 5))
    assert len(samples) == round(0.7 * 60 * SAMPLE_RATE)
    assert np.abs(samples).max() <= 10 ** (-5 / 20) + 1e-6
    assert integrated_lufs(block_powers(samples, SAMPLE_RATE)) == pytest.approx(-27.0, abs=0.5)


def test_the_level_is_pyloudnorms_too(sounds: SleepSounds) -> None:
    chunks = sounds.render(Recipe((("rain", 1.0), ("birds", 0.5)), 1.2, 2), 48_000)
    samples = np.concatenate(list(chunks)).astype(np.float64)
    assert pyloudnorm.Meter(48_000).integrated_loudness(samples) == pytest.approx(-27.0, abs=0.5)


def test_the_same_seed_is_the_same_sound_and_another_is_not(sounds: SleepSounds) -> None:
    recipe = Recipe((("waves", 1.0), ("birds", 1.0)), 0.2, 7)
    first = rendered(sounds, recipe)
    assert rendered(sounds, recipe).tobytes() == first.tobytes()
    other = rendered(sounds, Recipe(recipe.kinds, 0.2, 8))
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.1


def test_nothing_repeats_within_a_sound(sounds: SleepSounds) -> None:
    recipe = Recipe((("rain", 1.0),), 1.0, 3, fade_in_s=0.0, fade_out_s=0.0)
    samples = rendered(sounds, recipe)
    spectrum = np.fft.rfft(samples, 2 * len(samples))
    likeness = np.fft.irfft(np.abs(spectrum) ** 2)[: len(samples) // 2]
    assert np.abs(likeness[SAMPLE_RATE:]).max() < 0.1 * likeness[0]


def test_it_rises_and_dies_away(sounds: SleepSounds) -> None:
    recipe = Recipe((("rain", 1.0),), 1.0, 1, fade_in_s=10.0, fade_out_s=30.0)
    seconds = np.square(rendered(sounds, recipe)).reshape(60, -1).mean(axis=1)
    assert seconds[0] < 0.1 * seconds[10:30].mean()
    tail = seconds[30:].reshape(6, 5).mean(axis=1)
    assert np.all(np.diff(tail) < 0) and seconds[-1] < 1e-4 * seconds[10:30].mean()


@pytest.mark.parametrize("blend", Blend)
def test_two_kinds_become_one(sounds: SleepSounds, blend: Blend) -> None:
    recipe = Recipe((("rain", 1.0), ("fireplace", 1.0), ("birds", 1.0)), 0.2, 1, blend=blend)
    samples = rendered(sounds, recipe)
    assert np.isfinite(samples).all() and samples.std() > 1e-3


def test_strengths_go_from_just_present_to_deep(sounds: SleepSounds) -> None:
    hertz = np.linspace(0.0, 8000.0, 257).astype(np.float32)
    bass = []
    for strength in (Strength.FAINT, Strength.SOFT, Strength.FULL, Strength.DEEP):
        power = np.square(FILTERINGS[strength].gains(hertz))
        bass.append(power[hertz < 200].mean() / power[(hertz > 200) & (hertz < 1500)].mean())
    assert all(a < b for a, b in pairwise(bass))
    movement = [FILTERINGS[s].movement for s in (Strength.FAINT, Strength.SOFT, Strength.FULL)]
    assert movement == sorted(movement)
    drops = []
    for strength in (Strength.FAINT, Strength.SOFT, Strength.FULL):
        recipe = Recipe((("fireplace", 1.0),), 0.3, 1, strength, fade_in_s=0.0, fade_out_s=0.0)
        samples = rendered(sounds, recipe)
        drops.append(np.percentile(np.abs(samples), 99.9) / samples.std())
    assert drops[0] < drops[2]


@pytest.mark.parametrize("kind", ["rain", "waves"])
def test_a_loop_closes_without_a_seam(sounds: SleepSounds, kind: str) -> None:
    looped = sounds.loop(Recipe(((kind, 1.0),), 0.5, 4), SAMPLE_RATE)
    assert len(looped) == 30 * SAMPLE_RATE
    frames = np.roll(looped, len(looped) // 2).reshape(-1, 480)
    levels = 10 * np.log10(np.square(frames).mean(axis=1))
    spectra = np.log(np.abs(np.fft.rfft(frames * np.hanning(480))) + 1e-5)
    flux = np.sqrt(np.square(np.diff(spectra, axis=0)).mean(axis=1))
    seam = len(looped) // 2 // 480 - 1
    assert abs(np.diff(levels)[seam]) <= np.percentile(np.abs(np.diff(levels)), 97)
    assert flux[seam] <= np.percentile(flux, 97)


def test_an_unknown_kind_lists_the_known(sounds: SleepSounds) -> None:
    with pytest.raises(UnknownKind, match="rain, waves, stream"):
        rendered(sounds, Recipe((("lava", 1.0),), 0.1, 1))


@pytest.mark.slow
def test_memory_does_not_grow_with_length(sounds: SleepSounds) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    highest = []
    for _ in sounds.render(Recipe((("rain", 1.0),), 15.0, 1), 32_000):
        highest.append(process.memory_info().rss - before)
    assert max(highest) < 150e6
    assert max(highest[6:]) <= max(highest[:6]) + 20e6
