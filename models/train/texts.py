"""Labelled and unlabelled messages, and the split that keeps near-duplicates together."""

import csv
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.analysis import Emotion
from inference.text_emotion import FEELINGS, Language, normalise

SENTENCES = Path(__file__).parent / "sentences"
TESTS = Path(__file__).parents[2] / "tests/sentences"  # of the repository, in no wheel
CONTRADICTIONS = "contradiction_test.tsv"
N_KOTE = 44
N_GOEMOTIONS = 28
ALIKE = 0.5  # Jaccard index of character trigrams from which on two texts are near-duplicates

# The feelings of GoEmotions that one of our classes has a word for; the rest (amusement, desire,
# realization, ...) say nothing about the seven and are left out.
FROM_GOEMOTIONS: Mapping[Emotion, frozenset[int]] = {
    Emotion.JOY: frozenset({13, 15, 17, 18, 20, 21, 23}),
    Emotion.SADNESS: frozenset({9, 16, 25}),
    Emotion.ANGER: frozenset({2, 3, 11}),
    Emotion.ANXIETY: frozenset({14, 19}),
    Emotion.EMBARRASSMENT: frozenset({12}),
    Emotion.NEUTRAL: frozenset({27}),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One text with whatever is known of it; None where a source does not say.

    `emotion` is its one feeling, `present` all of the six in it, `core` the six as KOTE's raters
    gave them, `kote` the numbers of KOTE's 44 labels, `goemotions` those of the 28. `soft` are
    probabilities of the seven that a classifier gave. `topic` is that of our own sentences.
    """

    text: str
    language: Language
    emotion: Emotion | None = None
    present: frozenset[Emotion] | None = None
    core: frozenset[Emotion] | None = None
    kote: frozenset[int] | None = None
    goemotions: frozenset[int] | None = None
    soft: tuple[float, ...] | None = None
    topic: str = ""


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _numbers(field: str) -> frozenset[int]:
    return frozenset(int(part) for part in field.replace(",", " ").split())


def read_sentences(path: Path, language: Language) -> list[Example]:
    """Read lines `label<TAB>topic<TAB>sentence[<TAB>other,labels]`.

    Raises:
        ValueError: a line is not of that form.
    """
    examples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        fields = line.split("\t")
        try:
            emotion, topic, text = Emotion(fields[0]), fields[1], fields[2]
            others = {Emotion(f.strip()) for f in "".join(fields[3:4]).split(",") if f.strip()}
        except (ValueError, IndexError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
        present = frozenset((others | {emotion}) - {Emotion.NEUTRAL})
        examples.append(Example(text, language, emotion, present, topic=topic))
    return examples


def read_own(language: Language) -> list[Example]:
    """The sentences written for the project to train on: every `emotion_<language>*.tsv`."""
    paths = sorted(SENTENCES.glob(f"emotion_{language}*.tsv"))
    return [example for path in paths for example in read_sentences(path, language)]


def read_development(language: Language) -> list[Example]:
    """Another author's sentences, by which probabilities are calibrated and nothing is trained."""
    return read_sentences(SENTENCES / f"feelings_development_{language}.tsv", language)


def read_tests(language: Language) -> list[Example]:
    """The sentences that figures are from; written separately and read for nothing else."""
    return read_sentences(TESTS / f"emotion_{language}_test.tsv", language)


def expect_tests() -> None:
    """Make sure that the sentences of the tests are there, before anything takes long.

    Raises:
        FileNotFoundError: one sentence that says where a file of them is expected.
    """
    for name in (*(f"emotion_{language}_test.tsv" for language in Language), CONTRADICTIONS):
        if not (TESTS / name).is_file():
            where = "test sentences come with Todak's repository and are in no wheel"
            raise FileNotFoundError(f"there is no {TESTS / name}: {where}")


def read_chatbot(data: Path) -> tuple[list[Example], list[str]]:
    """The first-person Korean questions: those labelled for the project, and the other texts."""
    texts = [row["q"] for row in _rows(data / "text/chatbot_data_ko/chatbot_data_ko.csv")]
    labels: dict[int, Emotion] = {}
    lines = (SENTENCES / "chatbot_labels.tsv").read_text(encoding="utf-8").splitlines()
    for row, label in (line.split("\t")[:2] for line in lines if line.strip()):
        labels[int(row)] = Emotion(label)
    labelled = [Example(texts[row], Language.KOREAN, emotion) for row, emotion in labels.items()]
    return labelled, [text for row, text in enumerate(texts) if row not in labels]


def read_kote(data: Path, split: str) -> list[Example]:
    """Korean comments with many labels a row (Jeon et al. 2022); `split` is val or test."""
    return [
        Example(
            row["text"],
            Language.KOREAN,
            core=frozenset(Emotion(name) for name in row["six_core"].split()),
            kote=_numbers(row["labels44"]),
        )
        for row in _rows(data / "text/kote/kote_val_test.csv")
        if row["split"] == split
    ]


def read_goemotions(data: Path, language: Language, split: str) -> list[Example]:
    """Reddit comments (Demszky et al. 2020), English or machine-translated, in one row order.

    `split` is train, dev or test.
    """
    name = "goemotions_en" if language is Language.ENGLISH else "goemotions_ko_mt"
    rows = (r for r in _rows(data / f"text/{name}/{name}.csv") if r["split"] == split)
    examples = []
    for row in sorted(rows, key=lambda row: int(row["row"])):
        labels = _numbers(row["labels28"])
        ours = [e for e, names in FROM_GOEMOTIONS.items() if labels <= names]
        examples.append(
            Example(row["text"], language, ours[0] if ours else None, goemotions=labels)
        )
    return examples


def read_xed(data: Path) -> list[str]:
    """English subtitle lines (Öhman et al. 2020), without their labels."""
    return [row["text"] for row in _rows(data / "text/xed_en/xed_en.csv")]


def read_reviews(data: Path) -> list[str]:
    """Korean film reviews, unlabelled."""
    return [row["text"] for row in _rows(data / "text/nsmc_text_ko/nsmc_text_from_kmre_dev.csv")]


def groups(texts: Sequence[str]) -> list[int]:
    """The group of each text; near-duplicates share one, and so do their near-duplicates."""
    grams = [_trigrams(text) for text in texts]
    leader = list(range(len(texts)))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    holders: dict[str, list[int]] = defaultdict(list)
    for i, mine in enumerate(grams):
        shared: dict[int, int] = defaultdict(int)
        for gram in mine:
            for j in holders[gram]:
                shared[j] += 1
            holders[gram].append(i)
        for j, n_shared in shared.items():
            if n_shared >= ALIKE * (len(mine) + len(grams[j]) - n_shared):
                leader[find(i)] = find(j)
    return [find(i) for i in range(len(texts))]


def _trigrams(text: str) -> set[str]:
    padded = f" {normalise(text).replace(' ', '')} "
    return {padded[i : i + 3] for i in range(max(1, len(padded) - 2))}


def held_out(examples: Sequence[Example], share: float, seed: int) -> list[bool]:
    """Mark about `share` of the examples, whole groups of near-duplicates at a time."""
    of = groups([example.text for example in examples])
    return [zlib.crc32(f"{seed}:{examples[g].text}".encode()) / 2**32 < share for g in of]


def present_of(labels: frozenset[Emotion]) -> list[float]:
    """Six zeros and ones in the order of the classes."""
    return [float(feeling in labels) for feeling in FEELINGS]
