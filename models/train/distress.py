"""Recipe of the distress screen: `todak train distress`.

1. Read the danger lines, their look-alikes, and ordinary messages.
2. A logistic regression over hashed n-grams learns any danger and its kinds; so does the sentence
   encoder of the text emotion weights, tuned whole.
3. How the two are added, the calibration and a threshold a language come from lines of another
   author that neither has seen.

With `--start-from` the encoder of earlier danger weights takes the place of the text emotion
weights', and fewer epochs do: this is how lines written since are learnt. The files named by
`--written-since` are then read in every epoch, what the weights know already in every fourth, and
the encoder goes half the way.
"""

import argparse
import copy
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from inference import checkpoints
from inference.analysis import DistressLevel
from inference.character_ngrams import N_BUCKETS, hashed_ngrams
from inference.distress import CLASSES, Thresholds, cry_share, read_closely, vote
from inference.sentence_windows import windows
from inference.text_emotion import Language, Pieces
from models.distress import DistressConfig, DistressNet
from models.sentence_encoder import EncoderConfig
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train.distress_encoder import ORDINARY_WEIGHT, tune
from models.train.distress_evaluation import evaluate, print_figures, print_taken
from models.train.distress_lines import (
    SENTENCES,
    Line,
    development_lines,
    read_danger,
    training_lines,
    varied,
)

WEIGHTS = Path(__file__).parent.parent / "weights"
DATA = Path(__file__).parents[3] / "shared/data"
N_EPOCHS = 6
N_EPOCHS_MORE = 2  # for an encoder that has been tuned on danger before
TURNS_OF_KNOWN = 4  # epochs until such an encoder reads a line that it knows again
# What thresholds may let through on the development lines.
LOOK_ALIKES_TAKEN = 0.05
ORDINARY_TAKEN = 0.06
# What the weights before these found on the same lines.
SELF_HARM_FOUND = {Language.KOREAN: 0.954, Language.ENGLISH: 0.974}

Floats = NDArray[np.float64]


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


def fit_votes(net: DistressNet, lines: Sequence[Line]) -> None:
    """Fill the n-gram table: any danger against the rest, and the kinds among the danger."""
    rng = np.random.default_rng(0)
    ngrams = design_matrix([varied(line.text, rng) for line in lines])
    danger = np.array([line.danger for line in lines])
    weight = np.array([1.0 if x.danger or x.look_alike else ORDINARY_WEIGHT for x in lines])
    kinds = [CLASSES.index((line.kind, line.level)) for line in lines if line.danger]
    any_danger = LogisticRegression(C=10.0, max_iter=300, class_weight="balanced")
    any_danger.fit(ngrams, danger, sample_weight=weight)
    by_kind = LogisticRegression(C=10.0, max_iter=300).fit(ngrams[danger], kinds)
    table = np.concatenate([any_danger.coef_, by_kind.coef_]).T
    net.table.weight.data.copy_(torch.tensor(table))
    bias = np.concatenate([any_danger.intercept_, by_kind.intercept_])
    net.bias.data.copy_(torch.tensor(bias))


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """How the readers are added, and from what probability on a message counts as danger."""

    votes_weight: float
    reading_weight: float
    offset: float
    thresholds: dict[Language, Thresholds]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Probabilities (n,) of self-harm and of a cry, each the highest of a line's windows."""

    self_harm: Floats
    cry: Floats

    def of(self, rows: Sequence[int]) -> "Judged":
        """Some of the lines."""
        return Judged(self.self_harm[rows], self.cry[rows])


