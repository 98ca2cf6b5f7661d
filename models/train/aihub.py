"""AI Hub's 감성대화말뭉치: sentences with 60 fine feelings, age, sex, situation; and voices.

The corpus needs a registration in Korea and may not be passed on; this reads an operator's copy.
A table is one sentence a row, separated by commas or tabs, in UTF-8 or CP949, with at least the
columns 감정_대분류 and 사람문장 (사람문장1 in the larger edition). The recordings lie in folders
whose names hold "Wave", each named by the number of its row:
`…_Wave_여자성우_5000/F_000021.wav`.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from inference.analysis import Emotion
from inference.text_emotion import Language, normalise
from models.train.table_text import table_text
from models.train.texts import Example

FEELINGS_BY_NAME: Mapping[str, Emotion] = {
    "기쁨": Emotion.JOY,
    "슬픔": Emotion.SADNESS,
    "분노": Emotion.ANGER,
    "불안": Emotion.ANXIETY,
    "당황": Emotion.EMBARRASSMENT,
    "상처": Emotion.HURT,
}
SENTENCE_COLUMNS = ("사람문장", "사람문장1")
FEELING_COLUMN = "감정_대분류"


@dataclass(frozen=True, slots=True)
class DialogueLine:
    """One sentence of the corpus; a column that the table lacks is empty.

    `number` names its recording, `actor` who read it. `age` (청소년 … 노년), `sex`, `situation`
    and `fine` are the corpus's own Korean words.
    """

    text: str
    emotion: Emotion
    fine: str = ""
    number: str = ""
    actor: str = ""
    age: str = ""
    sex: str = ""
    situation: str = ""

    def example(self) -> Example:
        """The sentence and its feeling alone, as the classifier of the source document sees it."""
        return Example(
            self.text,
            Language.KOREAN,
            self.emotion,
            frozenset({self.emotion}),
            topic=self.situation,
        )


def read_dialogue(table: Path) -> list[DialogueLine]:
    """Read a table of the corpus.

    Raises:
        ValueError: it is no such table: its text is in neither encoding, a needed column is
            missing, a field is too long, or a row names a feeling that is none of the six.
    """
    content = table_text(table)
    delimiter = "\t" if "\t" in content.partition("\n")[0] else ","
    rows = csv.DictReader(io.StringIO(content, newline=""), delimiter=delimiter)
    try:
        columns = [name.strip() for name in rows.fieldnames or ()]
        rows.fieldnames = columns
        sentence = next((name for name in SENTENCE_COLUMNS if name in columns), None)
        if sentence is None or FEELING_COLUMN not in columns:
            raise ValueError(f"{table.name}: needs the columns {FEELING_COLUMN} and 사람문장")
        return [
            _line(table, rows.line_num, row, sentence)
            for row in rows
            if (row[sentence] or "").strip()
        ]
    except csv.Error as error:
        raise ValueError(f"{table.name}, line {rows.reader.line_num}: {error}") from error


def _line(table: Path, number: int, row: Mapping[str, str | None], sentence: str) -> DialogueLine:
    def field(name: str) -> str:
        return (row.get(name) or "").strip()

    feeling = field(FEELING_COLUMN)
    if feeling not in FEELINGS_BY_NAME:
        known = ", ".join(FEELINGS_BY_NAME)
        raise ValueError(f"{table.name}, line {number}: {feeling!r} is none of {known}")
    return DialogueLine(
        field(sentence),
        FEELINGS_BY_NAME[feeling],
        field("감정_소분류"),
        field("NO."),
        field("성우"),
        field("연령"),
        field("성별"),
        field("상황키워드"),
    )


def recordings(folder: Path, lines: Sequence[DialogueLine]) -> dict[str, Path]:
    """The recording of each line that has one, by its number.

    Found by name, never by position: the code in the source document counts recordings, so that
    one it skips moves all later labels.
    """
    paths = {
        path.stem: path
        for wave in sorted(folder.rglob("*Wave*"))
        if wave.is_dir()
        for path in sorted(wave.glob("*.wav"))
    }
    return {line.number: paths[line.number] for line in lines if line.number in paths}


def divided(
    lines: Sequence[DialogueLine], share: float, seed: int
) -> tuple[list[DialogueLine], list[DialogueLine]]:
    """Lines to learn from, and about `share` of them held out.

    Several actors read the same sentence; all of its rows stay on one side.
    """
    learnt: list[DialogueLine] = []
    kept: list[DialogueLine] = []
    for line in lines:
        sentence = normalise(line.text).replace(" ", "")
        out = crc32(f"{seed}:{sentence}".encode()) / 2**32 < share
        (kept if out else learnt).append(line)
    return learnt, kept
