"""Recipe of the distress screen: `todak train distress`.

1. Read the danger lines, their look-alikes, and ordinary messages.
2. A logistic regression over hashed n-grams learns any danger and its kinds; so does the sentence
   encoder of the text emotion weights, tuned whole.
3. How the two are added, the calibration and a threshold a language come from lines of another
   author that neither has seen.

With `--start-from` the encoder of earlier danger weights takes the place of the text emotion
weights', and fewer epochs do: this is how lines written since are learnt. The files named by
`--written-since` are then read in every epoch, what the weights know already in every fourth.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from inference import checkpoints
from inference.character_ngrams import N_BUCKETS, hashed_ngrams
from inference.distress import CLASSES, read_closely, vote
from inference.sentence_windows import windows
from inference.text_emotion import Language, Pieces
from models.distress import DistressConfig, DistressNet
from models.sentence_encoder import EncoderConfig
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train.distress_encoder import ORDINARY_WEIGHT, tune
from models.train.distress_evaluation import evaluate, print_figures, print_trade_off
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
# What a threshold may let through on the development lines; the stricter of the two decides.
LOOK_ALIKES_TAKEN = 0.05
ORDINARY_TAKEN = 0.05

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
    thresholds: dict[Language, float]


def decide(net: DistressNet, vocabulary: Pieces, lines: Sequence[Line]) -> tuple[Floats, Decision]:
    """Probabilities (n,) of development lines, and what follows from them.

    The probability of a line is the highest of its windows, as in use.
    """
    danger = np.array([line.danger for line in lines])
    whole = _scores(net, vocabulary, [line.text for line in lines])
    adding = LogisticRegression(C=1e4, class_weight="balanced").fit(whole, danger)
    parts = [windows(line.text) for line in lines]
    first = np.cumsum([0] + [len(part) for part in parts])[:-1]
    each = _scores(net, vocabulary, [piece for part in parts for piece in part])
    worst = np.maximum.reduceat(each @ adding.coef_[0], first)
    platt = LogisticRegression(C=1e4).fit(worst[:, None], danger)
    slope, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    probabilities: Floats = 1.0 / (1.0 + np.exp(-(slope * worst + offset)))
    votes_weight, reading_weight = (slope * adding.coef_[0]).tolist()
    thresholds = {
        language: _threshold(
            [(x, p) for x, p in zip(lines, probabilities, strict=True) if x.language is language]
        )
        for language in Language
    }
    return probabilities, Decision(votes_weight, reading_weight, offset, thresholds)


def _threshold(judged: Sequence[tuple[Line, float]]) -> float:
    harmless = [(line.look_alike, p) for line, p in judged if not line.danger]
    look_alikes = [p for look_alike, p in harmless if look_alike]
    ordinary = [p for look_alike, p in harmless if not look_alike]
    limits = (look_alikes, LOOK_ALIKES_TAKEN), (ordinary, ORDINARY_TAKEN)
    return float(max(np.quantile(taken, 1.0 - most) for taken, most in limits))


def _scores(net: DistressNet, vocabulary: Pieces, texts: Sequence[str]) -> Floats:
    """Logits of any danger by both readers, (n, 2)."""
    order = np.argsort([len(text) for text in texts], kind="stable")
    scores = np.zeros((len(texts), 2))
    for start in range(0, len(order), 128):
        rows = order[start : start + 128]
        chosen = [texts[i] for i in rows]
        scores[rows, 0] = vote(net, chosen)[:, 0]
        scores[rows, 1] = read_closely(net, vocabulary, chosen)[:, 0]
    return scores


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
    turns = turns_of(lines, written_since)
    tune(net, vocabulary, lines, turns, n_epochs, seed, weights / "distress_unfinished.pt")
    fit_votes(net, lines)
    probabilities, decision = decide(net, vocabulary, development)
    for language, threshold in decision.thresholds.items():
        rows = [i for i, line in enumerate(development) if line.language is language]
        print(language)
        print_trade_off([development[i] for i in rows], probabilities[rows], threshold)
    extra = {
        "votes_weight": decision.votes_weight,
        "reading_weight": decision.reading_weight,
        "offset": decision.offset,
        "thresholds": decision.thresholds,
        "pieces": begun.pieces,
    }
    checkpoints.save(weights / "distress.safetensors", net.half(), begun.config, extra)


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
