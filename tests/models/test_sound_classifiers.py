"""The document's six classifiers: their sizes, shapes, activations and optimisers."""

import pytest
import torch
from torch import nn

from models.sound_classifiers import CLASSIFIERS, SoundClassifier, SoundClassifierConfig

# For the document's nine kinds, counted by hand from the layers in the docstring.
PARAMETERS = {
    "a": 16_000 * 9 + 9,
    "b": 32 * 9 + 32 + 32 * 32 * 31 * 9 + 9,
    "c": (9 + 1) * 32 + (288 + 1) * 32 + (288 + 1) * 64 + (576 + 1) * 64 + 64 * 9 + 9,
    "d": (192 + 1) * 64 + 64 * 31 * 9 + 9,
    "e": 2 * (192 + 1) * 64 + (192 + 1) * 128 + (384 + 1) * 128 + 128 * 9 + 9,
    "f": 2 * (192 + 1) * 64 + (192 + 1) * 128 + (384 + 1) * 128 + 128 * 9 + 9,
    "wide": 462_729,
}


def classifier(name: str) -> SoundClassifier:
    torch.manual_seed(0)
    return SoundClassifier(SoundClassifierConfig(name, 9))


def modules(name: str, kind: type[nn.Module]) -> list[nn.Module]:
    return [layer for layer in classifier(name).modules() if isinstance(layer, kind)]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_it_has_as_many_weights_as_its_layers_say(name: str) -> None:
    n = sum(parameter.numel() for parameter in classifier(name).parameters())
    assert n == PARAMETERS[name] < 1_000_000


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_it_names_kinds_of_seconds(name: str) -> None:
    net = classifier(name).eval()
    taken = torch.randn(3, 16_000) if net.on_samples else torch.randn(3, 64, 63)
    logits = net(taken)
    assert logits.shape == (3, 9)
    assert torch.equal(logits[1:2], net(taken[1:2])) or torch.allclose(
        logits[1:2], net(taken[1:2]), atol=1e-5
    )


def test_only_the_first_hears_samples() -> None:
    assert [name for name in CLASSIFIERS if classifier(name).on_samples] == ["a"]


def test_the_layers_are_as_many_and_of_the_sort_that_the_document_names() -> None:
    convolutions = {
        name: (len(modules(name, nn.Conv1d)), len(modules(name, nn.Conv2d))) for name in "abcdef"
    }
    assert convolutions == {
        "a": (0, 0), "b": (0, 1), "c": (0, 4), "d": (1, 0), "e": (4, 0), "f": (4, 0)
    }  # fmt: skip
    for name in "abcdef":
        assert len(modules(name, nn.Linear)) == 1
    for name in "cef":
        pooled = modules(name, nn.MaxPool1d) + modules(name, nn.MaxPool2d)
        assert len(pooled) == len(modules(name, nn.Dropout)) == 4


def test_the_sixth_is_the_fifth_with_other_activations_and_optimiser() -> None:
    fifth, sixth = classifier("e"), classifier("f")
    assert [p.shape for p in fifth.parameters()] == [p.shape for p in sixth.parameters()]
    assert len(modules("e", nn.ReLU)) == 4 and not modules("f", nn.ReLU)
    assert len(modules("f", nn.ELU)) == 3 and len(modules("f", nn.Tanh)) == 1
    assert isinstance(sixth.optimizer(), torch.optim.RMSprop)
    assert isinstance(fifth.optimizer(), torch.optim.Adam)


def test_there_is_no_seventh_of_the_document() -> None:
    with pytest.raises(KeyError):
        SoundClassifier(SoundClassifierConfig("g", 9))
