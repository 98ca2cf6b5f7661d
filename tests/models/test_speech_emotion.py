"""The voice net: shapes, padding, size."""

import pytest
import torch

from models.speech_emotion import SpeechEmotionConfig, SpeechEmotionNet


@pytest.fixture
def net() -> SpeechEmotionNet:
    torch.manual_seed(0)
    return SpeechEmotionNet(SpeechEmotionConfig(n_played=9)).eval()


def test_it_stays_small(net: SpeechEmotionNet) -> None:
    assert sum(parameter.numel() for parameter in net.parameters()) < 500_000


@pytest.mark.parametrize("n_frames", [8, 33, 200, 625])
def test_any_length_gives_one_row_of_logits(net: SpeechEmotionNet, n_frames: int) -> None:
    logits = net(torch.randn(3, 64, n_frames), torch.full((3,), n_frames))

    assert logits.shape == (3, 9)
    assert torch.all(torch.isfinite(logits))


def test_frames_beyond_the_sound_get_no_attention(net: SpeechEmotionNet) -> None:
    voice = torch.randn(1, 64, 96)
    short = torch.cat([voice, torch.zeros(1, 64, 32)], dim=2)
    long = torch.cat([voice, torch.zeros(1, 64, 160)], dim=2)

    n_frames = torch.tensor([96])

    assert torch.allclose(net(short, n_frames), net(long, n_frames), atol=1e-4)


def test_one_frame_of_sound_is_enough(net: SpeechEmotionNet) -> None:
    assert torch.all(torch.isfinite(net(torch.zeros(1, 64, 32), torch.tensor([1]))))


def test_the_config_decides_the_size() -> None:
    config = SpeechEmotionConfig(n_played=4, n_mels=40, channels=(8, 16), pools=((2, 2),))

    assert SpeechEmotionNet(config)(torch.randn(2, 40, 50), torch.tensor([50, 20])).shape == (2, 4)


def test_every_weight_learns(net: SpeechEmotionNet) -> None:
    net.train()
    net(torch.randn(4, 64, 64), torch.full((4,), 64)).square().sum().backward()

    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        # The softmax over time does not change with a constant added to every score.
        if name != "attention.2.bias":
            assert torch.any(parameter.grad != 0), name
