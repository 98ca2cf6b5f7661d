"""Recipe of the text emotion model: `todak train text-emotion`.

1. Prepare: what the teachers say of the unlabelled and parallel texts, and the vocabulary.
2. Distil: both languages learn the English encoder's sentence vectors (a machine translation has
   the vector of its original; Reimers & Gurevych 2020), Korean also its words' vectors.
3. Tune: all heads at once on every labelled text and on soft labels for the rest. A part of the
   sentences is held out of it.
4. Fit the n-gram readers, first without the held-out part: KOTE's thresholds are fitted on that
   part, temperatures and thresholds of the seven classes on sentences of another author. Then once
   more on everything; these are kept.

Finished stages are kept in `--work`, so that a run that was stopped goes on from there. With
`--start-from` sentences written since are learnt: earlier weights take the place of the first two
stages, the third goes without soft labels, and GoEmotions' reader of n-grams stays as it is.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.checkpoints import load, save
from inference.text_emotion import WEIGHTS, Language, Pieces
from models.text_emotion import NgramReader, TextEmotionConfig, TextEmotionNet
from models.train.text_distillation import Schedule, distil, say
from models.train.text_guides import guided
from models.train.text_metrics import (
    calibrated,
    evaluate,
    logits,
    on_sentences,
    posts_of,
)
from models.train.text_ngrams import core_reader, feeling_reader, goemotions_reader
from models.train.text_preparation import Prepared, prepare
from models.train.text_tuning import Labelled, balance, tune
from models.train.texts import (
    Example,
    expect_tests,
    held_out,
    read_chatbot,
    read_goemotions,
    read_kote,
    read_own,
)

HELD_OUT = 0.15
DATA = Path(__file__).parents[3] / "shared/data"
WORK = Path(".cache/text_emotion")


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A network that knows the languages, its architecture without n-grams, and its pieces."""

    net: TextEmotionNet
    config: TextEmotionConfig
    pieces: Pieces


def gather(data: Path, seed: int) -> tuple[list[Example], list[Example]]:
    """What people have labelled: examples to learn from, and those held out."""
    learnt: list[Example] = []
    kept: list[Example] = []
    for language in Language:
        sentences = read_own(language)
        for sentence, out in zip(sentences, held_out(sentences, HELD_OUT, seed), strict=True):
            (kept if out else learnt).append(sentence)
    chatbot, _ = read_chatbot(data)
    comments = read_kote(data, "val")
    n_kept = round(HELD_OUT * len(comments))
    return [*learnt, *chatbot, *comments[n_kept:]], [*kept, *comments[:n_kept]]


def with_readers(
    start: Start, feelings: NgramReader, core: NgramReader, posts: NgramReader
) -> tuple[TextEmotionNet, TextEmotionConfig]:
    """Stage 4: the network with the n-gram readers beside the pieces, and its config."""
    config = replace(
        start.config,
        n_feeling_ngrams=len(feelings.hashes),
        n_core_ngrams=len(core.hashes),
        n_goemotions_ngrams=len(posts.hashes),
    )
    whole = TextEmotionNet(config)
    whole.feeling_ngrams, whole.core_ngrams, whole.goemotions_ngrams = feelings, core, posts
    whole.load_state_dict(of_pieces(start.net), strict=False)
    return whole.eval(), config


def of_pieces(net: TextEmotionNet) -> dict[str, Tensor]:
    """Everything but the readers of n-grams, in single precision."""
    state = net.state_dict().items()
    return {name: tensor.float() for name, tensor in state if "_ngrams." not in name}


def distilled(made: Prepared, work: Path, schedule: Schedule, seed: int) -> Start:
    """Stage 2, or what it left in `work`."""
    torch.manual_seed(seed)
    n_english = len(made.vocabulary.english)
    config = TextEmotionConfig(n_english + len(made.vocabulary.korean), n_english)
    net = made.start(config)
    path = work / f"distilled_{seed}.safetensors"
    if path.is_file():
        net.load_state_dict(load_file(path), strict=False)
    else:
        distil(net, made, schedule, seed)
        if time.monotonic() < schedule.ends_at:  # what was cut short is not kept
            save_file(of_pieces(net), path)
    return Start(net, config, made.pieces)


def from_weights(weights: Path) -> Start:
    """The vocabulary and the network of earlier weights, without their readers of n-grams."""
    checkpoint = load(weights, TextEmotionConfig, TextEmotionNet)
    config = replace(checkpoint.config, n_feeling_ngrams=1, n_core_ngrams=1, n_goemotions_ngrams=1)
    net = TextEmotionNet(config)
    net.load_state_dict(of_pieces(checkpoint.module), strict=False)
    return Start(net, config, Pieces(checkpoint.extra["pieces"]))


