"""How one of the two sound detectors is trained on notes: batches, damage, both losses."""

import copy
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.emergency import N_EMERGENCIES, RANGE_BELS, emergency_logit
from models.emergency_encoder import EmergencyEncoder
from models.train.emergency_corpus import Corpus, Note
from models.train.emergency_pasting import PASTED_SHARE, pasted
from models.train.emergency_signals import Rng
from models.train.emergency_words import Speller, symbols_of
from models.train.speech_emotion import OutOfTime, average

Indices = NDArray[np.intp]

BATCH_SIZE: Final = 16
BATCHES_AN_EPOCH: Final = 300
WEIGHT_DECAY: Final = 1e-2
LABEL_SMOOTHING: Final = 0.05
EMA_DECAY: Final = 0.995
LONGEST_SHIFT: Final = 0.5  # a window may be 20 dB below the loudest of its recording
LENGTH_JITTER: Final = 25  # frames; notes of about one length stand together

# What share of a batch is of each sort: real and made, emergencies and ordinary.
SHARES: Final = {
    "scream": 0.16,
    "other real emergency": 0.08,
    "real ordinary": 0.38,
    "made emergency": 0.22,
    "made ordinary": 0.16,
}
LIKE_SCREAMS: Final = ("rooster", "baby_cry", "dog_bark")
OFTENER: Final = 3.0  # they are drawn than their number makes them


@dataclass(frozen=True, slots=True)
class Plan:
    """How a net is trained: `n_epochs` shape the schedule, `deadline_s` is of the clock.

    `binary_share` of the label loss is that of emergency or ordinary, the rest that of the kinds.
    `text_share` of the whole loss is that of spelling what is said, for the encoder alone, which
    begins as that of `whisper` where there is one.
    """

    n_epochs: int
    learning_rate: float
    binary_share: float
    text_share: float
    seed: int
    deadline_s: float
    whisper: Path | None = None

    def digest(self) -> str:
        """A name for all that decides what is learned."""
        decides = (
            *astuple(self)[:-2],
            str(self.whisper),
            BATCH_SIZE,
            BATCHES_AN_EPOCH,
            PASTED_SHARE,
        )
        return f"{crc32(repr(decides).encode()):08x}"


def fit(
    net: nn.Module,
    corpus: Corpus,
    learned: Indices,
    plan: Plan,
    name: str,
    inner_loss: Callable[[nn.Module], float] | None = None,
    stop_after: int | None = None,
) -> tuple[nn.Module, int]:
    """Train `net`, of (n, 80, T) to (n, 19); return its averaged weights and their epoch.

    With `inner_loss` the epoch of the schedule's second half where that is least is chosen,
    otherwise training ends after epoch `stop_after`.

    Raises:
        OutOfTime: the plan's deadline has passed.
    """
    speller = None
    if plan.text_share and isinstance(net, EmergencyEncoder):
        symbols = symbols_of([note.spoken for note in corpus.notes])
        speller = Speller(net.encoder.ln_post.normalized_shape[0], symbols)
    averaged = copy.deepcopy(net)
    best, least, chosen_epoch = averaged, float("inf"), stop_after or plan.n_epochs
    learning = [*net.parameters(), *(speller.parameters() if speller else ())]
    optimizer = torch.optim.AdamW(learning, plan.learning_rate, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        plan.learning_rate,
        total_steps=plan.n_epochs * BATCHES_AN_EPOCH + 1,
        pct_start=0.2,
    )
    chances = chances_of(corpus, learned)
    ordinary = np.array([i for i in learned if is_real_ordinary(corpus.notes[i])])
    for epoch in range(1, (stop_after or plan.n_epochs) + 1):
        net.train()
        rng = np.random.default_rng((plan.seed, epoch))
        told, began_s = 0.0, time.monotonic()
        for batch in batches(corpus, learned, chances, rng):
            log_mel = together(corpus, batch)
            others = together(corpus, rng.choice(ordinary, len(batch)), log_mel.shape[2])
            notes = [corpus.notes[i] for i in batch.tolist()]
            recorded = torch.tensor([note.recording >= 0 for note in notes])
            under = together(corpus, rng.choice(ordinary, len(batch)), log_mel.shape[2])
            log_mel = pasted(log_mel, under, recorded, rng)
            loss = note_loss(net, speller, damaged(log_mel, others, rng), notes, plan)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step = schedule.last_epoch
            average(averaged, net, min(EMA_DECAY, step / (step + 10)))
            told += float(loss.detach()) / BATCHES_AN_EPOCH
            if time.monotonic() > plan.deadline_s:
                raise OutOfTime
        line = f"{name} epoch {epoch}/{plan.n_epochs} loss {told:.3f}"
        if inner_loss is not None and epoch > plan.n_epochs // 2:
            held_out = inner_loss(averaged)
            line += f" inner {held_out:.4f}"
            if held_out < least:
                least, chosen_epoch, best = held_out, epoch, copy.deepcopy(averaged)
        seconds = time.monotonic() - began_s
        print(f"{line} ({seconds:.0f} s)", file=sys.stderr, flush=True)
    return (best if inner_loss is not None else averaged).eval(), chosen_epoch


