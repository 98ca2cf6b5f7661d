import json
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.analyze_command import read_lines
from inference import checkpoints
from inference.analysis import DistressKind, DistressLevel, Emotion, SoundKind, SoundState
from inference.weights import CNN_WEIGHTS, ENCODER_WEIGHTS, SHIPPED_WEIGHTS
from models.emergency_cnn import EmergencyCnn, EmergencyCnnConfig
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig
from tests.bot.refusals import one_sentence
from tests.bot.sounds import wav

pytestmark = [
    pytest.mark.usefixtures("alone"),
    pytest.mark.filterwarnings(
        # The speech detector's own package loads its weights the old way.
        "ignore:`torch.jit.load` is deprecated:DeprecationWarning"
    ),
]
KEYS = {
    *("input", "label", "sure", "emotion", "present", "distress", "modalities"),
    *("transcript", "voice_facts", "emergency"),
}


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


def test_a_text_is_analysed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--text", "오늘 정말 행복한 하루였어"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = assert_shape(line)
    assert found["input"] == "오늘 정말 행복한 하루였어" and found["label"] == "joy"
    assert found["modalities"] == ["text"]
    assert found["distress"] == {
        "kind": "none", "level": "none", "probability": pytest.approx(0, abs=0.5)
    }  # fmt: skip


def test_lines_are_analysed_without_what_stands_before_a_tab(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines.tsv"
    lines.write_bytes("joy\t오늘 정말 행복했어\r\n죽고 싶어\r\n\r\nI miss her so much\n".encode())
    assert main(["analyze", "--lines", str(lines)]) == 0
    *found, blank, last = map(json.loads, capsys.readouterr().out.splitlines())
    found = [assert_shape(json.dumps(each)) for each in (*found, last)]
    assert [each["input"] for each in found] == [
        "오늘 정말 행복했어", "죽고 싶어", "I miss her so much"
    ]  # fmt: skip
    assert blank.keys() == KEYS and (blank["input"], blank["label"]) == ("", None)
    assert blank["distress"]["level"] == "none"
    distress = found[1]["distress"]
    assert isinstance(distress, dict)
    assert (distress["kind"], distress["level"]) == ("selfharm", "thoughts")


@pytest.mark.parametrize(
    "content, texts",
    [
        ("", []),
        ("\n", [""]),
        ("가", ["가"]),
        ("\n 나\r\n\t\n\ufeff", ["", " 나", "", "\ufeff"]),
        ("\ufeff가\n\n\n", ["가", "", ""]),
    ],
)
def test_each_line_of_a_file_is_a_text(tmp_path: Path, content: str, texts: list[str]) -> None:
    path = tmp_path / "lines.txt"
    path.write_bytes(content.encode())
    assert read_lines(path) == texts


def give_input(monkeypatch: pytest.MonkeyPatch, content: bytes, encoding: str) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(content), encoding, "surrogateescape"))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp949"])
def test_standard_input_is_utf_8_whatever_the_terminal_speaks(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_input(monkeypatch, "\ufeff오늘 좋았어\r\n\r\n기쁨\t나\u2028너\n".encode(), encoding)
    assert read_lines(Path("-")) == ["오늘 좋았어", "", "나\u2028너"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "latin-1"])
def test_standard_input_that_is_no_utf_8_is_refused(
    encoding: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give_input(monkeypatch, "오늘 좋았어\n".encode("cp949"), encoding)
    assert main(["analyze", "--lines", "-"]) == 2
    assert one_sentence(capsys) == "standard input: is not text in UTF-8."


def test_the_help_says_what_lines_ignores(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["analyze", "--help"])
    assert "before a tab is ignored" in " ".join(capsys.readouterr().out.split())


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
def weights_with_ear(alone: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
