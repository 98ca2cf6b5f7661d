"""Train what sleep sounds are drawn from: `todak train sleep-sounds`.

Two networks of one architecture: `texture` for rain, waves, stream, wind, fireplace and thunder
(40 mel bands every 4 ms), `tonal` for birds and crickets (128 linear bands every 8 ms). Each
learns from recordings that the ear of `todak evaluate sounds` does not hear, and is taken at the
step where recordings set aside for choosing are likeliest.
"""

import argparse
import copy
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inference import checkpoints
from inference.bands import TEXTURE, TONAL, Bands, levels_of
from models.sleep_vae import SleepVae, SleepVaeConfig
from models.train.latent_walk import active_units, fit_walk
from models.train.linear_start import started
from models.train.sleep_card import write_card
from models.train.sound_recordings import Part, SoundClip, read_clips, samples_of

WEIGHTS = Path(__file__).parents[1] / "weights"
VOICES: Mapping[str, tuple[Bands, tuple[str, ...]]] = {
    "texture": (TEXTURE, ("rain", "waves", "stream", "wind", "fireplace", "thunder")),
    "tonal": (TONAL, ("birds", "crickets")),
}

STEPS: Mapping[str, int] = {"texture": 400, "tonal": 200}
BATCH_SIZE = 24
CROP_FRAMES = 256
LEARNING_RATE = 3e-3
DITHER_DB = 0.5
SHOWN_NOISE = 0.15  # of what is new in a frame: drawn frames are never quite like recorded ones
FREE_NATS = 0.02  # for each latent at each step: no price below, so that latents come to be used
ANNEALED = 0.3  # of the steps, in which the price of information rises from 0 to 1
EMA_DECAY = 0.98
CHOOSE_EVERY = 50
CHOOSING_SHARE = 6  # where a kind has no recording set aside, the last sixth of each clip is


class OutOfTime(Exception):
    """The minutes allowed are over."""


