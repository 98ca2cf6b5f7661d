"""Encryption at rest: one data key a person, wrapped by the service key.

Destroying a person's wrapped key makes everything sealed under it unreadable; `key_store` keeps
the wrapped keys apart from the database, so that its backups become unreadable as well.
"""

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

log = logging.getLogger(__name__)


class WrongServiceKey(Exception):
    """None of the service keys at hand opens what is stored."""


class SealedBox:
    """Seals and opens text under one person's data key."""

    def __init__(self, data_key: bytes) -> None:
        self._fernet = Fernet(data_key)

    def seal(self, text: str) -> bytes:
        """Ciphertext of `text`, different at every call."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text sealed earlier.

        Raises:
            WrongServiceKey: `sealed` was made under another key.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise WrongServiceKey("A stored value does not open with its person's key.") from error


class ServiceKeys:
    """The service's own keys, newest first: the first wraps, every one of them unwraps.

    They may change while the service runs: `read_again` gives them anew, and is asked before a
    key is wrapped and where nothing at hand opens what is stored. It must make none: a key file
    that was moved away would be replaced by a key that opens nothing.
    """

    def __init__(
        self, keys: Sequence[str], read_again: Callable[[], Sequence[str]] | None = None
    ) -> None:
        if not keys:
            raise ValueError("At least one service key is needed.")
        self._read_again = read_again
        self.take(keys)

    def take(self, keys: Sequence[str]) -> None:
        """Use these keys from now on.

        Raises:
            ValueError: one of them is no Fernet key; those used so far stay.
        """
        fernets = [Fernet(key) for key in keys]
        self._newest, self._keys = fernets[0], MultiFernet(fernets)
        self._names = tuple(keys)

    def refresh(self) -> bool:
        """Read the keys anew; whether they changed. Where they cannot be read, they stay."""
        try:
            fresh = () if self._read_again is None else tuple(self._read_again())
            if not fresh or fresh == self._names:
                return False
            self.take(fresh)
        except (OSError, ValueError) as error:
            log.warning("the service keys could not be read again: %s", type(error).__name__)
            return False
        return True

    def new_wrapped_key(self) -> bytes:
        """A fresh data key, wrapped for storage by the newest service key there is now."""
        self.refresh()
        return self._newest.encrypt(Fernet.generate_key())

    def unwrap(self, wrapped_key: bytes) -> SealedBox:
        """The box of the person whose wrapped key this is.

        Raises:
            WrongServiceKey: the key was wrapped by a service key that is not at hand.
        """
        return SealedBox(self.open(wrapped_key))

    def rewrap(self, wrapped_key: bytes) -> bytes | None:
        """The same key wrapped by the newest service key; None where it is already.

        Raises:
            WrongServiceKey: the key was wrapped by a service key that is not at hand.
        """
        key = self.open(wrapped_key)
        try:
            self._newest.decrypt(wrapped_key)
        except InvalidToken:
            return self._newest.encrypt(key)
        return None

    def open(self, sealed: bytes) -> bytes:
        """What `rewrap` or `new_wrapped_key` closed, or an older version sealed.

        Raises:
            WrongServiceKey: none of the keys at hand opens it.
        """
        try:
            return self._keys.decrypt(sealed)
        except InvalidToken as error:
            if self.refresh():
                return self.open(sealed)
            raise WrongServiceKey(
                "The service key does not open the stored data. "
                "Put back the key file that belongs to this data folder."
            ) from error


def read_key_file(path: Path) -> list[str]:
    """The service keys in `path`, one a line, newest first.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return path.read_text().split()


def read_or_create_key_file(path: Path) -> list[str]:
    """The service keys in `path`, one a line, newest first; made for its owner alone if absent."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_key_file(path)
    key = Fernet.generate_key().decode()
    with os.fdopen(descriptor, "w") as key_file:
        key_file.write(key + "\n")
        key_file.flush()
        os.fsync(key_file.fileno())
    return [key]


def write_key_file(path: Path, keys: Sequence[str]) -> None:
    """Replace the keys in `path`, as a whole or not at all; for its owner alone."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as key_file:
        key_file.write("".join(f"{key}\n" for key in keys))
        key_file.flush()
        os.fsync(key_file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
