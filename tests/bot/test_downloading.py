"""Files over HTTP from a server that breaks off, lies, refuses and is away."""

import errno
import hashlib
import shutil
from pathlib import Path

import httpx
import pytest

from bot import downloading
from bot.downloading import DownloadFailed, RemoteFile, digest_of, download
from tests.bot.weights_server import WeightsServer

CONTENT = bytes(range(256)) * 4_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "PAUSE_S", 0.0)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "weights" / "model.safetensors"


def fetched(server: WeightsServer, target: Path, digest: str = SHA256) -> list[int]:
    seen: list[int] = []
    file = RemoteFile("model.safetensors", f"{server.address}/file", len(CONTENT), digest)
    with httpx.Client(follow_redirects=True) as client:
        download(client, file, target, seen.append)
    return seen


def test_a_file_arrives_whole_and_is_not_fetched_twice(
    weights_server: WeightsServer, target: Path
) -> None:
    weights_server.files["/file"] = CONTENT
    seen = fetched(weights_server, target)
    assert target.read_bytes() == CONTENT and seen[-1] == len(CONTENT)
    assert fetched(weights_server, target) == []
    assert len(weights_server.requests) == 1
    assert not list(target.parent.glob("*.part"))


def test_connections_that_break_are_taken_up_where_they_broke(
    weights_server: WeightsServer, target: Path
) -> None:
    weights_server.files["/file"] = CONTENT
    weights_server.break_after = [300_000, 400_000]
    fetched(weights_server, target)
    assert target.read_bytes() == CONTENT
    ranges = [request.range for request in weights_server.requests]
    assert ranges[0] is None and len(ranges) == 3
    starts = [int(str(r).removeprefix("bytes=").removesuffix("-")) for r in ranges[1:]]
    assert 0 < starts[0] <= 300_000 < starts[1] <= 700_000


def test_a_later_call_goes_on_from_what_lies_there(
    weights_server: WeightsServer, target: Path
) -> None:
    weights_server.files["/file"] = CONTENT
    target.parent.mkdir()
    target.with_name("model.safetensors.part").write_bytes(CONTENT[:123_456])
    fetched(weights_server, target)
    assert weights_server.requests[0].range == "bytes=123456-"
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("n_bytes", [len(CONTENT), None])
def test_what_was_whole_but_not_yet_in_place_is_not_fetched_again(
    n_bytes: int | None, weights_server: WeightsServer, target: Path
) -> None:
    weights_server.files["/file"] = CONTENT
    target.parent.mkdir()
    target.with_name("model.safetensors.part").write_bytes(CONTENT)
    file = RemoteFile("model.safetensors", f"{weights_server.address}/file", n_bytes, SHA256)
    with httpx.Client() as client:
        assert download(client, file, target, lambda n: pytest.fail("bytes arrived"))
    assert target.read_bytes() == CONTENT


def test_a_part_longer_than_the_file_is_begun_anew(
    weights_server: WeightsServer, target: Path
) -> None:
    weights_server.files["/file"] = CONTENT
    target.parent.mkdir()
    target.with_name("model.safetensors.part").write_bytes(CONTENT + b"more")
    fetched(weights_server, target)
    assert target.read_bytes() == CONTENT and weights_server.requests[0].range is None


def test_a_server_without_ranges_sends_all_again(
    weights_server: WeightsServer, target: Path
) -> None:
    weights_server.files["/file"] = CONTENT
    weights_server.knows_ranges = False
    target.parent.mkdir()
    target.with_name("model.safetensors.part").write_bytes(b"something")
    fetched(weights_server, target)
    assert target.read_bytes() == CONTENT


def test_another_digest_is_thrown_away(weights_server: WeightsServer, target: Path) -> None:
    weights_server.files["/file"] = CONTENT[:-1] + b"!"
    with pytest.raises(DownloadFailed, match="digest differs"):
        fetched(weights_server, target)
    assert not list(target.parent.iterdir())
    weights_server.files["/file"] = CONTENT
    fetched(weights_server, target)
    assert target.read_bytes() == CONTENT


def test_what_lies_there_changed_is_fetched_again(
    weights_server: WeightsServer, target: Path
) -> None:
    weights_server.files["/file"] = CONTENT
    target.parent.mkdir()
    target.write_bytes(b"half")
    fetched(weights_server, target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "status, sentence", [(404, "has no"), (403, "to everyone"), (503, "HTTP 503")]
)
def test_refusals_are_said(
    status: int, sentence: str, weights_server: WeightsServer, target: Path
) -> None:
    weights_server.status = status
    with pytest.raises(DownloadFailed, match=sentence):
        fetched(weights_server, target)


def test_a_server_that_is_away_is_said(weights_server: WeightsServer, target: Path) -> None:
    weights_server.stop()
    with pytest.raises(DownloadFailed, match=r"127\.0\.0\.1 cannot be reached"):
        fetched(weights_server, target)


def test_a_server_that_always_breaks_off_at_once_is_given_up(
    weights_server: WeightsServer, target: Path
) -> None:
    weights_server.files["/file"] = CONTENT
    weights_server.break_after = [0] * 20
    with pytest.raises(DownloadFailed, match="cannot be reached"):
        fetched(weights_server, target)
    assert len(weights_server.requests) == downloading.TRIES


def test_a_full_disk_is_said_before_and_while_writing(
    weights_server: WeightsServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights_server.files["/file"] = CONTENT

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(downloading, "_go_on", full)
        with pytest.raises(DownloadFailed, match="The disk is full"):
            fetched(weights_server, target)
    usage = shutil.disk_usage(target.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000))
    with pytest.raises(DownloadFailed, match=r"The disk is full: no room in .* for 1 MB"):
        fetched(weights_server, target)
    assert not weights_server.requests


def test_gits_digest_of_a_small_file(tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_bytes(b"hello\n")
    assert digest_of(path, "0" * 40) == "ce013625030ba8dba906f756967f9e9ca394464a"
