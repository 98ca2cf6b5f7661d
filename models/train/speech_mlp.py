"""Train the baseline of the source document: `todak train speech-mlp`.

Means over time of 40 MFCCs, 12 pitch classes and 128 mel bands go into scikit-learn's
MLPClassifier with 300 hidden units, alpha 0.01, batches of 256 and learning_rate="adaptive". That
rate has no effect under its default optimiser, Adam; beside the document's own settings stand the
same with SGD, where it works and which needs standardised features. Both are measured on the
speaker-independent folds of `todak train speech-emotion`; the document divided by clips.
"""

import argparse
import json
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.neural_network import MLPClassifier  # type: ignore[import-untyped]
from torch import Tensor

from inference import checkpoints
from inference.audio import Waveform
from inference.speech_mlp import mean_features
from models.speech_mlp import SpeechMlp, SpeechMlpConfig
from models.train.recordings import load_variants, read_clips
from models.train.voice_corpus import N_FOLDS, NOT_PLAYED_IN, PLAYED, Corpus, Indices, split
from models.train.voice_evaluation import HeldOut, fit_sure_probability, report

DOCUMENT = {
    "hidden_layer_sizes": (300,),
    "alpha": 0.01,
    "batch_size": 256,
    "epsilon": 1e-8,
    "learning_rate": "adaptive",
    "max_iter": 1500,
    "warm_start": True,
}
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "adam": DOCUMENT,
    "sgd": {**DOCUMENT, "solver": "sgd", "learning_rate_init": 0.05, "max_iter": 300},
}
STANDARDISED = ("sgd",)
SMALLEST_DEVIATION = 1e-6

WEIGHTS = Path(__file__).parents[1] / "weights" / "speech_mlp.safetensors"

CARD = """# Voice baseline: mean features and one hidden layer

What the source document describes, on speakers it never heard. Not what Todak uses: see
`speech_emotion.md`, measured on the same folds.

- **Model**: means over time of 40 MFCCs, 12 pitch classes and 128 mel bands (2048-sample window,
  512-sample step), 300 hidden units, {n_parameters:,} parameters.
  The pitch classes are those of A at 440 Hz: a voice has no tuning to estimate.
- **Data, licence**: as for `speech_emotion.md` (RAVDESS and EmoDB, undamaged; CC BY-NC-SA 4.0).
- **Command**: `todak train speech-mlp --data ../shared/data --seed {seed}`; `--evaluate` measures
  only. The weights are those of the document's own settings, trained on every speaker.
- **Settings**: alpha 0.01, batches of 256, learning_rate="adaptive", at most 1,500 rounds, as in
  the document. Under scikit-learn's default Adam that rate has no effect; the second row is the
  same with SGD (first rate 0.05, at most 300 rounds, standardised features), where it has.

| settings | RAVDESS, 8 emotions, UAR | EmoDB, 7 emotions, UAR | five Todak classes, accuracy |
|---|---|---|---|
{rows}

Intervals are 95 % bootstrap intervals over speakers. The document's 69.47 % is of other data,
divided by clips and not by speakers, and skipped files shift its labels: it cannot be compared.
"""


def fitted(corpus: Corpus, learned: Indices, settings: str, seed: int) -> SpeechMlp:
    """Train on the undamaged clips `learned`."""
    features = _features(corpus, learned)
    net = SpeechMlp(SpeechMlpConfig(len(PLAYED)))
    if settings in STANDARDISED:
        net.mean.copy_(features.mean(dim=0))
        net.deviation.copy_(features.std(dim=0) + SMALLEST_DEVIATION)
    standardised = ((features - net.mean) / net.deviation).numpy()
    classifier = MLPClassifier(random_state=seed, **SETTINGS[settings])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the rounds are the document's
        classifier.fit(standardised, corpus.played[learned].numpy())
    (inner, outer), (inner_bias, outer_bias) = classifier.coefs_, classifier.intercepts_
    with torch.no_grad():
        net.hidden.weight.copy_(torch.from_numpy(inner.T))
        net.hidden.bias.copy_(torch.from_numpy(inner_bias))
        net.head.weight.copy_(torch.from_numpy(outer.T))
        net.head.bias.copy_(torch.from_numpy(outer_bias))
    return net.eval()


def measure(corpus: Corpus, settings: str, seed: int) -> HeldOut:
    """Train the eight folds; return what the nets say of speakers they did not hear."""
    logits, clips = [], []
    for fold in range(1, N_FOLDS + 1):
        learned, choosing, test = split(corpus, fold)
        net = fitted(corpus, np.concatenate([learned, choosing]), settings, seed)
        with torch.inference_mode():
            logits.append(net(_features(corpus, test)).double().numpy())
        clips.append(test)
        print(f"{settings} fold {fold}/{N_FOLDS}", file=sys.stderr, flush=True)
    chosen = np.concatenate(clips)
    return HeldOut(
        PLAYED,
        np.concatenate(logits),
        corpus.played.numpy()[chosen],
        corpus.fold[chosen],
        corpus.corpus[chosen],
        corpus.speaker[chosen],
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both settings, then train the document's on everything; write weights and card.

    The measured values go to standard output as one line of JSON; exit code 2 without recordings.
    """
    arguments = _parsed(argv)
    torch.set_num_threads(1)
    arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        clips = [clip for name in NOT_PLAYED_IN for clip in read_clips(arguments.data, name)]
    except FileNotFoundError as error:
        print(f"no recordings at {error.filename}", file=sys.stderr)
        return 2
    cache = arguments.work / "means.safetensors"
    corpus = Corpus(clips, load_variants(clips, 0, _described, arguments.seed, cache))
    held = {name: measure(corpus, name, arguments.seed) for name in SETTINGS}
    measured = {name: report(found) for name, found in held.items()}
    print(json.dumps(measured))
    if not arguments.evaluate:
        net = fitted(corpus, np.arange(len(clips)), "adam", arguments.seed)
        extra = {"played": PLAYED, "sure_probability": fit_sure_probability(held["adam"], 1.0)}
        checkpoints.save(arguments.out, net, SpeechMlpConfig(len(PLAYED)), extra)
        rows = "\n".join(_row(name, found) for name, found in measured.items())
        n_parameters = sum(parameter.numel() for parameter in net.parameters())
        card = CARD.format(n_parameters=n_parameters, seed=arguments.seed, rows=rows)
        arguments.out.with_suffix(".md").write_text(card, encoding="utf-8")
    return 0


def _described(waveform: Waveform) -> Tensor:
    with torch.inference_mode():
        return mean_features(waveform)


def _features(corpus: Corpus, chosen: Indices) -> Tensor:
    return torch.stack([corpus.variants[i][0] for i in chosen])


def _row(name: str, measured: Mapping[str, Any]) -> str:
    corpora = measured["corpora"]
    figures = (corpora["ravdess"]["uar"], corpora["emodb2s"]["uar"], measured["todak_accuracy"])
    told = [
        f"{found['value']:.3f} ({found['interval_95'][0]:.3f} to {found['interval_95'][1]:.3f})"
        for found in figures
    ]
    label = {"adam": "the document's (Adam)", "sgd": "adaptive rate at work (SGD)"}[name]
    return f"| {label} | {' | '.join(told)} |"


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="todak train speech-mlp", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--work", type=Path, default=Path("build/speech_mlp"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", action="store_true", help="measure only, write no weights")
    return parser.parse_args(argv)
