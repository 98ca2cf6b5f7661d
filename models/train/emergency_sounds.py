"""Made sounds of each of the nineteen kinds; the ordinary ones are in `ordinary_sounds.py`.

What makes an emergency here is vigorous and goes on: pounding is many blows, where an ordinary
knock is one or two.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from inference.analysis import SoundKind
from inference.audio import SAMPLE_RATE
from models.train.emergency_signals import (
    Rng,
    Samples,
    at_random,
    beeps,
    harmonics,
    impact,
    levelled,
    pitch,
    regular,
    scattered,
    shaped_noise,
    swelling,
    voiced,
    wandering,
)
from models.train.ordinary_sounds import (
    appliance,
    household,
    laugh,
    music,
    rain,
    sob,
    song,
    street,
    vacuum,
    washer,
)

Sound = Callable[[int, Rng], Samples]


def scream(n: int, rng: Rng) -> Samples:
    """High, pressed and rough (roughness at 30 to 150 Hz: Arnal et al., 2015)."""
    made = np.zeros(n, np.float32)
    onset = 0
    while onset < n - SAMPLE_RATE // 5:
        length = min(n - onset, int(rng.uniform(0.5, 1.8) * SAMPLE_RATE))
        low = rng.uniform(500, 1500)
        voice = voiced(pitch(length, low, low * rng.uniform(1.1, 1.8), 3.0, rng), 1.0, rng)
        t = np.arange(length) / SAMPLE_RATE
        rough = 1.0 + rng.uniform(0.2, 0.9) * np.sin(6.2832 * rng.uniform(30, 150) * t)
        made[onset : onset + length] = voice * rough * swelling(length, 0.06, 0.2)
        onset += length + int(rng.uniform(0.1, 0.6) * SAMPLE_RATE)
    return made


def groan(n: int, rng: Rng) -> Samples:
    """Low voices that sink."""
    made = np.zeros(n, np.float32)
    for onset in regular(n, rng.uniform(0.4, 0.9), 0.2, rng):
        length = min(n - int(onset), int(rng.uniform(0.5, 1.3) * SAMPLE_RATE))
        if length > 1600:
            high = rng.uniform(110, 260)
            f0 = np.linspace(high, 0.65 * high, length)
            rough = 1.0 + 0.5 * wandering(length, 40.0, rng)
            made[onset : onset + length] += (
                voiced(f0, 0.3, rng) * rough * swelling(length, 0.1, 0.4)
            )
    return made


def smoke_alarm(n: int, rng: Rng) -> Samples:
    """The temporal-three pattern at about 3.1 kHz (ISO 8201), or quick beeps."""
    hz = rng.uniform(2900, 3500)
    if rng.random() < 0.7:
        sound = beeps(n, hz, 0.5, 0.5, 3, 1.0)
    else:
        sound = beeps(n, hz, rng.uniform(0.1, 0.3), 0.1, 1, 0.0)
    return np.roll(sound, int(rng.integers(n)))


def siren(n: int, rng: Rng) -> Samples:
    """Wail, yelp or two tones."""
    t = np.arange(n) / SAMPLE_RATE
    low, high = rng.uniform(400, 700), rng.uniform(1000, 1700)
    place = 0.5 + 0.5 * np.sin(6.2832 * rng.choice([0.25, 0.6, 3.0]) * t + rng.uniform(0, 6.28))
    if rng.random() < 0.3:
        place = (place > 0.5).astype(np.float64)
    return harmonics(low * (high / low) ** place, 6.0, rng)


def glass(n: int, rng: Rng) -> Samples:
    """A pane that breaks and its shards."""
    shards = [impact(rng.uniform(0.02, 0.12), 2500, 7500, 1.5, rng) for _ in range(8)]
    first = int(rng.integers(0, max(1, n // 2)))
    later = first + (rng.exponential(0.25, int(rng.integers(15, 60))) * SAMPLE_RATE).astype(int)
    made = scattered(n, later[later < n], shards, rng)
    return made + 1.5 * scattered(n, np.array([first]), [impact(0.05, 600, 6000, 0.7, rng)], rng)


def gunshots(n: int, rng: Rng) -> Samples:
    """Broad blasts with a tail."""
    shots = [
        impact(rng.uniform(0.08, 0.25), 100, 3000, 0.2, rng)
        * (1.0 + 0.5 * rng.standard_normal(1).astype(np.float32))
        for _ in range(3)
    ]
    return scattered(n, at_random(n, rng.uniform(0.5, 2.5), rng), shots, rng)


def blows(n: int, rng: Rng) -> Samples:
    """Dull hits, one after another."""
    hits = [impact(rng.uniform(0.04, 0.12), 80, 900, 0.6, rng) for _ in range(4)]
    return scattered(n, regular(n, rng.uniform(1.5, 3.5), 0.3, rng), hits, rng)


def crackle(n: int, rng: Rng) -> Samples:
    """Fire: snaps over a roar that breathes."""
    snaps = [impact(rng.uniform(0.002, 0.012), 800, 7000, 0.3, rng) for _ in range(8)]
    made = scattered(n, at_random(n, rng.uniform(12, 60), rng), snaps, rng)
    roar = shaped_noise(n, 40, 1200, 5.0, rng) * (0.3 + wandering(n, 6.0, rng))
    return np.asarray(made + rng.uniform(0.02, 0.2) * roar, np.float32)


def arcing(n: int, rng: Rng) -> Samples:
    """Mains buzz with sparks that follow it."""
    mains = rng.choice([100.0, 120.0])
    buzz = harmonics(np.full(n, mains), 3.0, rng) * (0.3 + 0.7 * wandering(n, 2.0, rng))
    sparks = [impact(0.003, 2000, 7500, 0.1, rng) for _ in range(5)]
    at = regular(n, mains, 0.1, rng)
    at = at[wandering(n, 8.0, rng)[at] > rng.uniform(0.4, 0.7)]
    pops = scattered(n, at_random(n, 2.0, rng), [impact(0.02, 300, 4000, 0.3, rng)], rng)
    return 0.25 * buzz + (scattered(n, at, sparks, rng) if len(at) else 0.0) + 1.5 * pops


def hiss(n: int, rng: Rng) -> Samples:
    """Gas that streams out: steady, high, with a whistle."""
    made = shaped_noise(n, rng.uniform(1500, 3000), 8000, -1.0, rng)
    whistle = harmonics(pitch(n, 2500, 4500, 0.5, rng), 20.0, rng)
    steady = swelling(n, rng.uniform(0.01, 0.3), 0.01)
    return np.asarray((made + rng.uniform(0.0, 0.5) * whistle) * steady, np.float32)


def gas_alarm(n: int, rng: Rng) -> Samples:
    """The temporal-four pattern of gas alarms."""
    sound = beeps(n, rng.uniform(2700, 3600), 0.1, 0.1, 4, rng.uniform(0.6, 1.5))
    return np.roll(sound, int(rng.integers(n)))


def collapse(n: int, rng: Rng) -> Samples:
    """A crash that rumbles on while debris falls."""
    first = int(rng.integers(0, max(1, n // 3)))
    t = np.maximum(0, np.arange(n) - first) / SAMPLE_RATE
    fading = (np.arange(n) >= first) * np.exp(-t / rng.uniform(0.6, 2.0))
    rumble = shaped_noise(n, 30, 500, 4.0, rng) * fading
    stones = [impact(rng.uniform(0.03, 0.2), 100, 2500, 0.4, rng) for _ in range(10)]
    at = first + (rng.exponential(0.7, int(rng.integers(30, 120))) * SAMPLE_RATE).astype(int)
    return np.asarray(0.7 * rumble + scattered(n, at[at < n], stones, rng), np.float32)


def quake(n: int, rng: Rng) -> Samples:
    """Rumble from below and everything rattling at the pace of the shaking."""
    shaking = 0.3 + 0.7 * wandering(n, 1.5, rng)
    rumble = shaped_noise(n, 20, 120, 3.0, rng) * shaking
    dishes = [impact(rng.uniform(0.02, 0.08), 1500, 6000, 1.5, rng) for _ in range(6)]
    boards = [impact(rng.uniform(0.02, 0.05), 200, 1200, 0.6, rng) for _ in range(4)]
    pace = rng.uniform(5.0, 10.0)
    rattle = scattered(n, regular(n, pace, 0.4, rng), dishes, rng)
    rattle += scattered(n, regular(n, pace, 0.4, rng), boards, rng)
    return np.asarray(0.8 * rumble + rng.uniform(0.5, 1.2) * rattle * shaking, np.float32)


def disaster_alert(n: int, rng: Rng) -> Samples:
    """The phone's emergency alert: 853 and 960 Hz together, in bursts."""
    gate = np.resize(np.r_[np.ones(8000), np.zeros(4000)], n)
    both = harmonics(np.full(n, 853.0), 8.0, rng) + harmonics(np.full(n, 960.0), 8.0, rng)
    return np.asarray(np.roll(gate * both, int(rng.integers(n))), np.float32)


