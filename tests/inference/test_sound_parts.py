"""A night in parts: each made alone, one sound together."""

import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sound_making import ENVIRONMENT
from inference.bands import SAMPLE_RATE, Array
from inference.loudness import block_powers, integrated_lufs
from inference.sleep_sounds import HIGHEST_PEAK, SleepSounds
from inference.sound_files import PART, Tags, write_mp3
from inference.sound_parts import LEAD_S, parts_of
from inference.sound_recipe import Recipe, Strength

QUICK, SLOW = ("rain", "fireplace", "birds"), ("waves", "stream", "wind", "thunder", "crickets")
KINDS = [*QUICK, *(pytest.param(kind, marks=pytest.mark.slow) for kind in SLOW)]
FRAME = SAMPLE_RATE // 50
INSIDE = 95.0
"""A seam may stand out no more than this percentile of all places inside."""


@pytest.fixture(scope="module")
def sounds() -> SleepSounds:
    return SleepSounds.load()


def night(*kinds: str, minutes: float = 1.0, seed: int = 3) -> Recipe:
    return Recipe(tuple((kind, 1.0) for kind in kinds), minutes, seed, Strength.SOFT)


def rendered(sounds: SleepSounds, recipe: Recipe, n_parts: int) -> list[Array]:
    parts = parts_of(recipe, n_parts)
    return [
        np.concatenate(list(sounds.render_part(parts, number, SAMPLE_RATE)))
        for number in range(n_parts)
    ]


def changes(samples: Array) -> tuple[Array, Array]:
    """How far the level in dB and the log spectrum move from each frame of 20 ms to the next."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    levels = 10.0 * np.log10(np.square(frames).mean(axis=1) + 1e-12)
    spectra = np.log(np.abs(np.fft.rfft(frames * np.hanning(FRAME))) + 1e-5)
    flux = np.sqrt(np.square(np.diff(spectra, axis=0)).mean(axis=1))
    return np.abs(np.diff(levels)), np.asarray(flux)


def standing_out(samples: Array, seams: list[int]) -> Array:
    """Which share of all changes is smaller than that at the seams, the median of them.

    One change in twenty is beyond the 95th percentile by chance; half of five are not.
    """
    return np.array(
        [
            np.median([(moved <= moved[seam // FRAME - 1]).mean() for seam in seams])
            for moved in changes(samples)
        ]
    )


@given(
    st.floats(0.5, 1440.0),
    st.integers(2, 24),
    st.integers(0, 2**63 - 1),
)
def test_parts_are_equally_long_and_have_seeds_of_their_own(
    minutes: float, n_parts: int, seed: int
) -> None:
    whole = Recipe((("rain", 1.0),), minutes, seed)
    parts = parts_of(whole, n_parts)
    assert sum(part.duration_s for part in parts) == pytest.approx(whole.duration_s)
    assert max(abs(part.duration_s - parts[0].duration_s) for part in parts) < 1e-6
    assert len({part.recipe.seed for part in parts}) == n_parts and parts[0].recipe.seed == seed
    assert [part.recipe.opening_s > 0 for part in parts] == [True] + [False] * (n_parts - 1)
    assert [part.recipe.ending_s > 0 for part in parts] == [False] * (n_parts - 1) + [True]
    assert parts[0].lead_s == 0 and all(0 < part.lead_s <= LEAD_S for part in parts[1:])
    assert parts == parts_of(whole, n_parts)


def test_a_single_part_is_the_sound_itself() -> None:
    [part] = parts_of(night("rain"), 1)
    assert (part.recipe, part.lead_s) == (night("rain"), 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_where_parts_meet_nothing_stands_out(sounds: SleepSounds, kind: str) -> None:
    parts = rendered(sounds, night(kind, minutes=1.4), 7)
    assert {len(part) for part in parts} == {12 * SAMPLE_RATE}
    inside = np.concatenate(parts[1:-1])  # the first rises and the last dies away
    seams = [len(parts[0]) * number for number in range(1, 5)]
    assert standing_out(inside, seams).max() <= INSIDE / 100.0
    assert np.abs(inside).max() <= HIGHEST_PEAK + 1e-6
    assert integrated_lufs(block_powers(inside, SAMPLE_RATE)) == pytest.approx(-27.0, abs=1.0)


def test_a_jump_would_stand_out(sounds: SleepSounds) -> None:
    parts = rendered(sounds, night("rain", minutes=1.4), 7)[1:-1]
    louder = np.concatenate([part * (1.0 + number % 2) for number, part in enumerate(parts)])
    seams = [len(parts[0]) * number for number in range(1, 5)]
    assert standing_out(louder.astype(np.float32), seams).max() > INSIDE / 100.0


def test_a_part_ends_in_the_stream_that_the_next_begins_with(sounds: SleepSounds) -> None:
    recipe = night("rain", "fireplace")
    parts = parts_of(recipe, 2)
    first, second = rendered(sounds, recipe, 2)
    stream = np.concatenate(list(sounds.render(parts[1].recipe, SAMPLE_RATE)))
    n_lead = round(parts[1].lead_s * SAMPLE_RATE)
    alone = round(0.08 * SAMPLE_RATE)
    assert np.allclose(first[-alone:], stream[n_lead - alone : n_lead], atol=1e-6)
    assert np.allclose(second, stream[n_lead:], atol=1e-6)
    before = first[: -2 * n_lead].std()
    joined = first[-n_lead:].reshape(5, -1).std(axis=1)
    assert np.all(np.abs(20.0 * np.log10(joined / before)) < 3.0), "as loud while they cross"


def test_nothing_stands_out_in_the_files_either(sounds: SleepSounds, tmp_path: Path) -> None:
    parts = parts_of(night("rain", minutes=1.4), 7)
    heard = []
    for number in range(1, 6):
        path = tmp_path / f"{number}.mp3"
        write_mp3(
            path, sounds.render_part(parts, number, PART.sample_rate), Tags("", ""), fineness=PART
        )
        with av.open(str(path)) as container:
            frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
        heard.append(np.concatenate(frames)[: 12 * PART.sample_rate].astype(np.float32))
        assert path.stat().st_size * 7200 / 12 < 0.95 * 50e6
    assert {len(part) for part in heard} == {12 * PART.sample_rate}
    seams = [len(heard[0]) * number for number in range(1, 5)]
    assert standing_out(np.concatenate(heard), seams).max() <= INSIDE / 100.0


TEN_MINUTES = """
import sys
from pathlib import Path
import numpy as np
import torch
from inference.sleep_sounds import SleepSounds
from inference.sound_files import PART, Tags, write_mp3
from inference.sound_parts import parts_of
from inference.sound_recipe import Recipe

def kilobytes(name):
    [line] = [l for l in Path("/proc/self/status").read_text().splitlines() if name in l]
    return int(line.split()[1])

torch.set_num_threads(1)
sounds = SleepSounds.load()
idle = kilobytes("VmRSS")
Path("/proc/self/clear_refs").write_text("5")  # the peak from here on
parts = parts_of(Recipe((("rain", 1.0), ("fireplace", 1.0), ("birds", 1.0)), 40.0, 1), 4)
chunks = sounds.render_part(parts, 1, PART.sample_rate)
write_mp3(Path(sys.argv[1]), chunks, Tags("rain", "Todak"), fineness=PART)
print((kilobytes("VmHWM") - idle) / 1024)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux keeps the peak")
def test_ten_minutes_of_a_night_take_little_memory(tmp_path: Path) -> None:
    given = [sys.executable, "-c", TEN_MINUTES, str(tmp_path / "part.mp3")]
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(given, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 150.0, done.stdout
