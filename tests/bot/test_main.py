import json
import os
import socket
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.local_chat.serve import LocalChat
from inference import checkpoints
from inference.analysis import DistressKind, DistressLevel, Emotion, SoundKind, SoundState
from inference.emergency import CNN_WEIGHTS, ENCODER_WEIGHTS
from inference.pipeline import SHIPPED_WEIGHTS
from models.emergency_cnn import EmergencyCnn, EmergencyCnnConfig
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig
from tests.bot.sounds import wav

WEIGHTS = ("text_emotion", "speech_emotion", "distress")
MISSING = [name for name in WEIGHTS if not (SHIPPED_WEIGHTS / f"{name}.safetensors").is_file()]
pytestmark = pytest.mark.filterwarnings(
    # The speech detector's own package loads its weights the old way.
    "ignore:`torch.jit.load` is deprecated:DeprecationWarning"
)
needs_weights = pytest.mark.skipif(
    bool(MISSING), reason=f"models/weights lacks {', '.join(MISSING)}"
)
TOKEN = "123456:a-token-of-this-test"  # noqa: S105
KEYS = {
    *("input", "label", "sure", "emotion", "present", "distress", "modalities"),
    *("transcript", "voice_facts", "emergency"),
}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TODAK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("bot.__main__.set_up", lambda level: None)


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.strip().splitlines()
    assert len(lines) == 1 and lines[0].endswith("."), captured.err
    return lines[0]


def assert_shape(line: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(line)
    assert found.keys() == KEYS
    emotion, distress = found["emotion"], found["distress"]
    assert isinstance(emotion, dict) and isinstance(distress, dict)
    assert list(emotion) == [
        "joy", "sadness", "anger", "anxiety", "embarrassment", "hurt", "neutral"
    ]  # fmt: skip
    assert sum(emotion.values()) == pytest.approx(1, abs=0.01)
    assert found["label"] in list(Emotion) and isinstance(found["sure"], bool)
    assert isinstance(found["present"], list) and set(found["present"]) <= set(emotion)
    assert distress.keys() == {"kind", "level", "probability"}
    assert distress["kind"] in list(DistressKind) and distress["level"] in list(DistressLevel)
    assert 0 <= distress["probability"] <= 1
    return found


@needs_weights
def test_a_text_is_analysed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--text", "오늘 정말 행복한 하루였어"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = assert_shape(line)
    assert found["input"] == "오늘 정말 행복한 하루였어" and found["label"] == "joy"
    assert found["modalities"] == ["text"]
    assert found["distress"] == {
        "kind": "none", "level": "none", "probability": pytest.approx(0, abs=0.5)
    }  # fmt: skip


@needs_weights
def test_lines_are_analysed_without_what_stands_before_a_tab(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines.tsv"
    lines.write_bytes("joy\t오늘 정말 행복했어\r\n죽고 싶어\r\n\r\nI miss her so much\n".encode())
    assert main(["analyze", "--lines", str(lines)]) == 0
    found = [assert_shape(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["input"] for each in found] == [
        "오늘 정말 행복했어", "죽고 싶어", "I miss her so much"
    ]  # fmt: skip
    distress = found[1]["distress"]
    assert isinstance(distress, dict)
    assert (distress["kind"], distress["level"]) == ("selfharm", "thoughts")


@needs_weights
def test_files_that_cannot_be_heard_say_why_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deaf = tmp_path / "weights"
    deaf.mkdir()
    for path in SHIPPED_WEIGHTS.iterdir():
        if path.name not in (CNN_WEIGHTS, ENCODER_WEIGHTS):
            (deaf / path.name).symlink_to(path)
    monkeypatch.setenv("TODAK_WEIGHTS_FOLDER", str(deaf))
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "silent.wav").write_bytes(wav(level=0))
    (tmp_path / "buzz.wav").write_bytes(wav())
    assert main(["analyze", "empty.wav", "silent.wav", "buzz.wav", "absent.wav"]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "empty.wav", "silent.wav", "buzz.wav", "absent.wav"
    ]  # fmt: skip
    assert "silence" in lines[1] and "no speech" in lines[2]
    assert all(line.endswith(".") for line in lines)


@pytest.fixture
def weights_with_ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped weights, and nets never trained that always hear an emergency."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in SHIPPED_WEIGHTS.iterdir():
        (folder / path.name).symlink_to(path)
    judge = {"scale": 0.0, "offset": 3.0, "ask": 0.5, "alarm": 0.9}
    extra = {"kinds": list(SoundKind), "alone": judge, "together": judge}
    for name in (CNN_WEIGHTS, ENCODER_WEIGHTS):
        (folder / name).unlink(missing_ok=True)
    cnn, encoder = EmergencyCnnConfig(), EmergencyEncoderConfig()
    checkpoints.save(folder / CNN_WEIGHTS, EmergencyCnn(cnn), cnn, extra)
    checkpoints.save(folder / ENCODER_WEIGHTS, EmergencyEncoder(encoder), encoder, extra)
    monkeypatch.setenv("TODAK_WEIGHTS_FOLDER", str(folder))


@needs_weights
@pytest.mark.usefixtures("weights_with_ear")
def test_sounds_without_speech_are_heard_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "silent.wav").write_bytes(wav(level=0))
    (tmp_path / "buzz.wav").write_bytes(wav(seconds=2.0))
    assert main(["analyze", "silent.wav", "buzz.wav"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "silent.wav: holds nothing but silence.\n"
    found = json.loads(captured.out)
    assert found.keys() == KEYS and found["emotion"] is None and found["modalities"] == []
    emergency = found["emergency"]
    assert emergency.keys() == {"probability", "level", "kind", "votes", "timeline"}
    assert emergency["level"] == "alarm" and emergency["kind"] in list(SoundKind)[:14]
    assert emergency["votes"] == {"cnn": True, "encoder": True}
    assert emergency["timeline"][0][0] == 0 and emergency["timeline"][-1][1] == 2
    assert {state for _, _, state in emergency["timeline"]} <= set(SoundState)
    assert main(["analyze", "--text", "오늘"]) == 0
    assert json.loads(capsys.readouterr().out)["emergency"] is None


@needs_weights
@pytest.mark.usefixtures("weights_with_ear")
def test_why_it_sounds_like_that_is_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    (tmp_path / "buzz.wav").write_bytes(wav(seconds=2.0))
    assert main(["analyze", "buzz.wav", "--explain", "why.png"]) == 0
    explanation = json.loads(capsys.readouterr().out)["explanation"]
    assert explanation.keys() == {
        "onset_s", "speech_share", "relevance_off_speech", "attention_on_speech"
    }  # fmt: skip
    assert (tmp_path / "why.png").stat().st_size > 1000
    assert main(["analyze", "buzz.wav", "--explain", "absent/why.png"]) == 1
    assert capsys.readouterr().err.startswith("absent/why.png: cannot be written")
    assert main(["analyze", "buzz.wav", "buzz.wav", "--explain", "why.png"]) == 2
    one_sentence(capsys)


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "--text", "a", "--lines", "b"],
        ["analyze", "--lines", "absent.tsv"],
        ["analyze", "--lines", "."],
        ["analyze", "--lines", "latin1.tsv"],
    ],
)
def test_wrong_usage_and_unreadable_input_end_in_two(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "latin1.tsv").write_bytes(b"caf\xe9\n")
    assert main(arguments) == 2
    one_sentence(capsys)


