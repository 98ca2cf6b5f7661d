"""The encoder is Whisper's, reads as much as there is, and tells where it looked."""

import pytest
import torch
from whisper.model import AudioEncoder as WhisperEncoder  # type: ignore[import-untyped]

from models.emergency_encoder import (
    Block,
    EmergencyEncoder,
    EmergencyEncoderConfig,
    band_statistics,
    modulations,
    n_band_statistics,
)


@pytest.fixture
def net() -> EmergencyEncoder:
    torch.manual_seed(0)
    return EmergencyEncoder(EmergencyEncoderConfig()).eval()


def test_the_weights_of_a_whisper_give_its_states(net: EmergencyEncoder) -> None:
    whisper = WhisperEncoder(80, 1500, 64, 4, 3)
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
        assert net.encoder(log_mel).shape == (2, n_states, net.config.n_audio_state)
        assert net(log_mel).shape == (2, 19)


def test_attention_is_what_the_blocks_use(net: EmergencyEncoder) -> None:
    log_mel = torch.rand(1, 80, 60)

    first, *_, last = net.encoder.attentions(log_mel)

    assert first.shape == last.shape == (1, 4, 30, 30)
    assert torch.allclose(last.sum(-1), torch.ones(1, 4, 30), atol=1e-5)
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


def test_statistics_of_bands() -> None:
    log_mel = torch.linspace(0.0, 1.0, 101).repeat(1, 80, 1)

    statistics = band_statistics(log_mel)[0]
    mean, deviation, change, low, middle, high = statistics[:480].chunk(6)

    assert torch.allclose(mean, torch.full((80,), 0.5), atol=1e-5)
    assert torch.allclose(deviation, log_mel.std(2, correction=0)[0])
    assert torch.allclose(change, torch.full((80,), 0.01), atol=1e-5)
    assert torch.allclose(torch.stack([low, middle, high])[:, 0], torch.tensor([0.1, 0.5, 0.9]))
    assert len(statistics) == n_band_statistics(80)
    assert not torch.isnan(band_statistics(torch.rand(2, 80, 1))).any()


def test_modulations_tell_how_fast_a_sound_pulses() -> None:
    time_s = torch.arange(400) / 100.0
    pulsing = (1.0 + torch.sin(6.2832 * 4.0 * time_s)).repeat(1, 80, 1)

    of_rates = modulations(pulsing).reshape(9, 10)

    # Four a second lies between 3 and 4.5.
    assert (of_rates.argmax(dim=1) == 3).all()
