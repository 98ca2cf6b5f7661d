"""The third stage of the text model's recipe: all heads at once on every labelled text."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from inference.analysis import Emotion
from inference.text_emotion import Language, Pieces
from models.text_emotion import TextEmotionNet, TextEmotionOutput
from models.train.precision import autocast
from models.train.text_distillation import (
    Schedule,
    by_length,
    many_hot,
    optimiser,
    rate_at,
    read,
    say,
    take_step,
    weighed,
)
from models.train.texts import N_GOEMOTIONS, N_KOTE, Example, present_of

SMOOTHED = 0.1
SOFT_WEIGHT = 0.5
EMOTIONS = tuple(Emotion)
Weights = Mapping[tuple[Language, Emotion | None], float]


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
