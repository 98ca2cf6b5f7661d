import numpy as np

from inference.bands import SAMPLE_RATE, Array
from inference.texture_statistics import Scale, distance, statistics_of
from models.train.sound_ear import SoundEar, together


def hiss(seed: int) -> Array:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(3 * SAMPLE_RATE) * 0.05).astype(np.float32)


def drops(seed: int) -> Array:
    rng = np.random.default_rng(seed)
    gate = (rng.random(3 * SAMPLE_RATE // 400) < 0.1).repeat(400)
    return (rng.standard_normal(3 * SAMPLE_RATE) * 0.15 * gate + 1e-4).astype(np.float32)


def rumble(seed: int) -> Array:
    low = np.convolve(hiss(seed), np.ones(60) / 8.0, "same")
    return low.astype(np.float32)


KINDS = {"hiss": hiss, "drops": drops, "rumble": rumble}


def test_textures_of_one_kind_are_nearer_than_of_two() -> None:
    statistics = {name: [statistics_of(make(i)) for i in range(3)] for name, make in KINDS.items()}
    scale = Scale.of([one for of_kind in statistics.values() for one in of_kind])
    scaled = {name: [scale.scaled(one) for one in many] for name, many in statistics.items()}
    for name, others in (("hiss", ("drops", "rumble")), ("drops", ("hiss", "rumble"))):
        same = distance(scaled[name][0], scaled[name][1])
        assert all(same < 0.5 * distance(scaled[name][0], scaled[other][1]) for other in others)
    assert distance(scaled["hiss"][0], scaled["hiss"][0]) == 0.0


def test_the_ear_names_kinds_and_hears_two_at_once() -> None:
    pieces = {name: [make(i) for i in range(4)] for name, make in KINDS.items()}
    scale = Scale.of([statistics_of(one) for of_kind in pieces.values() for one in of_kind])
    ear = SoundEar(pieces, scale)
    for i, make in enumerate(KINDS.values()):
        heard = ear.hear([statistics_of(make(77))])[0]
        assert heard.argmax() == i
    both = ear.hear([statistics_of(together(drops(50), rumble(51)))])[0]
    assert both[1] >= 0.2 and both[2] >= 0.2
