"""AI Hub's folders of emergencies and of noises, on a tiny copy of their layout."""

import json
from pathlib import Path

import pytest

from inference.analysis import SoundKind
from models.train.aihub_emergency import kind_of, read_aihub


def put(folder: Path, name: str, *, label: bool) -> None:
    """One recording of a kind with its label, named as the corpus names them."""
    number, kind, _ = name.replace("_", ".").split(".")
    source = folder / "Training" / f"[원천]{number}.{kind}_1"
    source.mkdir(parents=True, exist_ok=True)
    (source / f"{name}_label.wav").write_bytes(b"RIFF")
    if label:
        labels = folder / "Training" / f"[라벨]{number}.{kind}"
        labels.mkdir(parents=True, exist_ok=True)
        told = json.dumps({"audio": {"fileName": name}}, ensure_ascii=False)
        (labels / f"{name}.json").write_text(told, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, "5.화재_1", label=True)
    put(tmp_path, "5.화재_2", label=True)
    put(tmp_path, "12.태풍-강풍_7", label=True)
    put(tmp_path, "14.도움요청_3", label=False)
    put(tmp_path, "15.실내_9", label=False)
    noises = tmp_path / "소음 환경 음성인식" / "[원천]1.가전소음_01.세탁기,건조기"
    noises.mkdir(parents=True)
    for name in ("a_SD.wav", "a_SN.wav"):
        (noises / name).write_bytes(b"RIFF")
    other = tmp_path / "소음 환경 음성인식" / "[원천]1.가전소음_03.기타소음"
    other.mkdir()
    (other / "b_SN.wav").write_bytes(b"RIFF")
    return tmp_path


def test_kinds_follow_from_folders(folder: Path) -> None:
    found = {one.path.stem: one for one in read_aihub(folder)}

    assert {name: one.kind for name, one in found.items()} == {
        "5.화재_1_label": SoundKind.FIRE,
        "5.화재_2_label": SoundKind.FIRE,
        "12.태풍-강풍_7_label": SoundKind.STORM,
        "15.실내_9_label": SoundKind.INDOOR,
        "a_SN": SoundKind.WASHER,
        "b_SN": SoundKind.APPLIANCE,
    }
    assert found["5.화재_1_label"].emergency
    assert not found["15.실내_9_label"].emergency


def test_a_label_that_cannot_be_read_names_nothing(folder: Path) -> None:
    for label in (folder / "Training" / "[라벨]5.화재").glob("*_1.json"):
        label.write_text("{", encoding="utf-8")

    names = [one.path.stem for one in read_aihub(folder)]

    assert "5.화재_1_label" not in names
    assert "5.화재_2_label" in names


def test_no_more_of_a_kind_than_asked(folder: Path) -> None:
    kinds = [one.kind for one in read_aihub(folder, most=1)]

    assert kinds.count(SoundKind.FIRE) == 1


def test_folders_of_no_kind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no folder of a kind"):
        read_aihub(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_aihub(tmp_path / "none")


def test_the_innermost_folder_tells() -> None:
    assert kind_of(("가전소음", "02.진공청소기")) is SoundKind.VACUUM
    assert kind_of(("Training",)) is None
