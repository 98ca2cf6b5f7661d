import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
import torch
from whisper.model import ModelDimensions, Whisper  # type: ignore[import-untyped]

from bot.__main__ import main
from bot.command_line import CommandFailed
from bot.local_chat.serve import LocalChat
from bot.recipe_command import RECIPES
from bot.recognisers import weights_of
from bot.run_command import _say_ready
from bot.serving import Parts
from bot.settings import Settings
from inference import checkpoints
from inference.loading import load_analyzer
from inference.weights import CNN_WEIGHTS, ENCODER_WEIGHTS, SHIPPED_WEIGHTS
from inference.whisper_vocabulary import SymbolVocabulary
from storage.database import make_engine
from storage.encryption import ServiceKeys
from storage.key_store import KeyStore
from tests.bot.refusals import one_sentence
from tests.bot.sounds import wav

pytestmark = [
    pytest.mark.usefixtures("alone"),
    pytest.mark.filterwarnings(
        # The speech detector's own package loads its weights the old way.
        "ignore:`torch.jit.load` is deprecated:DeprecationWarning"
    ),
]
TOKEN = "123456:a-token-of-this-test"  # noqa: S105
WEBHOOK = {"TELEGRAM_TOKEN": TOKEN, "WEBHOOK_SECRET": "a-secret-of-this-test"}


def test_unknown_commands_and_options_end_in_two(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["dance"], ["check", "--loud"], ["train", "nothing"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
    assert "usage: todak" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "evaluate"])
@pytest.mark.parametrize("model", sorted(RECIPES))
def test_the_help_of_a_model_lists_its_options(
    model: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, model, "--help"])
    assert ended.value.code == 0
    usage, _, options = capsys.readouterr().out.partition("options:")
    assert usage.partition(" [")[0] in (
        f"usage: todak train {model}",
        f"usage: todak evaluate {model}",
    )
    assert options.count("\n  --") >= 2


def test_the_help_without_a_model_lists_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "--help"])
    assert ended.value.code == 0
    assert "text-emotion" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--help"], ["migrate"], ["check"]])
def test_a_command_whose_output_nobody_reads_ends_without_a_word(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(SHIPPED_WEIGHTS.parents[1]))
    monkeypatch.setenv("TODAK_WEIGHTS_FOLDER", str(tmp_path))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "bot", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
    assert process.returncode == 1
    assert all(line.startswith("{") for line in said.splitlines()), "nothing but the log"


def test_a_package_that_only_training_needs_is_said_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(RECIPES, "timbre", "absent_package")
    assert main(["evaluate", "timbre"]) == 1
    sentence = one_sentence(capsys)
    assert (
        "absent_package is not installed: .venv/bin/python -m pip install -e '.[train]'"
        in sentence
    )


def test_missing_weights_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TODAK_WEIGHTS_FOLDER", str(tmp_path))
    assert main(["analyze", "--text", "오늘"]) == 1
    assert "weights" in capsys.readouterr().err


def test_whisper_weights_that_are_not_here_are_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TODAK_WHISPER", "absent.pt")
    assert main(["analyze", "--text", "오늘"]) == 1
    assert "absent.pt is neither a file nor one of" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["analyze", "--text", "오늘"], ["run"]])
def test_whisper_weights_that_are_a_recording_are_refused(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "note.wav").write_bytes(wav())
    monkeypatch.setenv("TODAK_WHISPER", "note.wav")
    monkeypatch.setenv("TODAK_OPERATIONS_PORT", "0")
    assert main(command) == 1
    refusal = "The weights cannot be used: note.wav holds no Whisper model"
    assert refusal in capsys.readouterr().err
    assert main(["check"]) == 0
    assert f"note  recognisers: {refusal}" in capsys.readouterr().out


def test_weights_that_heard_a_synthesiser_alone_hear_no_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_synthetic_whisper(tmp_path / "own.safetensors")
    monkeypatch.setenv("TODAK_WHISPER", "own.safetensors")
    monkeypatch.setenv("TODAK_OPERATIONS_PORT", "0")
    refusal = "own.safetensors learned from a synthesiser alone and does not hear people"
    words = f"not read ({refusal}); only its tone is heard"
    assert checked(capsys)["words in voice notes"] == (words, False)
    started = []

    def start(settings: Settings, parts: Parts) -> None:
        started.append(parts.recognisers.whisper)
        _say_ready("here", settings, parts.recognisers)

    monkeypatch.setattr("bot.run_command._run_on_local_chat", start)
    assert main(["run"]) == 0
    assert started == [None]
    assert f"The words of a voice note are {words}." in capsys.readouterr().out
    transcriber = load_analyzer(weights_of(Settings(), for_people=False)).transcriber
    assert transcriber is not None and transcriber.synthetic


