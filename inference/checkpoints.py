"""Weights on disk: one safetensors file that holds its architecture and its card's values."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from inference.weights import CheckpointMismatch as CheckpointMismatch

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

C = TypeVar("C", bound="DataclassInstance")
M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Checkpoint(Generic[C, M]):
    """A model ready to use, in evaluation mode.

    `config` holds the architecture numbers the module was built from. `extra` holds what else the
    model needs to be used as it was measured (labels, temperature, thresholds), plain JSON values.
    """

    module: M
    config: C
    extra: Mapping[str, Any]


def save(
    path: Path, module: nn.Module, config: "DataclassInstance", extra: Mapping[str, object]
) -> None:
    """Write weights, config and `extra` (plain JSON values) to `path`, whole or not at all."""
    tensors = {name: tensor.contiguous() for name, tensor in module.state_dict().items()}
    metadata = {
        "config": json.dumps(asdict(config)),
        "extra": json.dumps(extra, ensure_ascii=False, allow_nan=False),
    }
    unfinished = path.with_name(path.name + ".part")
    save_file(tensors, unfinished, metadata)
    unfinished.chmod(0o644)  # safetensors writes for the owner alone; weights are for all to read
    unfinished.replace(path)


def load(path: Path, config_type: type[C], build: Callable[[C], M]) -> Checkpoint[C, M]:
    """Read a checkpoint, build its module from the config inside and fill it with the weights.

    Raises:
        FileNotFoundError: there is no such file.
        CheckpointMismatch: not a safetensors file, or one of another architecture.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no weights at {path}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise CheckpointMismatch(f"{path.name} is not a safetensors file: {error}") from error
    config = _config(path, metadata, config_type)
    module = build(config)
    _fill(path, module, tensors)
    return Checkpoint(module.eval(), config, json.loads(metadata.get("extra", "{}")))


def _config(path: Path, metadata: Mapping[str, str], config_type: type[C]) -> C:
    """Rebuild the config; JSON knows no tuples, so its lists become tuples again."""
    if "config" not in metadata:
        raise CheckpointMismatch(f"{path.name} holds no config")
    values = json.loads(metadata["config"])
    wanted = {field.name for field in fields(config_type)}
    if set(values) != wanted:
        unlike = ", ".join(sorted(set(values) ^ wanted))
        raise CheckpointMismatch(f"{path.name} is not a {config_type.__name__}: {unlike}")
    return config_type(**{name: _tupled(value) for name, value in values.items()})


def _tupled(value: object) -> object:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def _fill(path: Path, module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointMismatch(f"{path.name} does not fit its config: {error}") from error
