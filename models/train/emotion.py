"""`todak evaluate emotion`: every figure that Todak names of its feelings, in one table.

The text model is measured on sentences it never saw. The voice model's figures are those of eight
trainings on speakers left out; what `todak evaluate speech-emotion` kept in its `--work` folder is
used, and what is missing there is trained first (about half an hour for all). `--pictures FOLDER`
draws what people would rather look at.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inference.analysis import Emotion
from inference.checkpoints import load
from inference.text_emotion import WEIGHTS, Language, Pieces, batch
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train.emotion_pictures import Judged, draw
from models.train.speech_emotion import EPOCHS, Plan, measure_folds, read_corpus
from models.train.text_metrics import TESTS, evaluate, logits, row_of, softmax, summed
from models.train.texts import read_own, read_sentences
from models.train.voice_evaluation import report

DATA = Path(__file__).parents[3] / "shared/data"
SEED = 1  # of the voice model's shipped weights
# What the project set out to reach, and the n-gram floors of the same data.
WANTED: Mapping[str, str] = {
    "own_ko_test accuracy": ">= 0.80",
    "own_ko_test lowest recall": ">= 0.65",
    "own_ko_test ece": "<= 0.05",
    "own_en_test accuracy": ">= 0.80",
    "own_en_test ece": "<= 0.05",
    "kote_test_core_macro_f1": ">= 0.58 (n-grams 0.521)",
    "kote_test_core_macro_auroc": ">= 0.82",
    "goemotions_en_test_macro_f1": ">= 0.50 (n-grams 0.466)",
    "ravdess, 8 emotions, uar": ">= 0.58 (pretrained tagger 0.442)",
    "emodb, 7 emotions, uar": ">= 0.70 (pretrained tagger 0.519)",
}


def text_rows(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The text model's figures, one a row: a number, or a value with its interval."""
    rows: dict[str, Any] = {}
    for language in Language:
        name = f"own_{language}_test"
        one = figures[name]
        rows[f"{name} accuracy"] = one["accuracy"]
        rows[f"{name} lowest recall"] = min(one["recall"].values())
        rows[f"{name} ece"] = one["ece"]
        rows[f"{name} called sure"] = one["sure_coverage"]
        rows[f"{name} right where sure"] = one["sure_right"]
    rows |= {name: value for name, value in figures.items() if name.endswith(("_f1", "_auroc"))}
    return rows


@torch.inference_mode()
def judged(weights: Path) -> list[Judged]:
    """The test sentences of both languages as the model judges them."""
    checkpoint = load(weights, TextEmotionConfig, TextEmotionNet)
    net, pieces = checkpoint.module, Pieces(checkpoint.extra["pieces"])
    found = []
    for language in Language:
        examples = read_sentences(TESTS / f"emotion_{language}_test.tsv", language)
        texts = [example.text for example in examples]
        calibration = checkpoint.extra["calibration"][language]
        scores = summed(logits(net, pieces, texts), "emotion", calibration["ngrams"])
        labels = [list(Emotion).index(e.emotion) for e in examples if e.emotion]
        states = net(batch([row_of(pieces, text) for text in texts])).sentence
        posterior = softmax(scores, calibration["temperature"])
        found.append(Judged(language, posterior, states.numpy(), np.array(labels)))
    return found


def voice_rows(data: Path, work: Path) -> dict[str, Any]:
    """The voice model's figures on unheard speakers, as the card has them."""
    work.mkdir(parents=True, exist_ok=True)
    plan = Plan(EPOCHS, SEED, float("inf"))
    held, _ = measure_folds(read_corpus(data, work, plan.seed), plan, work)
    measured = report(held)
    values = {
        "ravdess, 8 emotions, uar": measured["corpora"]["ravdess"]["uar"],
        "emodb, 7 emotions, uar": measured["corpora"]["emodb2s"]["uar"],
        "voice, five classes, accuracy": measured["todak_accuracy"],
    }
    rows: dict[str, Any] = {
        name: {"value": one["value"]} | dict(zip(("low", "high"), one["interval_95"], strict=True))
        for name, one in values.items()
    }
    return rows | {"voice ece": measured["expected_calibration_error"]}


def print_rows(rows: Mapping[str, Any]) -> None:
    """A table in Markdown."""
    print("| measure | value | to reach |")
    print("|---|---|---|")
    for name, value in rows.items():
        if isinstance(value, Mapping):
            value = f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f})"
        print(f"| {name} | {value} | {WANTED.get(name, '')} |")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print and with `--pictures` draw; the exit status."""
    parser = argparse.ArgumentParser(prog="todak evaluate emotion", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TODAK_DATA", DATA)))
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="of the text model")
    parser.add_argument("--voice-work", type=Path, default=Path("build/speech_emotion"))
    parser.add_argument("--pictures", type=Path, help="draw into this folder")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--evaluate", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if not arguments.evaluate:
        print("this only measures: todak evaluate emotion", file=sys.stderr)
        return 2
    if not (arguments.data / "text").is_dir():
        print(f"no data at {arguments.data}: name it with --data or TODAK_DATA", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    rows = text_rows(evaluate(arguments.weights, arguments.data))
    rows |= voice_rows(arguments.data, arguments.voice_work)
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        print_rows(rows)
    if arguments.pictures:
        written = [example for language in Language for example in read_own(language)]
        for path in draw(written, judged(arguments.weights), arguments.pictures):
            print(path, file=sys.stderr)
    return 0
