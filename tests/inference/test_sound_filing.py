"""Recordings of one kind are near each other; what is like nothing filed is called nothing."""

import numpy as np
import pytest

from inference.bands import SAMPLE_RATE, Array
from inference.sound_filing import (
    MOST_STRETCHES,
    SHORTEST_S,
    Texture,
    grouped,
    likeness,
    texture_of,
)


def hiss(seed: int, seconds: float = 6.0) -> Array:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(round(seconds * SAMPLE_RATE)) * 0.05).astype(np.float32)


def drops(seed: int, seconds: float = 6.0) -> Array:
    rng = np.random.default_rng(seed)
    gate = (rng.random(round(seconds * SAMPLE_RATE) // 400) < 0.1).repeat(400)
    return (rng.standard_normal(len(gate)) * 0.15 * gate + 1e-4).astype(np.float32)


def hum(seed: int, seconds: float = 6.0) -> Array:
    low = np.convolve(hiss(seed, seconds), np.ones(60) / 8.0, "same")
    return np.asarray(low, np.float32)


def textures(make: object, n: int, first: int = 0) -> list[Texture]:
    assert callable(make)
    return [texture_of([make(first + i)]) for i in range(n)]


def test_a_sound_is_proposed_as_the_filed_kind_it_is_like() -> None:
    filed = {"hiss": textures(hiss, 2), "drops": textures(drops, 2)}
    for kind, make in (("hiss", hiss), ("drops", drops)):
        like = likeness(texture_of([make(50)]), filed)
        assert like is not None and (like.kind, like.sure) == (kind, True)


def test_what_is_like_nothing_filed_is_left_to_a_person() -> None:
    like = likeness(texture_of([drops(5)]), {"hum": textures(hum, 2)})
    assert like is not None and not like.sure
    assert likeness(texture_of([drops(5)]), {}) is None


def test_groups_hold_what_is_alike_the_largest_first() -> None:
    assert grouped([*textures(drops, 2), *textures(hiss, 3), *textures(hum, 1)]) == [
        *(1, 1),
        *(0, 0, 0),
        2,
    ]
    assert grouped([]) == []


@pytest.mark.parametrize("seconds", [0.05, SHORTEST_S / 3, 1.0, 5.5, 95.0])
def test_a_sound_of_any_length_has_a_texture(seconds: float) -> None:
    sound = np.concatenate([hiss(1, seconds), np.zeros(6 * SAMPLE_RATE, np.float32)])
    found = texture_of([sound[: 30 * SAMPLE_RATE], sound[30 * SAMPLE_RATE :]])
    assert 1 <= len(found) <= MOST_STRETCHES and np.isfinite(found).all()


def test_silence_has_none() -> None:
    with pytest.raises(ValueError, match="silence"):
        texture_of([np.zeros(SAMPLE_RATE, np.float32)])
