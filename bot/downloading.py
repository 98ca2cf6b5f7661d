"""One file over HTTP: resumed where it broke off, checked against its digest, or not there."""

import errno
import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

TRIES = 6  # in a row that bring nothing
PAUSE_S = 2.0
CHUNK_BYTES = 1 << 20
PARTIAL, UNSATISFIABLE = 206, 416

Progress = Callable[[int], None]


class DownloadFailed(OSError):
    """One sentence on why a file is not there."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file and what it must be.

    `size_bytes` is None where it is not known. `digest` is its SHA-256, or with 40 digits the
    SHA-1 under which Git keeps it.
    """

    name: str
    url: str
    size_bytes: int | None
    digest: str


def digest_of(path: Path, like: str) -> str:
    """The digest of a file, of the kind that `like` is."""
    if len(like) == 40:
        found = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    else:
        found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


def download(client: httpx.Client, file: RemoteFile, target: Path, progress: Progress) -> bool:
    """Bring `file` to `target`, whole and checked; False where it was there already.

    What has come of it lies beside the target as `….part` and is gone on from, also in a later
    call. `progress` is told how many bytes are there.

    Raises:
        DownloadFailed: the server cannot be reached or has no such file, the disk is full, or what
            came has another digest; what came is kept only if more of it can be fetched later.
    """
    if target.is_file() and digest_of(target, file.digest) == file.digest:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        _bring(client, file, part, progress)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DownloadFailed(_full(file, part)) from error
        raise
    if digest_of(part, file.digest) != file.digest:
        part.unlink()
        raise DownloadFailed(
            f"{file.name} is not what it should be (its digest differs); it was thrown away."
        )
    part.replace(target)
    return True


def _bring(client: httpx.Client, file: RemoteFile, part: Path, progress: Progress) -> None:
    """Fill `part`; connections that break are taken up again as long as they bring something."""
    n_left = TRIES
    while True:
        n_before = part.stat().st_size if part.is_file() else 0
        if file.size_bytes is not None:
            if n_before == file.size_bytes:
                return
            if n_before > file.size_bytes:
                part.unlink()
                n_before = 0
            if shutil.disk_usage(part.parent).free < file.size_bytes - n_before:
                raise DownloadFailed(_full(file, part))
        try:
            _go_on(client, file, part, n_before, progress)
            return
        except httpx.TransportError as error:
            n_now = part.stat().st_size if part.is_file() else 0
            n_left = TRIES if n_now > n_before else n_left - 1
            if not n_left:
                raise DownloadFailed(unreachable(file.url, error)) from error
            time.sleep(PAUSE_S)


def _go_on(
    client: httpx.Client, file: RemoteFile, part: Path, n_before: int, progress: Progress
) -> None:
    """One request for what is missing."""
    headers = {"Accept-Encoding": "identity"}
    if n_before:
        headers["Range"] = f"bytes={n_before}-"
    with client.stream("GET", file.url, headers=headers) as response:
        if response.status_code == UNSATISFIABLE:
            return  # nothing is missing of a file whose size was not known
        if response.is_error:
            raise DownloadFailed(refused(file.name, response))
        n_there = n_before if response.status_code == PARTIAL else 0
        with part.open("ab" if n_there else "wb") as out:
            for chunk in response.iter_bytes():
                out.write(chunk)
                n_there += len(chunk)
                progress(n_there)
    if file.size_bytes is not None and n_there < file.size_bytes:
        raise httpx.ReadError("the connection ended early")


def unreachable(url: str, error: httpx.TransportError) -> str:
    """One sentence on a server that does not answer."""
    host = httpx.URL(url).host
    why = str(error) or type(error).__name__
    return f"{host} cannot be reached ({why}); what has arrived is kept, try again later."


def refused(name: str, response: httpx.Response) -> str:
    """One sentence on a server that answers with an error."""
    host = response.url.host
    if response.status_code in (401, 403):
        return f"{host} does not give {name} to everyone (HTTP {response.status_code})."
    if response.status_code == 404:
        return f"{host} has no {name} (HTTP 404)."
    return f"{host} answers with HTTP {response.status_code} for {name}; try again later."


def _full(file: RemoteFile, part: Path) -> str:
    size = "its" if file.size_bytes is None else f"{file.size_bytes / 1e6:,.0f} MB of"
    return f"The disk is full: no room in {part.parent} for {size} {file.name}."
