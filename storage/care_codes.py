"""Cancel and duress codes: kept as salted scrypt digests, told apart in even time.

Cost as RFC 7914 names it for interactive use: N = 2^14, r = 8, p = 1 (16 MiB).
"""

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode

from storage.care_records import Code, Home

N, R, P = 1 << 14, 8, 1
SALT_BYTES = 16
FEWEST_CHARACTERS = 4


class CodeTooShort(ValueError):
    """A code of fewer than `FEWEST_CHARACTERS` would be typed by chance."""


class SameCode(ValueError):
    """Cancel and duress code must differ."""


def code_digest(typed: str) -> str:
    """A fresh salted digest, `scrypt$<salt>$<key>`.

    Raises:
        CodeTooShort: fewer than `FEWEST_CHARACTERS` characters without spaces.
    """
    code = _plain(typed)
    if len(code) < FEWEST_CHARACTERS:
        raise CodeTooShort
    salt = secrets.token_bytes(SALT_BYTES)
    return f"scrypt${b64encode(salt).decode()}${b64encode(_derive(code, salt)).decode()}"


def matches(typed: str, digest: str | None) -> bool:
    """Whether this code was digested; takes as long where there is none."""
    salt, key = bytes(SALT_BYTES), b""
    if digest is not None:
        _, salt_text, key_text = digest.split("$")
        salt, key = b64decode(salt_text), b64decode(key_text)
    return hmac.compare_digest(_derive(_plain(typed), salt), key)


def typed_code(typed: str, home: Home) -> Code | None:
    """Which of a person's codes was typed; takes as long for each and for none."""
    cancel = matches(typed, home.cancel_code_digest)
    duress = matches(typed, home.duress_code_digest)
    if duress:
        return Code.DURESS
    return Code.CANCEL if cancel else None


def _plain(typed: str) -> str:
    """As people retype it: wide digits, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", typed).casefold().split())


def _derive(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=N, r=R, p=P)
