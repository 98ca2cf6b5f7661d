"""Endless band levels of rain, waves, birds, drawn by the shipped networks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference import checkpoints
from inference.bands import Array, Bands
from models.sleep_vae import SleepVae, SleepVaeConfig

SHIPPED_WEIGHTS: Final = Path(__file__).parents[1] / "models" / "weights"
STRETCH_STEPS: Final = 8  # latent steps of a stretch; stretches are drawn side by side
MARGIN_STEPS: Final = 1  # drawn before a stretch to fill the memory, and after it to join the next
PLACE_S: Final = 240.0  # how long the sound takes from one place of its kind to another
JOIN_WIDTH: Final = 5  # frames over which two stretches are compared where they meet


@dataclass(frozen=True, slots=True)
class Voice:
    """One network and what it can say."""

    net: SleepVae
    kinds: tuple[str, ...]
    bands: Bands

    @classmethod
    def load(cls, path: Path) -> "Voice":
        """Read a network.

        Raises:
            FileNotFoundError, CheckpointMismatch: as `checkpoints.load` does.
        """
        checkpoint = checkpoints.load(path, SleepVaeConfig, SleepVae)
        bands = Bands(**checkpoint.extra["bands"])
        return cls(checkpoint.module, tuple(checkpoint.extra["kinds"]), bands)

    @property
    def step_s(self) -> float:
        """Seconds from one latent to the next."""
        return SleepVae.FRAMES_A_STEP / self.bands.frames_per_s


def draw_levels(
    voice: Voice, weights: Mapping[str, float], chunk_s: float, seed: np.random.SeedSequence
) -> Iterator[Array]:
    """Yield band levels in dB without end, (n_frames, n_bands) each, about `chunk_s` long.

    Args:
        voice: the network; every kind in `weights` must be one of its kinds.
        weights: how much of each kind, summing to 1. Of several, what lies between them is drawn:
            their latents and their embeddings are averaged.
        chunk_s: how much is drawn at once.
        seed: the same seed gives the same levels.
    """
    of_walk, of_frames = seed.spawn(2)
    rng = np.random.default_rng(of_walk)
    generator = torch.Generator().manual_seed(int(of_frames.generate_state(1, np.uint64)[0] >> 1))
    n_stretches = max(1, round(chunk_s / (STRETCH_STEPS * voice.step_s)))
    kinds = torch.tensor([[weights.get(kind, 0.0) for kind in voice.kinds]])
    steps = _latents(voice, weights, rng)
    n_around = 2 * MARGIN_STEPS + 2  # one more on each side to interpolate from
    kept = np.stack([next(steps) for _ in range(n_around)])
    joined: Array | None = None
    while True:
        new = np.stack([next(steps) for _ in range(n_stretches * STRETCH_STEPS)])
        kept = np.concatenate([kept[-n_around:], new])
        stretches = _stretches(voice, torch.from_numpy(kept), kinds, generator)
        chunk, joined = _joined(stretches, joined)
        yield voice.net.colour(torch.from_numpy(chunk)).numpy()


def _latents(
    voice: Voice, weights: Mapping[str, float], rng: np.random.Generator
) -> Iterator[NDArray[np.float32]]:
    """Walk through the latent for ever, one step each, (n_latent,)."""
    net = voice.net
    basis, noise = net.walk_basis.numpy(), net.walk_noise.numpy()
    walks = [
        (weight, _walk(net, voice.kinds.index(kind), PLACE_S / voice.step_s, rng))
        for kind, weight in weights.items()
    ]
    while True:
        place = sum(weight * next(walk) for weight, walk in walks)
        yield np.asarray(place @ basis + noise * rng.standard_normal(len(noise)), np.float32)


def _walk(
    net: SleepVae, kind: int, n_steps: float, rng: np.random.Generator
) -> Iterator[NDArray[np.float32]]:
    """Move around places of one kind, (n_walk,), from one to another in `n_steps`."""
    places = net.walk_places[kind].numpy()
    transition, spread = net.walk_transition[kind].numpy(), net.walk_spread[kind].numpy()
    around = np.zeros(transition.shape[1], np.float32)
    n_walk = len(transition)
    place, following = (_place(places, rng) for _ in range(2))
    t = 0
    while True:
        move = transition @ around + spread @ rng.standard_normal(n_walk).astype(np.float32)
        around = np.concatenate([move, around[:n_walk]])
        share = 0.5 - 0.5 * np.cos(np.pi * t / n_steps)
        yield (1.0 - share) * place + share * following + move
        t += 1
        if t >= n_steps:
            place, following, t = following, _place(places, rng), 0


def _place(places: Array, rng: np.random.Generator) -> Array:
    """Choose near one or between few of the recordings' places, (n_walk,)."""
    return np.asarray(rng.dirichlet(np.full(len(places), 0.1)) @ places, np.float32)


@torch.inference_mode()
def _stretches(
    voice: Voice, latents: torch.Tensor, kinds: torch.Tensor, generator: torch.Generator
) -> Array:
    """Draw stretches side by side, (n_stretches, n_frames + 1 step of overlap, n_bands)."""
    net, per_step = voice.net, SleepVae.FRAMES_A_STEP
    context = net.context(latents[None], kinds)[0]
    width = STRETCH_STEPS + 2 * MARGIN_STEPS + 2
    windows = context.unfold(0, width, STRETCH_STEPS).transpose(1, 2)
    stretched = net.stretched(windows)[:, per_step:-per_step]
    return net.draw(stretched, kinds, MARGIN_STEPS * per_step, generator).numpy()


def _joined(stretches: Array, last: Array | None) -> tuple[Array, Array]:
    """Join stretches where two that overlap are most alike.

    Args:
        stretches: whitened, (n_stretches, n_frames + n_overlap, n_bands).
        last: the overlap that the chunk before left over, (n_overlap, n_bands).

    Returns:
        the joined frames, (n_stretches * n_frames, n_bands), and the overlap left over.
    """
    n_overlap = MARGIN_STEPS * SleepVae.FRAMES_A_STEP
    parts = []
    for stretch in stretches:
        if last is not None:
            apart = np.abs(last - stretch[:n_overlap]).mean(axis=1)
            cut = int(np.argmin(np.convolve(apart, np.ones(JOIN_WIDTH), "valid")))
            cut += JOIN_WIDTH // 2
            stretch = np.concatenate([last[:cut], stretch[cut:]])
        parts.append(stretch[:-n_overlap])
        last = stretch[-n_overlap:]
    assert last is not None
    return np.concatenate(parts), last
