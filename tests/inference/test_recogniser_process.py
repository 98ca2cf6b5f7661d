"""The recognisers in a process of their own, which may end at any time."""

import contextlib
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from inference import recogniser_process
from inference.analysis import NO_DISTRESS, DistressLevel, Emotion, NoSpeech, SilentRecording
from inference.audio import RecordingTooLong, UnreadableAudio
from inference.pipeline import Analyzer
from inference.recogniser_process import RecogniserFailed, RecogniserProcess, RecognisersEnded
from inference.recognition import Recognition
from inference.weights import SHIPPED_WEIGHTS, UnusableWeights, Weights
from tests.inference.recordings import chord, silence, voice

DANGER = "죽고 싶어"
GLAD = "드디어 취업했어! 너무 행복해"


@pytest.fixture(scope="module")
def recognisers() -> Iterator[RecogniserProcess]:
    process = RecogniserProcess(Weights())
    process.ready()
    yield process
    process.stop()


def processes() -> list[psutil.Process]:
    found = []
    for each in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "inference.recogniser_service" in each.cmdline():
                found.append(each)
    return found


def kill_all() -> None:
    for each in processes():
        each.kill()
        each.wait(10)


def test_it_recognises_as_if_it_were_here(recognisers: RecogniserProcess) -> None:
    here = Recognition(Analyzer.load())
    assert recognisers.whisper is None and recognisers.hears_emergencies
    assert recognisers.screen(None) == NO_DISTRESS
    assert recognisers.screen(DANGER) == here.screen(DANGER)
    assert recognisers.reads(GLAD) == here.reads(GLAD)
    read = recognisers.analyze(GLAD, NO_DISTRESS)
    assert read == here.analyze(GLAD, NO_DISTRESS)
    assert read.emotion is not None and read.emotion.label is Emotion.JOY
    both = recognisers.together(read.words, read.words, NO_DISTRESS)
    assert both == here.together(read.words, read.words, NO_DISTRESS)
    assert recognisers.hear(chord()) == here.hear(chord())


def test_a_voice_is_heard_as_if_it_were_here(recognisers: RecogniserProcess) -> None:
    here, note = Recognition(Analyzer.load()), voice()
    emergency = recognisers.hear(note)
    listened = recognisers.listen(note, "en", emergency)
    assert emergency == here.hear(note) and listened.recording == note
    analysis = recognisers.analyze(None, NO_DISTRESS, listened)
    assert analysis == here.analyze(None, NO_DISTRESS, here.listen(note, "en", emergency))


def test_what_is_wrong_with_a_recording_is_raised_here(recognisers: RecogniserProcess) -> None:
    with pytest.raises(SilentRecording):
        recognisers.listen(silence())
    with pytest.raises(NoSpeech):
        recognisers.listen(chord())
    with pytest.raises(UnreadableAudio, match="not a sound"):
        recognisers.hear(b"no sound at all")
    with pytest.raises(RecordingTooLong) as too_long:
        recognisers.hear(silence(601))
    assert too_long.value.limit_s == 600 and "600 s" in str(too_long.value)


def test_what_a_recogniser_raises_names_no_words(recognisers: RecogniserProcess) -> None:
    with pytest.raises(RecogniserFailed) as failed:
        recognisers.reads(5)  # type: ignore[arg-type]
    assert str(failed.value) == "TypeError"


def test_many_threads_ask_at_the_same_time(recognisers: RecogniserProcess) -> None:
    def ask(number: int) -> DistressLevel:
        return recognisers.screen(DANGER if number % 2 else GLAD).level

    with ThreadPoolExecutor(24) as threads:
        found = list(threads.map(ask, range(200)))
    assert found == [DistressLevel.NONE, DistressLevel.THOUGHTS] * 100


def test_another_is_begun_where_it_ends(recognisers: RecogniserProcess) -> None:
    kill_all()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(recognisers.screen, [DANGER] * 16))
    assert {each.level for each in found} == {DistressLevel.THOUGHTS}
    assert len(processes()) == 1


def test_what_is_asked_while_it_ends_is_asked_again(recognisers: RecogniserProcess) -> None:
    recognisers.screen(GLAD)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(recognisers.hear, chord(60)) for _ in range(4)]
        time.sleep(0.05)
        kill_all()
        heard = [each.result(60) for each in asked]
    assert all(each == heard[0] for each in heard) and heard[0] is not None


