"""Train the two sound detectors: `todak train emergency`.

The document's convolutional network and a Whisper-shaped encoder learn nineteen kinds of sound
and, above all, emergency or ordinary. Three trainings of each measure them on the fold that they
never heard; the first keeps groups of its own aside to choose the number of epochs for all. The
weights that are shipped are trained on all folds. Calibration and thresholds come from the
held-out scores. What was stopped goes on.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np
import torch
from torch import Tensor, nn

from inference import checkpoints
from inference.emergency import KINDS, EmergencyEar
from inference.weights import CNN_WEIGHTS, ENCODER_WEIGHTS
from models.emergency_cnn import EmergencyCnn, EmergencyCnnConfig
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig
from models.train.aihub_emergency import read_aihub
from models.train.emergency_bands import fit_bands, statistics_of
from models.train.emergency_card import cnn_card, encoder_card, tables
from models.train.emergency_corpus import Corpus, Sort, read_corpus
from models.train.emergency_evaluation import (
    HeldOut,
    detector_judges,
    load_held_out,
    report,
    save_held_out,
    with_together,
)
from models.train.emergency_fitting import Indices, Plan, both_losses, fit, logits_of
from models.train.emergency_recordings import N_FOLDS, folds_of, read_recordings
from models.train.emergency_timeline import N_NOTES, made_notes, measure_timeline
from models.train.emergency_words import read_whisper
from models.train.speech_emotion import OutOfTime
from models.train.synthetic_speech import NoSynthesizer

EPOCHS: Final = {"cnn": 20, "encoder": 16}
TEXT_SHARE: Final = 0.1
BINARY_SHARE: Final = 0.5
LEARNING_RATES: Final = {"cnn": 2e-3, "encoder": 1e-3}
INNER_PARTS: Final = 5  # one group in so many chooses the epochs
HELD_OUT: Final = "emergency_held_out.safetensors"
WEIGHTS: Final = Path(__file__).parents[1] / "weights"


class _Channelled(nn.Module):
    """The convolutional network under the encoder's shape, (n, 80, T)."""

    def __init__(self, net: EmergencyCnn) -> None:
        super().__init__()
        self.net = net

    def forward(self, log_mel: Tensor) -> Tensor:
        logits: Tensor = self.net(log_mel[:, None])
        return logits


def new_net(name: str, seed: int, whisper: Path | None) -> nn.Module:
    """A net with random weights, of (n, 80, T) to (n, 19); an encoder may begin as a Whisper's."""
    torch.manual_seed(seed)
    if name == "cnn":
        return _Channelled(EmergencyCnn(EmergencyCnnConfig()))
    return read_whisper(whisper) if whisper else EmergencyEncoder(EmergencyEncoderConfig())


def plan_of(name: str, arguments: argparse.Namespace, deadline_s: float) -> Plan:
    """How a net is trained."""
    return Plan(
        arguments.cnn_epochs if name == "cnn" else arguments.encoder_epochs,
        LEARNING_RATES[name],
        arguments.binary_share,
        arguments.text_share if name == "encoder" else 0.0,
        arguments.seed,
        deadline_s,
        arguments.whisper,
    )


def hold_out(corpus: Corpus, name: str, plan: Plan, work: Path) -> tuple[Tensor, int]:
    """Logits of all notes that are measured, each by the training without its fold, (n, 19).

    The first training keeps a fifth of its own groups aside and takes the epoch that is best for
    them; the others end after as many, and the number is returned as well.
    """
    logits = torch.zeros(len(corpus.notes), len(KINDS))
    epoch = plan.n_epochs
    for fold in range(N_FOLDS):
        kept = work / f"{name}-fold{fold}-{plan.digest()}.npz"
        measured = np.flatnonzero((folds(corpus) == fold) & ~damaged(corpus))
        if not kept.exists():
            net, taken = train_without(corpus, fold, name, plan, epoch if fold else None, work)
            heard = logits_of(net, corpus, measured).numpy()
            torch.save(net.state_dict(), kept.with_suffix(".pt"))  # the timeline is measured by it
            with kept.open("wb") as file:
                np.savez(file, logits=heard, epoch=taken)
        found = np.load(kept)
        logits[measured] = torch.from_numpy(found["logits"])
        epoch = int(found["epoch"])
    return logits, epoch


