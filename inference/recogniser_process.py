"""The recognisers in a process of their own, called as if they were here.

They take thousands of small steps a second, each of which gives up the interpreter's lock and
takes it again, and so does an event loop: in one process the two held each other up until they
used little more than one of two cores while messages piled up. Where this process ends, as by a
lack of memory or a recording that breaks a decoder, the bot lives on and another is begun.
"""

import contextlib
import logging
import os
import pickle
import select
import shutil
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any, Final

from inference.analysis import (
    NO_DISTRESS,
    Analysis,
    Distress,
    Emergency,
    EmotionEstimate,
    Transcript,
)
from inference.audio import UnreadableAudio
from inference.language import Readability
from inference.recognition import Listened, digest_of
from inference.weights import UnusableWeights, Weights

TRIES: Final = 5
PAUSE_S: Final = 0.5
MOST_ENDS: Final = 2
"""Of the process, in the middle of one recording: it is what ends it."""

MOST_SUSPECTED: Final = 1000
BEGIN_S: Final = 300.0
LEAVE_S: Final = 2.0
PATIENCE_S: Final = {"hear": 300.0, "listen": 3600.0, "analyze": 600.0}
"""How long a call may take, with all that wait before it; writing words down takes longest."""

TEXT_S: Final = 60.0
"""The same of texts, which take milliseconds: danger waits for no process that hangs."""

log = logging.getLogger(__name__)


class RecogniserFailed(RuntimeError):
    """A recogniser raised something; named is only what it is called."""


class RecognisersEnded(RecogniserFailed):
    """Their process has ended, and another cannot be begun or ends as well."""


class RecogniserProcess:
    """Recognisers in another process, which is begun at once and again where it ends."""

    def __init__(self, weights: Weights) -> None:
        """Begin it; the first question waits until the weights are read."""
        self._weights = weights
        self._beginning = threading.Lock()
        self._stopped = False
        self._child = _Child(weights)
        self._had: Has | None = None
        self._suspected = _Suspected()

    def ready(self) -> None:
        """Wait until the weights are read.

        Raises:
            UnusableWeights: they cannot be used.
            RecognisersEnded: the process ended before.
        """
        try:
            self._had = self._child.has()
        except (EOFError, OSError) as error:
            raise RecognisersEnded("the process of the recognisers ended at its start") from error

    def stop(self) -> None:
        """End it; nothing is recognised any more."""
        with self._beginning:
            self._stopped = True
            self._child.end()

    @property
    def whisper(self) -> str | None:
        """The name of what writes down the words of recordings, if anything does."""
        return self._has().whisper

    @property
    def hears_emergencies(self) -> bool:
        """Whether emergencies are heard in sounds."""
        return self._has().hears_emergencies

    @property
    def feelings_version(self) -> str:
        """A name of the weights that estimate feelings."""
        return self._has().feelings_version

    def _has(self) -> "Has":
        if self._had is None:
            self.ready()
            assert self._had is not None
        return self._had

    def screen(self, text: str | None) -> Distress:
        """Danger in words."""
        if text is None:
            return NO_DISTRESS
        found: Distress = self._ask("screen", text)
        return found

    def reads(self, text: str) -> Readability:
        """Whether a text can be read at all, and if not, why."""
        found: Readability = self._ask("reads", text)
        return found

    def hear(self, recording: bytes) -> Emergency | None:
        """What a recording sounds like; None where nothing listens for that."""
        found: Emergency | None = self._ask("hear", recording, about=recording)
        return found

    def listen(
        self,
        recording: bytes,
        language: str | None = None,
        emergency: Emergency | None = None,
    ) -> Listened:
        """What is said in a recording."""
        found: Listened = self._ask("listen", recording, language, emergency, about=recording)
        return found

    def analyze(
        self, text: str | None, distress: Distress, listened: Listened | None = None
    ) -> Analysis:
        """Everything understood of a text, of what was heard, or of both as one."""
        recording = None if listened is None else listened.recording
        found: Analysis = self._ask("analyze", text, distress, listened, about=recording)
        return found

    def together(
        self,
        words: EmotionEstimate | None,
        voice: EmotionEstimate | None,
        distress: Distress,
        transcript: Transcript | None = None,
    ) -> Analysis:
        """What words and voice of one person say together."""
        found: Analysis = self._ask("together", words, voice, distress, transcript)
        return found

    def _ask(self, name: str, *arguments: Any, about: bytes | None = None) -> Any:
        """What a method of `Recognition` returns or raises, asked again where the process ends.

        Raises:
            UnreadableAudio: the process ends whenever it hears the recording it is `about`.
            RecognisersEnded: it ended each time.
            RecogniserFailed: it raised something else than what is wrong with the recording.
        """
        for _ in range(TRIES):
            child = self._child
            try:
                self._had = child.has()
            except (EOFError, OSError, UnusableWeights):
                self._begin_again(child)
                continue
            with self._suspected.turn(about):
                try:
                    patience_s = TEXT_S if about is None else PATIENCE_S[name]
                    done, answer = child.ask(name, arguments, patience_s)
                except _NotAsked:
                    self._begin_again(child)
                    continue
                except (EOFError, OSError):
                    self._suspected.note(about, child)
                    self._begin_again(child)
                    continue
            if done:
                return answer
            if isinstance(answer, RecogniserFailed):
                log.error("a recogniser failed: %s", answer)
            raise answer
        raise RecognisersEnded(f"the process of the recognisers ended at {name} each time")

    def _begin_again(self, ended: "_Child") -> None:
        """Put another in the place of one that ended, once for all who wait for it."""
        with self._beginning:
            if self._stopped:
                raise RecognisersEnded("the recognisers are stopped")
            if self._child is ended:
                log.error("the process of the recognisers has ended; another is begun")
                ended.end()
                if not ended.was_ready:
                    time.sleep(PAUSE_S)
                self._child = _Child(self._weights)


