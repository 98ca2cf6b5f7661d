"""The Cross-Attention Transformer: its size, its shapes, and that each side informs the other."""

import pytest
import torch

from models.cross_attention import CrossAttentionConfig, CrossAttentionTransformer

SMALL = CrossAttentionConfig(
    n_hidden=16, n_heads=2, n_words_feedforward=32, n_voice_feedforward=32
)


@pytest.fixture
def net() -> CrossAttentionTransformer:
    torch.manual_seed(0)
    return CrossAttentionTransformer(SMALL).eval()


def test_it_has_four_million_parameters_without_word_vectors() -> None:
    net = CrossAttentionTransformer(CrossAttentionConfig())

    n_parameters = sum(parameter.numel() for parameter in net.parameters())
    assert n_parameters == pytest.approx(4e6, rel=0.1)
    assert not any("embedding" in type(module).__name__.lower() for module in net.modules())


def test_it_reads_40_words_and_1000_frames_of_256(net: CrossAttentionTransformer) -> None:
    n_words, n_frames = torch.tensor([40, 2]), torch.tensor([1000, 3])

    logits = net(torch.randn(2, 40, 256), n_words, torch.randn(2, 1000, 256), n_frames)

    assert logits.shape == (2, 7)
    assert torch.all(torch.isfinite(logits))


def test_padding_changes_nothing(net: CrossAttentionTransformer) -> None:
    words, voice = torch.randn(1, 5, 256), torch.randn(1, 40, 256)
    wider = torch.cat([words, torch.randn(1, 4, 256)], 1)
    longer = torch.cat([voice, torch.randn(1, 24, 256)], 1)
    n_words, n_frames = torch.tensor([5]), torch.tensor([40])

    logits = net(words, n_words, voice, n_frames)

    assert torch.allclose(logits, net(words, n_words, longer, n_frames), atol=1e-5)
    assert torch.allclose(logits, net(wider, n_words, voice, n_frames), atol=1e-5)


@pytest.mark.parametrize(("n_words", "n_frames"), [(0, 40), (5, 0), (0, 0)])
def test_what_is_absent_says_nothing(
    net: CrossAttentionTransformer, n_words: int, n_frames: int
) -> None:
    words, voice = torch.randn(1, 5, 256), torch.randn(1, 40, 256)
    counts = torch.tensor([n_words]), torch.tensor([n_frames])
    other_words = words if n_words else torch.randn(1, 5, 256)
    other_voice = voice if n_frames else torch.randn(1, 40, 256)

    logits = net(words, counts[0], voice, counts[1])

    assert torch.allclose(logits, net(other_words, counts[0], other_voice, counts[1]), atol=1e-5)


def test_each_side_attends_to_the_other(net: CrossAttentionTransformer) -> None:
    asked: dict[str, torch.Tensor] = {}
    for name in ("words_hearing", "voice_reading"):
        layer = getattr(net, name)
        layer.register_forward_hook(lambda _, inputs, out, name=name: asked.update({name: out}))
    words, voice = torch.randn(1, 5, 256), torch.randn(1, 40, 256)
    counts = torch.tensor([5]), torch.tensor([40])

    net(words, counts[0], voice, counts[1])
    before = dict(asked)
    net(words, counts[0], voice + 1.0, counts[1])
    words_moved = not torch.allclose(before["words_hearing"], asked["words_hearing"], atol=1e-4)
    net(words + 1.0, counts[0], voice, counts[1])
    voice_moved = not torch.allclose(before["voice_reading"], asked["voice_reading"], atol=1e-4)

    assert words_moved and voice_moved
