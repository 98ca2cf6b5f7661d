"""The process of the recognisers: it answers the threads of its parent until that ends.

`inference/recogniser_process.py` begins it and asks it.
"""

import contextlib
import os
import pickle
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any, Final

from inference.analysis import NoSpeech, SilentRecording
from inference.audio import RecordingTooLong, UnreadableAudio
from inference.recogniser_process import Has, RecogniserFailed
from inference.recognition import Listened, Recognition
from inference.weights import UnusableWeights

MOST_WAITING: Final = 128
LONG_BYTES: Final = 500_000
"""Two minutes as Telegram records them."""

SWEEP_S: Final = 30.0
ABOUT_THE_RECORDING: Final = (UnreadableAudio, RecordingTooLong, SilentRecording, NoSpeech)


class _Lanes:
    """Threads that compute, as many for each purpose as there are cores.

    More would take each other's time, and each keeps megabytes of buffers for good. Texts wait for
    no recording, and the ears of a short one for nothing else: not for ten minutes of sound, nor
    for words that are written down, which takes seconds.
    """

    def __init__(self, recognition: Recognition) -> None:
        n_cores = os.cpu_count() or 1
        self._texts = ThreadPoolExecutor(n_cores, "texts")
        self._ears = ThreadPoolExecutor(n_cores, "ears")
        self._sounds = ThreadPoolExecutor(n_cores, "sounds")
        self._words = self._sounds
        if recognition.whisper is not None:
            self._words = ThreadPoolExecutor(n_cores, "words")
        self._recognition = recognition

    def call(self, name: str, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
        """Whether a method of `Recognition` succeeded, and what it returned or raised."""
        lane = self._texts
        if name == "listen":
            lane = self._words
        elif name == "hear":
            lane = self._sounds if len(arguments[0]) > LONG_BYTES else self._ears
        elif any(isinstance(each, Listened) for each in arguments):
            lane = self._sounds
        return lane.submit(_called, getattr(self._recognition, name), arguments).result()


def serve() -> None:
    """Read the weights, say what there is, answer until the parent ends."""
    # The parent finishes what it has begun before it ends, and this with it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.excepthook = lambda kind, _error, _trace: _say_what_failed(kind)
    threading.excepthook = lambda failed: _say_what_failed(failed.exc_type)
    # Nothing that a library prints is to come between what is said to the parent.
    saying = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    weights, key = pickle.load(sys.stdin.buffer)  # noqa: S301  from our own process
    folder = tempfile.mkdtemp(prefix="todak-")
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    from inference.loading import load_analyzer  # it takes seconds, and signals come at any time

    try:
        recognition = Recognition(load_analyzer(weights), weights)
    except UnusableWeights as error:
        pickle.dump(error, saying)
        saying.close()
        shutil.rmtree(folder, ignore_errors=True)
        return
    lanes = _Lanes(recognition)
    threading.Thread(target=_sweep, args=(recognition,), daemon=True).start()
    address = str(Path(folder) / "recognisers")
    with Listener(address, "AF_UNIX", backlog=MOST_WAITING, authkey=key) as listener:
        hears, version = recognition.hears_emergencies, recognition.feelings_version
        pickle.dump(Has(address, recognition.whisper, hears, version), saying)
        saying.close()
        while True:
            with contextlib.suppress(Exception):  # a stranger, or whoever left at once
                connection = listener.accept()
                threading.Thread(target=_answer, args=(lanes, connection), daemon=True).start()


def _answer(lanes: _Lanes, connection: "Connection[Any, Any]") -> None:
    """Answer one thread of the parent until it is gone."""
    with connection, contextlib.suppress(EOFError, OSError):
        while True:
            name, arguments = connection.recv()
            connection.send(lanes.call(name, arguments))


def _called(method: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, method(*arguments)
    except ABOUT_THE_RECORDING as error:
        return False, error
    except Exception as error:
        # What a library raises may hold what was said, and may not travel.
        return False, RecogniserFailed(type(error).__name__)


def _sweep(recognition: Recognition) -> None:
    while True:
        time.sleep(SWEEP_S)
        recognition.let_go_of_old()


def _end_with_parent(folder: str) -> None:
    """End as soon as the parent has ended in whichever way, which closes its end of the pipe."""
    # Not through Python's buffer, whose lock would be held when this ends by itself.
    while os.read(0, 1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _say_what_failed(kind: type[BaseException] | None) -> None:
    """Only what it is called: its words may be somebody's."""
    name = "nothing" if kind is None else kind.__name__
    print(f"the process of the recognisers: {name}", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()
