"""Recipe of the LSTM baseline: `todak train text-lstm`.

A bidirectional LSTM over the pieces of the shipped vocabulary that our sentences use, from
nothing: the row A3 of the source documents, and with `--classes four` their four feelings.
Finished epochs are kept in `--work`, so that a run that was stopped goes on from there.
"""

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

import torch
from safetensors import safe_open
from torch import Tensor

from inference.analysis import Emotion
from inference.checkpoints import CheckpointMismatch, save
from inference.text_emotion import (
    SPECIAL,
    UNKNOWN,
    WEIGHTS,
    Language,
    Pieces,
    TextEmotionRecognizer,
    batch,
    normalise,
)
from inference.text_lstm import LONGEST, load_lstm, numbered
from models.text_lstm import TextLstmConfig, TextLstmNet
from models.train.text_classes import CLASS_SETS, Sentences, gather
from models.train.text_figures import card, on_unseen
from models.train.text_fitting import Epoch, Inputs, Learner, Plan, calibrated, fit, say
from models.train.texts import expect_tests

RATE = 2e-3
SKIPPED = 0.1  # share of matches passed over when cutting a training text
HIDDEN = 0.1  # share of pieces that are made unknown
OUT, WORK = Path("data/weights/text-lstm.safetensors"), Path(".cache/text_lstm")


def vocabulary(sentences: Sequence[str]) -> Pieces:
    """The shipped pieces that `sentences` use, and each piece of one letter."""
    with safe_open(WEIGHTS, framework="pt") as file:
        shipped = Pieces(json.loads(file.metadata()["extra"])["pieces"])
    used = Counter(n for text in sentences for n in shipped.cut(normalise(text)))
    letters = {n for name, n in shipped.numbers.items() if len(name.removeprefix("##")) == 1}
    kept = sorted({n for n, count in used.items() if count > 1} | (letters & used.keys()))
    return Pieces([*SPECIAL, *(shipped.names[n] for n in kept if n >= len(SPECIAL))])


def inputs_of(pieces: Pieces) -> Inputs:
    """How texts become the network's inputs; with a source of chance they vary."""

    def inputs(texts: Sequence[str], cuts: Random | None) -> Mapping[str, Tensor]:
        if cuts is None:
            return {"pieces": numbered(pieces, texts)}
        rows = [
            [
                UNKNOWN if cuts.random() < HIDDEN else piece
                for piece in pieces.cut(normalise(text), SKIPPED, cuts)[:LONGEST]
            ]
            for text in texts
        ]
        return {"pieces": batch([row or [UNKNOWN] for row in rows])}

    return inputs


def train(
    sentences: Sentences, classes: Sequence[Emotion], plan: Plan, out: Path, work: Path
) -> list[Epoch]:
    """Train and write the weights; the course of training."""
    torch.manual_seed(plan.seed)
    pieces = vocabulary([e.text for e in sentences.learnt])
    config = TextLstmConfig(len(pieces.names), len(classes))
    net = TextLstmNet(config)
    groups = [{"params": list(net.parameters()), "lr": RATE}]
    learner = Learner(net, inputs_of(pieces), classes, groups)
    history = fit(learner, sentences, plan, work)
    extra = {
        "pieces": pieces.names,
        "classes": [str(c) for c in classes],
        "calibrations": {
            str(k): asdict(v) for k, v in calibrated(learner, sentences.kept).items()
        },
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    save(out, net.half(), config, extra)
    return history


def main(argv: Sequence[str] | None = None) -> int:
    """Train, or with `--evaluate` measure; the exit status."""
    parser = argparse.ArgumentParser(prog="todak train text-lstm", description=__doc__)
    parser.add_argument("--classes", choices=sorted(CLASS_SETS), default="seven")
    parser.add_argument("--aihub", type=Path, help="a table of AI Hub's corpus to learn from too")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--work", type=Path, default=WORK, help="where finished epochs are kept")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--evaluate", action="store_true", help="measure --out, train nothing")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    given = parser.parse_args(argv)
    torch.set_num_threads(1)
    classes = CLASS_SETS[given.classes]
    history: list[Epoch] = []
    try:
        expect_tests()
        if not given.evaluate:
            sentences = gather(tuple(Language), classes, given.seed, given.aihub)
            plan = Plan(given.epochs, patience=4, seed=given.seed)
            history = train(sentences, classes, plan, given.out, given.work / given.classes)
        recognizer = load_lstm(given.out, TextEmotionRecognizer().reads)
    except (CheckpointMismatch, OSError, ValueError) as error:
        say(f"todak train text-lstm: {error}")
        return 1
    measured = on_unseen(recognizer, tuple(Language), classes)
    if history:
        command = f"todak train text-lstm --classes {given.classes} --seed {given.seed}"
        given.out.with_suffix(".md").write_text(
            card("LSTM over word pieces", command, history, measured), "utf-8"
        )
    print(json.dumps(measured, ensure_ascii=False, indent=None if given.json else 1))
    return 0