def write_synthetic_whisper(path: Path) -> None:
    vocabulary = SymbolVocabulary(["a", "b"])
    dims = ModelDimensions(80, 1500, 16, 2, 1, len(vocabulary), 16, 16, 2, 1)
    net = Whisper(dims)
    torch.nn.init.zeros_(net.decoder.positional_embedding)
    checkpoints.save(path, net, dims, {"symbols": vocabulary.symbols, "speech": "synthetic"})


def test_migrate_and_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    assert "The database is at revision" in capsys.readouterr().out
    monkeypatch.setenv("TODAK_TELEGRAM_TOKEN", TOKEN)
    assert main(["check", "--json"]) == 0
    found = {
        line["subject"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())
    }
    assert found["database"]["fine"] and "revision" in found["database"]["state"]
    assert found["updates"]["state"] == "Telegram by long polling"
    assert "weights" in found["recognisers"]["state"]
    assert not found["words in voice notes"]["fine"] and found["guardians"]["fine"]
    hears = all((SHIPPED_WEIGHTS / name).is_file() for name in (CNN_WEIGHTS, ENCODER_WEIGHTS))
    assert found["emergencies in sounds"]["fine"] is hears
    assert hears or "not heard" in found["emergencies in sounds"]["state"]
    assert found["key database"]["state"].endswith("keys.sqlite, holds no key yet")
    assert found["service keys"]["state"] == "data/service.key, readable"
    assert found["transcriber"]["state"] == "none, as TODAK_WHISPER is empty"
    assert found["fusion"]["state"] == "late"
    assert found["public address"]["state"].startswith("none")
    assert found["operations"]["state"] == "/healthz and /metrics at http://127.0.0.1:8781"
    assert found["sleep sounds"]["fine"]
    assert TOKEN not in json.dumps(found)


@pytest.mark.parametrize(
    "settings, named",
    [
        ({"TELEGRAM_TOKEN": "not-a-token"}, "TODAK_TELEGRAM_TOKEN"),
        ({"PUBLIC_ADDRESS": "https://todak.example/hook"}, "TODAK_TELEGRAM_TOKEN"),
        ({"TELEGRAM_TOKEN": TOKEN, "PUBLIC_ADDRESS": "http://todak.example"}, "https://"),
        ({"TELEGRAM_TOKEN": TOKEN, "PUBLIC_ADDRESS": "https://todak.example"}, "WEBHOOK_SECRET"),
        (WEBHOOK | {"PUBLIC_ADDRESS": "https://todak.example/healthz"}, "/healthz and /metrics"),
        (WEBHOOK | {"PUBLIC_ADDRESS": "https://todak.example/metrics"}, "TODAK_PUBLIC_ADDRESS"),
        (
            {"DATABASE_URL": "sqlite:///one.sqlite", "KEY_DATABASE_URL": "sqlite:///one.sqlite"},
            "TODAK_KEY_DATABASE_URL",
        ),
        ({"KEEP_WORKFLOWS_HOURS": "25"}, "TODAK_KEEP_WORKFLOWS_HOURS"),
        ({"LOCAL_CHAT_PORT": "-1"}, "TODAK_LOCAL_CHAT_PORT"),
        ({"LOG_LEVEL": "LOUD"}, "TODAK_LOG_LEVEL"),
    ],
)
def test_contradictory_settings_are_refused_in_one_sentence(
    settings: dict[str, str],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"TODAK_{name}", value)
    assert main(["run"]) == 2
    sentence = one_sentence(capsys)
    assert named in sentence and TOKEN not in sentence


def test_check_says_which_settings_cannot_go_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.__main__._load_analyzer", cannot_load)
    for name, value in WEBHOOK.items():
        monkeypatch.setenv(f"TODAK_{name}", value)
    monkeypatch.setenv("TODAK_PUBLIC_ADDRESS", "https://todak.example")
    assert main(["check"]) == 0
    assert "settings" not in capsys.readouterr().out
    monkeypatch.setenv("TODAK_PUBLIC_ADDRESS", "https://todak.example/metrics")
    assert main(["check"]) == 0
    assert "note  settings: TODAK_PUBLIC_ADDRESS must have" in capsys.readouterr().out