def tuned(
    start: Start,
    labelled: Labelled,
    work: Path,
    schedule: Schedule,
    seed: int,
) -> Start:
    """Stage 3, or what it left in `work`."""
    path = work / f"tuned_{seed}.safetensors"
    if path.is_file():
        start.net.load_state_dict(load_file(path), strict=False)
        return replace(start, net=start.net.eval())
    net = tune(start.net, start.pieces, labelled, schedule, seed)
    if time.monotonic() < schedule.ends_at:
        save_file(of_pieces(net), path)
    return replace(start, net=net)


def train(
    data: Path, out: Path, work: Path, schedule: Schedule, seed: int, start_from: Path | None
) -> bool:
    """All four stages; writes the weights to `out`, or says that there was no time for it."""
    learnt, kept = gather(data, seed)
    say(f"{len(learnt)} labelled texts, {len(kept)} held out")
    work.mkdir(parents=True, exist_ok=True)
    if start_from is None:
        made = prepare(data, work, seed)
        start, more = distilled(made, work, schedule, seed), guided(made, learnt, kept)
    else:
        start = from_weights(start_from)
        more = [e for language in Language for e in read_goemotions(data, language, "train")]
        more = [replace(example, emotion=None) for example in more]  # too rough for the seven
    start = tuned(start, Labelled(learnt, more), work, schedule, seed)
    if time.monotonic() >= schedule.ends_at:
        say("out of time; finished stages are kept, run it again to go on")
        return False
    whole, config, extra = _finished(start, learnt, kept, data, start_from)
    save(out, whole.half(), config, extra)
    return True


def _finished(
    start: Start,
    learnt: Sequence[Example],
    kept: Sequence[Example],
    data: Path,
    start_from: Path | None,
) -> tuple[TextEmotionNet, TextEmotionConfig, dict[str, Any]]:
    """Stage 4: calibrated without the held-out part, then with readers that know it too."""
    everything = [*learnt, *kept]
    if start_from is None:
        english = read_goemotions(data, Language.ENGLISH, "train")
        posts = goemotions_reader(english, posts_of(english))
    else:  # what it learnt from is the same
        posts = load(start_from, TextEmotionConfig, TextEmotionNet).module.goemotions_ngrams
    feelings = feeling_reader(learnt, balance(learnt))
    inner, _ = with_readers(start, feelings, core_reader(learnt), posts)
    extra = calibrated(inner, start.pieces, kept, data)
    figures = held_out_figures(inner, start.pieces, kept, extra["calibration"])
    say(json.dumps(figures, indent=1))
    feelings = feeling_reader(everything, balance(everything))
    whole, config = with_readers(start, feelings, core_reader(everything), posts)
    return whole, config, extra | {"pieces": start.pieces.names}


def held_out_figures(
    net: TextEmotionNet, pieces: Pieces, kept: Sequence[Example], calibration: Any
) -> dict[str, Any]:
    """Seven-class figures on the held-out sentences, the choices are made on these."""
    out = {}
    for language in Language:
        own = [e for e in kept if e.language is language and e.emotion]
        found = logits(net, pieces, [e.text for e in own])
        out[str(language)] = on_sentences(found, own, calibration[language])
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Train, or with `--evaluate` measure; the exit status."""
    parser = argparse.ArgumentParser(prog="todak train text-emotion", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TODAK_DATA", DATA)))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--work", type=Path, default=WORK, help="where finished stages are kept")
    parser.add_argument("--start-from", type=Path, help="earlier weights to go on from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit-minutes", type=float, default=float("inf"))
    parser.add_argument("--evaluate", action="store_true", help="measure --out, train nothing")
    parser.add_argument("--json", action="store_true", help="with --evaluate: one line of JSON")
    arguments = parser.parse_args(argv)
    if not (arguments.data / "text").is_dir():
        say(f"no data at {arguments.data}: name the folder with --data or TODAK_DATA")
        return 2
    try:
        expect_tests()
    except FileNotFoundError as error:
        say(f"todak train text-emotion: {error}")
        return 2
    torch.set_num_threads(1)
    if not arguments.evaluate:
        schedule = Schedule(ends_at=time.monotonic() + 60.0 * arguments.limit_minutes)
        given = (arguments.data, arguments.out, arguments.work, schedule, arguments.seed)
        if not train(*given, arguments.start_from):
            return 1
    figures = evaluate(arguments.out, arguments.data)
    print(json.dumps(figures, ensure_ascii=False, indent=None if arguments.json else 1))
    return 0