@dataclass(frozen=True, slots=True)
class Material:
    """Band levels of clips, (n_frames, n_bands) each, by the index of their kind."""

    learned: Mapping[int, list[Tensor]]
    choosing: Mapping[int, list[Tensor]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is trained; `deadline_s` is of the clock."""

    steps: int
    seed: int
    deadline_s: float


def load_material(clips: Sequence[SoundClip], bands: Bands, kinds: Sequence[str]) -> Material:
    """Decode the clips of these kinds and divide them, with a little dither."""
    rng = np.random.default_rng(0)
    learned: dict[int, list[Tensor]] = {i: [] for i in range(len(kinds))}
    choosing: dict[int, list[Tensor]] = {i: [] for i in range(len(kinds))}
    for clip in clips:
        if clip.kind not in kinds or clip.part is Part.EAR:
            continue
        levels = torch.from_numpy(levels_of(samples_of(clip), bands))
        levels += DITHER_DB * torch.from_numpy(rng.standard_normal(levels.shape, np.float32))
        into = learned if clip.part is Part.GENERATOR else choosing
        if len(levels) > CROP_FRAMES:
            into[kinds.index(clip.kind)].append(levels)
    for i, of_kind in learned.items():
        if not choosing[i]:
            for j, whole in enumerate(of_kind):
                cut = len(whole) - len(whole) // CHOOSING_SHARE
                of_kind[j] = whole[:cut]
                choosing[i].append(whole[cut:])
    return Material(learned, choosing)


def crops(
    material: Mapping[int, list[Tensor]], n: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Return `n` pieces (n, 256, n_bands) of clips, each kind as often, and their kinds (n,)."""
    kinds = rng.permutation(np.arange(n) % len(material))
    pieces = []
    for kind in kinds:
        clips = material[int(kind)]
        lengths = np.array([len(one) for one in clips], np.float64)
        clip = clips[rng.choice(len(clips), p=lengths / lengths.sum())]
        onset = rng.integers(0, len(clip) - CROP_FRAMES + 1)
        pieces.append(clip[onset : onset + CROP_FRAMES])
    return torch.stack(pieces), torch.from_numpy(kinds)


def objective(
    net: SleepVae, levels: Tensor, kinds: Tensor, price: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the loss of a frame in nats, its reconstruction part, and KL a step."""
    frames = net.whiten(levels)
    weights = torch.nn.functional.one_hot(kinds, net.config.n_kinds).float()
    posterior = net.encode(frames, weights)
    context = net.stretched(net.context(posterior.sample(), weights))
    seen = frames + SHOWN_NOISE * torch.randn_like(frames) if net.training else frames
    missed = net.losses(frames, context, weights, seen).mean()
    divergence = posterior.divergence().mean(dim=(0, 1))
    paid = divergence.clamp(min=FREE_NATS).sum() / net.FRAMES_A_STEP
    return missed + price * paid, missed, divergence.sum()


@torch.inference_mode()
def held_out_loss(net: SleepVae, choosing: Mapping[int, list[Tensor]]) -> float:
    """Return -log p(frame) plus KL in nats on recordings set aside: the bound, kinds alike."""
    net.eval()
    torch_state = torch.get_rng_state()
    torch.manual_seed(0)
    usable = {i: [c for c in of_kind if len(c) >= CROP_FRAMES] for i, of_kind in choosing.items()}
    levels, kinds = crops(usable, 8 * len(usable), np.random.default_rng(0))
    _, missed, divergence = objective(net, levels, kinds, 1.0)
    torch.set_rng_state(torch_state)
    net.train()
    return float(missed + divergence / net.FRAMES_A_STEP)


def train(
    name: str, material: Material, plan: Plan, work: Path
) -> tuple[SleepVae, dict[str, Any]]:
    """Train one network; what was stopped goes on from the last step kept in `work`.

    Returns:
        the averaged network at the best step, with its walk, and what was measured.

    Raises:
        OutOfTime: the plan's deadline has passed; what was reached is kept.
    """
    bands, kinds = VOICES[name]
    torch.manual_seed(plan.seed)
    net = started(material.learned, SleepVaeConfig(bands.n_bands, len(kinds)))
    linear = held_out_loss(net, material.choosing)
    averaged, best = copy.deepcopy(net), copy.deepcopy(net.state_dict())
    optimizer = torch.optim.Adam(net.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=plan.steps + 30, pct_start=0.1
    )
    kept = work / f"{name}-seed{plan.seed}-steps{plan.steps}.pt"
    step, least = 0, linear
    curve: list[list[float]] = [[0, 0.0, 0.0, round(linear, 3)]]
    if kept.exists():
        saved = torch.load(kept, weights_only=True)
        net.load_state_dict(saved["net"])
        averaged.load_state_dict(saved["averaged"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        best, step, least, curve = (saved[k] for k in ("best", "step", "least", "curve"))
    net.train()
    while step < plan.steps:
        rng = np.random.default_rng((plan.seed, step))
        torch.manual_seed(plan.seed * 1_000_003 + step)
        levels, chosen = crops(material.learned, BATCH_SIZE, rng)
        price = min(1.0, step / (ANNEALED * plan.steps))
        loss, missed, divergence = objective(net, levels, chosen, price)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        step += 1
        _average(averaged, net, min(EMA_DECAY, step / (step + 10)))
        if step % CHOOSE_EVERY and step < plan.steps:
            continue
        held_out = held_out_loss(averaged, material.choosing)
        curve.append(
            [step, round(missed.item(), 3), round(divergence.item(), 2), round(held_out, 3)]
        )
        print(
            f"{name} step {step}/{plan.steps} nats a frame {missed.item():.2f} "
            f"KL a step {divergence.item():.1f} price {price:.2f} held out {held_out:.2f}",
            file=sys.stderr,
            flush=True,
        )
        if held_out < least:
            least, best = held_out, copy.deepcopy(averaged.state_dict())
        torch.save(
            {"net": net.state_dict(), "averaged": averaged.state_dict(), "best": best,
             "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(),
             "step": step, "least": least, "curve": curve},
            kept,
        )  # fmt: skip
        if time.monotonic() > plan.deadline_s and step < plan.steps:
            raise OutOfTime
    averaged.load_state_dict(best)
    averaged.eval()
    whitened = {i: [averaged.whiten(one) for one in c] for i, c in material.learned.items()}
    fit_walk(averaged, whitened)
    measured = {
        "steps": plan.steps,
        "held_out_nats_a_frame": round(least, 3),
        "held_out_nats_a_frame_linear": round(linear, 3),
        "active_units": active_units(averaged, whitened),
        "curve": curve,
    }
    return averaged, measured


@torch.no_grad()
def _average(averaged: SleepVae, net: SleepVae, decay: float) -> None:
    for kept, new in zip(averaged.parameters(), net.parameters(), strict=True):
        kept.lerp_(new, 1.0 - decay)


def main(argv: Sequence[str] | None = None) -> int:
    """Train both networks and write weights and card; the measures go out as a line of JSON.

    Exit code 1 if the minutes were over before the end, 2 without recordings.
    """
    arguments = _parsed(argv)
    torch.set_num_threads(1)
    deadline_s = time.monotonic() + 60.0 * arguments.limit_minutes
    arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        clips = read_clips(arguments.data)
    except FileNotFoundError as error:
        print(f"no recordings at {error.filename}", file=sys.stderr)
        return 2
    for name in arguments.only or VOICES:
        bands, kinds = VOICES[name]
        steps = STEPS[name] if arguments.steps is None else arguments.steps
        material = load_material(clips, bands, kinds)
        try:
            net, measured = train(
                name, material, Plan(steps, arguments.seed, deadline_s), arguments.work
            )
        except OutOfTime:
            print("out of time; the same command goes on from here", file=sys.stderr)
            return 1
        extra = {
            "kinds": kinds,
            "bands": asdict(bands),
            "measured": measured,
            "seed": arguments.seed,
        }
        checkpoints.save(arguments.out / f"sleep_{name}.safetensors", net, net.config, extra)
        print(json.dumps({"network": name, **measured}))
    write_card(arguments.out, clips)
    return 0


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="todak train sleep-sounds", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder of the weights")
    parser.add_argument("--work", type=Path, default=Path("build/sleep_sounds"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, help="of each network")
    parser.add_argument("--only", nargs="*", choices=list(VOICES))
    parser.add_argument("--limit-minutes", type=float, default=float("inf"))
    return parser.parse_args(argv)
