"""Messages on a fixed schedule, whatever the bot does, and how long each answer took."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.people import Person

PATIENCE_S = 60.0
"""How long after the last message answers are still waited for."""

SUSTAINED_BEHIND_S = 2.0
"""A rate is sustained when the last answer comes at most so long after the last message."""

Send = Callable[[Person, int], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of the messages of one run; times run from when a message was due.

    `behind_s` is from the last message to the last answer. Times are None where nothing came.
    """

    per_s: float
    sent: int
    lost: int
    answered_twice: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    highest_ms: float | None
    behind_s: float | None

    @property
    def sustained(self) -> bool:
        """Whether everything was answered and nothing piled up."""
        return self.lost == 0 and self.behind_s is not None and self.behind_s <= SUSTAINED_BEHIND_S


@dataclass(frozen=True, slots=True)
class _Sent:
    person: Person
    message_id: int
    due_at_s: float

    @property
    def answers_at_s(self) -> list[float]:
        return self.person.answered_at_s.get(self.message_id, [])


async def run_load(people: Sequence[Person], per_s: float, seconds: float, send: Send) -> Answers:
    """Send `per_s` messages a second for `seconds`, by turns, and wait for the answers.

    The schedule is open: a message goes out when it is due, answered or not, and its latency
    counts from then, so that queueing is measured and not hidden.
    """
    began_at_s = time.perf_counter() + 0.05
    tasks: list[asyncio.Task[_Sent]] = []
    async with asyncio.TaskGroup() as sending:
        for number in range(max(1, round(per_s * seconds))):
            due_at_s = began_at_s + number / per_s
            await asyncio.sleep(max(0.0, due_at_s - time.perf_counter()))
            person = people[number % len(people)]
            tasks.append(sending.create_task(_send(send, person, number, due_at_s)))
    sent = [task.result() for task in tasks]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            for one in sent:
                await one.person.answer_to(one.message_id)
    return summary(per_s, [(one.due_at_s, one.answers_at_s) for one in sent])


async def _send(send: Send, person: Person, number: int, due_at_s: float) -> _Sent:
    return _Sent(person, await send(person, number), due_at_s)


def summary(per_s: float, messages: Sequence[tuple[float, Sequence[float]]]) -> Answers:
    """What became of messages, each given as when it was due and when its answers came, in s."""
    waits_ms = [1000 * (came[0] - due_at_s) for due_at_s, came in messages if came]
    lost = len(messages) - len(waits_ms)
    twice = sum(len(came) > 1 for _, came in messages)
    if not waits_ms:
        return Answers(per_s, len(messages), lost, twice, None, None, None, None, None)
    p50, p95, p99 = (round(float(value), 1) for value in np.percentile(waits_ms, (50, 95, 99)))
    behind_s = max(came[0] for _, came in messages if came) - max(due for due, _ in messages)
    return Answers(
        per_s=per_s,
        sent=len(messages),
        lost=lost,
        answered_twice=twice,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        highest_ms=round(max(waits_ms), 1),
        behind_s=round(behind_s, 2),
    )
