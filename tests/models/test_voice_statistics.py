import pytest
import torch

from models.voice_statistics import VoiceStatisticsConfig, VoiceStatisticsNet


@pytest.fixture
def net() -> VoiceStatisticsNet:
    torch.manual_seed(0)
    return VoiceStatisticsNet(VoiceStatisticsConfig(n_played=9)).eval()


@pytest.mark.parametrize("n_frames", [2, 9, 300])
def test_any_length_gives_the_same_statistics(net: VoiceStatisticsNet, n_frames: int) -> None:
    statistics = net.statistics(torch.randn(64, n_frames))
    assert statistics.shape == (VoiceStatisticsConfig(9).n_statistics,)
    assert bool(statistics.isfinite().all())
    assert net(statistics[None]).shape == (1, 9)


def test_quiet_frames_are_left_out_of_the_bands(net: VoiceStatisticsNet) -> None:
    loud = torch.randn(64, 50) * 0.1 + 2.0
    with_pause = torch.cat([loud, torch.full((64, 50), -2.0)], dim=1)
    mean_of_bands = slice(0, 64)
    assert torch.allclose(
        net.statistics(loud)[mean_of_bands], net.statistics(with_pause)[mean_of_bands], atol=0.05
    )


def test_a_broken_recording_cannot_drown_the_rest(net: VoiceStatisticsNet) -> None:
    size = VoiceStatisticsConfig(9).n_statistics
    far, farther = torch.full((1, size), 1e3), torch.full((1, size), 1e6)
    assert torch.equal(net(far), net(farther))


def test_gradient_reaches_the_head(net: VoiceStatisticsNet) -> None:
    net(net.statistics(torch.randn(64, 40))[None]).sum().backward()
    assert net.head.weight.grad is not None and bool(net.head.weight.grad.abs().sum() > 0)
