"""Recipe of the text emotion model: `todak train text-emotion`.

1. Prepare: what the teachers say of the unlabelled and parallel texts, and the vocabulary.
2. Distil: both languages learn the English encoder's sentence vectors (a machine translation has
   the vector of its original; Reimers & Gurevych 2020), Korean also its words' vectors.
3. Tune: all heads at once on every labelled text and on soft labels for the rest. A part of the
   sentences is held out of it.
4. Fit the n-gram readers, first without the held-out part: temperatures and thresholds are fitted
   on that part. Then once more on everything; these are kept.

Finished stages are kept in `--work`, so that a run that was stopped goes on from there.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from inference.analysis import Emotion
from inference.checkpoints import save
from inference.text_emotion import WEIGHTS, Language, Pieces
from models.text_emotion import NgramReader, TextEmotionConfig, TextEmotionNet, TextEmotionOutput
from models.train.precision import autocast
from models.train.text_distillation import (
    Schedule,
    by_length,
    distil,
    many_hot,
    optimiser,
    rate_at,
    read,
    say,
    take_step,
    weighed,
)
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
from models.train.texts import (
    N_GOEMOTIONS,
    N_KOTE,
    Example,
    held_out,
    present_of,
    read_chatbot,
    read_kote,
    read_own,
)

HELD_OUT = 0.15
SMOOTHED = 0.1
SOFT_WEIGHT = 0.5
EMOTIONS = tuple(Emotion)
Weights = Mapping[tuple[Language, Emotion | None], float]
DATA = Path(__file__).parents[3] / "shared/data"
WORK = Path(".cache/text_emotion")


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What a batch of examples should be called; unlabelled rows hold -1.

    `emotion` are probabilities, `weight` that of the row in the seven-class loss.
    """

    emotion: Tensor
    weight: Tensor
    present: Tensor
    core: Tensor
    kote: Tensor
    goemotions: Tensor


def targets(examples: Sequence[Example], weights: Weights) -> Targets:
    """Gather the labels of `examples`; `weights` are those of `balance`."""
    unknown = [-1.0] * 6
    return Targets(
        torch.tensor([_wanted(e) for e in examples]),
        torch.tensor([_weight(e, weights) for e in examples]),
        torch.tensor([unknown if e.present is None else present_of(e.present) for e in examples]),
        torch.tensor([unknown if e.core is None else present_of(e.core) for e in examples]),
        many_hot([e.kote for e in examples], N_KOTE),
        many_hot([e.goemotions for e in examples], N_GOEMOTIONS),
    )


def _wanted(example: Example) -> Sequence[float]:
    """Probabilities of the seven; a label of a person is smoothed a little."""
    if example.soft is not None:
        return example.soft
    rest = SMOOTHED / len(EMOTIONS)
    return [rest + (1.0 - SMOOTHED) * (emotion is example.emotion) for emotion in EMOTIONS]


def _weight(example: Example, weights: Weights) -> float:
    """How much the example counts for the seven classes: nothing if nobody judged it."""
    if example.soft is not None:
        return SOFT_WEIGHT
    return weights.get((example.language, example.emotion), 0.0)


def balance(examples: Sequence[Example]) -> Weights:
    """Weights with which every class counts the same in a language; 1 on average."""
    counts = Counter((e.language, e.emotion) for e in examples if e.emotion)
    of_language = Counter(e.language for e in examples if e.emotion)
    return {key: of_language[key[0]] / (len(EMOTIONS) * n) for key, n in counts.items()}


def tuning_loss(output: TextEmotionOutput, wanted: Targets) -> Tensor:
    """All heads together."""
    return (
        named(output.emotion.float(), wanted)
        + 0.5 * weighed(output.present.float(), wanted.present)
        + 1.0 * weighed(output.core.float(), wanted.core)
        + 1.0 * weighed(output.kote.float(), wanted.kote)
        + 1.0 * weighed(output.goemotions.float(), wanted.goemotions)
    )


