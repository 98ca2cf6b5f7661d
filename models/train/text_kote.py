"""A published KOTE classifier as it is: `todak train text-kote --model FOLDER`.

Nothing of the classifier is trained. On the project's Korean training sentences, of which it has
seen none, a temperature and two thresholds are fitted and written beside it as `emotion.json`, so
that it can say when it is sure.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from inference.analysis import Emotion
from inference.checkpoints import CheckpointMismatch
from inference.encoder_folders import MissingHubPackage
from inference.text_emotion import Language, TextEmotionRecognizer
from inference.text_encoder import CALIBRATION, write_calibrations
from inference.text_kote import load_kote
from models.train.text_figures import on_unseen
from models.train.text_fitting import calibration_of, say
from models.train.texts import expect_tests, read_own

MODEL = Path("data/weights/kote")


def calibrate(folder: Path) -> None:
    """Write `emotion.json`.

    Raises:
        CheckpointMismatch, FileNotFoundError, MissingHubPackage: it cannot be loaded.
    """
    (folder / CALIBRATION).unlink(missing_ok=True)
    recognizer = load_kote(folder, TextEmotionRecognizer().reads)
    judged = [(e, recognizer.predict(e.text)) for e in read_own(Language.KOREAN)]
    read = [(example, estimate) for example, estimate in judged if estimate is not None]
    # As published the temperature is 1, so that the logarithms are scores.
    shares = np.array([[estimate.posterior[c] for c in Emotion] for _, estimate in read])
    scores = np.log(np.maximum(shares, 1e-9))
    found = calibration_of(scores, [example for example, _ in read], tuple(Emotion))
    write_calibrations(folder, {Language.KOREAN: found})


def main(argv: Sequence[str] | None = None) -> int:
    """Calibrate, or with `--evaluate` only measure; the exit status."""
    parser = argparse.ArgumentParser(prog="todak train text-kote", description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL, help="the classifier's folder")
    parser.add_argument("--evaluate", action="store_true", help="measure, fit nothing")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    given = parser.parse_args(argv)
    torch.set_num_threads(1)
    try:
        expect_tests()
        if not given.evaluate:
            calibrate(given.model)
        recognizer = load_kote(given.model, TextEmotionRecognizer().reads)
    except (CheckpointMismatch, FileNotFoundError, MissingHubPackage) as error:
        say(f"todak train text-kote: {error}")
        return 1
    measured = on_unseen(recognizer, [Language.KOREAN], tuple(Emotion))
    print(json.dumps(measured, ensure_ascii=False, indent=None if given.json else 1))
    return 0
