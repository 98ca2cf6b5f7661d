"""What the small Whisper learns from: symbols one after another, and helpers for its encoder.

The decoder is taught with the right symbols before each (teacher forcing), as Whisper is.
Attention alone would need far more speech to find which moment a symbol belongs to, so the encoder
has two heads while it learns: one spells the sentence by connectionist temporal classification
(Graves et al., ICML 2006), one names the phoneme that espeak-ng says at each moment. Both are
thrown away. Half of the decoder's heads are also told roughly where to look (guided attention,
Tachibana et al., ICASSP 2018), by the moments of the phonemes.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from whisper.model import Whisper  # type: ignore[import-untyped]

from inference.whisper_vocabulary import SymbolVocabulary
from models.train.spoken_sentences import FRAMES_PER_S, Clip, ClipFacts

STATES_PER_S = FRAMES_PER_S // 2
HELPING_WEIGHTS = (0.3, 0.5, 1.0)  # of the spelling, the phonemes and the guided heads
GUIDE_WIDTH_S = 0.2
LABEL_SMOOTHING = 0.05
IGNORED = -100


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Clips padded to one length.

    `log_mel` is (B, 80, T); `tokens` (B, L) what the decoder is given and `next_tokens` (B, L)
    what it should say; `phonemes` (B, T / 2); `spelt` the symbols of all clips in a row and
    `n_spelt`, (B,), how many are whose; `n_states` (B,) how many states are no padding;
    `looked_at` (B, L) which state speaks of the next token, -1 where none does.
    """

    log_mel: Tensor
    tokens: Tensor
    next_tokens: Tensor
    phonemes: Tensor
    spelt: Tensor
    n_spelt: Tensor
    n_states: Tensor
    looked_at: Tensor


class Helpers(nn.Module):
    """The two heads that are thrown away after training."""

    def __init__(self, n_state: int, n_vocab: int, n_phonemes: int) -> None:
        super().__init__()
        self.spelling = nn.Linear(n_state, n_vocab + 1)  # the last class is the blank
        self.phoneme = nn.Linear(n_state, n_phonemes)


def phoneme_names(clips: Sequence[Clip]) -> list[str]:
    """Every phoneme that is spoken, sorted; "" is the silence before the first."""
    return sorted({""} | {name for clip in clips for _, name in clip.facts.phonemes})


def symbols_of(clips: Sequence[Clip]) -> list[str]:
    """Every letter and jamo that is spelt, sorted."""
    return sorted(
        {mark for clip in clips for mark in unicodedata.normalize("NFD", clip.facts.text)}
    )