def note_loss(
    net: nn.Module, speller: Speller | None, log_mel: Tensor, notes: Sequence[Note], plan: Plan
) -> Tensor:
    """The label loss of a batch, with the text loss in its share where there is a speller."""
    kinds = torch.tensor([note.kind for note in notes])
    if speller is None:
        return both_losses(net(log_mel), kinds, plan.binary_share)
    assert isinstance(net, EmergencyEncoder), "no other net has states that spell"
    states = net.encoder(log_mel)
    label = both_losses(net.head(states, log_mel), kinds, plan.binary_share)
    text = speller.loss(states, [note.spoken for note in notes])
    return (1.0 - plan.text_share) * label + plan.text_share * text


def both_losses(logits: Tensor, kinds: Tensor, binary_share: float) -> Tensor:
    """The loss of the nineteen kinds and that of emergency or ordinary, in their shares."""
    emergency = (kinds < N_EMERGENCIES).float()
    binary = functional.binary_cross_entropy_with_logits(emergency_logit(logits), emergency)
    of_kinds = functional.cross_entropy(logits, kinds, label_smoothing=LABEL_SMOOTHING)
    return binary_share * binary + (1.0 - binary_share) * of_kinds


def chances_of(corpus: Corpus, learned: Indices) -> NDArray[np.float64]:
    """How often each note is drawn: by `SHARES`, inside them each label by its size's root.

    Ordinary cries that are easily taken for screams come more often.
    """
    sorts, within = [], []
    for i in learned:
        note = corpus.notes[i]
        group = "emergency" if note.emergency else "ordinary"
        detail = f"{note.sort} {note.kind}"
        if note.recording >= 0:
            recording = corpus.recordings[note.recording]
            detail = recording.collection + recording.label
            group = "real ordinary" if not note.emergency else "other real emergency"
            group = "scream" if recording.label == "scream" else group
        else:
            group = f"made {group}"
        sorts.append(group)
        within.append((group, detail))
    sizes = Counter(within)
    weights = np.array(
        [
            sizes[pair] ** -0.5 * (OFTENER if pair[1].endswith(LIKE_SCREAMS) else 1.0)
            for pair in within
        ]
    )
    for group, share in SHARES.items():
        of_group = np.array([sort == group for sort in sorts])
        if of_group.any():
            weights[of_group] *= share / weights[of_group].sum()
    return np.asarray(weights / weights.sum())


def batches(
    corpus: Corpus, learned: Indices, chances: NDArray[np.float64], rng: Rng
) -> Iterator[Indices]:
    """An epoch of batches, each of notes of about one length."""
    drawn = rng.choice(learned, BATCH_SIZE * BATCHES_AN_EPOCH, p=chances)
    lengths = np.array([corpus.log_mels[i].shape[1] for i in drawn])
    ordered = drawn[np.argsort(lengths + rng.uniform(0, LENGTH_JITTER, len(drawn)))]
    for k in rng.permutation(BATCHES_AN_EPOCH):
        yield ordered[k * BATCH_SIZE : (k + 1) * BATCH_SIZE]