def named(logits: Tensor, wanted: Targets) -> Tensor:
    """Cross-entropy over the seven classes; every row counts by its weight."""
    each = F.cross_entropy(logits, wanted.emotion, reduction="none")
    return (each * wanted.weight).sum() / len(each)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Everything the tuning learns from: `always` each epoch, `sampled` in part."""

    always: Sequence[Example]
    sampled: Sequence[Example]


def tune(
    net: TextEmotionNet, pieces: Pieces, labelled: Labelled, schedule: Schedule, seed: int
) -> TextEmotionNet:
    """Stage 3; gives the running mean of the weights."""
    weights = balance(labelled.always)
    rng, cuts = np.random.default_rng(seed), Random(seed)
    n_sampled = round(schedule.sampled_share * len(labelled.sampled))
    per_epoch = len(labelled.always) + n_sampled
    n_steps = schedule.tune_epochs * -(-per_epoch // schedule.rows)
    optim = optimiser(net, schedule.tune_rate)
    mean = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.995))  # type: ignore[no-untyped-call]
    net.train()
    step, began = 0, time.monotonic()
    for epoch in range(schedule.tune_epochs):
        chosen = rng.choice(len(labelled.sampled), n_sampled, replace=False)
        examples = [*labelled.always, *(labelled.sampled[i] for i in chosen)]
        if time.monotonic() > schedule.ends_at:
            say("out of time")
            break
        for rows in by_length([e.text for e in examples], schedule.rows, rng):
            these = [examples[i] for i in rows]
            with autocast():
                output = net(read(pieces, [e.text for e in these], cuts))
            loss = tuning_loss(output, targets(these, weights))
            take_step(loss, optim, net, rate_at(step, n_steps))
            mean.update_parameters(net)
            step += 1
        say(f"tune {epoch + 1}/{schedule.tune_epochs} {time.monotonic() - began:.0f} s")
    net.load_state_dict(mean.module.state_dict())
    return net.eval()


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
    net: TextEmotionNet, made: Prepared, labelled: Sequence[Example], posts: NgramReader
) -> tuple[TextEmotionNet, TextEmotionConfig]:
    """Stage 4: the network with the n-gram readers beside the pieces, and its config."""
    feelings, core = feeling_reader(labelled, balance(labelled)), core_reader(labelled)
    config = replace(
        config_for(made),
        n_feeling_ngrams=len(feelings.hashes),
        n_core_ngrams=len(core.hashes),
        n_goemotions_ngrams=len(posts.hashes),
    )
    whole = TextEmotionNet(config)
    whole.feeling_ngrams, whole.core_ngrams, whole.goemotions_ngrams = feelings, core, posts
    whole.load_state_dict(of_pieces(net), strict=False)
    return whole.eval(), config


def of_pieces(net: TextEmotionNet) -> dict[str, Tensor]:
    """Everything but the readers of n-grams."""
    return {name: t for name, t in net.state_dict().items() if "_ngrams." not in name}


def config_for(made: Prepared) -> TextEmotionConfig:
    """The architecture over the prepared vocabulary, before there are n-grams."""
    vocabulary = made.vocabulary
    n_english = len(vocabulary.english)
    return TextEmotionConfig(n_english + len(vocabulary.korean), n_english)


def distilled(made: Prepared, work: Path, schedule: Schedule, seed: int) -> TextEmotionNet:
    """Stage 2, or what it left in `work`."""
    torch.manual_seed(seed)
    net = made.start(config_for(made))
    path = work / f"distilled_{seed}.safetensors"
    if path.is_file():
        net.load_state_dict(load_file(path), strict=False)
        return net
    distil(net, made, schedule, seed)
    if time.monotonic() < schedule.ends_at:  # what was cut short is not kept
        save_file(of_pieces(net), path)
    return net


def tuned(
    made: Prepared,
    learnt: Sequence[Example],
    kept: Sequence[Example],
    work: Path,
    schedule: Schedule,
    seed: int,
) -> TextEmotionNet:
    """Stages 2 and 3, or what they left in `work`."""
    path = work / f"tuned_{seed}.safetensors"
    if path.is_file():
        net = TextEmotionNet(config_for(made))
        net.load_state_dict(load_file(path), strict=False)
        return net.eval()
    net = distilled(made, work, schedule, seed)
    net = tune(net, made.pieces, Labelled(learnt, guided(made, learnt, kept)), schedule, seed)
    if time.monotonic() < schedule.ends_at:
        save_file(of_pieces(net), path)
    return net


def train(data: Path, out: Path, work: Path, schedule: Schedule, seed: int) -> bool:
    """All four stages; writes the weights to `out`, or says that there was no time for it."""
    made = prepare(data, work, seed)
    learnt, kept = gather(data, seed)
    say(f"{len(learnt)} labelled texts, {len(kept)} held out")
    net = tuned(made, learnt, kept, work, schedule, seed)
    if time.monotonic() >= schedule.ends_at:
        say("out of time; finished stages are kept, run it again to go on")
        return False
    posts = goemotions_reader(made.parallel_english, posts_of(made.parallel_english))
    inner, _ = with_readers(net, made, learnt, posts)
    extra = calibrated(inner, made.pieces, kept, data)
    say(json.dumps(held_out_figures(inner, made.pieces, kept, extra["calibration"]), indent=1))
    extra["pieces"] = made.pieces.names
    whole, config = with_readers(net, made, [*learnt, *kept], posts)
    save(out, whole.half(), config, extra)
    return True


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
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit-minutes", type=float, default=float("inf"))
    parser.add_argument("--evaluate", action="store_true", help="measure --out, train nothing")
    parser.add_argument("--json", action="store_true", help="with --evaluate: one line of JSON")
    arguments = parser.parse_args(argv)
    if not (arguments.data / "text").is_dir():
        say(f"no data at {arguments.data}: name the folder with --data or TODAK_DATA")
        return 2
    torch.set_num_threads(1)
    if not arguments.evaluate:
        schedule = Schedule(ends_at=time.monotonic() + 60.0 * arguments.limit_minutes)
        if not train(arguments.data, arguments.out, arguments.work, schedule, arguments.seed):
            return 1
    figures = evaluate(arguments.out, arguments.data)
    print(json.dumps(figures, ensure_ascii=False, indent=None if arguments.json else 1))
    return 0
