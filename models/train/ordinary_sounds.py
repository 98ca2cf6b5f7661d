"""Made ordinary sounds: appliances, a household, a street, and what is easily mistaken for a cry.

Sobbing, laughing, singing, kitchen beeps, music and rustling are ordinary.
"""

import numpy as np

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


def sob(n: int, rng: Rng) -> Samples:
    """Trembling, falling cries with drawn breath between."""
    made = 0.1 * shaped_noise(n, 300, 5000, 3.0, rng) * (wandering(n, 3.0, rng) > 0.6)
    for onset in regular(n, rng.uniform(0.7, 1.6), 0.3, rng):
        length = min(n - int(onset), int(rng.uniform(0.25, 0.8) * SAMPLE_RATE))
        if length < 800:
            continue
        high = rng.uniform(250, 600)
        f0 = np.linspace(high, high * 0.7, length)
        f0 *= 1.0 + 0.04 * np.sin(6.2832 * rng.uniform(5, 9) * np.arange(length) / SAMPLE_RATE)
        voice = voiced(f0, 0.3, rng) * swelling(length, 0.05, 0.2)
        made[onset : onset + length] += voice * rng.uniform(0.3, 1.0)
    return made.astype(np.float32)


def laugh(n: int, rng: Rng) -> Samples:
    """Four to six short voiced bursts a second."""
    made = np.zeros(n, np.float32)
    base = rng.uniform(180, 480)
    for onset in regular(n, rng.uniform(4.0, 6.0), 0.1, rng):
        length = min(n - int(onset), int(rng.uniform(0.07, 0.14) * SAMPLE_RATE))
        if length > 400 and rng.random() < 0.85:
            f0 = np.linspace(base * rng.uniform(1.0, 1.3), base * 0.9, length)
            made[onset : onset + length] += voiced(f0, 0.5, rng) * swelling(length, 0.02, 0.05)
    return made + 0.05 * shaped_noise(n, 500, 6000, 3.0, rng)


def song(n: int, rng: Rng) -> Samples:
    """A voice that holds notes with vibrato."""
    notes = rng.uniform(180, 450) * 2.0 ** (rng.integers(-5, 8, n // 4000 + 2) / 12.0)
    held = np.repeat(notes, int(rng.uniform(0.25, 0.8) * SAMPLE_RATE))[:n]
    held = np.resize(held, n)
    vibrato = 1.0 + 0.02 * np.sin(6.2832 * 5.5 * np.arange(n) / SAMPLE_RATE)
    return voiced(held * vibrato, rng.uniform(0.3, 0.8), rng) * (0.4 + 0.6 * wandering(n, 3, rng))


def music(n: int, rng: Rng) -> Samples:
    """Chords and a beat."""
    made = np.zeros(n, np.float32)
    step = int(rng.uniform(0.4, 1.2) * SAMPLE_RATE)
    for onset in range(0, n, step):
        length = min(step, n - onset)
        root = 110.0 * 2.0 ** (rng.integers(0, 24) / 12.0)
        for interval in (0, 4, 7):
            f0 = np.full(length, root * 2.0 ** (interval / 12.0))
            made[onset : onset + length] += harmonics(f0, 9.0, rng) * swelling(length, 0.01, 0.2)
    drum = [impact(0.08, 60, 200, 2.0, rng), impact(0.03, 2000, 6000, 0.2, rng)]
    beat = scattered(n, regular(n, rng.uniform(1.5, 4.0), 0.02, rng), drum, rng)
    return levelled(made) + 2.0 * beat


def washer(n: int, rng: Rng) -> Samples:
    """A motor, the turn of the drum and water in it."""
    t = np.arange(n) / SAMPLE_RATE
    turn = 0.5 + 0.5 * np.sin(6.2832 * rng.uniform(0.6, 1.6) * t + rng.uniform(0, 6.28))
    motor = harmonics(np.full(n, rng.uniform(45, 130)), 7.0, rng)
    water = shaped_noise(n, 200, 2500, 4.0, rng) * turn**2
    return np.asarray(motor * (0.5 + 0.5 * turn) + water, np.float32)


def vacuum(n: int, rng: Rng) -> Samples:
    """A fast motor in broad noise."""
    motor = harmonics(pitch(n, 300, 420, 0.4, rng) * rng.uniform(0.7, 1.6), 5.0, rng)
    return np.asarray(shaped_noise(n, 150, 8000, 1.5, rng) + 0.4 * motor, np.float32)


def appliance(n: int, rng: Rng) -> Samples:
    """A fan, a hum, a dryer, a blender, a microwave with its beep."""
    hum = harmonics(np.full(n, rng.choice([50.0, 60.0, 100.0, 120.0])), 8.0, rng)
    air = shaped_noise(n, 80, rng.uniform(800, 6000), rng.uniform(2, 6), rng)
    made = rng.uniform(0.1, 1.0) * hum + rng.uniform(0.2, 1.0) * air
    if rng.random() < 0.3:
        blades = harmonics(np.full(n, rng.uniform(120, 500)), 4.0, rng)
        made += 0.5 * blades * (0.6 + 0.4 * wandering(n, 3.0, rng))
    if rng.random() < 0.3:
        at = int(rng.integers(n))
        length = min(n - at, int(rng.uniform(0.1, 0.6) * SAMPLE_RATE))
        made[at : at + length] += beeps(length, rng.uniform(1000, 2800), 0.6, 0.1, 1, 0.0)
    return np.asarray(made, np.float32)


def household(n: int, rng: Rng) -> Samples:
    """A knock, a cup, a door, cloth, keys: few and gentle."""
    dull = [impact(rng.uniform(0.02, 0.12), 100, 800, 0.8, rng) for _ in range(2)]
    bright = [impact(rng.uniform(0.02, 0.12), 800, 5000, 0.8, rng) for _ in range(2)]
    things = dull + bright
    made = scattered(n, at_random(n, rng.uniform(0.3, 1.2), rng), things, rng)
    cloth = shaped_noise(n, 500, 7000, 1.0, rng) * (wandering(n, 2.0, rng) > 0.8)
    keys = [impact(0.004, 1000, 5000, 0.3, rng)]
    typed = scattered(n, at_random(n, rng.uniform(0.2, 6.0), rng), keys, rng)
    return np.asarray(made + 0.1 * cloth + 0.4 * typed, np.float32)


def street(n: int, rng: Rng) -> Samples:
    """Traffic that comes and goes, birds, a horn."""
    made = shaped_noise(n, 40, 1500, 4.0, rng) * (0.3 + wandering(n, 0.5, rng))
    if rng.random() < 0.4:
        chirp = harmonics(pitch(n, 2500, 5500, 18.0, rng), 25.0, rng)
        made += 0.4 * chirp * (wandering(n, 5.0, rng) > 0.7)
    if rng.random() < 0.2:
        horn = harmonics(np.full(n, rng.uniform(350, 500)), 4.0, rng)
        made += 0.6 * horn * (wandering(n, 2.0, rng) > 0.85)
    return np.asarray(made, np.float32)


def rain(n: int, rng: Rng) -> Samples:
    """Even noise of drops."""
    drops = [impact(0.004, 1500, 7000, 0.5, rng) for _ in range(6)]
    made = scattered(n, at_random(n, rng.uniform(20, 150), rng), drops, rng)
    return 0.5 * shaped_noise(n, 300, 8000, rng.uniform(0, 3), rng) + made
