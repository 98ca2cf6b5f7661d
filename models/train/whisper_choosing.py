"""Which weights of a training are kept: those with the fewest errors on what it never heard."""

from collections.abc import Iterator, Sequence

import torch
from whisper.model import Whisper  # type: ignore[import-untyped]

from inference.whisper_vocabulary import SymbolVocabulary
from models.train.character_errors import character_errors
from models.train.spoken_sentences import (
    SENTENCES,
    TEST_SENTENCES,
    Clip,
    ClipFacts,
    Line,
    held_out,
    read_lines,
    spectrogram,
    splits,
)
from models.train.synthetic_speech import VALIDATION_VARIANTS
from models.train.whisper_objective import encoded, padded

N_CHOOSING = 60  # clips a language


def training_lines() -> list[Line]:
    """The sentences that are no test's."""
    test = set(read_lines(TEST_SENTENCES))
    return [line for line in read_lines(SENTENCES) if line not in test]


def choosing_clips(seed: int) -> list[Clip]:
    """Sentences and voices that nothing is learned from, to choose the weights by."""
    _, chosen = splits(training_lines())
    made = held_out(chosen, VALIDATION_VARIANTS, N_CHOOSING, (seed, 1_000))
    clips = []
    for line, how, samples in made:
        log_mel = spectrogram(samples)
        facts = ClipFacts(line.text, line.language, how.voice, log_mel.shape[1], ())
        clips.append(Clip(facts, log_mel))
    return clips


@torch.inference_mode()
def greedy(
    net: Whisper, vocabulary: SymbolVocabulary, clips: Sequence[Clip], size: int = 30
) -> Iterator[str]:
    """What the decoder writes for clips, the most probable symbol each time."""
    for start in range(0, len(clips), size):
        group = clips[start : start + size]
        n_frames = max(clip.facts.n_frames for clip in group)
        log_mel = torch.stack([padded(clip.log_mel.float(), n_frames) for clip in group])
        _, states = encoded(net, log_mel)
        tokens = torch.tensor([vocabulary.prompt(clip.facts.language) for clip in group])
        n_prompt = tokens.shape[1]
        cache, hooks = net.install_kv_cache_hooks()
        given = tokens
        for _ in range(net.dims.n_text_ctx - n_prompt):
            logits = net.decoder(given, states, kv_cache=cache)[:, -1]
            given = logits.argmax(dim=-1, keepdim=True)
            tokens = torch.cat([tokens, given], dim=1)
            if (tokens == vocabulary.end).any(dim=1).all():
                break
        for hook in hooks:
            hook.remove()
        for row in tokens[:, n_prompt:].tolist():
            said = row[: row.index(vocabulary.end)] if vocabulary.end in row else row
            yield vocabulary.decode(said)


def choosing_error(net: Whisper, vocabulary: SymbolVocabulary, clips: Sequence[Clip]) -> float:
    """Character error rate over all clips held out for choosing."""
    written = greedy(net, vocabulary, clips)
    counts = [
        character_errors(clip.facts.text, text) for clip, text in zip(clips, written, strict=True)
    ]
    return sum(n_wrong for n_wrong, _ in counts) / sum(n for _, n in counts)