def decide(net: DistressNet, vocabulary: Pieces, lines: Sequence[Line]) -> tuple[Judged, Decision]:
    """Probabilities of development lines, and what follows from them."""
    danger = np.array([line.danger for line in lines])
    whole, _ = _scores(net, vocabulary, [line.text for line in lines])
    adding = LogisticRegression(C=1e4, class_weight="balanced").fit(whole, danger)
    parts = [windows(line.text) for line in lines]
    first = np.cumsum([0] + [len(part) for part in parts])[:-1]
    each, cries = _scores(net, vocabulary, [piece for part in parts for piece in part])
    added = each @ adding.coef_[0]
    platt = LogisticRegression(C=1e4)
    platt.fit(np.maximum.reduceat(added, first)[:, None], danger)
    slope, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    probabilities = 1.0 / (1.0 + np.exp(-(slope * added + offset)))
    judged = Judged(
        np.maximum.reduceat(probabilities * (1.0 - cries), first),
        np.maximum.reduceat(probabilities * cries, first),
    )
    votes_weight, reading_weight = (slope * adding.coef_[0]).tolist()
    thresholds = {}
    for language in Language:
        rows = [i for i, line in enumerate(lines) if line.language is language]
        thresholds[language] = choose_thresholds([lines[i] for i in rows], judged.of(rows))
    return judged, Decision(votes_weight, reading_weight, offset, thresholds)


def choose_thresholds(lines: Sequence[Line], judged: Judged) -> Thresholds:
    """The two that find most cries within what may be taken, of those that find the self-harm.

    Where none finds `SELF_HARM_FOUND`, those that find most self-harm.
    """
    cry = np.array([line.level is DistressLevel.CRY for line in lines])
    self_harm = np.array([line.danger for line in lines]) & ~cry
    look_alike = np.array([line.look_alike for line in lines])
    ordinary = ~(cry | self_harm | look_alike)
    limits = (look_alike, LOOK_ALIKES_TAKEN), (ordinary, ORDINARY_TAKEN)
    wanted = SELF_HARM_FOUND[lines[0].language]
    found: list[tuple[tuple[float, float], Thresholds]] = []
    for share in np.linspace(0.0, LOOK_ALIKES_TAKEN, 21):
        first = max(
            float(np.nextafter(np.quantile(judged.self_harm[rows], 1.0 - most), 2.0))
            for rows, most in ((look_alike, share), (ordinary, ORDINARY_TAKEN))
        )
        spent = judged.self_harm >= first
        # Of harmless lines not taken yet, so many may be.
        second = max(
            _lowest(judged.cry[rows & ~spent], most * rows.sum() - spent[rows].sum())
            for rows, most in limits
        )
        taken = spent | (judged.cry >= second)
        worth = min(taken[self_harm].mean(), wanted), taken[cry].mean()
        found.append((worth, Thresholds(first, second)))
    return max(found, key=lambda pair: pair[0])[1]


def _lowest(values: Floats, n_taken: float) -> float:
    """The lowest threshold that at most `n_taken` of the values reach."""
    ordered = np.sort(values)[::-1]
    at = int(n_taken + 1e-9)
    return float(np.nextafter(ordered[at], 2.0)) if at < len(ordered) else 0.0


