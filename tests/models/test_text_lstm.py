import torch

from models.text_lstm import TextLstmConfig, TextLstmNet


def test_padding_changes_nothing() -> None:
    torch.manual_seed(0)
    net = TextLstmNet(TextLstmConfig(n_pieces=20, n_classes=7)).eval()
    short, longer = torch.tensor([[5, 6, 7]]), torch.tensor([[5, 6, 7, 0, 0], [9, 9, 9, 9, 9]])
    with torch.inference_mode():
        alone, together = net(short), net(longer)
    assert together.shape == (2, 7)
    torch.testing.assert_close(together[:1], alone)
    assert not torch.allclose(together[0], together[1])


def test_order_matters_in_both_directions() -> None:
    torch.manual_seed(0)
    net = TextLstmNet(TextLstmConfig(n_pieces=20, n_classes=4)).eval()
    with torch.inference_mode():
        said = net(torch.tensor([[5, 6, 7], [7, 6, 5], [6, 5, 7]]))
    assert len({tuple(row) for row in said.tolist()}) == 3
