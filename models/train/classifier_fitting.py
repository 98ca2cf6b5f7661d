"""How a classifier of sounds is trained and asked: seconds, augmentation, the epoch, going on."""

import copy
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.bands import Array
from inference.features import MelConfig, mel_power, power_spectrogram
from models.sound_classifiers import (
    N_BANDS,
    N_FRAMES,
    N_SAMPLES,
    SoundClassifier,
    SoundClassifierConfig,
)
from models.train.classifier_sets import Clip
from models.train.speech_emotion import OutOfTime, Plan

MEL: Final = MelConfig(n_mels=N_BANDS)
STEP_FRAMES: Final = 31  # seconds that are heard begin half a second apart
STRETCH_S: Final = 5.0  # what is voted on: a clip of ESC-10
LEVEL: Final = 0.05  # root mean square of a recording, as quiet ones have it
QUIET: Final = 1e-4  # of the power of the loudest second: such silence has no kind
RANGE_DB: Final = 40.0  # 40 dB above and below a recording's mean are 1 and -1
BATCH_SIZE: Final = 32
SECONDS_AN_EPOCH: Final = 1024
AUGMENTED: Final = ("wide",)  # the document's six learn from recordings as they are
MIXED_SHARE: Final = 0.5
WIDEST_MASK: Final = (12, 12)  # bands and frames

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A clip as it is taken in: levelled, whole and as mel power, and where its seconds begin.

    `samples` (n_samples,), `power` (64, n_frames) of mean 1, `onsets` in frames.
    """

    samples: Tensor
    power: Tensor
    onsets: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Clips taken in, the index of each one's kind and the name of its recording."""

    heard: Sequence[Heard]
    kinds: NDArray[np.intp]
    groups: Sequence[str]


def take_in(samples: Array) -> Heard:
    """Level a sound and find its seconds that are not silent; shorter ones are repeated."""
    if len(samples) < N_SAMPLES + MEL.hop_length:
        samples = np.resize(samples, N_SAMPLES + MEL.hop_length)
    levelled = torch.from_numpy(LEVEL * samples / (np.sqrt(np.mean(np.square(samples))) + 1e-9))
    power = mel_power(power_spectrogram(levelled[None], MEL)[0], MEL)
    power = power / power.mean().clamp(min=1e-12)
    last = (len(samples) - N_SAMPLES) // MEL.hop_length
    onsets = np.arange(0, last + 1, STEP_FRAMES)
    powers = np.array([float(power[:, k : k + N_FRAMES].mean()) for k in onsets])
    return Heard(levelled.float(), power, onsets[powers >= QUIET * powers.max()])


def lesson(clips: Sequence[Clip], heard: Sequence[Heard], kinds: Sequence[str]) -> Lesson:
    """Put clips and what was taken in of them together."""
    numbers = np.array([kinds.index(clip.kind) for clip in clips], np.intp)
    return Lesson(heard, numbers, [clip.group for clip in clips])


def seconds(net: SoundClassifier, heard: Sequence[tuple[Heard, int]]) -> Tensor:
    """Return what a net takes of seconds at these onsets: samples, or mel power not yet log."""
    if net.on_samples:
        starts = [(one, k * MEL.hop_length) for one, k in heard]
        return torch.stack([one.samples[start : start + N_SAMPLES] for one, start in starts])
    return torch.stack([one.power[:, k : k + N_FRAMES] for one, k in heard])


def levels(power: Tensor) -> Tensor:
    """Return mel power as what nets take: 40 dB above and below the mean are 1 and -1."""
    return (10.0 * torch.log10(power + 1e-12) / RANGE_DB).clamp(-2.0, 1.0)


