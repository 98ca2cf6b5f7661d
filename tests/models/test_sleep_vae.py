import pytest
import torch

from models.sleep_vae import Posterior, SleepVae, SleepVaeConfig

KINDS = torch.tensor([[0.5, 0.5, 0.0]])


@pytest.fixture
def net() -> SleepVae:
    torch.manual_seed(0)
    return SleepVae(SleepVaeConfig(n_bands=6, n_kinds=3, n_hidden=16)).eval()


def test_shapes_go_round(net: SleepVae) -> None:
    frames = torch.randn(2, 256, 6)
    kinds = torch.eye(3)[:2]
    posterior = net.encode(frames, kinds)
    assert posterior.mean.shape == posterior.log_variance.shape == (2, 4, 256)
    context = net.stretched(net.context(posterior.sample(), kinds))
    assert context.shape == (2, 256, 64 + 6)
    losses = net.losses(frames, context, kinds, frames)
    assert losses.shape == (2, 253) and torch.isfinite(losses).all()


def test_the_decoder_of_training_is_the_one_that_draws(net: SleepVae) -> None:
    # A frame drawn from near certainty must be what training calls likely, frame after frame.
    with torch.no_grad():
        net.head.bias.view(4, 13)[:, 6:12] = -3.0
        net.dynamics.normal_(std=0.2)
    context = torch.randn(3, 80, 70)
    drawn = net.draw(context, KINDS, 0, torch.Generator().manual_seed(1))
    losses = net.losses(drawn, context, KINDS.expand(3, 3), drawn)
    # The entropy of six Gaussians of that width, with some room.
    assert losses.mean().item() == pytest.approx(6 * (0.5 * 2.8379 - 3.0), abs=0.8)


def test_drawing_depends_on_the_seed_alone(net: SleepVae) -> None:
    context = torch.randn(2, 40, 70)
    first = net.draw(context, KINDS, 8, torch.Generator().manual_seed(1))
    assert first.shape == (2, 32, 6)
    assert torch.equal(first, net.draw(context, KINDS, 8, torch.Generator().manual_seed(1)))
    assert not torch.equal(first, net.draw(context, KINDS, 8, torch.Generator().manual_seed(2)))


def test_whitening_turns_back(net: SleepVae) -> None:
    rotation, _ = torch.linalg.qr(torch.randn(6, 6))
    net.whitening.copy_(rotation * 0.5)
    net.colouring.copy_(2.0 * rotation.T)
    levels = torch.randn(5, 6)
    torch.testing.assert_close(net.colour(net.whiten(levels)), levels, atol=1e-4, rtol=0)


def test_a_latent_that_says_nothing_costs_nothing() -> None:
    nothing = Posterior(torch.zeros(1, 2, 3), torch.zeros(1, 2, 3))
    assert nothing.divergence().abs().max() == 0
    assert Posterior(torch.ones(1, 2, 3), torch.zeros(1, 2, 3)).divergence().min() > 0
