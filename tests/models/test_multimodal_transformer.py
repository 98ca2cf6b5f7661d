"""The Multimodal Transformer: its size, its shapes, and who informs whom."""

import pytest
import torch

from models.multimodal_transformer import MultimodalConfig, MultimodalTransformer

SMALL = MultimodalConfig(n_pieces=30, n_hidden=16, n_heads=2, n_feedforward=32)


@pytest.fixture
def net() -> MultimodalTransformer:
    torch.manual_seed(0)
    return MultimodalTransformer(SMALL).eval()


def test_it_has_three_and_a_half_million_parameters() -> None:
    net = MultimodalTransformer(MultimodalConfig())

    n_parameters = sum(parameter.numel() for parameter in net.parameters())
    assert n_parameters == pytest.approx(3.5e6, rel=0.1)


def test_it_reads_60_tokens_and_1000_frames_of_60(net: MultimodalTransformer) -> None:
    words = torch.randint(1, 30, (2, 60))

    logits = net(words, torch.randn(2, 1000, 60), torch.tensor([1000, 3]))

    assert logits.shape == (2, 7)
    assert torch.all(torch.isfinite(logits))


def test_padding_changes_nothing(net: MultimodalTransformer) -> None:
    words, voice, n_frames = torch.tensor([[1, 7, 9]]), torch.randn(1, 40, 60), torch.tensor([40])
    wider = torch.cat([words, torch.zeros(1, 5, dtype=torch.long)], 1)
    longer = torch.cat([voice, torch.randn(1, 24, 60)], 1)

    assert torch.allclose(net(words, voice, n_frames), net(wider, longer, n_frames), atol=1e-5)


def test_the_voice_informs_the_words(net: MultimodalTransformer) -> None:
    words, n_frames = torch.tensor([[1, 7, 9]]), torch.tensor([40])

    one, other = (net(words, torch.randn(1, 40, 60), n_frames) for _ in range(2))

    assert not torch.allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("words", [[[1]], [[1, 7, 9]]])
def test_a_voice_that_is_absent_says_nothing(
    net: MultimodalTransformer, words: list[list[int]]
) -> None:
    absent = torch.tensor([0])

    one, other = (net(torch.tensor(words), torch.randn(1, n, 60), absent) for n in (1, 40))

    assert torch.allclose(one, other, atol=1e-5)


def test_a_voice_may_begin_anywhere_while_learning(net: MultimodalTransformer) -> None:
    net.train()
    for _ in range(12):
        logits = net(torch.tensor([[1, 7]]), torch.randn(1, 30, 60), torch.tensor([30]))
        logits.square().sum().backward()

    gradient = net.voice.positions.grad
    assert gradient is not None
    assert int((gradient.abs().sum(1) > 0).sum()) > 30, "8 positions would do for one place"
