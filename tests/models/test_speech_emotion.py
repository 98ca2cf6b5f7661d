"""The voice net: shapes, size, and that its networks are averaged."""

import pytest
import torch

from models.speech_emotion import SpeechEmotionConfig, VoiceEmotionNet


@pytest.fixture
def net() -> VoiceEmotionNet:
    torch.manual_seed(0)
    return VoiceEmotionNet(SpeechEmotionConfig(n_played=9, n_statistics=1200)).eval()


def test_it_stays_small(net: VoiceEmotionNet) -> None:
    assert sum(parameter.numel() for parameter in net.parameters()) < 2_000_000


def test_logits_are_the_mean_of_its_networks(net: VoiceEmotionNet) -> None:
    statistics = torch.randn(3, 1200)

    each = net.each(statistics)

    assert each.shape == (2, 3, 9)
    assert not torch.allclose(each[0], each[1])
    assert torch.allclose(net(statistics), each.mean(dim=0))


def test_a_broken_recording_cannot_drown_the_rest(net: VoiceEmotionNet) -> None:
    far, farther = torch.full((1, 1200), 1e3), torch.full((1, 1200), 1e6)

    assert torch.equal(net(far), net(farther))


def test_statistics_are_standardised(net: VoiceEmotionNet) -> None:
    statistics = torch.randn(2, 1200)
    expected = net(statistics)
    net.mean.fill_(3.0)
    net.deviation.fill_(2.0)

    assert torch.allclose(net(3.0 + 2.0 * statistics), expected, atol=1e-5)


def test_every_weight_learns(net: VoiceEmotionNet) -> None:
    net.train()
    net(torch.randn(8, 1200)).square().sum().backward()

    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert torch.any(parameter.grad != 0), name
