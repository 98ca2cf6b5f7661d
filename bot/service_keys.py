"""Where the service keys come from: a file, the environment, or a command the operator names."""

import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from storage.encryption import ServiceKeys, read_key_file, read_or_create_key_file

COMMAND_LIMIT_S = 30


class NoServiceKeys(ValueError):
    """One sentence on why there are no usable keys; says nothing of what was found."""


@dataclass(frozen=True, slots=True)
class KeySource:
    """A way to read the service keys, newest first. `path` is set where Todak may write them."""

    name: str
    read: Callable[[], list[str]]
    path: Path | None = None


def key_source(settings: Settings) -> KeySource:
    """The source that is set, else the key file in the data folder.

    Raises:
        NoServiceKeys: two sources are set.
    """
    keys, command = settings.service_keys, settings.service_keys_command
    if keys is not None and command is not None:
        raise NoServiceKeys("TODAK_SERVICE_KEYS and its _COMMAND cannot both be set.")
    if keys is not None:
        return KeySource("TODAK_SERVICE_KEYS", lambda: _split(keys.get_secret_value()))
    if command is not None:
        return KeySource("TODAK_SERVICE_KEYS_COMMAND", lambda: run_key_command(command))
    path = settings.data_folder / "service.key"
    return KeySource(str(path), lambda: read_key_file(path), path)


def open_service_keys(source: KeySource, in_use: Callable[[], bool]) -> ServiceKeys:
    """The keys, read again whenever they may have changed.

    Only here is a key file made, and only where no stored key needs an earlier one: `in_use`
    says whether one does, and is asked where the file is missing.

    Raises:
        NoServiceKeys: there are none, or what was read are no Fernet keys.
    """
    try:
        if source.path is not None and not source.path.exists():
            if in_use():
                raise NoServiceKeys(
                    f"{source.name} is missing, and stored keys need it. Put it back."
                )
            read_or_create_key_file(source.path)
        return ServiceKeys(source.read(), source.read)
    except NoServiceKeys:
        raise
    except ValueError as error:
        raise NoServiceKeys(f"{source.name} does not hold Fernet keys.") from error


def run_key_command(command: str) -> list[str]:
    """The keys that a command writes to its standard output; no shell reads the command.

    Raises:
        NoServiceKeys: it cannot be started, fails, writes nothing or takes over 30 seconds.
    """
    name = "TODAK_SERVICE_KEYS_COMMAND"
    try:
        done = subprocess.run(  # noqa: S603  the operator's own setting
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )
    except (OSError, ValueError, IndexError) as error:
        raise NoServiceKeys(f"{name} cannot be run: {type(error).__name__}.") from error
    except subprocess.TimeoutExpired as error:
        raise NoServiceKeys(f"{name} did not end within {COMMAND_LIMIT_S} seconds.") from error
    if done.returncode != 0:
        raise NoServiceKeys(f"{name} failed with exit status {done.returncode}.")
    keys = _split(done.stdout)
    if not keys:
        raise NoServiceKeys(f"{name} wrote no keys.")
    return keys


def _split(text: str) -> list[str]:
    return text.replace(",", " ").split()
