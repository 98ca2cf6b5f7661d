from types import SimpleNamespace

import torch
from torch import Tensor, nn

from models.text_encoder import EncoderHeadConfig, TextEncoderNet


class OneHotEncoder(nn.Module):
    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> SimpleNamespace:
        return SimpleNamespace(last_hidden_state=torch.eye(8)[input_ids])


def test_the_head_reads_the_mean_of_what_is_no_padding() -> None:
    net = TextEncoderNet(OneHotEncoder(), EncoderHeadConfig(8, 3)).eval()
    said = net(
        input_ids=torch.tensor([[1, 2, 7], [1, 2, 3]]),
        attention_mask=torch.tensor([[1, 1, 0], [1, 1, 1]]),
    )
    weight, bias = net.head.linear.weight, net.head.linear.bias
    torch.testing.assert_close(said[0], weight[:, 1:3].mean(1) + bias)
    torch.testing.assert_close(said[1], weight[:, 1:4].mean(1) + bias)


def test_dropout_is_at_work_only_while_training() -> None:
    net = TextEncoderNet(OneHotEncoder(), EncoderHeadConfig(8, 3, dropout=0.5))
    tokens = {"input_ids": torch.tensor([[1, 2, 3]]), "attention_mask": torch.ones(1, 3)}
    net.train()
    assert len({tuple(net(**tokens)[0].tolist()) for _ in range(10)}) > 1
    net.eval()
    assert len({tuple(net(**tokens)[0].tolist()) for _ in range(10)}) == 1