def fit(
    net: SoundClassifier, learned: Lesson, choosing: Lesson, plan: Plan, kept: Path
) -> tuple[SoundClassifier, int, list[list[float]]]:
    """Train; what was stopped goes on from the last epoch kept, to the same weights.

    Returns:
        the net as it was at the epoch with the least loss on the recordings that choose, the
        epoch, and the losses of each epoch: learned and choosing.

    Raises:
        OutOfTime: the plan's deadline has passed; whole epochs are kept.
    """
    optimizer = net.optimizer()
    best, epoch, chosen, least = copy.deepcopy(net.state_dict()), 0, 0, float("inf")
    curve: list[list[float]] = []
    if kept.exists():
        saved = torch.load(kept, weights_only=True)
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        best, epoch, chosen, least, curve = (
            saved[key] for key in ("best", "epoch", "chosen", "least", "curve")
        )
    while epoch < plan.n_epochs:
        if time.monotonic() > plan.deadline_s:
            raise OutOfTime
        epoch += 1
        told = _epoch(net, optimizer, learned, (plan.seed, epoch))
        missed = loss_on(net, choosing)
        curve.append([round(told, 4), round(missed, 4)])
        if missed < least:
            least, chosen, best = missed, epoch, copy.deepcopy(net.state_dict())
        whole = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "best": best,
                 "epoch": epoch, "chosen": chosen, "least": least, "curve": curve}  # fmt: skip
        torch.save(whole, kept.with_suffix(".part"))
        kept.with_suffix(".part").replace(kept)
        print(
            f"{kept.stem} epoch {epoch}/{plan.n_epochs} loss {told:.3f} choosing {missed:.3f}",
            file=sys.stderr,
            flush=True,
        )
    net.load_state_dict(best)
    return net.eval(), chosen, curve


def new_net(name: str, n_kinds: int, seed: int) -> SoundClassifier:
    """Return an untrained classifier, the same for the same seed."""
    torch.manual_seed(seed)
    return SoundClassifier(SoundClassifierConfig(name, n_kinds))


def _epoch(
    net: SoundClassifier, optimizer: torch.optim.Optimizer, learned: Lesson, seed: tuple[int, int]
) -> float:
    """Learn from 1024 seconds; return the mean loss."""
    net.train()
    rng = np.random.default_rng(seed)
    torch.manual_seed(int(rng.integers(2**31)))
    chances = _chances(learned)
    n_batches = SECONDS_AN_EPOCH // BATCH_SIZE
    total = 0.0
    for _ in range(n_batches):
        taken, targets = _batch(net, learned, chances, rng)
        loss = functional.cross_entropy(net(taken), targets)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += float(loss.detach())
    return total / n_batches


def _chances(learned: Lesson) -> NDArray[np.float64]:
    """Return how often each clip is drawn: kinds alike, recordings of a kind alike."""
    of_kind: dict[int, set[str]] = {}
    of_group: dict[tuple[int, str], int] = {}
    pairs = list(zip(learned.kinds.tolist(), learned.groups, strict=True))
    for kind, group in pairs:
        of_kind.setdefault(kind, set()).add(group)
        of_group[kind, group] = of_group.get((kind, group), 0) + 1
    weights = np.array([1.0 / (len(of_kind[k]) * of_group[k, g]) for k, g in pairs])
    return np.asarray(weights / weights.sum())


def _batch(
    net: SoundClassifier, learned: Lesson, chances: NDArray[np.float64], rng: Rng
) -> tuple[Tensor, Tensor]:
    """Return seconds as the net takes them and the share of each kind in them, (n, n_kinds)."""
    drawn = rng.choice(len(chances), BATCH_SIZE, p=chances)
    taken = seconds(net, [(learned.heard[i], _shifted(learned.heard[i], rng)) for i in drawn])
    targets = functional.one_hot(
        torch.from_numpy(learned.kinds[drawn]), net.config.n_kinds
    ).float()
    if net.config.name in AUGMENTED:
        taken, targets = augmented(taken, targets, rng)
    return (taken if net.on_samples else levels(taken)), targets


