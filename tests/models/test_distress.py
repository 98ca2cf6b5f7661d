"""The network of the distress screen: shapes, padding, and what it adds."""

import torch

from models.distress import DistressConfig, DistressNet

CONFIG = DistressConfig(
    n_pieces=50,
    n_english=20,
    n_embedding=8,
    n_hidden=24,
    n_heads=2,
    n_feedforward=16,
    n_positions=16,
    n_buckets=64,
)


def network() -> DistressNet:
    torch.manual_seed(0)
    return DistressNet(CONFIG).eval()


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
        short = net.reading(torch.tensor([[1, 30, 12, 2]]))
        padded = net.reading(torch.tensor([[1, 30, 12, 2, 0, 0], [1, 5, 6, 7, 8, 2]]))[:1]
    assert short.shape == (1, 17)
    torch.testing.assert_close(short, padded, atol=1e-5, rtol=1e-4)


def test_the_order_of_the_words_is_read() -> None:
    net = network()
    with torch.inference_mode():
        one, other = net.reading(torch.tensor([[1, 30, 12, 2], [1, 12, 30, 2]]))
    assert not torch.allclose(one, other, atol=1e-4)
