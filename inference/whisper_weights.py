"""Finding and reading a Whisper model: OpenAI's by name or file, or the project's own."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch

from inference import checkpoints
from inference.checkpoints import CheckpointMismatch
from inference.speech_activity import SpeechActivity
from inference.transcription import Transcriber
from inference.whisper_vocabulary import BytePairVocabulary, SymbolVocabulary, Vocabulary

if TYPE_CHECKING:
    from whisper.model import Whisper  # type: ignore[import-untyped]

OWN_SUFFIX: Final = ".safetensors"


def load_transcriber(weights: str, folders: Sequence[Path]) -> Transcriber:
    """The transcriber of weights that lie on this machine; nothing is downloaded.

    Args:
        weights: a name of OpenAI's ("tiny", "base", "small", "medium", "large-v3", "turbo", …),
            whose file is looked for in the folders and in the cache of openai-whisper; or a path.
        folders: where the operator keeps weights.

    Raises:
        FileNotFoundError: there is no such file here.
        CheckpointMismatch: the file holds no Whisper model.
    """
    path = find_weights(weights, folders)
    if path.suffix == OWN_SUFFIX:
        return _own(path)
    model = _openai(path)
    vocabulary = BytePairVocabulary(model.dims.n_vocab)
    return Transcriber(model, vocabulary, SpeechActivity(), path.stem, synthetic=False)


def find_weights(weights: str, folders: Sequence[Path]) -> Path:
    """The file that a name or a path stands for.

    Raises:
        FileNotFoundError: there is none; says where it was looked for.
    """
    import whisper  # type: ignore[import-untyped]

    address: str | None = whisper._MODELS.get(weights)
    if address is None:
        if Path(weights).is_file():
            return Path(weights)
        names = ", ".join(whisper.available_models())
        raise FileNotFoundError(f"{weights} is neither a file nor one of {names}")
    file = address.rpartition("/")[2]
    places = [folder / file for folder in (*folders, cache_folder())]
    for place in places:
        if place.is_file():
            return place
    looked_in = " or ".join(str(place.parent) for place in places)
    raise FileNotFoundError(f"no {file} in {looked_in}")


def cache_folder() -> Path:
    """Where openai-whisper keeps what it has downloaded."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "whisper"


def _openai(path: Path) -> "Whisper":
    from whisper.model import ModelDimensions, Whisper

    try:
        kept: Any = torch.load(path, map_location="cpu", weights_only=True)
        model = Whisper(ModelDimensions(**kept["dims"]))
        model.load_state_dict(kept["model_state_dict"])
    except OSError:
        raise
    except Exception as error:  # what is no pickle makes the reader stumble in many ways
        raise CheckpointMismatch(f"{path.name} holds no Whisper model") from error
    return model.float()


def _own(path: Path) -> Transcriber:
    from whisper.model import ModelDimensions, Whisper

    checkpoint = checkpoints.load(path, ModelDimensions, Whisper)
    vocabulary: Vocabulary = SymbolVocabulary(checkpoint.extra["symbols"])
    synthetic = checkpoint.extra["speech"] == "synthetic"
    module = checkpoint.module.float()
    return Transcriber(module, vocabulary, SpeechActivity(), path.stem, synthetic=synthetic)
