"""A published classifier of KOTE's 44 feelings, used as it is.

KOTE (Jeon, Lee, Kim 2022, arXiv:2205.05300) labels Korean comments with any number of 44 feelings;
its authors published fine-tuned encoders with one sigmoid a label.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from inference.analysis import Emotion
from inference.checkpoints import CheckpointMismatch
from inference.encoder_folders import (
    positions,
    read_config,
    read_model,
    read_tokenizer,
    tokenizing,
)
from inference.language import Language, Readability
from inference.text_encoder import CALIBRATION, read_calibrations
from inference.text_recognizer import ScoreCalibration, ScoringRecognizer

LABELS: Final = (
    "불평/불만", "환영/호의", "감동/감탄", "지긋지긋", "고마움", "슬픔", "화남/분노", "존경",
    "기대감", "우쭐댐/무시함", "안타까움/실망", "비장함", "의심/불신", "뿌듯함", "편안/쾌적",
    "신기함/관심", "아껴주는", "부끄러움", "공포/무서움", "절망", "한심함", "역겨움/징그러움",
    "짜증", "어이없음", "없음", "패배/자기혐오", "귀찮음", "힘듦/지침", "즐거움/신남", "깨달음",
    "죄책감", "증오/혐오", "흐뭇함(귀여움/예쁨)", "당황/난처", "경악", "부담/안_내킴", "서러움",
    "재미없음", "불쌍함/연민", "놀람", "행복", "불안/걱정", "기쁨", "안심/신뢰",
)  # fmt: skip

# The labels that mean one of our classes and nothing else; those between two classes
# (안타까움/실망, 의심/불신, 죄책감, ...) are passed over.
FROM_KOTE: Final[Mapping[Emotion, tuple[str, ...]]] = {
    Emotion.JOY: ("기쁨", "행복", "즐거움/신남"),
    Emotion.SADNESS: ("슬픔", "절망", "힘듦/지침"),
    Emotion.ANGER: ("화남/분노", "짜증", "증오/혐오"),
    Emotion.ANXIETY: ("불안/걱정", "공포/무서움"),
    Emotion.EMBARRASSMENT: ("당황/난처", "부끄러움"),
    Emotion.HURT: ("서러움", "패배/자기혐오"),
    Emotion.NEUTRAL: ("없음",),
}

# Without `emotion.json` in the folder: the threshold of the paper, and never sure.
AS_PUBLISHED: Final = ScoreCalibration(temperature=1.0, sure=1.01, present=0.3)


def columns(config: Mapping[str, Any]) -> list[list[int]]:
    """For each of our classes the numbers of its labels, from a folder's `config.json`.

    Raises:
        CheckpointMismatch: the labels are not KOTE's.
    """
    named: Mapping[str, str] = config.get("id2label") or {}
    names = {int(number): name for number, name in named.items()}
    if all(name == f"LABEL_{number}" for number, name in names.items()):
        names = dict(enumerate(LABELS)) if len(names) == len(LABELS) else {}
    numbers = {name: number for number, name in names.items()}
    if set(numbers) != set(LABELS):
        raise CheckpointMismatch("its labels are not the 44 of KOTE")
    return [[numbers[name] for name in FROM_KOTE[emotion]] for emotion in Emotion]


def load_kote(folder: Path, readable: Callable[[str], Readability]) -> ScoringRecognizer:
    """Read a folder of transformers' sequence classification kind with KOTE's labels.

    A class scores as its strongest label does. Only Korean is read.

    Raises:
        FileNotFoundError: the folder holds no configuration.
        CheckpointMismatch: it is no classifier of KOTE's labels.
        MissingHubPackage: transformers is not installed.
    """
    of_classes = columns(read_config(folder))
    net = read_model(folder, "AutoModelForSequenceClassification")
    tokens = tokenizing(read_tokenizer(folder), positions(net.config))

    @torch.inference_mode()
    def score(texts: Sequence[str]) -> Tensor:
        logits: Tensor = net(**tokens(texts)).logits
        return torch.stack([logits[:, numbers].amax(1) for numbers in of_classes], dim=1)

    calibrations = {Language.KOREAN: AS_PUBLISHED}
    if (folder / CALIBRATION).is_file():
        calibrations = read_calibrations(folder)
    return ScoringRecognizer(score, tuple(Emotion), calibrations, readable)
