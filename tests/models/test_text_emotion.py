"""The text network: shapes, gradients, repeatability, padding that changes nothing."""

import torch

from models.sentence_encoder import PADDING
from models.text_emotion import NgramReader, TextEmotionConfig, TextEmotionNet

SMALL = TextEmotionConfig(
    n_pieces=40,
    n_english=20,
    n_embedding=8,
    n_hidden=24,
    n_heads=4,
    n_feedforward=32,
    n_layers=2,
    n_feeling_ngrams=50,
)


def made(seed: int = 0) -> TextEmotionNet:
    torch.manual_seed(seed)
    return TextEmotionNet(SMALL)


def pieces(n_rows: int, n_pieces: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(1, SMALL.n_pieces, (n_rows, n_pieces), generator=generator)


def test_every_head_has_its_shape() -> None:
    output = made().eval()(pieces(3, 11))
    assert output.sentence.shape == (3, 24)
    assert output.emotion.shape == (3, 7)
    assert output.present.shape == (3, 6)
    assert output.core.shape == (3, 6)
    assert output.kote.shape == (3, 44)
    assert output.goemotions.shape == (3, 28)


def test_gradient_reaches_every_parameter_of_the_piece_reader() -> None:
    net = made()
    output = net(pieces(4, SMALL.n_positions))
    heads = (output.emotion, output.present, output.core, output.kote, output.goemotions)
    loss = torch.stack([head.square().mean() for head in heads]).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    for name, parameter in net.named_parameters():
        if "_ngrams." in name:
            continue
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_same_seed_gives_same_output() -> None:
    rows = pieces(2, 9)
    assert torch.equal(made(3).eval()(rows).emotion, made(3).eval()(rows).emotion)
    assert not torch.equal(made(3).eval()(rows).emotion, made(4).eval()(rows).emotion)


def test_padding_changes_nothing() -> None:
    net = made().eval()
    row = pieces(1, 6)
    filling = torch.full((1, 10), PADDING)
    plain, padded = net(row).emotion, net(torch.cat([row, filling], dim=1)).emotion
    torch.testing.assert_close(plain, padded, atol=1e-5, rtol=1e-4)


def test_ngrams_are_summed_over_the_root_of_their_number() -> None:
    reader = NgramReader(4, 2)
    with torch.no_grad():
        reader.weights.weight.copy_(torch.tensor([[9.0, 9], [1, 0], [2, 0], [3, 4]]))
        reader.bias.copy_(torch.tensor([0.5, 0.0]))
    rows = torch.tensor([[1, 2, 3, 3], [1, PADDING, PADDING, PADDING], [PADDING] * 4])
    found = reader(rows)
    torch.testing.assert_close(found, torch.tensor([[5.0, 4.0], [1.5, 0.0], [0.5, 0.0]]))


def test_padding_is_no_known_ngram() -> None:
    reader = NgramReader(3, 2)
    reader.hashes[1:] = torch.tensor([-7, 2_000_000_000])
    assert reader.numbers() == {-7: 1, 2_000_000_000: 2}


def test_two_languages_go_through_their_own_projection() -> None:
    net = made().eval()
    with torch.no_grad():
        net.from_korean.weight.zero_()
    english, korean = torch.full((1, 3), 5), torch.full((1, 3), 25)
    before = net(english).emotion, net(korean).emotion
    with torch.no_grad():
        net.pieces.weight[25] += 9.0
        net.pieces.weight[5] += 9.0
    assert torch.equal(net(korean).emotion, before[1])
    assert not torch.equal(net(english).emotion, before[0])
