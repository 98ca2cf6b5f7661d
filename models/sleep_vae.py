"""A variational autoencoder of sound textures: band levels in, band levels out, frame by frame.

The latent (256 numbers every 64 frames) says which rain this is and how hard it falls; the decoder
draws the frames themselves, each from a mixture of Gaussians given the ones before it. A decoder
that only named the mean would make a smooth hiss of every drop.
"""

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

LOG_SCALE_RANGE = (-3.0, 2.5)
HALF_LOG_2_PI = 0.5 * math.log(2.0 * math.pi)


@dataclass(frozen=True, slots=True)
class SleepVaeConfig:
    """Architecture numbers of `SleepVae`.

    `n_walk` directions of the latent are walked through when sound is made, from `n_places` of
    each kind that were found in recordings.
    """

    n_bands: int
    n_kinds: int
    n_latent: int = 256
    n_hidden: int = 128
    n_context: int = 64
    n_embedding: int = 16
    n_mixtures: int = 4
    n_past: int = 3
    n_walk: int = 24
    n_places: int = 16


@dataclass(frozen=True, slots=True)
class Posterior:
    """A Gaussian for each latent: both (batch, n_steps, n_latent)."""

    mean: Tensor
    log_variance: Tensor

    def sample(self) -> Tensor:
        """Draw latents, differentiably."""
        return self.mean + torch.randn_like(self.mean) * torch.exp(0.5 * self.log_variance)

    def divergence(self) -> Tensor:
        """Return KL(posterior || standard normal) of each latent in nats, the same shape."""
        return 0.5 * (self.mean.square() + self.log_variance.exp() - 1.0 - self.log_variance)


