"""What the two recognisers say, each by itself, of words and of voices they did not learn from."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.analysis import EmotionEstimate
from inference.checkpoints import load
from inference.emotion_fusion import EMOTIONS
from inference.language import language_of
from inference.text_emotion import WEIGHTS, Language, Pieces, TextEmotionRecognizer, normalise
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train.fusion_voices import TEST_FOLDS
from models.train.fusion_words import Written
from models.train.text_metrics import logits, softmax, summed
from models.train.text_ngrams import feeling_reader
from models.train.text_tuning import balance
from models.train.voice_corpus import N_FOLDS, PLAYED, Corpus
from models.train.voice_evaluation import HeldOut, fit_sure_probability, fit_temperature

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What the voice model says of each clip: from the fold that its speaker was left out of.

    Temperature and threshold are fitted on other speakers than those of the test.
    """

    estimates: Sequence[EmotionEstimate]
    held: HeldOut


def find_folds(work: Path) -> list[Path]:
    """The newest file of each fold that `todak train speech-emotion` left in its `work`.

    Raises:
        FileNotFoundError: a fold is not there.
    """
    folds = []
    for fold in range(1, N_FOLDS + 1):
        made = sorted(work.glob(f"fold{fold}-*.json"), key=lambda path: path.stat().st_mtime)
        if not made:
            raise FileNotFoundError(
                f"no fold {fold} in {work}: todak train speech-emotion makes it"
            )
        folds.append(made[-1])
    return folds


def hear_clips(corpus: Corpus, folds: Sequence[Path]) -> Heard:
    """Read the folds."""
    scores = np.zeros((len(corpus.fold), len(PLAYED)))
    for fold in folds:
        held_out = json.loads(fold.read_text(encoding="utf-8"))
        scores[held_out["clips"]] = held_out["logits"]
    played = corpus.played.numpy()
    held = HeldOut(PLAYED, scores, played, corpus.fold, corpus.corpus, corpus.speaker)
    return Heard(estimates_of(held, ~np.isin(held.fold, TEST_FOLDS)), held)


def estimates_of(held: HeldOut, fitted_on: Bools) -> list[EmotionEstimate]:
    """Estimates as the product would make them, calibrated on the marked clips."""
    others = held.only(fitted_on)
    temperature = fit_temperature(others)
    threshold = fit_sure_probability(others, temperature)
    return [
        EmotionEstimate(dict(zip(EMOTIONS, values, strict=True)), (), max(values) >= threshold)
        for values in held.posterior(temperature).tolist()
    ]


def read_development(written: Written, work: Path) -> list[EmotionEstimate]:
    """What the text model says of sentences held out, its n-grams fitted again without them.

    The shipped n-gram reader knows every sentence; the transformer does not. Kept in `work` as
    long as the text model's weights and the sentences are the same.
    """
    texts = [example.text for example in written.development]
    digest = zlib.crc32(WEIGHTS.read_bytes() + "\n".join(texts).encode())
    kept = work / f"development-words-{digest:08x}.json"
    if not kept.exists():
        checkpoint = load(WEIGHTS, TextEmotionConfig, TextEmotionNet)
        net = checkpoint.module
        labelled = [e for e in written.learnt if e.emotion]
        net.feeling_ngrams = feeling_reader(labelled, balance(labelled))
        found = logits(net, Pieces(checkpoint.extra["pieces"]), texts)
        languages = [language_of(normalise(text)) for text in texts]
        said = _calibrated(found, languages, checkpoint.extra["calibration"])
        kept.write_text(json.dumps(said))
    return [
        EmotionEstimate(dict(zip(EMOTIONS, values, strict=True)), (), sure)
        for values, sure in json.loads(kept.read_text())
    ]


def _calibrated(
    found: Mapping[str, NDArray[Any]],
    languages: Sequence[Language],
    calibrations: Mapping[str, Mapping[str, float]],
) -> list[tuple[list[float], bool]]:
    """Posteriors, each calibrated as its language is, and whether it is sure."""
    said = []
    for i, language in enumerate(languages):
        of = calibrations[language]
        scores = summed(
            {name: rows[i : i + 1] for name, rows in found.items()}, "emotion", of["ngrams"]
        )
        posterior = softmax(scores, of["temperature"])[0]
        said.append((posterior.tolist(), bool(posterior.max() >= of["sure"])))
    return said


def read_words(texts: Sequence[str]) -> list[EmotionEstimate | None]:
    """What the shipped text model says; None where it cannot read."""
    recognizer = TextEmotionRecognizer(WEIGHTS)
    return [recognizer.predict(text) for text in texts]