def _shifted(heard: Heard, rng: Rng) -> int:
    """Return the first frame of a second, up to half a step beside where one is heard."""
    last = (len(heard.samples) - N_SAMPLES) // MEL.hop_length
    shift = int(rng.integers(-(STEP_FRAMES // 2), STEP_FRAMES // 2 + 1))
    return min(max(0, int(rng.choice(heard.onsets)) + shift), last)


def augmented(power: Tensor, targets: Tensor, rng: Rng) -> tuple[Tensor, Tensor]:
    """Mix pairs, tilt, and mask: mel power (n, 64, 63) with the shares of kinds (n, n_kinds).

    Powers add as the sounds would (mixup as Tokozume, 2018, mixes sounds); bands and moments are
    masked as in SpecAugment (Park, 2019).
    """
    n = len(power)
    other = torch.from_numpy(rng.permutation(n))
    mixed = torch.from_numpy(rng.random((n, 1, 1)) < MIXED_SHARE).float()
    share = 1.0 - mixed * torch.from_numpy(rng.uniform(0.0, 1.0, (n, 1, 1))).float()
    level = power.mean(dim=(1, 2), keepdim=True) + 1e-12
    power = share * power / level + (1.0 - share) * (power / level)[other]
    targets = share[:, 0] * targets + (1.0 - share[:, 0]) * targets[other]
    tilt_db = torch.from_numpy(rng.uniform(-6.0, 6.0, (n, 1, 1))).float()
    power = power * 10.0 ** (tilt_db * torch.linspace(-1.0, 1.0, N_BANDS)[:, None] / 10.0)
    power = power * level * 10.0 ** torch.from_numpy(rng.uniform(-0.6, 0.6, (n, 1, 1))).float()
    for row in power:
        for axis, size in enumerate(row.shape):
            width = int(rng.integers(0, WIDEST_MASK[axis]))
            onset = int(rng.integers(0, size - width))
            row.narrow(axis, onset, width).zero_()
    return power, targets


@torch.inference_mode()
def log_probabilities(net: SoundClassifier, heard: Heard) -> Tensor:
    """Return what a net hears in each second of a clip that is not silent, (n, n_kinds)."""
    net.eval()
    taken = seconds(net, [(heard, int(k)) for k in heard.onsets])
    logits: Tensor = net(taken if net.on_samples else levels(taken))
    return logits.log_softmax(dim=-1)


def loss_on(net: SoundClassifier, choosing: Lesson) -> float:
    """Return the mean loss of a second, each kind and each recording of a kind counted alike."""
    missed = [
        -float(log_probabilities(net, heard)[:, kind].mean())
        for heard, kind in zip(choosing.heard, choosing.kinds, strict=True)
    ]
    return float(np.average(missed, weights=_chances(choosing)))


def heard_rows(
    net: SoundClassifier, clips: Sequence[Clip], heard: Sequence[Heard], kinds: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Return, for each stretch of about five seconds, its kind, what is heard, and its seconds.

    What is heard of a stretch is what its seconds say together: the mean of their logarithms.
    """
    frames = round(STRETCH_S / MEL.frame_s)
    rows: list[Mapping[str, Any]] = []
    for clip, one in zip(clips, heard, strict=True):
        said = log_probabilities(net, one).numpy()
        n_stretches = max(1, round(len(clip.samples) / (N_SAMPLES * STRETCH_S)))
        stretch_of = np.minimum((one.onsets + N_FRAMES // 2) // frames, n_stretches - 1)
        for stretch in np.unique(stretch_of):
            of_stretch = said[stretch_of == stretch]
            named = of_stretch.argmax(axis=1)
            rows.append(
                {
                    "group": clip.group,
                    "collection": clip.collection,
                    "kind": clip.kind,
                    "made": clip.made,
                    "heard": kinds[int(of_stretch.mean(axis=0).argmax())],
                    "seconds": len(named),
                    "seconds_right": int((named == kinds.index(clip.kind)).sum()),
                }
            )
    return rows