class SleepVae(nn.Module):
    """Encoder, decoder of five layers, and the walk through the latent that sound is made from.

    Frames are whitened: rotated and scaled so that what is new in a frame has unit variance in
    every coordinate; a drop, which moves all bands at once, then moves one coordinate.
    """

    FRAMES_A_STEP = 64

    mean: Tensor
    whitening: Tensor
    colouring: Tensor
    deviation: Tensor
    farthest: Tensor
    walk_basis: Tensor
    walk_noise: Tensor
    walk_places: Tensor
    walk_transition: Tensor
    walk_spread: Tensor

    def __init__(self, config: SleepVaeConfig) -> None:
        super().__init__()
        self.config = config
        n_bands, n_walk, n_kinds = config.n_bands, config.n_walk, config.n_kinds
        self.register_buffer("mean", torch.zeros(n_bands))
        self.register_buffer("whitening", torch.eye(n_bands))
        self.register_buffer("colouring", torch.eye(n_bands))
        self.register_buffer("deviation", torch.ones(n_bands))  # of whitened frames
        widest = torch.tensor([[-100.0], [100.0]]).repeat(1, n_bands)
        self.register_buffer("farthest", widest)  # the lowest and the highest seen
        self.register_buffer("walk_basis", torch.zeros(n_walk, config.n_latent))
        self.register_buffer("walk_noise", torch.zeros(config.n_latent))
        self.register_buffer("walk_places", torch.zeros(n_kinds, config.n_places, n_walk))
        self.register_buffer("walk_transition", torch.zeros(n_kinds, n_walk, 2 * n_walk))
        self.register_buffer("walk_spread", torch.zeros(n_kinds, n_walk, n_walk))
        self.encoder = nn.Sequential(
            nn.Conv1d(n_bands, 96, 6, 4, 1),
            nn.ELU(),
            nn.Conv1d(96, 96, 6, 4, 1),
            nn.ELU(),
            nn.Conv1d(96, 96, 6, 4, 1),
            nn.ELU(),
            nn.Conv1d(96, 2 * config.n_latent, 1),
        )
        self.embedding = nn.Linear(n_kinds, config.n_embedding, bias=False)
        self.from_latent = nn.Linear(config.n_latent + config.n_embedding, 128)
        self.to_context = nn.Linear(128, config.n_context)
        self.recurrence = nn.GRU(n_bands + config.n_context, config.n_hidden, batch_first=True)
        self.after = nn.Linear(config.n_hidden + config.n_context, config.n_hidden)
        self.head = nn.Linear(config.n_hidden, config.n_mixtures * (2 * n_bands + 1))
        # What is linear, beside the layers: it is fitted first, and they learn what it misses.
        self.level = nn.Linear(n_kinds, n_bands, bias=False)
        self.to_latent = nn.Linear(n_bands, config.n_latent, bias=False)
        self.latent_level = nn.Linear(config.n_latent, n_bands, bias=False)
        self.dynamics = nn.Parameter(torch.zeros(n_kinds, config.n_past * n_bands, n_bands))
        self.innovations = nn.Linear(n_kinds, self.head.out_features, bias=False)
        for layer in (self.encoder[-1], self.head, self.to_latent, self.latent_level):
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)
        nn.init.zeros_(self.innovations.weight)

    def whiten(self, levels_db: Tensor) -> Tensor:
        """Return whitened frames of band levels, both (..., n_bands)."""
        return (levels_db - self.mean) @ self.whitening

    def colour(self, frames: Tensor) -> Tensor:
        """Return band levels in dB of whitened frames, both (..., n_bands)."""
        return frames @ self.colouring + self.mean

    def encode(self, frames: Tensor, kinds: Tensor) -> Posterior:
        """Return the posterior, a step every 64 frames.

        Args:
            frames: whitened, (batch, n_frames, n_bands).
            kinds: how much of each kind, (batch, n_kinds), rows summing to 1.
        """
        encoded = self.encoder((frames / self.deviation).transpose(1, 2)).transpose(1, 2)
        mean, log_variance = encoded.chunk(2, dim=-1)
        averages = functional.avg_pool1d(frames.transpose(1, 2), self.FRAMES_A_STEP)
        linear = self.to_latent(averages.transpose(1, 2) - self.level(kinds)[:, None])
        return Posterior(mean + linear, log_variance.clamp(-8.0, 2.0))

    def context(self, latents: Tensor, kinds: Tensor) -> Tensor:
        """Return what frames are conditioned on, (batch, n_steps, n_context + n_bands).

        The last n_bands are the level that frames move around.

        Args:
            latents: (batch, n_steps, n_latent).
            kinds: as for `encode`; between two kinds lies a mixture of their embeddings.
        """
        embedded = self.embedding(kinds)[:, None].expand(-1, latents.shape[1], -1)
        hidden = functional.elu(self.from_latent(torch.cat([latents, embedded], dim=-1)))
        around = self.latent_level(latents) + self.level(kinds)[:, None]
        return torch.cat([functional.elu(self.to_context(hidden)), around], dim=-1)

    def stretched(self, context: Tensor) -> Tensor:
        """Return a context for every frame, (batch, 64 * n_steps, n_context + n_bands)."""
        return functional.interpolate(
            context.transpose(1, 2), scale_factor=float(self.FRAMES_A_STEP), mode="linear"
        ).transpose(1, 2)

    def losses(self, frames: Tensor, context: Tensor, kinds: Tensor, seen: Tensor) -> Tensor:
        """Return -log p(frame | frames before, context) in nats, (batch, n_frames - n_past).

        Args:
            frames: whitened, (batch, n_frames, n_bands).
            context: for every frame, (batch, n_frames, n_context + n_bands).
            kinds: how much of each kind, (batch, n_kinds).
            seen: the same frames as the decoder is shown them (with noise while it is trained).
        """
        n_past, n_context = self.config.n_past, self.config.n_context
        learned, around = context[..., :n_context], context[..., n_context:]
        hidden, _ = self.recurrence(torch.cat([seen[:, :-1] / self.deviation, learned[:, 1:]], -1))
        moved = seen - around
        past = torch.cat([moved[:, n_past - 1 - i : -1 - i] for i in range(n_past)], dim=-1)
        expected = around[:, n_past:] + past @ self.mixed_dynamics(kinds)
        logits, means, log_scales = self.mixture(
            hidden[:, n_past - 1 :], learned[:, n_past:], self.innovations(kinds)[:, None]
        )
        missed = (frames[:, n_past:] - expected)[:, :, None] - means
        of_each = -0.5 * (missed * torch.exp(-log_scales)).square() - log_scales - HALF_LOG_2_PI
        return -torch.logsumexp(logits.log_softmax(dim=-1) + of_each.sum(dim=-1), dim=-1)

    def mixed_dynamics(self, kinds: Tensor) -> Tensor:
        """Return how frames follow from those before, (batch, n_past * n_bands, n_bands)."""
        return torch.einsum("bk,kij->bij", kinds, self.dynamics)

    def mixture(
        self, hidden: Tensor, context: Tensor, innovations: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits (..., K), means and log scales (..., K, n_bands) of what is new."""
        inner = functional.elu(self.after(torch.cat([hidden, context], dim=-1)))
        drawn = (self.head(inner) + innovations).unflatten(-1, (self.config.n_mixtures, -1))
        means, log_scales, logits = drawn.split([self.config.n_bands, self.config.n_bands, 1], -1)
        return logits[..., 0], means, log_scales.clamp(*LOG_SCALE_RANGE)

    @torch.inference_mode()
    def draw(
        self, context: Tensor, kinds: Tensor, n_warm: int, generator: torch.Generator
    ) -> Tensor:
        """Return frames drawn one after the other, whitened, (batch, n_frames - n_warm, n_bands).

        Args:
            context: for every frame, (batch, n_frames, n_context + n_bands).
            kinds: how much of each kind, (1, n_kinds).
            n_warm: frames drawn first and forgotten, while the memory fills.
            generator: the only source of chance.
        """
        config, batch, n_frames = self.config, len(context), context.shape[1]
        n_bands, n_hidden, n_context = config.n_bands, config.n_hidden, config.n_context
        gru = self.recurrence
        weights = (gru.weight_ih_l0, gru.weight_hh_l0, gru.bias_ih_l0, gru.bias_hh_l0)
        of_shown, of_hidden, bias_shown, bias_hidden = (cast(Tensor, one) for one in weights)
        of_shown, of_hidden = of_shown.T.contiguous(), of_hidden.T.contiguous()
        dynamics, innovations = self.mixed_dynamics(kinds)[0], self.innovations(kinds)
        shown = torch.zeros(batch, n_bands + n_context)
        hidden = torch.zeros(batch, n_hidden)
        frame = context[:, 0, n_context:]
        past = torch.zeros(batch, config.n_past * n_bands)  # around the level, newest first
        rows = torch.arange(batch)
        drawn = torch.empty(n_frames, batch, n_bands)
        for i in range(n_frames):
            learned, around = context[:, i, :n_context], context[:, i, n_context:]
            shown[:, :n_bands] = frame / self.deviation
            shown[:, n_bands:] = learned
            given = torch.addmm(bias_shown, shown, of_shown)
            kept = torch.addmm(bias_hidden, hidden, of_hidden)
            gates = torch.sigmoid(given[:, : 2 * n_hidden] + kept[:, : 2 * n_hidden])
            reset, update = gates.chunk(2, dim=1)
            new = torch.tanh(given[:, 2 * n_hidden :] + reset * kept[:, 2 * n_hidden :])
            hidden = new + update * (hidden - new)
            inner = functional.elu(self.after(torch.cat([hidden, learned], dim=1)))
            mixed = (self.head(inner) + innovations).view(batch, config.n_mixtures, -1)
            chance = torch.rand(batch, config.n_mixtures, generator=generator)
            one = torch.argmax(mixed[:, :, -1] - torch.log(-torch.log(chance)), dim=1)
            chosen = mixed[rows, one]
            scale = torch.exp(chosen[:, n_bands : 2 * n_bands].clamp(*LOG_SCALE_RANGE))
            frame = torch.addmm(around + chosen[:, :n_bands], past, dynamics)
            frame += scale * torch.randn(batch, n_bands, generator=generator)
            frame = torch.clamp(frame, self.farthest[0], self.farthest[1])
            past = torch.cat([frame - around, past[:, :-n_bands]], dim=1)
            drawn[i] = frame
        return drawn[n_warm:].transpose(0, 1)