def test_unknown_commands_and_options_end_in_two(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["dance"], ["check", "--loud"], ["train", "nothing"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
    assert "usage: todak" in capsys.readouterr().err


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


def test_migrate_and_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    assert "todak migrate" in capsys.readouterr().out
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
    assert TOKEN not in json.dumps(found)


@pytest.mark.parametrize(
    "settings, named",
    [
        ({"TELEGRAM_TOKEN": "not-a-token"}, "TODAK_TELEGRAM_TOKEN"),
        ({"PUBLIC_ADDRESS": "https://todak.example/hook"}, "TODAK_TELEGRAM_TOKEN"),
        ({"TELEGRAM_TOKEN": TOKEN, "PUBLIC_ADDRESS": "http://todak.example"}, "https://"),
        ({"TELEGRAM_TOKEN": TOKEN, "PUBLIC_ADDRESS": "https://todak.example"}, "WEBHOOK_SECRET"),
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


@pytest.mark.parametrize("name", ["OPERATIONS_PORT", "LOCAL_CHAT_PORT"])
def test_a_taken_port_is_said(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.__main__._load_analyzer", lambda settings: None)
    monkeypatch.setenv("TODAK_OPERATIONS_PORT", "0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv(f"TODAK_{name}", str(taken.getsockname()[1]))
        assert main(["run"]) == 1
    assert f"TODAK_{name}" in one_sentence(capsys)


def test_a_second_todak_in_the_same_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.__main__._load_analyzer", lambda settings: None)
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
