"""Teaching the small Whisper on a few made-up clips."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.whisper_vocabulary import SymbolVocabulary
from models.train import whisper
from models.train.spoken_sentences import Clip, ClipFacts
from models.train.whisper_card import card
from models.train.whisper_objective import (
    IGNORED,
    STATES_PER_S,
    Helpers,
    batch_of,
    losses,
    moments,
    padded,
    phoneme_names,
    symbols_of,
)

FOREVER = float("inf")


def clip(text: str, language: str, n_frames: int) -> Clip:
    onsets = np.linspace(0.1, n_frames / 100 - 0.1, 2 * len(text) + 1)
    phonemes = tuple((float(onset_s), "a") for onset_s in onsets) if text else ()
    log_mel = torch.randn(80, n_frames, generator=torch.Generator().manual_seed(n_frames)) / 4
    return Clip(ClipFacts(text, language, "ko+f2", n_frames, phonemes), log_mel.half())


@pytest.fixture
def clips() -> list[Clip]:
    said = (("네", "ko", 80), ("좋아", "ko", 120), ("no", "en", 90), ("", "en", 100))
    return [clip(*facts) for facts in said]


def test_the_decoder_is_taught_the_language_the_symbols_and_the_end(clips: list[Clip]) -> None:
    vocabulary = SymbolVocabulary(symbols_of(clips))
    names = {name: i for i, name in enumerate(phoneme_names(clips))}
    batch = batch_of(clips, vocabulary, names, np.random.default_rng(0))
    yes, silent = 0, 3
    prompt, spelt = vocabulary.prompt("ko"), vocabulary.encode("네")
    assert batch.tokens[yes, :6].tolist() == [*prompt, *spelt]
    wanted = [prompt[1], IGNORED, IGNORED, *spelt, vocabulary.end]
    assert batch.next_tokens[yes, :6].tolist() == wanted
    assert set(batch.next_tokens[yes, 6:].tolist()) <= {IGNORED}
    assert set(batch.next_tokens[silent].tolist()) == {IGNORED, vocabulary.no_speech}
    assert batch.n_states.tolist() == [40, 60, 45, 50] and batch.n_spelt.tolist() == [2, 5, 2, 0]
    told = batch.looked_at[yes] >= 0
    assert told.nonzero().flatten().tolist() == [3, 4], "one moment a symbol"


def test_symbols_are_looked_for_in_order_within_the_speech(clips: list[Clip]) -> None:
    found = moments(clips[1].facts, 4)
    assert found.tolist() == sorted(found.tolist())
    assert 0 < found[0] < found[-1] < clips[1].facts.n_frames / 100 * STATES_PER_S


def test_padding_is_as_quiet_as_whispers_own() -> None:
    longer = padded(torch.linspace(-1.0, 1.0, 80)[:, None].repeat(1, 10), 16)
    assert longer.shape == (80, 16)
    assert set(longer[:, 10:].flatten().tolist()) == {-1.0}


def test_every_part_teaches_the_encoder(clips: list[Clip]) -> None:
    vocabulary = SymbolVocabulary(symbols_of(clips))
    names = {name: i for i, name in enumerate(phoneme_names(clips))}
    net = whisper.new_whisper(whisper.dimensions(len(vocabulary)))
    helpers = Helpers(net.dims.n_audio_state, len(vocabulary), len(names))
    batch = batch_of(clips, vocabulary, names, np.random.default_rng(0))
    for part in losses(net, helpers, batch):
        net.zero_grad()
        part.backward(retain_graph=True)  # type: ignore[no-untyped-call]
        gradient = net.encoder.conv1.weight.grad
        assert torch.isfinite(part) and gradient is not None and gradient.abs().sum() > 0


def test_an_interrupted_training_ends_as_one_in_one_go(
    clips: list[Clip], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whisper, "BATCH_SIZE", 2)
    monkeypatch.setattr(whisper, "CHECK_EVERY", 2)
    vocabulary = SymbolVocabulary(symbols_of(clips))
    ends = []
    for name, stops in (("one go", [FOREVER]), ("interrupted", [-FOREVER, FOREVER])):
        work = tmp_path / name
        work.mkdir()
        for deadline_s in stops:
            plan = whisper.Plan(4, 1, deadline_s, work)
            ends.append(whisper.train(clips, clips[:1], vocabulary, plan))
    whole, stopped, resumed = ends
    assert (whole.n_done, stopped.n_done, resumed.n_done) == (4, 0, 4)
    assert whole.best_error == resumed.best_error
    for key, kept in whole.averaged.state_dict().items():
        assert torch.allclose(kept, resumed.averaged.state_dict()[key], atol=1e-6), key


def test_the_rate_rises_and_falls() -> None:
    plan = whisper.Plan(1000, 1, FOREVER, Path())
    rates = [whisper.learning_rate(i, plan) for i in range(1001)]
    assert max(rates) == pytest.approx(whisper.LEARNING_RATE, rel=0.01)
    assert np.argmax(rates) in range(whisper.WARM_UP - 1, whisper.WARM_UP + 2)
    assert rates[0] < rates[-1] < 0.02 * whisper.LEARNING_RATE


def test_the_card_says_what_it_must_not_be_taken_for() -> None:
    rate = {"rate": 0.3, "low": 0.2, "high": 0.4, "n_recordings": 10}
    found = {"ko": rate, "en": rate, "trusted": 0.5, "seconds_a_second": 0.1}
    conditions = dict.fromkeys(("clean", "codec", "noise", "padded"), found)
    facts = json.loads(
        '{"n_audio_layer": 3, "n_text_layer": 2, "n_audio_state": 128, "n_parameters": 1, '
        '"n_vocab": 90, "n_clips": 10, "n_batches": 5, "choosing_error": 0.3, "seed": 1}'
    )
    text = card({**conditions, "language_found": 0.9}, facts)
    assert "Synthetic speech only" in text and "do not recognise people" in " ".join(text.split())
    assert "| clean | 0.300 (0.200 to 0.400) |" in text and "guessed at, not read" in text