def train_without(
    corpus: Corpus, fold: int, name: str, plan: Plan, stop_after: int | None, work: Path
) -> tuple[nn.Module, int]:
    """Train on all other folds; without a number of epochs, inner groups choose it."""
    outside = learnable(corpus) & (folds(corpus) != fold)
    told = f"{name}, fold {fold},"
    if stop_after is not None:
        learned = np.flatnonzero(outside)
        net = begun(corpus, name, learned, plan, fold, work)
        return fit(net, corpus, learned, plan, told, stop_after=stop_after)
    inner = np.array([_is_inner(corpus, i) for i in range(len(corpus.notes))])
    choosing = np.flatnonzero(outside & inner & ~damaged(corpus))
    kinds = torch.tensor([corpus.notes[i].kind for i in choosing.tolist()])

    def inner_loss(net: nn.Module) -> float:
        return float(both_losses(logits_of(net, corpus, choosing), kinds, plan.binary_share))

    learned = np.flatnonzero(outside & ~inner)
    net = begun(corpus, name, learned, plan, fold, work)
    return fit(net, corpus, learned, plan, told, inner_loss)


def begun(
    corpus: Corpus, name: str, learned: Indices, plan: Plan, fold: int, work: Path
) -> nn.Module:
    """A net to train; of an encoder, the part that reads statistics has learned already."""
    net = new_net(name, plan.seed + fold, plan.whisper)
    if isinstance(net, EmergencyEncoder):
        statistics = statistics_of(corpus, plan.seed, work)
        fit_bands(net.head.of_bands, corpus, statistics, learned, plan)
    return net


def train_on_all(corpus: Corpus, name: str, plan: Plan, n_epochs: int, work: Path) -> nn.Module:
    """The net that is shipped, trained on all folds."""
    kept = work / f"{name}-all-{plan.digest()}-{n_epochs}.pt"
    if not kept.exists():
        everything = np.flatnonzero(learnable(corpus))
        net = begun(corpus, name, everything, plan, N_FOLDS, work)
        net, _ = fit(net, corpus, everything, plan, f"{name}, all folds,", stop_after=n_epochs)
        torch.save(net.state_dict(), kept)
    net = new_net(name, plan.seed, plan.whisper)
    net.load_state_dict(torch.load(kept, weights_only=True))
    return net.eval()


def folds(corpus: Corpus) -> Indices:
    """The fold of each note."""
    return np.array([note.fold for note in corpus.notes])


def damaged(corpus: Corpus) -> Any:
    """Which notes are damaged copies: they are learned from, and not measured on."""
    return np.array([note.sort is Sort.DAMAGED for note in corpus.notes])


def learnable(corpus: Corpus) -> Any:
    """Which notes may be learned from: all whose recording is known to be one or the other."""
    return np.array(
        [note.recording < 0 or corpus.recordings[note.recording].learned for note in corpus.notes]
    )


def _is_inner(corpus: Corpus, i: int) -> bool:
    note = corpus.notes[i]
    # Made notes of one sentence stand together; those without words are all different.
    group = note.spoken or str(i)
    if note.recording >= 0:
        group = corpus.recordings[note.recording].group
    return crc32(f"inner {group}".encode()) % INNER_PARTS == 0


