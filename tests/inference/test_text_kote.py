"""A classifier of KOTE's labels, used as it is."""

import json
import os
from pathlib import Path

import pytest
import torch

from inference.analysis import Emotion
from inference.checkpoints import CheckpointMismatch
from inference.language import Language, Readability
from inference.text_encoder import write_calibrations
from inference.text_kote import FROM_KOTE, LABELS, columns, load_kote
from inference.text_recognizer import ScoreCalibration
from tests.tiny_encoders import save_bert

SENTENCES = ["오늘 정말 기쁘고 행복해", "너무 화가 나서 잠이 안 와", "친구가 떠나서 슬프다"] * 5
DOCUMENTED = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "text/kote/labels.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kote")
    save_bert(folder, SENTENCES, dict(enumerate(reversed(LABELS))))
    return folder


def answer(folder: Path, *strong: str) -> None:
    """Make the classifier give 3 to some labels and -3 to the others, whatever it reads."""
    from transformers import BertForSequenceClassification

    net = BertForSequenceClassification.from_pretrained(folder)
    names = list(reversed(LABELS))
    with torch.no_grad():
        net.classifier.weight.zero_()
        net.classifier.bias.copy_(torch.tensor([3.0 if n in strong else -3.0 for n in names]))
    net.save_pretrained(folder)


def test_the_mapping_is_the_documented_one() -> None:
    if not DOCUMENTED.is_file():
        pytest.skip(f"no {DOCUMENTED}")
    documented = json.loads(DOCUMENTED.read_text("utf-8"))
    assert list(LABELS) == documented["labels44"]
    core = {str(e): list(names) for e, names in FROM_KOTE.items() if e is not Emotion.NEUTRAL}
    assert core == documented["six_core"]


@pytest.mark.parametrize(
    ("strong", "emotion", "present"),
    [
        (("행복", "고마움"), Emotion.JOY, (Emotion.JOY,)),
        (("서러움",), Emotion.HURT, (Emotion.HURT,)),
        (("없음",), Emotion.NEUTRAL, ()),
        (("슬픔", "불안/걱정"), Emotion.SADNESS, (Emotion.SADNESS, Emotion.ANXIETY)),
    ],
)
def test_a_class_is_as_strong_as_its_strongest_label(
    strong: tuple[str, ...], emotion: Emotion, present: tuple[Emotion, ...], folder: Path
) -> None:
    answer(folder, *strong)
    estimate = load_kote(folder, lambda _: Readability.READABLE).predict("오늘 좀 그렇다")
    assert estimate is not None
    assert estimate.label is emotion and estimate.present == present
    assert sum(estimate.posterior.values()) == pytest.approx(1.0)
    assert not estimate.sure  # nothing is known of how often it is right


def test_a_calibration_beside_it_is_used_and_english_is_not_read(folder: Path) -> None:
    answer(folder, "기쁨")
    write_calibrations(folder, {Language.KOREAN: ScoreCalibration(1.0, 0.9, 0.3)})
    recognizer = load_kote(folder, lambda _: Readability.READABLE)
    (folder / "emotion.json").unlink()
    estimate = recognizer.predict("좋다")
    assert estimate is not None and estimate.sure
    assert recognizer.predict("so happy today") is None


def test_labels_without_names_are_in_the_published_order() -> None:
    unnamed = {str(n): f"LABEL_{n}" for n in range(44)}
    named = {str(n): name for n, name in enumerate(LABELS)}
    assert columns({"id2label": unnamed}) == columns({"id2label": named})


@pytest.mark.parametrize("labels", [{}, {"0": "LABEL_0", "1": "LABEL_1"}, {"0": "기쁨"}])
def test_another_classifier_is_refused(labels: dict[str, str]) -> None:
    with pytest.raises(CheckpointMismatch, match="44 of KOTE"):
        columns({"id2label": labels})