def batch_of(
    clips: Sequence[Clip],
    vocabulary: SymbolVocabulary,
    phonemes: Mapping[str, int],
    rng: np.random.Generator,
) -> Batch:
    """Put clips together, with a random silence after the longest and a few bands masked."""
    n_frames = max(clip.facts.n_frames for clip in clips) + 2 * int(rng.integers(0, 25))
    spelt = [vocabulary.encode(clip.facts.text) for clip in clips]
    prompts = [vocabulary.prompt(clip.facts.language) for clip in clips]
    n_tokens = max(map(len, spelt)) + len(prompts[0])
    log_mel = torch.empty(len(clips), clips[0].log_mel.shape[0], n_frames)
    tokens = torch.full((len(clips), n_tokens), vocabulary.end)
    next_tokens = torch.full((len(clips), n_tokens), IGNORED)
    looked_at = torch.full((len(clips), n_tokens), -1.0)
    said = torch.zeros(len(clips), n_frames // 2, dtype=torch.long)
    for i, clip in enumerate(clips):
        log_mel[i] = masked(padded(clip.log_mel.float(), n_frames), rng)
        row = [*prompts[i], *spelt[i]]
        tokens[i, : len(row)] = torch.tensor(row)
        if clip.facts.text:
            next_tokens[i, 0] = row[1]
            after = [*row[len(prompts[i]) :], vocabulary.end]
            next_tokens[i, len(prompts[i]) - 1 : len(row)] = torch.tensor(after)
            first = len(prompts[i]) - 1
            looked_at[i, first : first + len(spelt[i])] = moments(clip.facts, len(spelt[i]))
        else:
            next_tokens[i, 0] = vocabulary.no_speech
        for onset_s, name in clip.facts.phonemes:
            said[i, round(onset_s * STATES_PER_S) :] = phonemes.get(name, 0)
    return Batch(
        log_mel,
        tokens,
        next_tokens,
        said,
        torch.tensor([token for row in spelt for token in row]),
        torch.tensor([len(row) for row in spelt]),
        torch.tensor([clip.facts.n_frames // 2 for clip in clips]),
        looked_at,
    )


def moments(facts: ClipFacts, n_symbols: int) -> Tensor:
    """The state at which each symbol is about said, (n_symbols,): as far into the phonemes."""
    onsets_s = torch.tensor([onset_s for onset_s, _ in facts.phonemes])
    part = (torch.arange(n_symbols) + 0.5) / n_symbols
    return onsets_s[(part * len(onsets_s)).long()] * STATES_PER_S


def padded(log_mel: Tensor, n_frames: int) -> Tensor:
    """Silence after a spectrogram, as Whisper's own padding looks: 8 decades below its peak."""
    n_missing = n_frames - log_mel.shape[1]
    return functional.pad(log_mel, (0, n_missing), value=float(log_mel.max()) - 2.0)


def masked(log_mel: Tensor, rng: np.random.Generator) -> Tensor:
    """Up to ten bands and 120 ms put to the mean (SpecAugment, Park et al., Interspeech 2019)."""
    log_mel = log_mel.clone()
    mean = float(log_mel.mean())
    band, moment = int(rng.integers(0, 70)), int(rng.integers(0, max(1, log_mel.shape[1] - 12)))
    log_mel[band : band + int(rng.integers(0, 11))] = mean
    log_mel[:, moment : moment + int(rng.integers(0, 13))] = mean
    return log_mel


def encoded(net: Whisper, log_mel: Tensor) -> tuple[Tensor, Tensor]:
    """The encoder's states (B, T / 2, n_state), after half of its blocks and after all."""
    states = functional.gelu(net.encoder.conv1(log_mel))
    states = functional.gelu(net.encoder.conv2(states)).permute(0, 2, 1)
    states = states + net.encoder.positional_embedding[: states.shape[1]]
    half = states
    for i, block in enumerate(net.encoder.blocks):
        states = block(states)
        if i == len(net.encoder.blocks) // 2 - 1:
            half = states
    return half, net.encoder.ln_post(states)


def misguided(
    net: Whisper, attended: Sequence[tuple[Tensor, Tensor]], looked_at: Tensor
) -> Tensor:
    """The share of attention that lies far from where the next token is said.

    Args:
        net: whose heads these are.
        attended: queries (B, L, n_state) and keys (B, T / 2, n_state) of each block's attention
            to the encoder.
        looked_at: as in `Batch`.
    """
    told = looked_at >= 0
    shares = []
    for query, key in attended:
        n_head = net.dims.n_text_head
        heads = [one.view(*one.shape[:2], n_head, -1).transpose(1, 2) for one in (query, key)]
        guided = [one[:, : n_head // 2] for one in heads]
        scores = guided[0] @ guided[1].transpose(2, 3) / guided[0].shape[-1] ** 0.5
        away_s = (torch.arange(key.shape[1]) - looked_at[..., None]) / STATES_PER_S
        far = 1.0 - torch.exp(-away_s.square() / (2.0 * GUIDE_WIDTH_S**2))
        shares.append((scores.softmax(-1).mean(1) * far).sum(-1)[told].mean())
    return torch.stack(shares).mean()


def losses(net: Whisper, helpers: Helpers, batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Of the decoder, the spelling, the phonemes and the guided heads, each a mean."""
    half, states = encoded(net, batch.log_mel)
    attended: list[tuple[Tensor, Tensor]] = []
    hooks = [
        block.cross_attn.register_forward_hook(
            lambda module, given, _: attended.append(
                (module.query(given[0]), module.key(given[1]))
            )
        )
        for block in net.decoder.blocks
    ]
    logits = net.decoder(batch.tokens, states)
    for hook in hooks:
        hook.remove()
    decoder = functional.cross_entropy(
        logits.flatten(0, 1),
        batch.next_tokens.flatten(),
        ignore_index=IGNORED,
        label_smoothing=LABEL_SMOOTHING,
    )
    spelling = functional.ctc_loss(
        helpers.spelling(states).log_softmax(-1).transpose(0, 1),
        batch.spelt,
        batch.n_states,
        batch.n_spelt,
        blank=helpers.spelling.out_features - 1,
        zero_infinity=True,
        reduction="sum",
    ) / batch.n_spelt.sum().clamp(min=1)
    phoneme = functional.cross_entropy(
        helpers.phoneme(half).flatten(0, 1), batch.phonemes.flatten()
    )
    return decoder, spelling, phoneme, misguided(net, attended, batch.looked_at)
