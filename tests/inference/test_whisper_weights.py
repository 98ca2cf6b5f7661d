"""Which file a name or a path stands for, and files that hold no Whisper."""

from pathlib import Path

import pytest
import torch
from whisper.model import ModelDimensions, Whisper  # type: ignore[import-untyped]

from inference import checkpoints
from inference.checkpoints import CheckpointMismatch
from inference.whisper_vocabulary import BytePairVocabulary, SymbolVocabulary
from inference.whisper_weights import find_weights, load_transcriber
from tests.bot.sounds import wav


def test_a_name_is_looked_for_in_the_folders_and_then_in_whispers_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(FileNotFoundError, match=r"no base\.pt in .*own.*cache"):
        find_weights("base", [tmp_path / "own"])
    cached = tmp_path / "cache" / "whisper" / "base.pt"
    cached.parent.mkdir(parents=True)
    cached.touch()
    assert find_weights("base", [tmp_path / "own"]) == cached
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "base.pt").touch()
    assert find_weights("base", [tmp_path / "own"]) == tmp_path / "own" / "base.pt"


def test_neither_a_name_nor_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"neither a file nor one of .*tiny"):
        find_weights(str(tmp_path / "missing.pt"), [tmp_path])


class Code:
    """What a pickle may carry and weights may not."""


@pytest.mark.parametrize("content", [{"dims": {}}, {"other": 1}, b"not a pickle", Code(), wav()])
def test_files_that_hold_no_whisper_are_refused(tmp_path: Path, content: object) -> None:
    path = tmp_path / "odd.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(CheckpointMismatch, match=r"odd\.pt holds no Whisper model"):
        load_transcriber(str(path), [])


def test_our_own_weights_say_what_they_learned_from(tmp_path: Path) -> None:
    vocabulary = SymbolVocabulary(["a", "b"])
    dims = ModelDimensions(80, 1500, 16, 2, 1, len(vocabulary), 16, 16, 2, 1)
    net = Whisper(dims)
    torch.nn.init.zeros_(net.decoder.positional_embedding)
    path = tmp_path / "own.safetensors"
    extra = {"symbols": vocabulary.symbols, "speech": "synthetic"}
    checkpoints.save(path, net.half(), dims, extra)
    loaded = load_transcriber(str(path), [])
    assert loaded.synthetic and loaded.name == "own"


def test_syllables_are_spelt_in_jamo_and_come_back_whole() -> None:
    text = "괜찮아 ok"
    marks = sorted(set("괜찮아 ok") | {chr(code) for code in range(0x1100, 0x1200)})
    vocabulary = SymbolVocabulary(marks)
    tokens = vocabulary.encode(text)
    assert len(tokens) == len("괜찮아 ok") + 5, "three syllables of three, three and two jamo"
    assert vocabulary.decode([*tokens, vocabulary.end]) == text
    prompt = vocabulary.prompt("ko")
    assert prompt[0] == vocabulary.start and prompt[1] == vocabulary.languages["ko"]
    assert not set(prompt) & set(tokens)
    assert set(prompt) <= set(vocabulary.never_said) and vocabulary.end not in prompt


def test_openais_tokens_frame_a_transcript() -> None:
    vocabulary = BytePairVocabulary(51_865)
    assert len(vocabulary.languages) == 99
    start, language, *_ = vocabulary.prompt("ko")
    assert (start, language) == (vocabulary.start, vocabulary.languages["ko"])
    assert max(vocabulary.never_said) == 51_864 and vocabulary.end not in vocabulary.never_said
    english = BytePairVocabulary(51_864)
    assert not english.languages and len(english.prompt("en")) == 2
