"""Trains a transformer over words and voice on synthetic pairs, and keeps where it was."""

import copy
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from inference.joint_emotion import CrossAttentionReader, JointReader, MultimodalReader
from inference.joint_features import with_cepstra, with_change
from inference.text_emotion import Pieces
from models.cross_attention import CrossAttentionConfig, CrossAttentionTransformer
from models.cross_modal import VoiceStates
from models.multimodal_transformer import MultimodalConfig, MultimodalTransformer
from models.train.fusion_pairs import Drawn, Texts, draw
from models.train.fusion_voices import Voices
from models.train.fusion_words import (
    Read,
    Remembered,
    Written,
    frequent_pieces,
    on_axes,
    word_table,
)
from models.train.speech_emotion import OutOfTime, average

BATCH_SIZE = 32
STEPS = 600
LEARNING_RATE = 7e-4
WEIGHT_DECAY = 2e-2
EMA_DECAY = 0.995
WARM_UP = 0.1
EVERY = 50  # steps between two lines of progress, and between two savings
N_MEASURED = 300  # clips that tell the mean and deviation of each feature


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is trained; `deadline_s` is of the monotonic clock."""

    n_steps: int
    seed: int
    deadline_s: float


def start_multimodal(written: Written, voices: Voices) -> tuple[MultimodalReader, list[str]]:
    """A Multimodal Transformer whose pieces start from the text model's; their names."""
    texts = [e.text for e in written.learnt]
    config = MultimodalConfig()
    names, vectors = frequent_pieces(Read.shipped(), texts, config.n_pieces)
    names += [f"[unused{i}]" for i in range(config.n_pieces - len(names))]
    net = MultimodalTransformer(config)
    with torch.no_grad():
        net.pieces.weight[1 : len(vectors)] = on_axes(vectors, config.n_hidden)[1:]
    _standardise(net.voice, with_cepstra, voices)
    return MultimodalReader(net, Pieces(names)), names


def start_cross_attention(written: Written, voices: Voices) -> CrossAttentionReader:
    """A Cross-Attention Transformer with its word vectors in the reader, the texts cut before."""
    config = CrossAttentionConfig()
    cut = Remembered([*(e.text for e in written.learnt), *written.more])
    table = word_table(Read.shipped(), cut.words, config.n_word_vector)
    net = CrossAttentionTransformer(config)
    _standardise(net.voice, with_change, voices)
    return CrossAttentionReader(net, table, cut.cut)


def train(
    reader: JointReader, texts: Texts, voices: Voices, plan: Plan, kept: Path
) -> JointReader:
    """Train on drawn batches; the reader's network gets the running mean of the weights.

    Every `EVERY` steps all is written to `kept`; a run that finds it goes on from there.

    Raises:
        OutOfTime: the deadline has passed; what was learned is in `kept`.
    """
    net = reader.net
    averaged = copy.deepcopy(net)
    optimizer = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=plan.n_steps + 1, pct_start=WARM_UP
    )
    parts = {"net": net, "averaged": averaged, "optimizer": optimizer, "schedule": schedule}
    step = _resume(kept, parts)
    net.train()
    losses: list[float] = []
    began, first = time.monotonic(), step
    while step < plan.n_steps:
        # Each step has seeds of its own, so that a run goes on as if it had not been stopped.
        torch.manual_seed(1_000_003 * plan.seed + step)
        rng = np.random.default_rng((plan.seed, step))
        losses.append(
            _take_step(reader, draw(texts, voices, BATCH_SIZE, rng), voices, rng, optimizer)
        )
        schedule.step()
        average(averaged, net, min(EMA_DECAY, (step + 1) / (step + 10)))
        step += 1
        if step % EVERY == 0 or step == plan.n_steps:
            left_s = (plan.n_steps - step) * (time.monotonic() - began) / (step - first)
            told = f"step {step}/{plan.n_steps} loss {np.mean(losses):.3f}, {left_s:.0f} s left"
            print(told, file=sys.stderr, flush=True)
            losses.clear()
            _keep(kept, parts, step)
            if time.monotonic() > plan.deadline_s and step < plan.n_steps:
                raise OutOfTime
    net.load_state_dict(averaged.state_dict())
    net.eval()
    return reader


def _take_step(
    reader: JointReader,
    drawn: Drawn,
    voices: Voices,
    rng: np.random.Generator,
    optimizer: torch.optim.Optimizer,
) -> float:
    """One step of the optimizer; the loss before it."""
    n = len(drawn.targets)
    log_mels, n_frames = torch.zeros(n, 128, 1), torch.zeros(n, dtype=torch.long)
    if drawn.clips is not None:
        log_mels, n_frames = voices.draw(drawn.clips, rng)
    texts = drawn.texts if drawn.texts is not None else [None] * n
    scores = reader.logits(texts, log_mels, n_frames).log_softmax(1)
    loss = -(drawn.targets * scores).sum(1).mean()
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(reader.net.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _standardise(ears: VoiceStates, features: Callable[[Tensor], Tensor], voices: Voices) -> None:
    """Set the mean and deviation of each feature over clips that are learned from."""
    rng = np.random.default_rng(0)
    chosen = rng.choice(voices.all, min(N_MEASURED, len(voices.all)), replace=False)
    frames = torch.cat([features(voices.corpus.variants[i][0].float()[None])[0] for i in chosen])
    ears.mean.copy_(frames.mean(0))
    ears.deviation.copy_(frames.std(0) + 1e-3)


def _keep(path: Path, parts: dict[str, object], step: int) -> None:
    state = {name: part.state_dict() for name, part in parts.items()}  # type: ignore[attr-defined]
    unfinished = path.with_name(path.name + ".part")
    torch.save({"step": step, **state}, unfinished)
    unfinished.replace(path)


def _resume(path: Path, parts: dict[str, object]) -> int:
    """Fill the parts from what was kept; the number of steps taken so far."""
    if not path.is_file():
        return 0
    state = torch.load(path, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])  # type: ignore[attr-defined]
    return int(state["step"])