def held_out_timeline(
    corpus: Corpus, held: HeldOut, arguments: argparse.Namespace
) -> dict[str, Any]:
    """When emergencies are heard in notes put together from recordings of the fold that is heard.

    Each net is the one that did not learn from the fold; the thresholds are those of all.
    """
    judges, of_fold = detector_judges(held), folds_of(corpus.recordings)
    heard = []
    for fold in range(N_FOLDS):
        nets = [_held_out_net(name, fold, arguments) for name in LEARNING_RATES]
        assert isinstance(nets[0], _Channelled) and isinstance(nets[1], EmergencyEncoder)
        ear = EmergencyEar(nets[0].net, nets[1], judges)
        of = [one for one, k in zip(corpus.recordings, of_fold, strict=True) if k == fold]
        rng = np.random.default_rng((arguments.seed, fold))
        heard += [(ear, note) for note in made_notes(of, N_NOTES // N_FOLDS, rng)]
    return measure_timeline(heard)


def _held_out_net(name: str, fold: int, arguments: argparse.Namespace) -> nn.Module:
    plan = plan_of(name, arguments, 0.0)
    net = new_net(name, plan.seed, plan.whisper)
    kept = arguments.work / f"{name}-fold{fold}-{plan.digest()}.pt"
    net.load_state_dict(torch.load(kept, weights_only=True))
    return net.eval()


def held_out(
    corpus: Corpus, arguments: argparse.Namespace, deadline_s: float
) -> tuple[HeldOut, dict[str, int]]:
    """Train what is not in the work folder yet; held-out logits and the epochs chosen."""
    logits, epochs = {}, {}
    for name in LEARNING_RATES:
        plan = plan_of(name, arguments, deadline_s)
        logits[name], epochs[name] = hold_out(corpus, name, plan, arguments.work)
    kept = np.flatnonzero(~damaged(corpus))
    both = with_together(
        logits["cnn"][kept].double().numpy(), logits["encoder"][kept].double().numpy()
    )
    return HeldOut(corpus.recordings, [corpus.notes[i] for i in kept.tolist()], both), epochs


def write_models(
    corpus: Corpus,
    held: HeldOut,
    epochs: dict[str, int],
    measured: dict[str, Any],
    arguments: argparse.Namespace,
    deadline_s: float,
) -> None:
    """Train both nets on all folds and write them with their thresholds and cards."""
    judges = {name: asdict(judge) for name, judge in detector_judges(held).items()}
    schedule = {"cnn": arguments.cnn_epochs, "encoder": arguments.encoder_epochs}
    facts: dict[str, Any] = {
        "seed": arguments.seed,
        "schedule": schedule,
        "epochs": epochs,
        "text_share": arguments.text_share,
    }
    for name in LEARNING_RATES:
        plan = plan_of(name, arguments, deadline_s)
        net = train_on_all(corpus, name, plan, epochs[name], arguments.work)
        extra = {"kinds": KINDS, "alone": judges[name], "training": facts}
        if isinstance(net, _Channelled):
            config = EmergencyCnnConfig()
            checkpoints.save(arguments.out / CNN_WEIGHTS, net.net.half(), config, extra)
        else:
            extra["together"] = judges["together"]
            assert isinstance(net, EmergencyEncoder)
            checkpoints.save(arguments.out / ENCODER_WEIGHTS, net.half(), net.config, extra)
            facts["encoder_parameters"] = sum(part.numel() for part in net.parameters())
    (arguments.out / "emergency_cnn.md").write_text(cnn_card(measured, judges, facts), "utf-8")
    (arguments.out / "emergency_encoder.md").write_text(
        encoder_card(measured, judges, facts), "utf-8"
    )


def tell(measured: dict[str, Any], as_json: bool) -> None:
    """Print every figure: one line of JSON, or tables."""
    if as_json:
        print(json.dumps(measured, ensure_ascii=False))
    else:
        print(tables(measured))


def main(argv: Sequence[str] | None = None) -> int:
    """Make notes, measure by folds, then train on everything and write weights and cards.

    The measured values go to standard output. With `--evaluate` they are made again from the
    held-out scores beside the weights, without training. Exit code 1 if the minutes were over
    before the end, 2 without recordings or espeak-ng.
    """
    arguments = _parsed(argv)
    torch.set_num_threads(1)
    deadline_s = time.monotonic() + 60.0 * arguments.limit_minutes
    arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        recordings = read_recordings(arguments.data)
        if arguments.aihub:
            recordings += read_aihub(arguments.aihub)
        if arguments.evaluate:
            held = load_held_out(arguments.out / HELD_OUT, recordings)
            tell(report(held), arguments.json)
            return 0
        corpus = read_corpus(recordings, arguments.work, arguments.seed, deadline_s)
        held, epochs = held_out(corpus, arguments, deadline_s)
        save_held_out(arguments.out / HELD_OUT, held)
        # Read again, so that figures made later from what was kept are the very same.
        held = load_held_out(arguments.out / HELD_OUT, corpus.recordings)
        measured = {**report(held), "timeline": held_out_timeline(corpus, held, arguments)}
        tell(measured, arguments.json)
        write_models(corpus, held, epochs, measured, arguments, deadline_s)
    except FileNotFoundError as error:
        print(f"nothing to listen to at {error.filename}", file=sys.stderr)
        return 2
    except NoSynthesizer as error:
        print(error, file=sys.stderr)
        return 2
    except OutOfTime:
        print("out of time; the same command goes on with the next training", file=sys.stderr)
        return 1
    return 0


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="todak train emergency", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--aihub", type=Path, help="a copy of AI Hub's emergency sounds")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="the folder of weights")
    parser.add_argument("--work", type=Path, default=Path("build/emergency"))
    parser.add_argument("--seed", type=int, default=1)
    for name, n_epochs in EPOCHS.items():
        parser.add_argument(f"--{name}-epochs", type=int, default=n_epochs)
    parser.add_argument(
        "--binary-share",
        type=float,
        default=BINARY_SHARE,
        help="of the label loss, that of emergency or ordinary",
    )
    parser.add_argument(
        "--text-share",
        type=float,
        default=TEXT_SHARE,
        help="of the encoder's loss, that of the words in a note",
    )
    parser.add_argument(
        "--whisper", type=Path, help="begin with the encoder in this file of OpenAI's Whisper"
    )
    parser.add_argument("--evaluate", action="store_true", help="figures of the weights there are")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    parser.add_argument("--limit-minutes", type=float, default=float("inf"))
    return parser.parse_args(argv)
