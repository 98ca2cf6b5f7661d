"""Recipe of the distress screen: `todak train distress`.

1. Read the danger lines, their look-alikes, and the sentences about feelings as ordinary messages.
2. A logistic regression over hashed n-grams and a kernel machine over sentence vectors
   decide on any danger; regressions on the danger lines alone name its kind. The sentence encoder
   is the distilled one `todak train text-emotion` leaves in its work folder; without that folder
   the encoder inside the present weights is kept.
3. How the two readers are added, the calibration and the threshold come from cross-validated
   scores; near-duplicates stay together.
"""

import argparse
import csv
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import GroupKFold  # type: ignore[import-untyped]

from inference import checkpoints
from inference.analysis import DistressKind, DistressLevel
from inference.character_ngrams import N_BUCKETS, hashed_ngrams, normalize, squeeze
from inference.distress import CLASSES, numbered
from inference.sentence_windows import windows
from inference.text_emotion import Language, Pieces
from models.distress import DistressConfig, DistressNet
from models.train.distress_evaluation import evaluate, print_figures, print_trade_off

SENTENCES = Path(__file__).parent / "sentences"
WEIGHTS = Path(__file__).parent.parent / "weights" / "distress.safetensors"
ENCODER = Path(".cache/text_emotion")
DATA = Path(__file__).parents[3] / "shared/data"
N_FOLDS = 4
GAMMA = 1.5  # of the radial kernel
RIDGE = 0.1
N_SUPPORTS = 5_000
ORDINARY_WEIGHT = 0.9  # of a sentence about a feeling, against 1 of a look-alike
# What a threshold may let through, cross-validated; the stricter of the two decides.
LOOK_ALIKES_TAKEN = 0.10
ORDINARY_TAKEN = 0.05
# What may speak of danger in lines that were written for the feelings.
_DOUBTFUL = re.compile(
    r"죽|자살|자해|칼|때리|때렸|맞았|폭행|살려|불이 나|갇|쓰러|피가"
    r"|suicid|kill|die\b|dying|dead|abus|intrud|assault|hit me|beat|knife|fire|trapped|rape",
    re.IGNORECASE,
)
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence written for the project; `source` is the file it stands in."""

    kind: DistressKind
    level: DistressLevel
    text: str
    source: str

    @property
    def danger(self) -> bool:
        """Whether the line speaks of any danger."""
        return self.level is not DistressLevel.NONE

    @property
    def language(self) -> Language:
        """The language of the file."""
        return Language.ENGLISH if "_en" in self.source else Language.KOREAN

    @property
    def ordinary(self) -> bool:
        """Whether the line is no look-alike: written for a feeling, or an everyday question."""
        return not self.source.startswith("distress")


def training_lines(data: Path, folder: Path = SENTENCES) -> list[Line]:
    """Danger and its look-alikes; sentences about feelings and questions as ordinary messages."""
    lines, none = [], (DistressKind.NONE, DistressLevel.NONE)
    questions = data / "text/chatbot_data_ko/chatbot_data_ko.csv"
    if questions.is_file():
        with questions.open(encoding="utf-8-sig", newline="") as file:
            texts = [row["q"] for row in csv.DictReader(file)][2::8]  # evaluation has every fourth
        lines += [Line(*none, t, questions.name) for t in texts if not _DOUBTFUL.search(t)]
    for path in sorted(folder.glob("*.tsv")):
        rows = [row.split("\t") for row in path.read_text("utf-8").splitlines() if row.strip()]
        if path.name.startswith("distress_"):
            lines += [Line(DistressKind(r[0]), DistressLevel(r[1]), r[2], path.name) for r in rows]
        elif path.name.startswith("emotion_"):
            lines += [
                Line(*none, row[2], path.name) for row in rows if not _DOUBTFUL.search(row[2])
            ]
    return lines


def design_matrix(texts: Sequence[str]) -> csr_matrix:
    """Hashed n-grams, (n, N_BUCKETS)."""
    bags = [hashed_ngrams(text) for text in texts]
    return csr_matrix(
        (
            np.concatenate([weights for _, weights in bags]),
            np.concatenate([buckets for buckets, _ in bags]),
            np.cumsum([0] + [len(buckets) for buckets, _ in bags]),
        ),
        shape=(len(bags), N_BUCKETS),
    )


def near_duplicates(texts: Sequence[str]) -> NDArray[np.int64]:
    """Group numbers (n,): lines whose letter pairs and triples have a cosine above 0.5 are one."""
    vectors = TfidfVectorizer(
        analyzer="char", ngram_range=(2, 3), preprocessor=lambda text: squeeze(normalize(text))
    ).fit_transform(texts)
    groups: NDArray[np.int64] = connected_components((vectors @ vectors.T) > 0.5)[1]
    return groups


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Texts as both readers see them: n-grams and unit sentence vectors."""

    ngrams: csr_matrix
    vectors: Floats

    def rows(self, chosen: NDArray[np.int64] | Flags) -> "Readings":
        """Some of the texts."""
        return Readings(self.ngrams[chosen], self.vectors[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """A kernel machine: how like a sentence is to `supports` (m, n_hidden), weighed by `duals`."""

    supports: Floats
    duals: Floats
    intercept: float

    def scores(self, vectors: Floats) -> Floats:
        """Logits of danger (n,) of unit vectors."""
        found: Floats = kernel(vectors, self.supports) @ self.duals + self.intercept
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Readers:
    """The two that decide on any danger."""

    votes: LogisticRegression
    likeness: Likeness

    def scores(self, readings: Readings) -> Floats:
        """Logits of danger, (n, 2)."""
        by_votes = self.votes.decision_function(readings.ngrams)
        return np.stack([by_votes, self.likeness.scores(readings.vectors)], axis=1)


def kernel(left: Floats, right: Floats) -> Floats:
    """The radial kernel of unit vectors, (n, m)."""
    values: Floats = np.exp(-GAMMA * (2.0 - 2.0 * (left @ right.T)))
    return values


def fit_likeness(vectors: Floats, danger: Flags, weight: Floats) -> Likeness:
    """Least squares in the span of at most `N_SUPPORTS` lines.

    Suykens and Vandewalle 1999, with the subset of regressors of Smola and Bartlett 2001.
    """
    full = np.flatnonzero(weight == 1.0)
    chosen = np.random.default_rng(0).permutation(full)[:N_SUPPORTS]
    supports = vectors[chosen]
    columns = kernel(vectors, supports)
    balance = weight / np.where(danger, weight[danger].sum(), weight[~danger].sum())
    balance *= len(weight) / 2.0
    wanted = np.where(danger, 1.0, -1.0)
    intercept = float(np.average(wanted, weights=balance))
    gram = columns.T @ (columns * balance[:, None]) + RIDGE * kernel(supports, supports)
    gram[np.diag_indices_from(gram)] += 1e-6
    duals = np.linalg.solve(gram, columns.T @ (balance * (wanted - intercept)))
    return Likeness(supports, duals, intercept)


def fit_readers(readings: Readings, danger: Flags, weight: Floats) -> Readers:
    """Both readers on the same lines, danger and the rest in balance."""
    votes = LogisticRegression(C=10.0, max_iter=300, class_weight="balanced")
    return Readers(
        votes.fit(readings.ngrams, danger, sample_weight=weight),
        fit_likeness(readings.vectors, danger, weight),
    )


def encode(net: DistressNet, vocabulary: Pieces, texts: Sequence[str]) -> Floats:
    """What the encoder makes of texts, (n, n_hidden); of equal texts only once."""
    distinct = sorted(set(texts), key=len)
    states = []
    with torch.inference_mode():
        for start in range(0, len(distinct), 64):
            rows = numbered(vocabulary, distinct[start : start + 64])
            states.append(net.encoder(rows).numpy())
    numbers = {text: i for i, text in enumerate(distinct)}
    encoded: Floats = np.concatenate(states).astype(np.float64)
    return encoded[[numbers[text] for text in texts]]


def readings_of(texts: Sequence[str], states: Floats, center: Floats) -> Readings:
    """Both readers' first stages, the vectors as `DistressNet.vectors` gives them."""
    vectors = states - center
    return Readings(design_matrix(texts), vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """How the readers are added, and from what probability on a message counts as danger."""

    votes_weight: float
    likeness_weight: float
    offset: float
    thresholds: dict[Language, float]


def cross_validated(
    lines: Sequence[Line], readings: Readings, seen: Readings, owner: NDArray[np.int64]
) -> tuple[Floats, Decision]:
    """Probabilities (n,) of all lines by readers without their group, and what follows from them.

    The probability of a line is the highest of its windows, as in use; `seen` are the windows,
    `owner` the line each belongs to.
    """
    texts, danger = [line.text for line in lines], np.array([line.danger for line in lines])
    weight = np.array([ORDINARY_WEIGHT if line.ordinary else 1.0 for line in lines])
    whole, windowed = np.zeros((len(lines), 2)), np.zeros((len(owner), 2))
    folds = GroupKFold(N_FOLDS).split(texts, danger, near_duplicates(texts))
    for train, test in folds:
        readers = fit_readers(readings.rows(train), danger[train], weight[train])
        whole[test] = readers.scores(readings.rows(test))
        inside = np.isin(owner, test)
        windowed[inside] = readers.scores(seen.rows(inside))
    adding = LogisticRegression(C=1e4).fit(whole, danger, sample_weight=weight)
    logits = windowed @ adding.coef_[0]
    worst = np.maximum.reduceat(logits, np.flatnonzero(np.diff(owner, prepend=-1)))
    platt = LogisticRegression(C=1e4).fit(worst[:, None], danger, sample_weight=weight)
    slope, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    probabilities = 1.0 / (1.0 + np.exp(-(slope * worst + offset)))
    ordinary = np.array([line.ordinary for line in lines])
    votes_weight, likeness_weight = (slope * adding.coef_[0]).tolist()
    languages = np.array([line.language for line in lines])
    thresholds = {}
    for language in Language:
        harmless = ~danger & (languages == language)
        look_alikes = np.quantile(probabilities[harmless & ~ordinary], 1.0 - LOOK_ALIKES_TAKEN)
        others = np.quantile(probabilities[harmless & ordinary], 1.0 - ORDINARY_TAKEN)
        thresholds[language] = float(max(look_alikes, others))
    return probabilities, Decision(votes_weight, likeness_weight, offset, thresholds)


def fill(net: DistressNet, readings: Readings, lines: Sequence[Line]) -> DistressNet:
    """The network with readers trained on all lines; `net` gives encoder and centre."""
    danger = np.array([line.danger for line in lines])
    weight = np.array([ORDINARY_WEIGHT if line.ordinary else 1.0 for line in lines])
    labels = [CLASSES.index((line.kind, line.level)) for line in lines if line.danger]
    readers = fit_readers(readings, danger, weight)
    dangerous = readings.rows(danger)
    by_votes = LogisticRegression(C=10.0, max_iter=300).fit(dangerous.ngrams, labels)
    by_likeness = LogisticRegression(C=10.0, max_iter=300).fit(dangerous.vectors, labels)
    machine, votes = readers.likeness, readers.votes
    config = replace(net_config(net), n_supports=len(machine.supports))
    filled = DistressNet(config)
    filled.encoder.load_state_dict(net.encoder.state_dict())
    for tensor, values in (
        (filled.center, net.center.numpy()),
        (filled.table.weight, np.concatenate([votes.coef_, by_votes.coef_]).T),
        (filled.bias, np.concatenate([votes.intercept_, by_votes.intercept_])),
        (filled.kinds.weight, by_likeness.coef_),
        (filled.kinds.bias, by_likeness.intercept_),
        (filled.supports, machine.supports),
        (filled.duals, machine.duals),
        (filled.gamma, np.array(GAMMA)),
        (filled.intercept, np.array(machine.intercept)),
    ):
        tensor.data.copy_(torch.tensor(values))
    return filled.eval()


def net_config(net: DistressNet) -> DistressConfig:
    """The config a network was built from."""
    pieces = net.encoder.pieces
    return DistressConfig(
        pieces.num_embeddings,
        net.encoder.n_english,
        len(net.supports),
        pieces.embedding_dim,
        n_layers=len(net.encoder.layers),
    )


def start(encoder: Path, present: Path) -> tuple[DistressNet, list[str]]:
    """A network with a distilled encoder and nothing else, and its word pieces."""
    distilled, names = encoder / "distilled_0.safetensors", encoder / "teachers.json"
    if not distilled.is_file() or not names.is_file():
        checkpoint = checkpoints.load(present, DistressConfig, DistressNet)
        return checkpoint.module, list(checkpoint.extra["pieces"])
    vocabulary = json.loads(names.read_text(encoding="utf-8"))
    pieces = [*vocabulary["english"], *vocabulary["korean"]]
    state = load_file(distilled)
    n_layers = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers."))
    net = DistressNet(
        DistressConfig(len(pieces), len(vocabulary["english"]), 0, n_layers=n_layers)
    ).eval()
    known = net.encoder.state_dict()
    net.encoder.load_state_dict({name: state[name] for name in known})
    return net, pieces


def train(data: Path, encoder: Path, out: Path) -> None:
    """All three stages; writes the weights and prints the trade-off."""
    lines = training_lines(data)
    net, pieces = start(encoder, out)
    vocabulary, texts = Pieces(pieces), [line.text for line in lines]
    by_line = [windows(text) for text in texts]
    owner = np.repeat(np.arange(len(lines)), [len(parts) for parts in by_line])
    within = [part for parts in by_line for part in parts]
    states = encode(net, vocabulary, [*texts, *within])
    center = states[: len(texts)].mean(0)
    net.center.copy_(torch.from_numpy(center))
    readings = readings_of(texts, states[: len(texts)], center)
    seen = readings_of(within, states[len(texts) :], center)
    probabilities, decision = cross_validated(lines, readings, seen, owner)
    for language, threshold in decision.thresholds.items():
        rows = [i for i, line in enumerate(lines) if line.language is language]
        print(language)
        print_trade_off([lines[i] for i in rows], probabilities[rows], threshold)
    filled = fill(net, readings, lines)
    extra = {
        "votes_weight": decision.votes_weight,
        "likeness_weight": decision.likeness_weight,
        "offset": decision.offset,
        "thresholds": decision.thresholds,
        "pieces": pieces,
    }
    checkpoints.save(out, filled.half(), net_config(filled), extra)


def main(argv: Sequence[str] | None = None) -> int:
    """Train, or with `--evaluate` measure the present weights; the exit status."""
    parser = argparse.ArgumentParser(prog="todak train distress", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TODAK_DATA", DATA)))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--encoder", type=Path, default=ENCODER, help="a distilled encoder")
    parser.add_argument("--seed", type=int, default=0, help="of the solvers' shuffling")
    parser.add_argument("--evaluate", action="store_true", help="measure --out, train nothing")
    parser.add_argument("--json", action="store_true", help="with --evaluate: one line of JSON")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    np.random.seed(arguments.seed)
    if not arguments.evaluate:
        train(arguments.data, arguments.encoder, arguments.out)
    figures = evaluate(arguments.out, arguments.data)
    if arguments.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        print_figures(figures)
    sys.stdout.flush()
    return 0