class _Suspected:
    """Recordings in the middle of which the process ended.

    Whatever was heard at that moment is suspected, and heard again alone, so that what breaks a
    decoder does not take others with it twice.
    """

    def __init__(self) -> None:
        self._ended: OrderedDict[bytes, set[_Child]] = OrderedDict()
        self._alone = threading.Lock()

    @contextlib.contextmanager
    def turn(self, recording: bytes | None) -> Iterator[None]:
        """Wait until it may be heard: at once, unless it is suspected.

        Raises:
            UnreadableAudio: the process ended `MOST_ENDS` times in the middle of it.
        """
        n_ends = 0 if recording is None else len(self._ended.get(digest_of(recording), ()))
        if n_ends >= MOST_ENDS:
            raise UnreadableAudio("whatever decodes it ends")
        with self._alone if n_ends else contextlib.nullcontext():
            yield

    def note(self, recording: bytes | None, ended: "_Child") -> None:
        """A process ended in the middle of it; twice in the middle of one is once."""
        if recording is None:
            return
        self._ended.setdefault(digest_of(recording), set()).add(ended)
        if len(self._ended) > MOST_SUSPECTED:
            self._ended.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Has:
    """What a process that is ready has, and where it listens."""

    address: str
    whisper: str | None
    hears_emergencies: bool
    feelings_version: str


class _NotAsked(Exception):
    """A process had ended before it was told everything."""


class _Child:
    """One process; each thread has a connection of its own to it."""

    def __init__(self, weights: Weights) -> None:
        self._key = os.urandom(32)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "inference.recogniser_service"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Each of many threads would keep what it once needed for itself: 150 MB of them all.
            env={"MALLOC_ARENA_MAX": "2", **os.environ},
            process_group=0,  # Ctrl-C is the bot's: it finishes first
        )
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it ended already: whoever asks it finds out
            pickle.dump((weights, self._key), self._process.stdin)
            self._process.stdin.flush()
        self._said: Has | Exception | None = None
        self._waiting = threading.Lock()
        self._mine = threading.local()

    @property
    def was_ready(self) -> bool:
        """Whether it ever was."""
        return isinstance(self._said, Has)

    def has(self) -> Has:
        """Wait until it is ready.

        Raises:
            UnusableWeights: the weights cannot be used.
            EOFError: it ended before, or takes too long.
        """
        with self._waiting:
            if self._said is None:
                self._said = self._heard_of()
        if isinstance(self._said, Exception):
            raise self._said
        return self._said

    def _heard_of(self) -> "Has | Exception":
        stdout = self._process.stdout
        assert stdout is not None
        try:
            if not select.select([stdout], [], [], BEGIN_S)[0]:
                self._process.kill()
                return EOFError("it does not begin")
            said: Has | UnusableWeights = pickle.load(stdout)  # noqa: S301  our own process
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            return EOFError("it ended before it was ready, or was ended")
        return said

    def ask(self, name: str, arguments: tuple[Any, ...], patience_s: float) -> tuple[bool, Any]:
        """Whether a call succeeded, and what it returned or raised.

        Raises:
            _NotAsked: the process had ended before.
            EOFError, OSError: it ended meanwhile, or hangs and is ended.
        """
        # Taken away while it is in use: what is left of a broken answer is nobody else's.
        connection: Connection[Any, Any] | None = self._mine.__dict__.pop("connection", None)
        try:
            if connection is None:
                connection = Client(self.has().address, "AF_UNIX", authkey=self._key)
            connection.send((name, arguments))
        except (EOFError, OSError) as error:
            raise _NotAsked from error
        if not connection.poll(patience_s):
            self._process.kill()
            raise EOFError("it hangs")
        answer: tuple[bool, Any] = connection.recv()
        self._mine.connection = connection
        return answer

    def end(self) -> None:
        """End it and wait for that."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        if isinstance(self._said, Has):
            shutil.rmtree(Path(self._said.address).parent, ignore_errors=True)