def is_real_ordinary(note: Note) -> bool:
    """Whether nothing but an ordinary recording is in it, so that it may be under another."""
    return note.recording >= 0 and not note.emergency


def together(corpus: Corpus, chosen: Indices, length: int | None = None) -> Tensor:
    """Spectrograms of one batch, (n, 80, T), with silence after the shorter ones.

    With a `length` those longer are cut to it.
    """
    n_frames = length or max(corpus.log_mels[i].shape[1] for i in chosen)
    log_mel = torch.zeros(len(chosen), corpus.log_mels[0].shape[0], n_frames)
    for row, i in zip(log_mel, chosen, strict=True):
        heard = corpus.log_mels[i][:, :n_frames]
        row[:, : heard.shape[1]] = heard
    return log_mel


def damaged(log_mel: Tensor, others: Tensor, rng: Rng) -> Tensor:
    """Notes with another sound and noise under them, in a narrower band, masked, quieter.

    Powers add, so that two spectrograms mix as the sounds do but for their phases. Bands and
    moments are masked as in SpecAugment (Park et al., 2019).

    Args:
        log_mel: shape (n, 80, T), of `log_mel_of`.
        others: as many ordinary notes, of the same shape.
        rng: what is drawn.
    """
    n_notes, n_mels, n_frames = log_mel.shape

    def drawn(low: float, high: float) -> Tensor:
        return torch.from_numpy(rng.uniform(low, high, (n_notes, 1, 1))).float()

    def some(chance: float) -> Tensor:
        return torch.from_numpy(rng.random((n_notes, 1, 1)) < chance).float()

    power = 10.0 ** (4.0 * log_mel)
    loudness = power.mean(dim=(1, 2), keepdim=True)
    other = 10.0 ** (4.0 * others)
    other = other / other.mean(dim=(1, 2), keepdim=True)
    tilt = torch.linspace(0.0, 1.0, n_mels)[:, None] * drawn(-3.0, 0.5)
    noise = 10.0**tilt * torch.empty_like(power).exponential_()
    noise = noise / noise.mean(dim=(1, 2), keepdim=True)
    power = power + some(0.3) * loudness * other * 10.0 ** (-drawn(-5.0, 20.0) / 10.0)
    power = power + some(0.5) * loudness * noise * 10.0 ** (-drawn(5.0, 40.0) / 10.0)
    edge = 58.0 + (n_mels - 58.0) * drawn(0.0, 1.0)  # of 80 bands the 58th is at 3.3 kHz
    cut = (torch.arange(n_mels)[:, None] > edge) * some(0.4)
    bels = power.log10() - 4.0 * cut
    loudest = bels.amax(dim=(1, 2), keepdim=True) + drawn(0.0, 4.0 * LONGEST_SHIFT) * some(0.3)
    damaged = (bels - loudest + RANGE_BELS).clamp(min=0.0) / 4.0
    for row in damaged:
        band, moment = int(rng.integers(1, 12)), int(rng.integers(1, 20))
        low, onset = int(rng.integers(n_mels - band)), int(rng.integers(n_frames - moment))
        if rng.random() < 0.4:
            row[low : low + band] = 0.0
        if rng.random() < 0.4:
            row[:, onset : onset + moment] = 0.0
    return damaged


@torch.inference_mode()
def logits_of(net: nn.Module, corpus: Corpus, chosen: Indices) -> Tensor:
    """What a net makes of undamaged notes, (n_chosen, 19), each with no silence added."""
    net.eval()
    logits = torch.empty(len(chosen), 0)
    by_length: dict[int, list[int]] = {}
    for place, i in enumerate(chosen):
        by_length.setdefault(corpus.log_mels[i].shape[1], []).append(place)
    for places in by_length.values():
        for begin in range(0, len(places), BATCH_SIZE):
            rows = places[begin : begin + BATCH_SIZE]
            found = net(together(corpus, chosen[rows]))
            if not logits.shape[1]:
                logits = torch.empty(len(chosen), found.shape[1])
            logits[rows] = found
    return logits
