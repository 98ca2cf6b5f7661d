"""What is typed after the question whether somebody thinks of suicide: an answer, no new story."""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

ASKED_FOR: Final = timedelta(minutes=15)
"""How long what is typed is about the question; then Todak looks back by itself."""

MOST_REMEMBERED: Final = 1000
YES: Final = re.compile(
    "(네|넵|넹|예|옙|응|웅|어|엉|ㅇ+|그래요?|그렇(다|죠|습니다)|맞(아요?|습니다)|있어요?|조금|가끔|자주|매일"
    "|yes|yea[hp]?|yep|yup|y|ido|iam|sometimes|often|always|alittle|maybe)"
)
NO: Final = re.compile(
    "(아니(요|오|야|에요|예요)?|아뇨|아닌데요?|아닙니다|없(어요?|습니다)|ㄴ+|노"
    "|no+|nope|nah|n|notreally|idont|imnot|never)"
)
_NO_LETTER = re.compile(r"[\W_]+")

Answer = Literal["not-safe", "misread", "fine", "listening"]
LET_GO: Final = ("safe", "fine", "stop")
"""Taps after which what is typed is a story again."""


@dataclass(slots=True)
class _Asked:
    """One open question, and how each message after it was taken.

    `expects` says that yes or no is what was asked for last; `denied` that a no was doubted once.
    """

    message_id: int
    at: datetime
    expects: bool = True
    denied: bool = False
    over: bool = False
    taken: dict[int, Answer] = field(default_factory=dict)


class CrisisQuestions:
    """The open questions of this process, by chat; nothing of them is stored.

    A typed no is asked about once more, as the button is. Used on the event loop alone.
    """

    def __init__(self) -> None:
        self._asked: OrderedDict[int, _Asked] = OrderedDict()

    def note(self, chat_id: int, message_id: int, at: datetime) -> None:
        """A message is answered with the question; handled again it is the same question."""
        known = self._asked.pop(chat_id, None)
        if known is None or known.message_id != message_id:
            known = _Asked(message_id, at)
        self._asked[chat_id] = known
        if len(self._asked) > MOST_REMEMBERED:
            self._asked.popitem(last=False)

    def tapped(self, chat_id: int, answer: str) -> None:
        """A button below the question was tapped."""
        asked = self._asked.get(chat_id)
        if asked is not None:
            asked.over = answer in LET_GO
            asked.expects = asked.denied = answer == "misread"

    def answered(
        self, chat_id: int, message_id: int, text: str | None, at: datetime
    ) -> tuple[int, Answer] | None:
        """The message that was asked about, and how a later one is taken; None if none is open.

        Handled again a message is taken as before.
        """
        asked = self._asked.get(chat_id)
        if asked is None or message_id < asked.message_id:
            return None  # written before, and handled after: danger goes first
        answer = asked.taken.get(message_id)
        if answer is None:
            if asked.over or at - asked.at > ASKED_FOR:
                return None
            answer = self._taken(asked, _NO_LETTER.sub("", (text or "").lower()))
            asked.taken[message_id] = answer
        return asked.message_id, answer

    def _taken(self, asked: _Asked, word: str) -> Answer:
        answer: Answer = "listening"
        if asked.expects and YES.fullmatch(word):
            answer = "not-safe"
        elif asked.expects and NO.fullmatch(word):
            answer = "fine" if asked.denied else "misread"
        # Whatever else is said is followed by another question, whose no is no such no.
        asked.over = answer == "fine"
        asked.expects = asked.denied = answer == "misread"
        return answer
