"""How good a recogniser of written feelings is, measured through the product's interface."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix  # type: ignore[import-untyped]

from inference.analysis import Emotion
from inference.text_emotion import Language
from inference.text_recognizer import TextRecognizer
from models.train.text_classes import unseen_sentences
from models.train.text_fitting import Epoch
from models.train.text_metrics import calibration_error, interval, macro_f1
from models.train.texts import Example


def on_unseen(
    recognizer: TextRecognizer, languages: Sequence[Language], classes: Sequence[Emotion]
) -> dict[str, Any]:
    """Figures of each language on the test sentences whose feeling is one of `classes`."""
    return {
        str(language): figures(recognizer, unseen_sentences(language, classes), classes)
        for language in languages
    }


def figures(
    recognizer: TextRecognizer, examples: Sequence[Example], classes: Sequence[Emotion]
) -> dict[str, Any]:
    """Accuracy and macro F1 with 95 % intervals, recall, calibration; unread counts as wrong."""
    n, n_classes = len(examples), len(classes)
    labels = np.array([classes.index(e.emotion) for e in examples if e.emotion is not None])
    posterior, sure, read = np.zeros((n, n_classes)), np.zeros(n, bool), np.zeros(n, bool)
    for row, example in enumerate(examples):
        estimate = recognizer.predict(example.text)
        if estimate is not None:
            posterior[row] = [estimate.posterior[c] for c in classes]
            sure[row], read[row] = estimate.sure, True
    said = np.eye(n_classes)[posterior.argmax(1)] * read[:, None]
    wanted = np.eye(n_classes)[labels]
    right = (said * wanted).sum(1)
    matrix = confusion_matrix(labels, posterior.argmax(1), labels=range(n_classes))
    return {
        "n": n,
        "unread": int((~read).sum()),
        "accuracy": interval(lambda w: (w @ right) / w.sum(1), n),
        "macro_f1": interval(lambda w: macro_f1(said, wanted, w), n),
        "recall": {
            str(c): round(float(right[labels == k].mean()), 3) for k, c in enumerate(classes)
        },
        "confusion": matrix.tolist(),
        "ece": round(calibration_error(posterior, labels), 4),
        "sure_coverage": round(float(sure.mean()), 4),
        "sure_right": round(float(right[sure].mean()), 4) if sure.any() else None,
    }


def card(
    title: str, command: str, history: Sequence[Epoch], measured: Mapping[str, Mapping[str, Any]]
) -> str:
    """A card in Markdown: how it was made, the course of training, and what was measured."""
    lines = [f"# {title}", "", f"    {command}", "", *_course(history)]
    for language, found in measured.items():
        accuracy, f1 = found["accuracy"], found["macro_f1"]
        lines += [
            f"## Test sentences, {language}, n = {found['n']}",
            "",
            "Written separately from the training sentences; 95 % bootstrap intervals.",
            "",
            f"- accuracy {_with_interval(accuracy)}, macro F1 {_with_interval(f1)}",
            "- recall: " + ", ".join(f"{c} {r:.2f}" for c, r in found["recall"].items()),
            f"- expected calibration error {found['ece']:.3f}; sure of "
            f"{found['sure_coverage']:.3f} of them, right in {found['sure_right']}",
            "",
        ]
    return "\n".join(lines)


def _course(history: Sequence[Epoch]) -> list[str]:
    if not history:
        return []
    rows = [
        f"| {n} | {e.learnt_loss:.3f} | {e.learnt_accuracy:.3f} | {e.kept_accuracy:.3f} "
        f"| {e.kept_macro_f1:.3f} |"
        for n, e in enumerate(history, 1)
    ]
    return [
        "The epoch kept is that of the highest macro F1 on sentences held out of training.",
        "",
        "| epoch | loss | accuracy, learnt | accuracy, held out | macro F1, held out |",
        "|---:|---:|---:|---:|---:|",
        *rows,
        "",
    ]


def _with_interval(found: Mapping[str, float]) -> str:
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