def _scores(net: DistressNet, vocabulary: Pieces, texts: Sequence[str]) -> tuple[Floats, Floats]:
    """Logits of any danger by both readers, (n, 2), and the cries' share of the kinds, (n,)."""
    order = np.argsort([len(text) for text in texts], kind="stable")
    scores, cries = np.zeros((len(texts), 2)), np.zeros(len(texts))
    for start in range(0, len(order), 128):
        rows = order[start : start + 128]
        chosen = [texts[i] for i in rows]
        votes, reading = vote(net, chosen), read_closely(net, vocabulary, chosen)
        scores[rows] = np.stack([votes[:, 0], reading[:, 0]], axis=1)
        cries[rows] = cry_share(votes[:, 1:] + reading[:, 1:])
    return scores, cries


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A network that knows the language and nothing of danger."""

    net: DistressNet
    config: DistressConfig
    pieces: list[str]


def start(text_emotion: Path) -> Start:
    """The encoder of the text emotion weights, and its word pieces."""
    checkpoint = checkpoints.load(text_emotion, TextEmotionConfig, TextEmotionNet)
    numbers = {
        field.name: getattr(checkpoint.config, field.name) for field in fields(EncoderConfig)
    }
    config = DistressConfig(**numbers)
    net = DistressNet(config)
    known = checkpoint.module.state_dict()
    net.encoder.load_state_dict({name: known[name].float() for name in net.encoder.state_dict()})
    return Start(net, config, list(checkpoint.extra["pieces"]))


def start_again(distress: Path) -> Start:
    """Earlier weights of this model; their n-grams are fitted anew."""
    checkpoint = checkpoints.load(distress, DistressConfig, DistressNet)
    return Start(checkpoint.module.float(), checkpoint.config, list(checkpoint.extra["pieces"]))


def turns_of(lines: Sequence[Line], written_since: Sequence[str]) -> NDArray[np.int64]:
    """In one epoch of how many each line is read, (n,): 1 where none of them is known."""
    if not written_since:
        return np.ones(len(lines), dtype=np.int64)
    since = {line.text for name in written_since for line in read_danger(SENTENCES / name)}
    return np.array([1 if line.text in since else TURNS_OF_KNOWN for line in lines])


def train(
    data: Path, weights: Path, seed: int, start_from: Path | None, written_since: Sequence[str]
) -> None:
    """All three stages; writes the weights and prints the trade-off."""
    lines, development = training_lines(data), development_lines(data)
    if start_from is None:
        begun, n_epochs = start(weights / "text_emotion.safetensors"), N_EPOCHS
    else:
        begun, n_epochs = start_again(start_from), N_EPOCHS_MORE
    net, vocabulary = begun.net, Pieces(begun.pieces)
    before = copy.deepcopy(net.state_dict())
    turns = turns_of(lines, written_since)
    tune(net, vocabulary, lines, turns, n_epochs, seed, weights / "distress_unfinished.pt")
    if start_from is not None:
        go_halfway(net, before)
    fit_votes(net, lines)
    save(net, begun, development, weights / "distress.safetensors")


def go_halfway(net: DistressNet, before: Mapping[str, torch.Tensor]) -> None:
    """The mean of the weights before and after a tuning, which forgets less (Wortsman, 2022)."""
    for name, weight in net.state_dict().items():
        weight.copy_((weight + before[name]) / 2.0)


def save(net: DistressNet, begun: Start, development: Sequence[Line], path: Path) -> None:
    """Decide by the development lines, print the trade-off and write the weights."""
    judged, decision = decide(net, Pieces(begun.pieces), development)
    for language, thresholds in decision.thresholds.items():
        rows = [i for i, line in enumerate(development) if line.language is language]
        print(language)
        own = judged.of(rows)
        taken = (own.self_harm >= thresholds.self_harm) | (own.cry >= thresholds.cry)
        print_taken([development[i] for i in rows], taken, thresholds)
    extra = {
        "votes_weight": decision.votes_weight,
        "reading_weight": decision.reading_weight,
        "offset": decision.offset,
        "thresholds": {k: asdict(v) for k, v in decision.thresholds.items()},
        "pieces": begun.pieces,
    }
    checkpoints.save(path, net.half(), begun.config, extra)


def main(argv: Sequence[str] | None = None) -> int:
    """Train, or with `--evaluate` measure the present weights; the exit status."""
    parser = argparse.ArgumentParser(prog="todak train distress", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TODAK_DATA", DATA)))
    parser.add_argument(
        "--weights", type=Path, default=WEIGHTS, help="folder with text_emotion.safetensors"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start-from", type=Path, help="earlier danger weights to go on from")
    parser.add_argument(
        "--written-since", nargs="+", default=[], help="files of lines that they do not know"
    )
    parser.add_argument(
        "--evaluate", action="store_true", help="measure the weights, train nothing"
    )
    parser.add_argument("--json", action="store_true", help="with --evaluate: one line of JSON")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    if not arguments.evaluate:
        given = arguments.seed, arguments.start_from, arguments.written_since
        train(arguments.data, arguments.weights, *given)
        return 0
    figures = evaluate(arguments.weights / "distress.safetensors", arguments.data)
    if arguments.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        print_figures(figures)
    sys.stdout.flush()
    return 0
