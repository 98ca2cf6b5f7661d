"""The lines the distress screen learns from, is calibrated on, and is measured on.

| part | lines | used for |
|---|---|---|
| `sentences/distress_*.tsv` | danger and its look-alikes | training |
| `sentences/emotion_*.tsv`, chatbot questions, GoEmotions | ordinary messages | training |
| `sentences/development_*.tsv`, a tenth of the ordinary ones | others' | the threshold |
| `tests/sentences/distress_*_test.tsv` | a third author's | the figures, once |
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference.analysis import DistressKind, DistressLevel
from inference.text_emotion import Language
from models.train.texts import read_goemotions

SENTENCES = Path(__file__).parent / "sentences"
N_GOEMOTIONS = 4_000
# How often a line is read otherwise than it was written: authors differ in these habits.
WITHOUT_MARKS, WITH_A_MARK, WITHOUT_LAUGHTER = 0.2, 0.2, 0.5
EVERY = 10  # one ordinary line in so many is kept for development
_MARKS = re.compile(r"[.,!?~…]+")
_LAUGHTER = re.compile(r"[ㅋㅎ]{2,}|\b(?:ha){2,}h?\b|\blol\b", re.IGNORECASE)
# What may speak of danger in lines that nobody read for danger.
_DOUBTFUL = re.compile(
    r"죽|자살|자해|칼|때리|때렸|맞았|폭행|살려|불이 나|갇|쓰러|피가"
    r"|suicid|kill|die\b|dying|dead|abus|intrud|assault|hit me|beat|knife|fire|trapped|rape",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A message with its danger. `look_alike` was written to look dangerous and is not."""

    text: str
    language: Language
    kind: DistressKind = DistressKind.NONE
    level: DistressLevel = DistressLevel.NONE
    look_alike: bool = False

    @property
    def danger(self) -> bool:
        """Whether the line speaks of any danger."""
        return self.level is not DistressLevel.NONE


def read_danger(path: Path) -> list[Line]:
    """Lines `kind<TAB>level<TAB>text`; the language is in the file's name."""
    language = Language.ENGLISH if "_en" in path.stem else Language.KOREAN
    rows = [row.split("\t") for row in path.read_text("utf-8").splitlines() if row.strip()]
    return [
        Line(text, language, DistressKind(kind), DistressLevel(level), level == "none")
        for kind, level, text in rows
    ]


def varied(text: str, rng: np.random.Generator) -> str:
    """The line as another might have typed it or a recogniser written it down.

    Punctuation goes or comes, laughter goes: whoever wrote the dangerous lines of a file with
    fewer of them than the harmless ones has not thereby said what danger is.
    """
    without_marks, with_a_mark, without_laughter = rng.random(3)
    if without_laughter < WITHOUT_LAUGHTER:
        text = _LAUGHTER.sub(" ", text).strip() or text
    if without_marks < WITHOUT_MARKS:
        text = " ".join(_MARKS.sub(" ", text).split()) or text
    elif with_a_mark < WITH_A_MARK and text[-1].isalnum():
        text += str(rng.choice([".", "!", "?"]))
    return text


def read_chatbot_questions(data: Path) -> list[str]:
    """Everyday Korean questions, in order; none where the data is not at hand."""
    path = data / "text/chatbot_data_ko/chatbot_data_ko.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["q"] for row in csv.DictReader(file)]


def _ordinary(data: Path) -> Iterator[Line]:
    for path in sorted(SENTENCES.glob("emotion_*.tsv")):
        language = Language.ENGLISH if "_en" in path.stem else Language.KOREAN
        for row in path.read_text("utf-8").splitlines():
            yield Line(row.split("\t")[2], language)
    # Every fourth question is for the figures.
    questions = read_chatbot_questions(data)
    yield from (Line(q, Language.KOREAN) for i, q in enumerate(questions) if i % 4)
    if (data / "text/goemotions_en").is_dir():
        examples = read_goemotions(data, Language.ENGLISH, "train")[:N_GOEMOTIONS]
        yield from (Line(example.text, Language.ENGLISH) for example in examples)


def split_ordinary(data: Path) -> tuple[list[Line], list[Line]]:
    """Ordinary messages without a doubtful word, for training and for development."""
    lines = [line for line in _ordinary(data) if not _DOUBTFUL.search(line.text)]
    kept = [line for i, line in enumerate(lines) if i % EVERY == 0]
    return [line for i, line in enumerate(lines) if i % EVERY], kept


def training_lines(data: Path) -> list[Line]:
    """Danger, its look-alikes and ordinary messages."""
    danger = [
        line for path in sorted(SENTENCES.glob("distress_*.tsv")) for line in read_danger(path)
    ]
    return danger + split_ordinary(data)[0]


def development_lines(data: Path) -> list[Line]:
    """Another author's danger and look-alikes, and ordinary messages kept out of training."""
    paths = sorted(SENTENCES.glob("development_*.tsv"))
    return [line for path in paths for line in read_danger(path)] + split_ordinary(data)[1]
