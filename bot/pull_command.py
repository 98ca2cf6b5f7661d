"""`todak pull`: pretrained weights from the Hugging Face hub and OpenAI into the data folder."""

import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import httpx

from bot.downloading import DownloadFailed, RemoteFile, download, refused, unreachable

REPOSITORIES: Mapping[str, str] = {
    "kobert": "skt/kobert-base-v1",
    "kcelectra": "beomi/KcELECTRA-base-v2022",
    "koelectra": "monologg/koelectra-base-v3-discriminator",
    "klue-roberta": "klue/roberta-base",
    "kote": "searle-j/kote_for_easygoing_people",
}
# The addresses openai-whisper itself fetches from; the folder's name is the file's SHA-256.
WHISPER = "https://openaipublic.azureedge.net/main/whisper/models"
WHISPER_FILES: Mapping[str, str] = {
    "whisper-tiny": "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9/tiny.pt",
    "whisper-base": "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e/base.pt",
    "whisper-small": "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794/small.pt",
    "whisper-medium": "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1/medium.pt",
    "whisper-turbo": (
        "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a/large-v3-turbo.pt"
    ),
}
HUB_PROFILE = ("kcelectra", "kote", "whisper-base")
FROM_THE_HUB = re.compile(r"[\w.-]+/[\w.-]+")
TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
)
WEIGHTS_FILES = ("model.safetensors", "pytorch_model.bin")  # the first that is there
RECORD = "pulled.json"  # written last: with it, everything of a folder is there


class UnknownName(Exception):
    """One sentence that lists what can be pulled."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """Weights of one name and where they lie."""

    name: str
    place: Path
    n_bytes: int


def pull(names: Sequence[str], weights: Path, hub: str, whisper: str = WHISPER) -> list[Pulled]:
    """Fetch what is missing of `names`, or of the hub profile where there are none.

    Raises:
        UnknownName: a name stands for nothing.
        DownloadFailed: why something is not there; what arrived before stays.
    """
    wanted = list(names) or list(HUB_PROFILE)
    for name in wanted:
        if name not in (*REPOSITORIES, *WHISPER_FILES) and not FROM_THE_HUB.fullmatch(name):
            known = ", ".join([*REPOSITORIES, *WHISPER_FILES])
            raise UnknownName(f"{name} is none of {known}, nor an owner/name on the hub.")
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30.0)) as client:
        return [
            _whisper(client, name, weights, whisper)
            if name in WHISPER_FILES
            else _repository(client, name, weights, hub)
            for name in wanted
        ]


def _whisper(client: httpx.Client, name: str, weights: Path, address: str) -> Pulled:
    digest, _, file_name = WHISPER_FILES[name].partition("/")
    target = weights / file_name
    file = RemoteFile(file_name, f"{address}/{WHISPER_FILES[name]}", None, digest)
    _fetch(client, file, target, name)
    return Pulled(name, target, target.stat().st_size)


def _repository(client: httpx.Client, name: str, weights: Path, hub: str) -> Pulled:
    repository = REPOSITORIES.get(name, name)
    folder = weights / name.replace("/", "--")
    commit, files = _listed(client, repository, hub.rstrip("/"))
    for file in files:
        _fetch(client, file, folder / file.name, name)
    record = {
        "repository": repository,
        "commit": commit,
        "files": {file.name: file.digest for file in files},
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    return Pulled(name, folder, sum((folder / file.name).stat().st_size for file in files))


def _listed(client: httpx.Client, repository: str, hub: str) -> tuple[str, list[RemoteFile]]:
    """The newest commit of a repository, and the files of it that are needed."""
    address = f"{hub}/api/models/{repository}"
    try:
        response = client.get(address, params={"blobs": "true"})
    except httpx.TransportError as error:
        raise DownloadFailed(unreachable(address, error)) from error
    if response.is_error:
        raise DownloadFailed(refused(repository, response))
    try:
        listing = response.json()
        commit = str(listing["sha"])
        there = {str(entry["rfilename"]): entry for entry in listing["siblings"]}
        weights = next((name for name in WEIGHTS_FILES if name in there), None)
        if weights is None or "config.json" not in there:
            raise DownloadFailed(f"{repository} holds no weights that can be used.")
        names = ["config.json", *(name for name in TOKENIZER_FILES if name in there), weights]
        address = f"{hub}/{repository}/resolve/{commit}"
        return commit, [_remote(name, f"{address}/{name}", there[name]) for name in names]
    except (ValueError, KeyError, TypeError) as error:
        raise DownloadFailed(f"{hub} does not answer as the hub does.") from error


def _remote(name: str, url: str, entry: Mapping[str, Any]) -> RemoteFile:
    large = entry.get("lfs")
    digest = large["sha256"] if large else entry["blobId"]
    return RemoteFile(name, url, int(entry["size"]), str(digest))


def _fetch(client: httpx.Client, file: RemoteFile, target: Path, name: str) -> None:
    bar = Bar(f"{name}/{file.name}", file.size_bytes, sys.stderr)
    bar.end(download(client, file, target, bar))


class Bar:
    """Progress of one file: a line that moves on a terminal, else one line at the end."""

    def __init__(self, title: str, n_bytes: int | None, out: TextIO) -> None:
        self._title, self._n_bytes, self._out = title, n_bytes, out
        self._began, self._first, self._there = time.monotonic(), -1, 0

    def __call__(self, n_there: int) -> None:
        """Show that `n_there` bytes have arrived."""
        self._there = n_there
        if self._first < 0:
            self._first = n_there
        if self._out.isatty():
            self._out.write("\r" + self._line())
            self._out.flush()

    def end(self, fetched: bool) -> None:
        """Leave the last state on a line of its own."""
        line = self._line() if fetched else f"{self._title:<40} already there"
        self._out.write(("\r" if self._out.isatty() else "") + line + "\n")

    def _line(self) -> str:
        seconds = max(time.monotonic() - self._began, 1e-3)
        rate = (self._there - max(self._first, 0)) / seconds / 1e6
        amount = f"{self._there / 1e6:,.1f} MB, {rate:,.1f} MB/s"
        if not self._n_bytes:
            return f"{self._title:<40} {amount}"
        share = self._there / self._n_bytes
        filled = round(20 * share)
        return f"{self._title:<40} [{'#' * filled:<20}] {share:4.0%} {amount}"


def present(weights: Path) -> list[Pulled]:
    """What lies in the weights folder, complete."""
    folders = [path.parent for path in sorted(weights.glob(f"*/{RECORD}"))]
    names = {name.partition("/")[2]: key for key, name in WHISPER_FILES.items()}
    files = [path for path in sorted(weights.glob("*.pt")) if path.name in names]
    return [
        *(Pulled(f.name, f, sum(p.stat().st_size for p in f.iterdir())) for f in folders),
        *(Pulled(names[f.name], f, f.stat().st_size) for f in files),
    ]