def test_one_that_hangs_is_ended(
    recognisers: RecogniserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognisers.screen(GLAD)
    [hanging] = processes()
    hanging.suspend()
    monkeypatch.setattr(recogniser_process, "TEXT_S", 2.0)
    assert recognisers.screen(DANGER).level is DistressLevel.THOUGHTS
    assert not hanging.is_running()


def test_strangers_do_not_disturb_it(recognisers: RecogniserProcess) -> None:
    address = recognisers._child.has().address
    for said in (b"", b"\x00\x00\x00\x05hello", pickle.dumps(("screen", ("x",)))):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(address)
            stranger.sendall(said)
    assert recognisers.screen(DANGER).level is DistressLevel.THOUGHTS


def test_a_recording_that_ends_it_twice_is_unreadable_and_takes_nobody_with_it(
    recognisers: RecogniserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, n_ends = chord(200.0), 0
    ask = recogniser_process._Child.ask

    def asked(child: Any, name: str, arguments: tuple[Any, ...], patience_s: float) -> Any:
        nonlocal n_ends
        if arguments[0] == poison:
            n_ends += 1
            threading.Timer(0.1, child._process.kill).start()
        return ask(child, name, arguments, patience_s)

    monkeypatch.setattr(recogniser_process._Child, "ask", asked)
    with ThreadPoolExecutor(7) as threads:
        ends_it = threads.submit(recognisers.hear, poison)
        others = [threads.submit(recognisers.hear, chord(20 + number)) for number in range(6)]
        assert all(each.result(120) is not None for each in others)
        with pytest.raises(UnreadableAudio):
            ends_it.result(120)
    with pytest.raises(UnreadableAudio):
        recognisers.listen(poison)
    assert n_ends == 2 and recognisers.screen(DANGER).level is DistressLevel.THOUGHTS


def test_weights_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    process = RecogniserProcess(Weights(tmp_path))
    with pytest.raises(UnusableWeights, match=f"no weights at {tmp_path}"):
        process.ready()
    process.stop()


def test_weights_that_are_back_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser_process, "TRIES", 1)
    folder = tmp_path / "weights"
    folder.symlink_to(SHIPPED_WEIGHTS)
    process = RecogniserProcess(Weights(folder))
    process.ready()
    folder.unlink()
    kill_all()
    for _ in range(2):
        with pytest.raises(RecognisersEnded):
            process.screen(DANGER)
    assert process.whisper is None and process.hears_emergencies
    folder.symlink_to(SHIPPED_WEIGHTS)
    with contextlib.suppress(RecognisersEnded):  # the last one still found nothing
        process.screen(DANGER)
    assert process.screen(DANGER).level is DistressLevel.THOUGHTS
    process.stop()


def test_what_is_said_of_unusable_weights_is_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    process = RecogniserProcess(Weights(tmp_path))
    with pytest.raises(UnusableWeights):
        process.ready()
    process.stop()
    assert capfd.readouterr().err == ""


def test_one_that_does_not_begin_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser_process, "BEGIN_S", 0.1)
    process = RecogniserProcess(Weights())
    with pytest.raises(RecognisersEnded):
        process.ready()
    monkeypatch.undo()
    assert process.screen(DANGER).level is DistressLevel.THOUGHTS
    process.stop()


def test_after_the_end_nothing_is_recognised() -> None:
    process = RecogniserProcess(Weights())
    process.stop()
    with pytest.raises(RecognisersEnded):
        process.ready()
    with pytest.raises(RecognisersEnded):
        process.screen(GLAD)


def test_it_ends_with_the_process_that_began_it() -> None:
    code = (
        "import sys, time\n"
        "from inference.recogniser_process import RecogniserProcess\n"
        "from inference.weights import Weights\n"
        "process = RecogniserProcess(Weights())\n"
        "process.ready()\n"
        "print(process._child._process.pid, process._child.has().address, flush=True)\n"
        "assert 'torch' not in sys.modules\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(  # noqa: S603  our own code
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        number, address = parent.stdout.readline().split()
        child = psutil.Process(int(number))
        parent.kill()
    child.wait(10)
    assert not Path(address).parent.exists()


def test_the_bot_itself_needs_no_torch() -> None:
    code = (
        "import sys, bot.serving, bot.run_command\n"
        "print([name for name in ('torch', 'silero_vad', 'whisper') if name in sys.modules])"
    )
    said = subprocess.check_output([sys.executable, "-c", code], text=True)  # noqa: S603  ours
    assert said.strip() == "[]"