def gale(n: int, rng: Rng) -> Samples:
    """Howling gusts that shake the windows."""
    gust = wandering(n, 0.8, rng) ** 1.5
    made = shaped_noise(n, 40, rng.uniform(600, 2500), 4.0, rng) * (0.3 + gust)
    tone = harmonics(pitch(n, 300, 1100, 1.2, rng), 18.0, rng) * gust
    panes = [impact(0.04, 150, 900, 0.5, rng)]
    rattle = scattered(n, regular(n, rng.uniform(6, 12), 0.4, rng), panes, rng) * (gust > 0.5)
    return np.asarray(
        made + rng.uniform(0.2, 0.8) * tone + rng.uniform(0.0, 1.0) * rattle, np.float32
    )


def fall(n: int, rng: Rng) -> Samples:
    """A heavy thud, things that clatter down, then groans."""
    onset = int(rng.integers(0, max(1, n // 2)))
    thuds = [impact(rng.uniform(0.1, 0.25), 40, 250, 1.0, rng) for _ in range(2)]
    at = onset + np.array([0, int(rng.uniform(0.1, 0.3) * SAMPLE_RATE)])
    made = 2.0 * scattered(n, at[at < n], thuds, rng)
    things = [impact(rng.uniform(0.02, 0.08), 500, 4000, 1.0, rng) for _ in range(4)]
    later = onset + (rng.exponential(0.3, int(rng.integers(4, 15))) * SAMPLE_RATE).astype(int)
    made += 0.6 * scattered(n, later[later < n], things, rng)
    after = min(n, onset + SAMPLE_RATE // 2)
    if n - after > 4000:
        made[after:] += 0.4 * groan(n - after, rng)
    return made


def pounding(n: int, rng: Rng) -> Samples:
    """Fists on a door, on and on."""
    low = rng.uniform(90, 250)
    hits = [impact(rng.uniform(0.06, 0.2), low, 5 * low, 1.2, rng) for _ in range(3)]
    return scattered(n, regular(n, rng.uniform(2.5, 6.0), 0.15, rng), hits, rng)


def gasping(n: int, rng: Rng) -> Samples:
    """Breath that whistles and stops, with coughs."""
    rate = rng.uniform(0.8, 2.0)
    breath = np.clip(np.sin(6.2832 * rate * np.arange(n) / SAMPLE_RATE + rng.uniform(0, 6)), 0, 1)
    made = shaped_noise(n, 400, 4500, 2.0, rng) * breath
    wheeze = harmonics(pitch(n, 350, 900, 3.0, rng), 16.0, rng) * breath
    coughs = np.zeros(n, np.float32)
    for onset in at_random(n, rng.uniform(0.5, 2.0), rng):
        length = min(n - int(onset), int(rng.uniform(0.1, 0.3) * SAMPLE_RATE))
        if length > 600:
            burst = shaped_noise(length, 200, 5000, 3.0, rng)
            coughs[onset : onset + length] += burst * swelling(length, 0.01, 0.15)
    return np.asarray(made + rng.uniform(0.2, 0.8) * wheeze + 1.5 * coughs, np.float32)


def burglar_bell(n: int, rng: Rng) -> Samples:
    """A shop's alarm bell."""
    bell = [impact(0.15, 1800, 4500, 3.0, rng)]
    return scattered(n, regular(n, rng.uniform(14, 24), 0.02, rng), bell, rng)


def prying(n: int, rng: Rng) -> Samples:
    """Metal that scrapes and a lock that rattles."""
    scrape = harmonics(pitch(n, 600, 2200, 9.0, rng), 2.0, rng) * (wandering(n, 5, rng) > 0.5)
    clicks = [impact(0.02, 1200, 5000, 1.0, rng) for _ in range(4)]
    rattle = scattered(n, regular(n, rng.uniform(6, 12), 0.4, rng), clicks, rng)
    return np.asarray(0.5 * scrape + rattle, np.float32)


def struggle(n: int, rng: Rng) -> Samples:
    """Cloth that is torn at, quickly and irregularly, with short cries."""
    grip = (wandering(n, rng.uniform(6, 12), rng) > 0.45).astype(np.float32)
    cloth = shaped_noise(n, 800, 7500, 1.0, rng) * grip * (0.4 + wandering(n, 30.0, rng))
    return np.asarray(cloth + 0.5 * scream(n, rng) * (wandering(n, 2.0, rng) > 0.5), np.float32)


# What is heard of each kind; one is drawn, of those with two names both sound together.
SOUNDS_OF: Final[Mapping[SoundKind, Sequence[Sequence[Sound]]]] = MappingProxyType(
    {
        SoundKind.ASSAULT_SEXUAL: ((struggle,),),
        SoundKind.ROBBERY: ((burglar_bell,), (burglar_bell, blows)),
        SoundKind.THEFT: ((glass,), (prying,), (glass, prying)),
        SoundKind.VIOLENCE: ((gunshots,), (blows, scream), (gunshots, scream)),
        SoundKind.FIRE: ((crackle,), (smoke_alarm,), (crackle, smoke_alarm)),
        SoundKind.TRAPPED: ((pounding,),),
        SoundKind.MEDICAL: ((gasping,), (gasping, siren)),
        SoundKind.ELECTRICAL: ((arcing,),),
        SoundKind.GAS: ((hiss,), (gas_alarm,), (hiss, gas_alarm)),
        SoundKind.FALL: ((fall,),),
        SoundKind.COLLAPSE: ((collapse,),),
        SoundKind.STORM: ((gale,),),
        SoundKind.EARTHQUAKE: ((quake,), (quake, disaster_alert)),
        SoundKind.HELP: ((scream,),),
        SoundKind.INDOOR: (
            (household,),
            (music,),
            (song,),
            (laugh,),
            (sob,),
            (household, music),
        ),
        SoundKind.OUTDOOR: ((street,), (rain,), (street, rain)),
        SoundKind.WASHER: ((washer,),),
        SoundKind.VACUUM: ((vacuum,),),
        SoundKind.APPLIANCE: ((appliance,),),
    }
)


def made_sound(kind: SoundKind, n: int, rng: Rng) -> Samples:
    """A made sound of a kind, `n` samples at a root mean square of 1."""
    options = SOUNDS_OF[kind]
    parts = [levelled(sound(n, rng)) for sound in options[int(rng.integers(len(options)))]]
    loudness = rng.uniform(0.5, 1.0, len(parts))
    mixed = sum(part * loud for part, loud in zip(parts, loudness, strict=True))
    return levelled(np.asarray(mixed))
