"""What least squares and expectation-maximisation can fit of `SleepVae` in seconds.

Networks that start here have only the rest to learn: frames move around a level, the level moves
along the principal components of its 64-frame averages (the first latents), frames follow from the
three before them as in each kind, and what is new in them is a mixture of Gaussians of each kind.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from models.sleep_vae import SleepVae, SleepVaeConfig

N_COMPONENTS = 16  # latents that begin as principal components
LOG_VARIANCE = -2.5  # how sure of them the encoder begins
TO_COMMON = 0.02  # how much of a kind's dynamics is that of all kinds
ITERATIONS = 20
MOST_FRAMES = 16_000  # of a kind, for the mixtures
SMALLEST_SCALE = 0.15

Clips = Mapping[int, list[Tensor]]  # (n_frames, n_bands) each, by the index of their kind


def started(clips: Clips, config: SleepVaeConfig) -> SleepVae:
    """Return a network whose linear part is fitted to clips of band levels in dB."""
    net = SleepVae(config)
    with torch.no_grad():
        _whiten(net, clips)
        whitened = {i: [net.whiten(one) for one in of_kind] for i, of_kind in clips.items()}
        _fit_levels(net, whitened)
        moved = {i: [_around_level(net, one, i) for one in c] for i, c in whitened.items()}
        new = _fit_dynamics(net, moved)
        for i, missed in new.items():
            net.innovations.weight[:, i] = _mixture(missed, config.n_mixtures)
    return net


def _whiten(net: SleepVae, clips: Clips) -> None:
    frames = [torch.cat(of_kind) for of_kind in clips.values()]
    net.mean.copy_(torch.stack([one.mean(dim=0) for one in frames]).mean(dim=0))
    covariances = []
    for of_kind in clips.values():
        pairs = [_lagged(one - net.mean, net.config.n_past) for one in of_kind]
        missed = _missed(pairs, _regression(pairs))
        covariances.append(missed.T @ missed / len(missed))
    variances, directions = torch.linalg.eigh(torch.stack(covariances).mean(dim=0))
    spread = variances.clamp(min=1e-3).sqrt()
    net.whitening.copy_(directions / spread)
    net.colouring.copy_((directions * spread).T)
    whitened = [net.whiten(one) for one in frames]
    net.deviation.copy_(torch.stack([one.square().mean(0) for one in whitened]).mean(0).sqrt())
    together = torch.cat(whitened)
    net.farthest.copy_(torch.stack([together.amin(dim=0), together.amax(dim=0)]))


def _fit_levels(net: SleepVae, whitened: Clips) -> None:
    """Fit each kind's level and the components along which levels move, each of variance 1."""
    moves = []
    for i, of_kind in whitened.items():
        net.level.weight[:, i] = torch.cat(of_kind).mean(dim=0)
        steps = [one[: len(one) // net.FRAMES_A_STEP * net.FRAMES_A_STEP] for one in of_kind]
        averages = torch.cat(
            [one.view(-1, net.FRAMES_A_STEP, one.shape[1]).mean(dim=1) for one in steps]
        )
        moves.append(averages - net.level.weight[:, i])
    covariance = torch.stack([one.T @ one / len(one) for one in moves]).mean(dim=0)
    variances, directions = torch.linalg.eigh(covariance.double())
    n = min(N_COMPONENTS, net.config.n_bands)
    spread = variances.flip(0)[:n].clamp(min=1e-6).sqrt()
    basis = directions.flip(1)[:, :n]
    net.latent_level.weight[:, :n] = (basis * spread).float()
    net.to_latent.weight[:n] = (basis / spread).T.float()
    sureness = net.encoder[-1].bias
    assert isinstance(sureness, Tensor)
    sureness[net.config.n_latent : net.config.n_latent + n] = LOG_VARIANCE


def _around_level(net: SleepVae, frames: Tensor, kind: int) -> Tensor:
    """Return how whitened frames of one clip move around their level, a whole number of steps."""
    kinds = torch.eye(net.config.n_kinds)[kind : kind + 1]
    whole = frames[: len(frames) // net.FRAMES_A_STEP * net.FRAMES_A_STEP]
    context = net.context(net.encode(whole[None], kinds).mean, kinds)
    return whole - net.stretched(context)[0, :, net.config.n_context :]


def _fit_dynamics(net: SleepVae, moved: Clips) -> dict[int, Tensor]:
    """Fit how frames follow from those before; return what is missed, by kind."""
    pairs = {i: [_lagged(one, net.config.n_past) for one in c] for i, c in moved.items()}
    common = torch.stack([_regression(of_kind) for of_kind in pairs.values()]).mean(dim=0)
    new = {}
    for i, of_kind in pairs.items():
        weights = _regression(of_kind, common)
        net.dynamics[i] = weights.float()
        new[i] = _missed(of_kind, weights).float()
    return new


def _mixture(missed: Tensor, n_mixtures: int) -> Tensor:
    """Return means, log scales and logit of each component, all in a row, of (n, n_bands)."""
    missed = missed[:: max(1, len(missed) // MOST_FRAMES)]
    order = missed.square().mean(dim=1).argsort()
    shares = torch.zeros(len(missed), n_mixtures)
    for k, chosen in enumerate(order.chunk(n_mixtures)):
        shares[chosen, k] = 1.0
    for _ in range(ITERATIONS):
        counts = shares.sum(dim=0)[:, None] + 1.0
        means = shares.T @ missed / counts
        scales = (shares.T @ missed.square() / counts - means.square()).clamp(min=0.0).sqrt()
        scales = scales.clamp(min=SMALLEST_SCALE)
        logits = counts[:, 0].log() - counts.sum().log()
        precision = scales.square().reciprocal()
        of_each = -0.5 * (
            missed.square() @ precision.T
            - 2.0 * missed @ (means * precision).T
            + (means.square() * precision).sum(dim=1)
        ) - scales.log().sum(dim=1)
        shares = (of_each + logits).softmax(dim=1)
    return torch.cat([means, scales.log(), logits[:, None]], dim=1).flatten()


def _lagged(frames: Tensor, n_past: int) -> tuple[Tensor, Tensor]:
    """Return the frames before each frame, newest first, and the frames."""
    past = torch.cat([frames[n_past - 1 - i : -1 - i] for i in range(n_past)], dim=1)
    return past.double(), frames[n_past:].double()


def _regression(pairs: Sequence[tuple[Tensor, Tensor]], towards: Tensor | None = None) -> Tensor:
    """Least squares of frames from those before, drawn a little to `towards` (or to nothing)."""
    gram = torch.stack([past.T @ past for past, _ in pairs]).sum(dim=0)
    target = torch.stack([past.T @ now for past, now in pairs]).sum(dim=0)
    pull = TO_COMMON * float(gram.diagonal().mean())
    gram += pull * torch.eye(len(gram))
    if towards is not None:
        target += pull * towards
    solved: Tensor = torch.linalg.solve(gram, target)
    return solved


def _missed(pairs: Sequence[tuple[Tensor, Tensor]], weights: Tensor) -> Tensor:
    return torch.cat([now - past @ weights for past, now in pairs])
