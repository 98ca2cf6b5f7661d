"""Which weights there are."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inference.weights import FEELING_WEIGHTS, SHIPPED_WEIGHTS, Weights, feelings_version

SHIPPED = feelings_version(Weights())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FEELING_WEIGHTS:
        shutil.copy(SHIPPED_WEIGHTS / name, tmp_path)
    return tmp_path


def test_the_same_weights_elsewhere_are_the_same_version(folder: Path) -> None:
    assert feelings_version(Weights(folder)) == SHIPPED
    assert len(SHIPPED) == 16


@pytest.mark.parametrize("name", FEELING_WEIGHTS)
def test_one_other_byte_is_another_version(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    assert feelings_version(Weights(folder)) != SHIPPED


def test_another_text_model_or_fusion_is_another_version(folder: Path) -> None:
    (folder / "encoder").mkdir()
    model = folder / "encoder" / "model.safetensors"
    model.write_bytes(b"1")
    others = [
        replace(Weights(), fusion="multimodal-transformer"),
        replace(Weights(), text_model=model.parent),
    ]
    versions = {SHIPPED, *map(feelings_version, others)}
    model.write_bytes(b"12")
    versions.add(feelings_version(others[1]))
    assert len(versions) == 4
