"""The network of the distress screen: shapes, padding, and the kernel it computes."""

import torch

from models.distress import DistressConfig, DistressNet

CONFIG = DistressConfig(
    n_pieces=50,
    n_english=20,
    n_supports=7,
    n_embedding=8,
    n_hidden=24,
    n_heads=2,
    n_feedforward=16,
    n_positions=16,
    n_buckets=64,
)


def network() -> DistressNet:
    torch.manual_seed(0)
    net = DistressNet(CONFIG).eval()
    net.supports.copy_(torch.nn.functional.normalize(torch.randn(7, 24), dim=1))
    net.duals.copy_(torch.randn(7))
    net.gamma.fill_(1.5)
    return net


def test_votes_are_the_weighted_sum_of_the_ngrams() -> None:
    net = network()
    buckets, weights = torch.tensor([1, 2, 3]), torch.tensor([1.0, 0.5, 2.0])
    votes = net.votes(buckets, torch.tensor([0, 2]), weights)
    assert votes.shape == (2, 17)
    expected = net.table.weight[1] + 0.5 * net.table.weight[2] + net.bias
    torch.testing.assert_close(votes[0], expected)


def test_padding_changes_nothing() -> None:
    net = network()
    with torch.inference_mode():
        short = net.vectors(torch.tensor([[1, 30, 12, 2]]))
        padded = net.vectors(torch.tensor([[1, 30, 12, 2, 0, 0], [1, 5, 6, 7, 8, 2]]))[:1]
    torch.testing.assert_close(short, padded, atol=1e-5, rtol=1e-4)


def test_vectors_have_length_one() -> None:
    with torch.inference_mode():
        vectors = network().vectors(torch.tensor([[1, 30, 12, 2]]))
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(1))


def test_likeness_is_the_radial_kernel() -> None:
    net = network()
    vectors = torch.nn.functional.normalize(torch.randn(3, 24), dim=1)
    squared = torch.cdist(vectors, net.supports) ** 2
    expected = torch.exp(-1.5 * squared) @ net.duals + net.intercept
    likeness = net.likeness(vectors)
    assert likeness.shape == (3, 17)
    torch.testing.assert_close(likeness[:, 0], expected, atol=1e-4, rtol=1e-3)
