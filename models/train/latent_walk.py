"""How latents move from step to step in recordings: what endless sound of a kind is drawn from."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.sleep_vae import Posterior, SleepVae

RIDGE = 20.0
LARGEST_ROOT = 0.98  # of the recursion: a walk always comes back

Matrix = NDArray[np.float64]


@torch.inference_mode()
def fit_walk(net: SleepVae, clips: Mapping[int, Sequence[Tensor]]) -> None:
    """Fill the walk of `net` from whitened clips (n_frames, n_bands) by the index of their kind.

    The latents of a clip are told by where it lies (its mean, a place) and how it moves around
    that: a recursion of second order in the directions in which latents differ most.
    """
    posteriors = {
        kind: [posterior_of(net, frames, kind) for frames in of_kind]
        for kind, of_kind in clips.items()
    }
    means = {
        kind: [one.mean[0].double().numpy() for one in of_kind]
        for kind, of_kind in posteriors.items()
    }
    # Each kind counts alike, however long its recordings are.
    covariance = np.mean([_square(np.concatenate(one)) for one in means.values()], axis=0)
    _, directions = np.linalg.eigh(covariance)
    basis = directions[:, ::-1][:, : net.config.n_walk].T
    left_over = np.maximum(np.diag(covariance) - np.diag(basis.T @ basis @ covariance), 0.0)
    doubt = torch.stack(
        [torch.cat([one.log_variance[0] for one in of_kind]).exp().mean(dim=0)
         for of_kind in posteriors.values()]
    ).mean(dim=0)  # fmt: skip
    net.walk_basis.copy_(torch.from_numpy(basis.copy()))
    net.walk_noise.copy_((doubt + torch.from_numpy(left_over)).sqrt())
    for kind, of_kind in means.items():
        walks = [trajectory @ basis.T for trajectory in of_kind]
        net.walk_places[kind].copy_(torch.from_numpy(_places(walks, net.config.n_places)))
        transition, spread = _recursion(walks)
        net.walk_transition[kind].copy_(torch.from_numpy(transition))
        net.walk_spread[kind].copy_(torch.from_numpy(spread))


def active_units(net: SleepVae, clips: Mapping[int, Sequence[Tensor]]) -> int:
    """How many latents differ between stretches of sound: Var(E[z | x]) > 0.01 (Burda, 2016)."""
    means = [posterior_of(net, one, kind).mean[0] for kind, c in clips.items() for one in c]
    return int((torch.cat(means).var(dim=0) > 0.01).sum())


@torch.inference_mode()
def posterior_of(net: SleepVae, frames: Tensor, kind: int) -> Posterior:
    """Return the posterior of one whitened clip, (n_frames, n_bands), of a kind."""
    return net.encode(frames[None], torch.eye(net.config.n_kinds)[kind : kind + 1])


def _square(values: Matrix) -> Matrix:
    return np.asarray(values.T @ values / len(values))


def _places(walks: Sequence[Matrix], n_places: int) -> Matrix:
    means = np.stack([walk.mean(axis=0) for walk in walks])
    chosen = np.linspace(0, len(means) - 1, n_places).round().astype(int)
    return means[chosen] if len(means) > n_places else means[np.arange(n_places) % len(means)]


def _recursion(walks: Sequence[Matrix]) -> tuple[Matrix, Matrix]:
    """Fit d[t] = [d[t-1], d[t-2]] A + e; return A transposed, and the factor of cov(e)."""
    moves = [walk - walk.mean(axis=0) for walk in walks]
    past = np.concatenate([np.hstack([one[1:-1], one[:-2]]) for one in moves])
    now = np.concatenate([one[2:] for one in moves])
    weight = RIDGE * np.mean(np.diag(past.T @ past)) / len(past)
    gram = past.T @ past + weight * np.eye(past.shape[1])
    transition = np.linalg.solve(gram, past.T @ now).T
    transition = _damped(transition)
    missed = now - past @ transition.T
    covariance = _square(missed) + 1e-6 * np.eye(now.shape[1])
    return transition, np.asarray(np.linalg.cholesky(covariance), np.float64)


def _damped(transition: Matrix) -> Matrix:
    n = len(transition)
    companion = np.vstack([transition, np.hstack([np.eye(n), np.zeros((n, n))])])
    radius = np.abs(np.linalg.eigvals(companion)).max()
    shrink = min(1.0, LARGEST_ROOT / radius)
    return np.hstack([transition[:, :n] * shrink, transition[:, n:] * shrink**2])
