"""`todak evaluate emotion`: every figure that Todak names of its feelings, in one table.

The text model is measured on sentences it never saw. The voice model's figures are those of eight
trainings on speakers left out; what `todak evaluate speech-emotion` kept in its `--work` folder is
used, and what is missing there is trained first (about half an hour for all); the text model's
rows are printed before. `--pictures FOLDER` draws what people would rather look at.
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
from models.train.text_metrics import evaluate, logits, row_of, softmax, summed
from models.train.texts import expect_tests, read_own, read_tests
from models.train.voice_corpus import NOT_PLAYED_IN
from models.train.voice_evaluation import report

DATA = Path(__file__).parents[3] / "shared/data"
PARTS = ("text", "voice")
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
        examples = read_tests(language)
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


def find_data(data: Path, parts: Sequence[str]) -> None:
    """Make sure that what the parts are measured on is there.

    Raises:
        FileNotFoundError: one sentence on what is not.
    """
    folders = {"text": [data / "text"], "voice": [data / "audio" / name for name in NOT_PLAYED_IN]}
    for folder in (folder for part in parts for folder in folders[part]):
        if not folder.is_dir():
            raise FileNotFoundError(f"no data at {folder}: name it with --data or TODAK_DATA")


def print_heading() -> None:
    """The beginning of a table in Markdown."""
    print("| measure | value | to reach |")
    print("|---|---|---|")


def print_rows(rows: Mapping[str, Any]) -> None:
    """Rows of the table, at once."""
    for name, value in rows.items():
        if isinstance(value, Mapping):
            value = f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f})"
        print(f"| {name} | {value} | {WANTED.get(name, '')} |", flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print and with `--pictures` draw; the exit status."""
    parser = argparse.ArgumentParser(prog="todak evaluate emotion", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TODAK_DATA", DATA)))
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="of the text model")
    parser.add_argument("--voice-work", type=Path, default=Path("build/speech_emotion"))
    parser.add_argument("--only", choices=PARTS, help="one of the two models")
    parser.add_argument("--pictures", type=Path, help="draw into this folder")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--evaluate", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if not arguments.evaluate:
        print("this only measures: todak evaluate emotion", file=sys.stderr)
        return 2
    parts = PARTS if arguments.only is None else (arguments.only,)
    try:
        find_data(arguments.data, parts)
        if "text" in parts or arguments.pictures:
            expect_tests()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    measures = {
        "text": lambda: text_rows(evaluate(arguments.weights, arguments.data)),
        "voice": lambda: voice_rows(arguments.data, arguments.voice_work),
    }
    rows: dict[str, Any] = {}
    if not arguments.json:
        print_heading()
    for part in parts:
        measured = measures[part]()
        if not arguments.json:
            print_rows(measured)
        rows |= measured
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    if arguments.pictures:
        written = [example for language in Language for example in read_own(language)]
        for path in draw(written, judged(arguments.weights), arguments.pictures):
            print(path, file=sys.stderr)
    return 0
