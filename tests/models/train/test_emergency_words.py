"""The words in a note as a second thing to learn, and a Whisper's encoder to begin with."""

from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from whisper.model import ModelDimensions, Whisper  # type: ignore[import-untyped]

from inference.checkpoints import CheckpointMismatch
from models.train.emergency_words import Speller, read_whisper, symbols_of


def test_letters_and_jamo() -> None:
    assert symbols_of(["불", "a b"]) == [" ", "a", "b", "ᄇ", "ᅮ", "ᆯ"]


def test_states_that_spell_what_is_said_lose_less() -> None:
    torch.manual_seed(0)
    symbols = symbols_of(["불이야"])
    speller = Speller(8, symbols)
    states = torch.randn(2, 60, 8)
    optimizer = torch.optim.Adam([*speller.parameters(), states.requires_grad_()], 0.1)
    first = speller.loss(states, ["불이야", ""])

    for _ in range(60):
        optimizer.zero_grad()
        loss = speller.loss(states, ["불이야", ""])
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    assert loss < 0.2 * first


def test_where_nothing_is_said_nothing_is_lost() -> None:
    states = torch.randn(2, 20, 8, requires_grad=True)

    loss = Speller(8, ["a"]).loss(states, ["", "a" * 30])

    assert loss.item() == 0.0
    loss.backward()  # type: ignore[no-untyped-call]


def test_a_whisper_hears_as_before(tmp_path: Path) -> None:
    torch.manual_seed(0)
    dims = ModelDimensions(80, 1500, 32, 2, 2, 100, 64, 32, 2, 1)
    whisper = Whisper(dims)
    torch.save({"dims": asdict(dims), "model_state_dict": whisper.state_dict()}, tmp_path / "w.pt")
    log_mel = torch.rand(1, 80, 3000)

    net = read_whisper(tmp_path / "w.pt").eval()

    with torch.inference_mode():
        states, expected = net.encoder(log_mel + 1.0), whisper.encoder(log_mel)
    assert net.config.n_audio_state == 32
    # The ends differ: silence beyond them is 0 there and 1 below what it is here.
    assert torch.allclose(states[:, 50:-50], expected[:, 50:-50], atol=0.05)


def test_a_file_without_a_whisper_is_refused(tmp_path: Path) -> None:
    torch.save({"dims": {}}, tmp_path / "w.pt")

    with pytest.raises(CheckpointMismatch, match="no Whisper"):
        read_whisper(tmp_path / "w.pt")