def checked(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, bool]]:
    assert main(["check", "--json"]) == 0
    found = map(json.loads, capsys.readouterr().out.splitlines())
    return {line["subject"]: (line["state"], line["fine"]) for line in found}


def test_check_only_looks_and_says_what_the_first_start_will_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.__main__._load_analyzer", cannot_load)
    found = checked(capsys)
    assert list(tmp_path.iterdir()) == []
    for subject, name in (
        ("data folder", "data"),
        ("database", "sqlite at sqlite:///data/todak.sqlite"),
        ("key database", "sqlite:///data/keys.sqlite"),
        ("workflow database", "sqlite:///data/workflows.sqlite"),
        ("service keys", "data/service.key"),
    ):
        assert found[subject] == (f"{name}: not there yet, made at the first start", True)


def test_check_says_what_is_set_and_what_is_wrong_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.__main__._load_analyzer", cannot_load)
    monkeypatch.setattr("bot.check_command.sleep_weights_are_there", lambda: False)
    for name, value in (WEBHOOK | {"PUBLIC_ADDRESS": "https://todak.example/hook"}).items():
        monkeypatch.setenv(f"TODAK_{name}", value)
    monkeypatch.setenv("TODAK_WHISPER", "absent.pt")
    monkeypatch.setenv("TODAK_FUSION", "cross-attention")
    monkeypatch.setenv("TODAK_KEY_DATABASE_URL", f"sqlite:///{tmp_path}/no/such/keys.sqlite")
    monkeypatch.setenv("TODAK_SERVICE_KEYS", "no-key")
    found = checked(capsys)
    state, fine = found["transcriber"]
    assert state.startswith("TODAK_WHISPER: absent.pt is neither") and not fine
    assert found["fusion"] == ("cross-attention", True)
    assert found["public address"][0].startswith("https://todak.example/hook, served as /hook")
    assert found["key database"][0].endswith("cannot be reached") and not found["key database"][1]
    assert found["service keys"] == ("TODAK_SERVICE_KEYS does not hold Fernet keys.", False)
    assert not found["sleep sounds"][1]
    monkeypatch.delenv("TODAK_SERVICE_KEYS")
    monkeypatch.delenv("TODAK_KEY_DATABASE_URL")
    assert main(["migrate"]) == 0
    capsys.readouterr()
    key_file = tmp_path / "data" / "service.key"
    service_keys = ServiceKeys(key_file.read_text().split())
    KeyStore(make_engine("sqlite:///data/keys.sqlite"), service_keys).new_key()
    key_file.unlink()
    state, fine = checked(capsys)["service keys"]
    assert state.startswith("data/service.key is missing") and not fine
    assert not key_file.exists()


def cannot_load(settings: Settings, **_: bool) -> NoReturn:
    raise CommandFailed("The weights cannot be used.")


@pytest.mark.parametrize("name", ["OPERATIONS_PORT", "LOCAL_CHAT_PORT"])
def test_a_taken_port_is_said(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.__main__._load_analyzer", lambda settings, **_: None)
    monkeypatch.setenv("TODAK_OPERATIONS_PORT", "0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv(f"TODAK_{name}", str(taken.getsockname()[1]))
        assert main(["run"]) == 1
    assert f"TODAK_{name}" in one_sentence(capsys)


def test_a_second_todak_in_the_same_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.__main__._load_analyzer", lambda settings, **_: None)
    for name in ("OPERATIONS_PORT", "LOCAL_CHAT_PORT"):
        monkeypatch.setenv(f"TODAK_{name}", "0")
    (tmp_path / "data").mkdir()
    first = LocalChat(tmp_path / "data" / "local-chat")
    first.start()
    try:
        assert main(["run"]) == 1
    finally:
        first.stop()
    assert "Another Todak" in one_sentence(capsys)


def test_a_foreign_key_and_a_database_that_is_away_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TODAK_SERVICE_KEYS", "no-key")
    assert main(["migrate"]) == 2
    assert "TODAK_SERVICE_KEYS" in one_sentence(capsys)
    monkeypatch.delenv("TODAK_SERVICE_KEYS")
    monkeypatch.setenv("TODAK_DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder.sqlite")
    assert main(["migrate"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert main(["check"]) == 0
    assert "cannot be reached" in capsys.readouterr().out
