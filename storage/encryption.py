"""Encryption at rest: one data key a person, wrapped by the service key.

Destroying a person's wrapped key makes everything sealed under it unreadable, in backups too.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


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
    """The service's own keys, newest first: the first wraps, every one of them unwraps."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("At least one service key is needed.")
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def new_wrapped_key(self) -> bytes:
        """A fresh data key for a person, wrapped for storage."""
        return self._keys.encrypt(Fernet.generate_key())

    def unwrap(self, wrapped_key: bytes) -> SealedBox:
        """The box of the person whose wrapped key this is.

        Raises:
            WrongServiceKey: the key was wrapped by a service key that is not at hand.
        """
        return SealedBox(self.open(wrapped_key))

    def seal(self, content: bytes) -> bytes:
        """Ciphertext of what belongs to no single person (workflow inputs and outputs)."""
        return self._keys.encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """What `seal` or `new_wrapped_key` closed.

        Raises:
            WrongServiceKey: none of the keys at hand opens it.
        """
        try:
            return self._keys.decrypt(sealed)
        except InvalidToken as error:
            raise WrongServiceKey(
                "The service key does not open the stored data. "
                "Put back the key file that belongs to this data folder."
            ) from error


def read_or_create_key_file(path: Path) -> list[str]:
    """The service keys in `path`, one a line, newest first; made for its owner alone if absent."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().split()
    key = Fernet.generate_key().decode()
    with os.fdopen(descriptor, "w") as key_file:
        key_file.write(key + "\n")
        key_file.flush()
        os.fsync(key_file.fileno())
    return [key]
