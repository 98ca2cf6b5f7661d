"""Checkpoints: what is saved comes back, and what does not fit is named."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import nn

from inference.checkpoints import CheckpointMismatch, load, save


@dataclass(frozen=True, slots=True)
class TinyConfig:
    n_in: int
    widths: tuple[int, ...] = (4, 2)
    steps: tuple[tuple[int, int], ...] = ((1, 2), (3, 4))


class Tiny(nn.Module):
    def __init__(self, config: TinyConfig) -> None:
        super().__init__()
        sizes = (config.n_in, *config.widths)
        self.layers = nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(sizes)))
        self.norm = nn.BatchNorm1d(sizes[-1])


@dataclass(frozen=True, slots=True)
class OtherConfig:
    n_out: int


EXTRA = {"labels": ["joy", "슬픔"], "temperature": 1.25, "thresholds": {"joy": 0.5}}


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Tiny]:
    module = Tiny(TinyConfig(3))
    path = tmp_path / "tiny.safetensors"
    save(path, module, TinyConfig(3), EXTRA)
    return path, module


def test_a_checkpoint_comes_back_whole(saved: tuple[Path, Tiny]) -> None:
    path, module = saved

    checkpoint = load(path, TinyConfig, Tiny)

    assert checkpoint.config == TinyConfig(3)
    assert checkpoint.extra == EXTRA
    assert not checkpoint.module.training
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, checkpoint.module.state_dict()[name])


def test_the_file_alone_decides_the_architecture(tmp_path: Path) -> None:
    path = tmp_path / "wide.safetensors"
    config = TinyConfig(5, widths=(7, 3, 2))
    save(path, Tiny(config), config, {})

    assert load(path, TinyConfig, Tiny).config.widths == (7, 3, 2)


def test_saving_again_replaces_and_leaves_nothing_behind(saved: tuple[Path, Tiny]) -> None:
    path, _ = saved
    save(path, Tiny(TinyConfig(9)), TinyConfig(9), {})

    assert load(path, TinyConfig, Tiny).config.n_in == 9
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_weights_are_readable_by_every_user(saved: tuple[Path, Tiny]) -> None:
    path, _ = saved

    assert path.stat().st_mode & 0o777 == 0o644


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.safetensors"):
        load(tmp_path / "nothing.safetensors", TinyConfig, Tiny)


@pytest.mark.parametrize("content", [b"", b"not weights at all", bytes(64)])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "junk.safetensors"
    path.write_bytes(content)

    with pytest.raises(CheckpointMismatch, match=r"junk\.safetensors"):
        load(path, TinyConfig, Tiny)


def test_a_truncated_file_is_refused(saved: tuple[Path, Tiny]) -> None:
    path, _ = saved
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(CheckpointMismatch):
        load(path, TinyConfig, Tiny)


def test_another_models_config_is_refused(saved: tuple[Path, Tiny]) -> None:
    path, _ = saved

    with pytest.raises(CheckpointMismatch, match="n_in, n_out, steps, widths"):
        load(path, OtherConfig, lambda config: nn.Linear(1, config.n_out))


def test_weights_that_do_not_fit_are_refused(saved: tuple[Path, Tiny]) -> None:
    path, _ = saved

    with pytest.raises(CheckpointMismatch, match="does not fit"):
        load(path, TinyConfig, lambda config: nn.Linear(config.n_in, 2))


def test_weights_without_a_config_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "plain.safetensors"
    save_file({"weight": torch.zeros(2)}, path)

    with pytest.raises(CheckpointMismatch, match="no config"):
        load(path, TinyConfig, Tiny)
