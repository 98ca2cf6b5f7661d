"""The text network: shapes, gradients, repeatability, padding that changes nothing."""

import torch

from models.text_emotion import PADDING, TextEmotionConfig, TextEmotionNet

SMALL = TextEmotionConfig(
    n_pieces=40,
    n_english=20,
    n_embedding=8,
    n_hidden=24,
    n_heads=4,
    n_feedforward=32,
    n_layers=2,
    n_signs=50,
)
NO_SIGNS = torch.zeros(1, 1, dtype=torch.int64)


def made(seed: int = 0) -> TextEmotionNet:
    torch.manual_seed(seed)
    return TextEmotionNet(SMALL)


def pieces(n_rows: int, n_pieces: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(1, SMALL.n_pieces, (n_rows, n_pieces), generator=generator)


def signs(n_rows: int, n_signs: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.randint(1, SMALL.n_signs, (n_rows, n_signs), generator=generator)


def test_every_head_has_its_shape() -> None:
    output = made().eval()(pieces(3, 11), signs(3, 20))
    assert output.sentence.shape == (3, 24)
    assert output.emotion.shape == (3, 7)
    assert output.present.shape == (3, 6)
    assert output.core.shape == (3, 6)
    assert output.kote.shape == (3, 44)
    assert output.goemotions.shape == (3, 28)
    assert output.signs.shape == (3, 13)


def test_gradient_reaches_every_parameter() -> None:
    net = made()
    output = net(pieces(4, SMALL.n_positions), signs(4, 30))
    heads = (output.emotion, output.present, output.core, output.kote, output.goemotions)
    loss = torch.stack([head.square().mean() for head in heads]).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_same_seed_gives_same_output() -> None:
    rows = pieces(2, 9), signs(2, 9)
    assert torch.equal(made(3).eval()(*rows).emotion, made(3).eval()(*rows).emotion)
    assert not torch.equal(made(3).eval()(*rows).emotion, made(4).eval()(*rows).emotion)


def test_padding_changes_nothing() -> None:
    net = made().eval()
    torch.nn.init.normal_(net.signs.weight)
    row, hashed = pieces(1, 6), signs(1, 5)
    filling = torch.full((1, 10), PADDING)
    plain = net(row, hashed).emotion
    padded = net(torch.cat([row, filling], dim=1), torch.cat([hashed, filling], dim=1)).emotion
    torch.testing.assert_close(plain, padded, atol=1e-5, rtol=1e-4)


def test_signs_add_to_two_heads_only() -> None:
    net = made().eval()
    row, hashed = pieces(1, 6), signs(1, 5)
    before = net(row, hashed)
    torch.nn.init.normal_(net.signs.weight)
    after = net(row, hashed)
    torch.testing.assert_close(after.emotion - before.emotion, after.signs[:, :7])
    torch.testing.assert_close(after.core - before.core, after.signs[:, 7:])
    assert torch.equal(after.goemotions, before.goemotions)


def test_two_languages_go_through_their_own_projection() -> None:
    net = made().eval()
    with torch.no_grad():
        net.from_korean.weight.zero_()
    english, korean = torch.full((1, 3), 5), torch.full((1, 3), 25)
    before = net(english, NO_SIGNS).emotion, net(korean, NO_SIGNS).emotion
    with torch.no_grad():
        net.pieces.weight[25] += 9.0
        net.pieces.weight[5] += 9.0
    assert torch.equal(net(korean, NO_SIGNS).emotion, before[1])
    assert not torch.equal(net(english, NO_SIGNS).emotion, before[0])
