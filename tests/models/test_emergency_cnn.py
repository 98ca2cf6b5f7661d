"""The document's network: its size and shapes, and that silence after a note costs nothing."""

import pytest
import torch
from torch import nn

from models.emergency_cnn import N_FRAMES, Block, EmergencyCnn, EmergencyCnnConfig

# The document's table: channels, bands and frames after each convolution and each pooling.
CONVOLVED = ((8, 80, 1500), (16, 40, 376), (32, 20, 94), (64, 10, 25), (128, 5, 6))
POOLED = ((8, 40, 750), (16, 20, 188), (32, 10, 47), (64, 5, 12), (128, 5, 3))


@pytest.fixture
def net() -> EmergencyCnn:
    torch.manual_seed(0)
    net = EmergencyCnn(EmergencyCnnConfig()).eval()
    for parameter in net.parameters():
        if parameter.dim() == 1:
            nn.init.normal_(parameter, std=0.3)  # biases make silence tell something
    return net


def test_it_has_the_parameters_of_the_document(net: EmergencyCnn) -> None:
    assert sum(parameter.numel() for parameter in net.parameters()) == 607_763


def test_its_maps_are_those_of_the_document(net: EmergencyCnn) -> None:
    maps = torch.rand(1, 1, 80, N_FRAMES)

    for block, convolved, pooled in zip(net.blocks, CONVOLVED, POOLED, strict=True):
        assert isinstance(block, Block)
        assert block.convolution(maps).shape[1:] == convolved
        maps = block(maps)
        assert maps.shape[1:] == pooled


@pytest.mark.parametrize("n_frames", [1, 2, 3, 37, 100, 499, 500, 1024, 2719, 2999])
def test_a_short_note_is_judged_as_with_zeros_after_it(net: EmergencyCnn, n_frames: int) -> None:
    log_mel = 2.0 * torch.rand(2, 1, 80, n_frames)

    padded = nn.functional.pad(log_mel, (0, N_FRAMES - n_frames))

    assert torch.allclose(net(log_mel), net(padded), atol=1e-5)
    assert torch.equal(net(log_mel), net(log_mel, net.silence()))


@pytest.mark.parametrize("n_frames", [4, 201])
def test_blocks_pool_as_their_modules_do(net: EmergencyCnn, n_frames: int) -> None:
    for block in net.blocks:
        assert isinstance(block, Block)
        heard = torch.rand(2, 8, 80, n_frames)
        assert torch.equal(block.pooled(heard), block.pooling(heard))


def test_a_longer_one_is_refused(net: EmergencyCnn) -> None:
    with pytest.raises(ValueError, match="3001 frames"):
        net(torch.zeros(1, 1, 80, N_FRAMES + 1))


def test_every_weight_learns(net: EmergencyCnn) -> None:
    net.train()
    net(2.0 * torch.rand(4, 1, 80, 400)).square().sum().backward()

    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert torch.any(parameter.grad != 0), name
