"""`todak pull` against a hub on this machine."""

import hashlib
import io
import json
from pathlib import Path

import pytest

from bot import downloading, pull_command
from bot.__main__ import main
from bot.pull_command import Bar, present, pull
from tests.bot.weights_server import WeightsServer

WEIGHTS = b"weights" * 100_000
COMMIT = "c" * 40
SMALL = {"config.json": b"{}", "vocab.txt": b"[PAD]\n", "README.md": b"# A model"}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "PAUSE_S", 0.0)


@pytest.fixture
def hub(weights_server: WeightsServer) -> WeightsServer:
    """A hub with one repository, in the form of the real one's answers."""
    name = "beomi/KcELECTRA-base-v2022"
    siblings: list[dict[str, object]] = [
        {
            "rfilename": path,
            "size": len(content),
            "blobId": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest(),  # noqa: S324
        }
        for path, content in SMALL.items()
    ]
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    lfs = {"sha256": digest, "size": len(WEIGHTS), "pointerSize": 134}
    for path in ("pytorch_model.bin", "model.safetensors", "../../outside.json"):
        siblings.append({"rfilename": path, "size": len(WEIGHTS), "blobId": "0" * 40, "lfs": lfs})
    listing = {"sha": COMMIT, "siblings": siblings}
    weights_server.files[f"/api/models/{name}"] = json.dumps(listing).encode()
    for path, content in {**SMALL, "model.safetensors": WEIGHTS}.items():
        weights_server.files[f"/{name}/resolve/{COMMIT}/{path}"] = content
    return weights_server


def test_a_repository_is_fetched_and_recorded(hub: WeightsServer, tmp_path: Path) -> None:
    (pulled,) = pull(["kcelectra"], tmp_path, hub.address)
    assert pulled.place == tmp_path / "kcelectra"
    names = {path.name for path in pulled.place.iterdir()}
    assert names == {"config.json", "vocab.txt", "model.safetensors", "pulled.json"}
    assert (pulled.place / "model.safetensors").read_bytes() == WEIGHTS
    record = json.loads((pulled.place / "pulled.json").read_text("utf-8"))
    assert record["commit"] == COMMIT and record["repository"] == "beomi/KcELECTRA-base-v2022"
    assert [each.name for each in present(tmp_path)] == ["kcelectra"]


def test_a_name_of_the_hub_is_fetched_as_it_is(hub: WeightsServer, tmp_path: Path) -> None:
    (pulled,) = pull(["beomi/KcELECTRA-base-v2022"], tmp_path, hub.address + "/")
    assert pulled.place == tmp_path / "beomi--KcELECTRA-base-v2022"


def test_whisper_is_checked_by_the_digest_in_its_address(
    weights_server: WeightsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"{hashlib.sha256(WEIGHTS).hexdigest()}/base.pt"
    monkeypatch.setattr(pull_command, "WHISPER_FILES", {"whisper-base": place})
    weights_server.files[f"/{place}"] = WEIGHTS
    weights_server.break_after = [200_000]
    (pulled,) = pull(["whisper-base"], tmp_path, "", weights_server.address)
    assert pulled.place == tmp_path / "base.pt" and pulled.n_bytes == len(WEIGHTS)
    assert present(tmp_path) == [pulled]


def test_the_whisper_addresses_are_those_of_its_package() -> None:
    import whisper  # type: ignore[import-untyped]

    for name, place in pull_command.WHISPER_FILES.items():
        address = whisper._MODELS[name.removeprefix("whisper-")]
        assert address == f"{pull_command.WHISPER}/{place}"
        assert len(bytes.fromhex(place.partition("/")[0])) == 32


@pytest.fixture
def command(hub: WeightsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightsServer:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.__main__.set_up", lambda level: None)
    monkeypatch.setenv("TODAK_HUB_ADDRESS", hub.address)
    return hub


def test_the_command_says_what_lies_where(
    command: WeightsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pull", "kcelectra"]) == 0
    out, progress = capsys.readouterr()
    assert out == "kcelectra: 1 MB in data/weights/kcelectra\n"
    assert "kcelectra/model.safetensors" in progress and "100%" in progress
    assert main(["check"]) == 0
    assert "pulled weights: kcelectra (1 MB)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name, code, sentence",
    [
        ("nothing", 2, "none of kobert, kcelectra"),
        ("someone/something", 1, "has no someone/something"),
        ("kote", 1, "has no searle-j/kote_for_easygoing_people"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    name: str, code: int, sentence: str, command: WeightsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pull", name]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert sentence in line and line.endswith(".")


def test_an_unreachable_hub_and_one_that_is_none_are_one_sentence(
    command: WeightsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    command.files["/api/models/skt/kobert-base-v1"] = b"<html>Welcome to the hotel</html>"
    assert main(["pull", "kobert"]) == 1
    assert "does not answer as the hub does" in capsys.readouterr().err
    command.stop()
    assert main(["pull"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("todak pull: 127.0.0.1 cannot be reached") and line.endswith(".")


def test_the_bar_moves_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    bar = Bar("kote/model.safetensors", 2_000_000, out)
    for n_there in (500_000, 2_000_000):
        bar(n_there)
    bar.end(fetched=True)
    states = out.getvalue().split("\r")
    assert "[#####               ]  25%" in states[1] and "100% 2.0 MB" in states[-1]
