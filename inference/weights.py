"""Which weights there are and what is wrong with them, known without reading any.

Nothing here needs torch: the bot's own process has none (`inference/recogniser_process.py`).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

SHIPPED_WEIGHTS: Final = Path(__file__).parent.parent / "models" / "weights"
CNN_WEIGHTS: Final = "emergency_cnn.safetensors"
ENCODER_WEIGHTS: Final = "emergency_encoder.safetensors"
SLEEP_NETWORKS: Final = ("sleep_texture", "sleep_tonal")
FEELING_WEIGHTS: Final = ("text_emotion.safetensors", "speech_emotion.safetensors", "fusion.json")

FusionName = Literal["late", "multimodal-transformer", "cross-attention"]


class CheckpointMismatch(ValueError):
    """The file is no checkpoint of the model that was asked for."""


class UnusableWeights(Exception):
    """One sentence on which weights cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Which weights recognise.

    Attributes:
        folder: those that every profile has.
        whisper: a name or a path of what writes words down; None for nothing.
        whisper_folders: where it is looked for by its name, after `folder`.
        text_model: another text model; None for the one in `folder`.
        fusion: what hears words and voice together.
        for_people: leave out a transcriber that learned from a synthesiser alone.
    """

    folder: Path = SHIPPED_WEIGHTS
    whisper: str | None = None
    whisper_folders: tuple[Path, ...] = ()
    text_model: Path | None = None
    fusion: FusionName = "late"
    for_people: bool = True


def sleep_weights_are_there(folder: Path = SHIPPED_WEIGHTS) -> bool:
    """Whether all networks that sounds are drawn from lie in a folder; reads none of them."""
    return all((folder / f"{name}.safetensors").is_file() for name in SLEEP_NETWORKS)


def feelings_version(weights: Weights) -> str:
    """A name of the weights that estimate feelings: other weights, another name.

    Estimates of different weights are not comparable over weeks. Sixteen hexadecimal digits of
    BLAKE2b over the files.

    Raises:
        OSError: a file is not there.
    """
    digest = hashlib.blake2b(weights.fusion.encode(), digest_size=8)
    paths = [weights.folder / name for name in FEELING_WEIGHTS]
    if weights.fusion != "late":
        paths += sorted(weights.folder.glob(f"{weights.fusion.replace('-', '_')}*.safetensors"))
    if weights.text_model is not None:
        model = weights.text_model
        paths += sorted(model.rglob("*")) if model.is_dir() else [model]
    for path in paths:
        if path.is_file():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()
