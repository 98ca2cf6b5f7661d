"""The encoder is Whisper's, reads as much as there is, and tells where it looked."""

import pytest
import torch
from whisper.model import AudioEncoder as WhisperEncoder  # type: ignore[import-untyped]

from models.emergency_encoder import Block, EmergencyEncoder, EmergencyEncoderConfig


@pytest.fixture
def net() -> EmergencyEncoder:
    torch.manual_seed(0)
    return EmergencyEncoder(EmergencyEncoderConfig()).eval()


def test_the_weights_of_a_whisper_give_its_states(net: EmergencyEncoder) -> None:
    whisper = WhisperEncoder(80, 1500, 64, 4, 2)
    net.encoder.load_state_dict(whisper.state_dict())
    log_mel = torch.rand(1, 80, 3000)

    with torch.inference_mode():
        assert torch.allclose(net.encoder(log_mel), whisper(log_mel), atol=1e-4)


@pytest.mark.parametrize(("n_frames", "n_states"), [(1, 1), (2, 1), (401, 201), (3000, 1500)])
def test_it_reads_as_many_frames_as_there_are(
    net: EmergencyEncoder, n_frames: int, n_states: int
) -> None:
    log_mel = torch.rand(2, 80, n_frames)

    with torch.inference_mode():
        assert net.encoder(log_mel).shape == (2, n_states, 64)
        assert net(log_mel).shape == (2, 19)


def test_attention_is_what_the_blocks_use(net: EmergencyEncoder) -> None:
    log_mel = torch.rand(1, 80, 60)

    first, second = net.encoder.attentions(log_mel)

    assert first.shape == second.shape == (1, 4, 30, 30)
    assert torch.allclose(second.sum(-1), torch.ones(1, 4, 30), atol=1e-5)
    block = net.encoder.blocks[0]
    assert isinstance(block, Block)
    attention, states = block.attn, block.attn_ln(net.encoder._embedded(log_mel))
    values = attention._heads(attention.value(states))
    assert torch.allclose(
        attention(states), attention.out((first @ values).transpose(1, 2).flatten(2)), atol=1e-5
    )


def test_the_head_says_how_much_each_state_counts(net: EmergencyEncoder) -> None:
    states = net.encoder(torch.rand(2, 80, 100))

    weights = net.head.weights(states)

    assert weights.shape == (2, 50)
    assert torch.allclose(weights.sum(1), torch.ones(2))


def test_every_weight_learns(net: EmergencyEncoder) -> None:
    net.train()
    net(torch.rand(4, 80, 100)).square().sum().backward()

    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert torch.any(parameter.grad != 0), name
