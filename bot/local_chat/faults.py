"""A switch for tests: answers that are refused, late or lost, as a real network's are."""

import threading
import time
from dataclasses import dataclass
from enum import StrEnum

from bot.local_chat.bot_errors import (
    BotApiError,
    bad_request,
    conflict,
    forbidden,
    too_many_requests,
)
from bot.local_chat.store import Json

DOWNLOAD = "download"


class FaultKind(StrEnum):
    """What goes wrong."""

    VANISHED = "404"
    REFUSED = "400"
    FORBIDDEN = "403"
    CONFLICT = "409"
    FLOOD = "429"
    SERVER_ERROR = "500"
    SLOW = "slow"
    LOST = "lost"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault and where it strikes.

    Attributes:
        kind: SLOW answers after `seconds`; LOST does the thing and answers 504; DROPPED does
            the thing and closes the connection in the middle of the answer.
        method: the Bot API method it strikes, or DOWNLOAD for the bytes of a file; None for
            every method but getUpdates.
        chat_id: the chat it strikes, None for all.
        count: how many calls it strikes, None for no end.
        duration_s: for how long it strikes from now, None for no end.
        seconds: retry_after of FLOOD (whole seconds) or the delay of SLOW.
    """

    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    count: int | None = 1
    duration_s: float | None = None
    seconds: float = 1.0

    def refusal(self) -> BotApiError | None:
        """The error it answers with; None for faults that do the thing asked."""
        if self.kind is FaultKind.FLOOD:
            return too_many_requests(max(int(self.seconds), 1))
        if self.kind is FaultKind.VANISHED:
            return BotApiError(404, "Not Found")
        if self.kind is FaultKind.REFUSED:
            return bad_request("wrong file_id or the file is temporarily unavailable")
        if self.kind is FaultKind.FORBIDDEN:
            return forbidden("bot was blocked by the user")
        if self.kind is FaultKind.CONFLICT:
            return conflict("terminated by other getUpdates request")
        if self.kind is FaultKind.SERVER_ERROR:
            return BotApiError(500, "Internal Server Error")
        return None


class Faults:
    """The faults set up now. Safe to use from any thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._set: list[tuple[Fault, float | None]] = []
        self._left: list[int | None] = []

    def inject(self, fault: Fault) -> None:
        """Set up a fault; the one set up first strikes first."""
        until = None if fault.duration_s is None else time.monotonic() + fault.duration_s
        with self._lock:
            self._set.append((fault, until))
            self._left.append(fault.count)

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._set.clear()
            self._left.clear()

    def take(self, method: str, chat_id: str) -> Fault | None:
        """The fault that strikes this call, counted; None when it goes well."""
        with self._lock:
            for index, (fault, until) in enumerate(self._set):
                left = self._left[index]
                if left == 0 or (until is not None and time.monotonic() > until):
                    continue
                if not _strikes(fault, method, chat_id):
                    continue
                if left is not None:
                    self._left[index] = left - 1
                return fault
        return None


def read_fault(values: Json) -> Fault:
    """A fault from the JSON of POST /test/faults: the fields of `Fault`.

    Raises:
        BotApiError: 400, an unknown kind or field.
    """
    try:
        return Fault(**{**values, "kind": FaultKind(str(values.get("kind")))})
    except (TypeError, ValueError) as error:
        raise bad_request("wrong fault: an unknown kind or field") from error


def _strikes(fault: Fault, method: str, chat_id: str) -> bool:
    if fault.method is None:
        if method.lower() in ("getupdates", DOWNLOAD):
            return False
    elif fault.method.lower() != method.lower():
        return False
    return fault.chat_id is None or str(fault.chat_id) == chat_id
